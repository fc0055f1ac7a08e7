"""Fits the weights of the reader from texts whose claims are known. Needs the extra `train` (scikit-learn, LightGBM).

examples.py    a text with its claims, as training sees it
labels.py      which frames and pairs the known claims stand for
fitting.py     one linear scorer, one set of trees
stages.py      all scorers in their order, each fitted on what the one before says of texts it was not fitted on
measure.py     strict precision, recall and F1 of what comes out
"""
