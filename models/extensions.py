"""What this package adds to spaCy's Doc.

    doc._.title      str or None: the headline, read as context; never quoted
    doc._.published  str or None: date of publication, YYYY-MM-DD; relative dates count from it
    doc._.posts      tuple of (start, end, YYYY-MM-DD): parts with a date of their own, in characters; () for most
    doc._.claims     tuple of legation.models.claim.Claim, in the order of their quotes; () before the doc was read
    doc._.trace      tuple of legation.models.claim.Step: what fired and what was overruled

Claims and steps lie in `doc.user_data` as lists of plain values, because spaCy writes user data as MessagePack. So they
survive `doc.to_bytes()`, `DocBin(store_user_data=True)` and `nlp.pipe(n_process=2)`, and a program without this package
can read them: `doc.user_data["legation.claims"]`.
"""

from collections.abc import Callable, Iterable
from dataclasses import astuple
from functools import partial
from typing import Any, TypeVar

from spacy.tokens import Doc

from legation.models.claim import Claim, Step

Value = TypeVar("Value")

DOC_EXTENSIONS = ("title", "published", "posts", "claims", "trace")


def _values(doc: Doc, key: str, from_row: Callable[[Any], Value]) -> tuple[Value, ...]:
    return tuple(from_row(row) for row in doc.user_data.get(key, ()))


def _keep(doc: Doc, values: Iterable[Value], key: str, to_row: Callable[[Value], Any]) -> None:
    doc.user_data[key] = [to_row(value) for value in values]


def _step(row: Iterable[Any]) -> Step:
    return Step(*row)


if not Doc.has_extension("claims"):  # spaCy refuses a second registration
    Doc.set_extension("title", default=None)
    Doc.set_extension("published", default=None)
    Doc.set_extension("posts", default=())
    # Functions of a module, not closures: spaCy pickles them where processes are spawned, as on macOS and Windows.
    Doc.set_extension(
        "claims",
        getter=partial(_values, key="legation.claims", from_row=Claim.from_row),
        setter=partial(_keep, key="legation.claims", to_row=Claim.to_row),
    )
    Doc.set_extension(
        "trace",
        getter=partial(_values, key="legation.trace", from_row=_step),
        setter=partial(_keep, key="legation.trace", to_row=astuple),
    )
