"""Title, author and date of a page, as trafilatura's extract_metadata gives them, without what else that looks for
(categories, tags, licence, the name of the site): a third of the time."""

import logging
import re
from typing import Any

from legation.pipeline.cleaning.tidy import tidy

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def about(tree: Any, url: str | None, newest: str) -> dict[str, str | None]:
    """{"title", "author", "published"}. `newest`: YYYY-MM-DD, no article is younger."""
    from htmldate import find_date
    from trafilatura import metadata

    found = _told(tree)
    found.title = found.title or metadata.extract_title(tree)
    found.author = found.author or metadata.extract_author(tree)
    found.date = find_date(
        tree,
        original_date=True,
        extensive_search=False,
        max_date=newest,
        url=found.url or metadata.extract_url(tree, url),
    )
    found.clean_and_trim()
    date = found.date if found.date and DATE.fullmatch(found.date) else None
    return {"title": _line(found.title), "author": _line(found.author), "published": date}


def _told(tree: Any) -> Any:
    """What <meta> and JSON-LD say."""
    from trafilatura import metadata

    found = metadata.examine_meta(tree)
    if found.author and " " not in found.author:
        found.author = None
    try:
        return metadata.extract_meta_json(tree, found)
    except Exception as error:  # as trafilatura has it: JSON of any shape comes here
        logging.getLogger(__name__).warning("JSON-LD not read: %s", error)
        return found


def _line(text: str | None) -> str | None:
    clean = tidy(text)
    return " ".join(clean.split())[:500] if clean else None
