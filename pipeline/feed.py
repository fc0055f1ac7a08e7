"""An Atom feed (RFC 4287) of changes of status that rest on reviewed claims only."""

import sqlite3
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from legation.db.status_queries import Question, Status, claims_of, history
from legation.db.transactions import raw
from legation.pipeline.claim_rows import Selection
from legation.pipeline.export import whole_file
from legation.pipeline.status_rows import since
from legation.pipeline.user_input import state_label

if TYPE_CHECKING:
    from sqlite_utils import Database

ATOM = "http://www.w3.org/2005/Atom"
_SPACE = uuid.UUID("0c2b6c6e-6d0e-5a3c-9a52-1e9d8a6d6f10")  # names of our entries live in it; never change it
_HOSTS = """
    SELECT DISTINCT p.receiving_state, p.sending_state FROM reviews AS r JOIN pairs AS p ON p.thread = r.thread
    WHERE r.state IN ('approved', 'corrected')
"""
_APPROVED = """
    SELECT max(d.at) FROM claims AS c JOIN reviews AS r ON r.thread = c.thread JOIN decisions AS d ON d.id = r.decision
    WHERE c.id = ?
"""


def write_feed(db: "Database", target: Path, limit: int, only: Selection | None = None) -> int:
    """Write the `limit` newest changes to `target`; return how many there are. Equal databases give equal files.

    `only` chooses them by their mission and by the claims that they rest on.
    """
    connection = raw(db)
    found = [change for change in _changes(connection) if only is None or _wanted(only, change[1])]
    changes = sorted(found, key=lambda change: (change[0], repr(change[1])), reverse=True)[:limit]
    narrowed = only.words if only else ""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _add(feed, "id", f"urn:uuid:{uuid.uuid5(_SPACE, narrowed) if narrowed else _SPACE}")
    _add(feed, "title", f"Diplomatic missions: changes of status{f' ({narrowed})' if narrowed else ''}")
    _add(feed, "updated", changes[0][0] if changes else "1970-01-01T00:00:00Z")
    _add(_add(feed, "author"), "name", "Legation")
    for approved, status in changes:
        _entry(connection, feed, approved, status)
    ET.indent(feed)
    with whole_file(target) as file:
        file.write(ET.tostring(feed, encoding="unicode", xml_declaration=False))
        file.write("\n")
    return len(changes)


def write_entries(target: Path, name: str, contents: Iterable[Mapping[str, Any]]) -> None:
    """Write the messages of the alert `name` (contents as of alerts/matching.py, newest first) as its Atom file."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    contents = list(contents)
    _add(feed, "id", f"urn:uuid:{uuid.uuid5(_SPACE, f'alert {name}')}")
    _add(feed, "title", f"Diplomatic missions: {name}")
    _add(feed, "updated", max(map(_moment, contents)))
    _add(_add(feed, "author"), "name", "Legation")
    for content in contents:
        entry = _add(feed, "entry")
        _add(entry, "id", f"urn:uuid:{uuid.uuid5(_SPACE, content['change_id'])}")
        _add(entry, "title", content["title"])
        _add(entry, "updated", _moment(content))
        for claim in content["claims"]:
            if str(claim["url"]).startswith(("https://", "http://")):
                _add(entry, "link").attrib.update(rel="related", href=claim["url"])
        quotes = (f"“{claim['quote']}” ({claim['publisher'] or claim['url']})" for claim in content["claims"])
        _add(entry, "summary", "\n".join(quotes))
    ET.indent(feed)
    with whole_file(target) as file:
        file.write(ET.tostring(feed, encoding="unicode", xml_declaration=False))
        file.write("\n")


def _moment(content: Mapping[str, Any]) -> str:
    """The time of an entry: the day of the change, so that every writing of the file gives the same."""
    return f"{content['date']}T00:00:00Z"


def _wanted(only: Selection, status: Status) -> bool:
    names = ("sending_state", "receiving_state", "city", "works_from")
    return only.mission({name: getattr(status, name) for name in names}) and only.rests(status.rests)


def _changes(connection: sqlite3.Connection) -> Iterable[tuple[str, Status]]:
    """(time of approval, status): every change of status, by approved claims alone."""
    for host, sender in connection.execute(_HOSTS).fetchall():
        for status in history(connection, Question(receiving=host, sending=sender, unreviewed=None)):
            if status.change_id:
                times = (connection.execute(_APPROVED, (claim,)).fetchone()[0] for claim in status.rests)
                yield min(filter(None, times)), status


def _entry(connection: sqlite3.Connection, feed: ET.Element, approved: str, status: Status) -> None:
    sender, host = state_label(status.sending_state), state_label(status.receiving_state)
    seat = f" in {status.city}" if status.city else ""
    place = f", works from {status.works_from}" if status.works_from else ""
    entry = _add(feed, "entry")
    name = (status.sending_state, status.receiving_state, status.kind, status.city, status.since, status.state)
    _add(entry, "id", f"urn:uuid:{uuid.uuid5(_SPACE, repr(name))}")
    began = since(status.since, status.precision)
    began = began if status.precision == "reported" else f"since {began}"
    _add(entry, "title", f"{sender}: {status.kind} to {host}{seat} {status.state}{place} {began}")
    _add(entry, "updated", approved)
    claims = claims_of(connection, status.rests).values()
    for claim in claims:
        if str(claim["url"]).startswith(("https://", "http://")):
            _add(entry, "link").attrib.update(rel="related", href=claim["url"])
    _add(entry, "summary", "\n".join(f"“{claim['quote']}” ({claim['publisher'] or claim['url']})" for claim in claims))


def _add(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}")
    element.text = None if text is None else "".join(char for char in text if char in "\n\t" or char.isprintable())
    return element
