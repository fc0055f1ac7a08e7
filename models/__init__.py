"""What is known about how news speaks of missions: spaCy components and the data they read.

    data/countries.toml, cities.tsv     names of States, their people, capitals and cities
    data/missions.toml, events.toml, modality.toml ...   how missions and what happens to them are worded
    components/*.py                     registered factories, one for each step of reading
    anchors.py                          the words of which an article must hold one
    load.py                             a name -> nlp, checked
    claim.py                            what comes out

A wrong claim names the `rule` that fired; its row stands in one of the data files. This package knows spaCy; it imports
neither `pipeline` nor `db`.
"""

import os

# The matrices of a sentence are small: several threads only wait for each other (two are 3 to 12 times slower than
# one), and processes share the cores better. Read when NumPy is first imported, which only this package does.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
