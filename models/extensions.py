"""The one table of what this package adds to spaCy's Doc."""

from spacy.tokens import Doc

# name -> (default, meaning)
DOC_EXTENSIONS: dict[str, tuple[object, str]] = {
    "title": (None, "headline, read as context; never quoted"),
    "published": (None, "date of publication, YYYY-MM-DD; relative dates count from it"),
    "claims": ((), "tuple of legation.models.claim.Claim, in the order of their quotes"),
    "trace": ((), "tuple of legation.models.reading.trace.Step: what fired and what was overruled"),
}

for name, (default, _) in DOC_EXTENSIONS.items():
    if not Doc.has_extension(name):
        Doc.set_extension(name, default=default)
