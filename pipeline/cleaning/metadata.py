"""Title and author of a page, as trafilatura's extract_metadata gives them, without what else that looks for
(categories, tags, licence, the name of the site): a third of the time. The date is found in publication_date.py."""

import logging
from typing import Any

from legation.pipeline.cleaning.control_characters import strip_control_characters
from legation.pipeline.cleaning.publication_date import find_publication_date
from legation.pipeline.date_parsing import FIRST_YEAR


def page_metadata(tree: Any, url: str | None, newest: str, first_year: int = FIRST_YEAR) -> dict[str, str | None]:
    """{"title", "author", "published", "dated_by", "date_note"}, the last three as in published.Dated. `newest`:
    YYYY-MM-DD, no article is younger. The tree cannot be used afterwards."""
    from trafilatura import metadata

    found = _told(tree)
    found.title = found.title or metadata.extract_title(tree)
    found.author = found.author or metadata.extract_author(tree)
    found.clean_and_trim()
    when = find_publication_date(tree, url, found.title, newest, first_year)
    return {
        "title": _line(found.title),
        "author": _line(found.author),
        "published": when.date,
        "dated_by": when.by,
        "date_note": when.note,
    }


def _told(tree: Any) -> Any:
    """What <meta> and JSON-LD say."""
    from trafilatura import metadata

    found = metadata.examine_meta(tree)
    if found.author and " " not in found.author:
        found.author = None
    try:
        return metadata.extract_meta_json(tree, found)
    except Exception as error:  # as trafilatura has it: JSON of any shape comes here
        logging.getLogger(__name__).debug("JSON-LD not read: %s", error)
        return found


def _line(text: str | None) -> str | None:
    clean = strip_control_characters(text)
    return " ".join(clean.split())[:500] if clean else None
