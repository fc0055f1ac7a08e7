"""Fits the weights of the reader from texts whose claims are known. Needs the extra `train` (scikit-learn, LightGBM).

gold.py        reads texts whose claims are known
examples.py    a text with its claims, as training sees it
labels.py      which frames and pairs the known claims stand for
fitting.py     one linear scorer, one set of trees
prepared.py    a text as it was read, and what the stages said of it so far
stages.py      all scorers in their order, each fitted on what the one before says of texts it was not fitted on
measure.py     strict precision, recall and F1 of what comes out
report.py      these and the figures of each decision, in lines for a person
heaviest.py    the features that weigh most in each scorer

The sentence encoder is trained apart, by `python -m legation.models.training.encoder_run`; it needs the group
`encoder-train` (PyTorch). See docs/encoder.md.

encoder_windows.py      windows with their labels and the words of details
encoder_variants.py     other versions of a window: names exchanged, words scrambled
encoder_vocabulary.py   which word pieces are kept
encoder_lessons.py      what an epoch shows, in which batches
encoder_batches.py      batches as tensors
encoder_network.py      the network in both sizes, with the weights of BERT or MPNet
encoder.py              trains teacher and student
encoder_export.py       a trained network as files that onnxruntime runs
encoder_run.py          the whole way, for each fold and for all texts

encoder_batches, encoder_network and encoder import PyTorch when they are imported; nothing else does.
"""
