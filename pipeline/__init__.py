"""The way of an article, each step stored before the next begins:

    source -> page        sources/, fetch/
    page -> article       cleaning/
    article -> claims     read_articles.py, extract.py, with models/
    claims -> decisions   db/decisions.py
    decisions -> status   db/status.py

`ingest.py` runs these steps in their order; no other file does. `commands/` has a file for each command, with its
options; what it does is in the file of its name here: `export.py`, `ingest_command.py`, `review.py` and so on.
"""
