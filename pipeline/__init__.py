"""The way of an article, each step stored before the next begins:

    source -> page        sources/, fetch/
    page -> article       cleaning/
    article -> claims     reading.py, extract.py, with models/
    claims -> decisions   db/decisions.py
    decisions -> status   db/status.py

`way.py` is the only file that knows the whole way. `cli.py` and `commands/` are what a user types.
"""
