"""Releases of the data: dated, immutable, byte for byte reproducible.

tables.py   which tables a release has: rows in SQL, type and meaning of each column
write.py    `legation release`: the files of a release
compare.py  the changelog against the release before
verify.py   `legation verify`: is a release as it was cited?
"""
