"""Archives of web pages (WARC) -> claims with their articles.

warc.py      records, one by one, past broken ones
scanner.py   pages -> articles with claims, through the funnel
journal.py   what one archive gave so far, so that a killed scan goes on where it stopped
job.py       one archive in, one file out: the unit of work, here or on another machine
outputs.py   JSON Lines and Parquet
parallel.py  many archives, by one process, several, or a Dask cluster
load.py      the files -> the database
"""
