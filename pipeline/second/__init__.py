"""A second reader: a language model, by the library `llm`, reads articles along with the small reader.

settings.py   [second_reader] of config.toml
due_articles.py        which articles, in which order
prompt.py     what is asked, made from the codebook
answer_checks.py    what is believed of an answer: every claim with a quote that stands in the text
requests.py   questions and answers as they are stored: asked once, cached, retried
live_requests.py      ask a model while legation runs
batch.py      the same by files, in the format of batch services
report.py     how far it is, and how often each reader was right
gold_export.py      its claims as examples for training and evaluation
"""
