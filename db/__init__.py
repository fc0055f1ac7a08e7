"""What is stored, in the order of an article's way.

    sources, runs            who is asked, and what each run did
    pages, bodies            what was wanted and what came back, byte for byte
    articles                 the cleaned text that every quote points into
    extractions, claims, evidence   what an extractor read in an article
    decisions                what reviewers said; append-only
    periods                  what follows: one row for each mission and stretch of time

`connect.py` opens the file, `migrations/` holds one SQL file for each step of the schema, `views.sql` all views, and
`queries/` questions for the cookbook. This package knows SQLite and
rows; it imports neither `pipeline` nor `models`.
"""
