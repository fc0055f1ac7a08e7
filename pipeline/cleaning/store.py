"""Step 3, body -> article: clean a page in the worker, find out whether it is new, a version or a copy, store it."""

from collections.abc import Mapping
from typing import Any

from legation.db import articles, pages
from legation.db.article_faults import clear_faults
from legation.db.replacements import keep_old, save_replacement, texts_of
from legation.pipeline.article_faults import PROGRAM, note_fault
from legation.pipeline.cleaning.control_characters import strip_control_characters
from legation.pipeline.cleaning.duplicates import (
    article_address,
    copy_window,
    find_original,
    is_new_version,
    shared_shingles,
)
from legation.pipeline.cleaning.fingerprint import fingerprint
from legation.pipeline.cleaning.live_blog import posts_to_json
from legation.pipeline.cleaning.page import CLEANER
from legation.pipeline.cleaning.publication_date import PublicationDate, reconcile_dates
from legation.pipeline.fetch.urls import publisher
from legation.pipeline.run_context import Run
from legation.pipeline.sources.local import LocalArticle
from legation.pipeline.worker import WorkerFailure

Fields = dict[str, Any]
SAME = 0.2  # of the shorter text's shingles: the same wall again, with other numbers in it


def clean_page(run: Run, page: Mapping[str, Any]) -> int | None:
    """Clean the page's body and store what comes out, even if that is only why nothing does.

    Returns the article's id; None when retention has dropped the body, or for a fault, which is recorded.
    """
    try:
        return _clean_page(run, page)
    except Exception as error:  # one page's fault must not end the run, and all that follow it, for ever
        note_fault(run, _fault_of(page), "store", error)
        return None


def _fault_of(page: Mapping[str, Any]) -> Fields:
    named = {"address": page["url"], "source": page["source"], "page": page["id"], "article": None}
    return {**named, "body": page["body"], "version": PROGRAM}


def _clean_page(run: Run, page: Mapping[str, Any]) -> int | None:
    if article := pages.take_twin(run.db, page["id"], page["body"]):
        clear_faults(run.db, page["url"], "clean", "store")
        return article
    body = pages.read_body(run.db, page["body"])
    if body is None:
        return None
    with run.record.timing("clean"):
        result = _cleaned(run, page, body)
    if "failure" in result:  # of the parser or its limits: another version may manage it
        note_fault(run, _fault_of(page), "clean", f"unparsed: {result['unparsed']}")
    elif "unparsed" in result:
        run.problem(f"{page['url']}: unparsed: {result['unparsed']}")
    url = article_address(page["url"], page["final_url"], result.get("canonical"))
    article = _store(run, _fields(run, url, page, result), page)
    clear_faults(run.db, page["url"], "store", *([] if "failure" in result else ["clean"]))
    return article


def _cleaned(run: Run, page: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    url, newest = page["final_url"] or page["url"], (page["fetched_at"] or run.now)[:10]
    try:
        answer: dict[str, Any] = run.worker.run(
            "clean",
            body,
            url=url,
            content_type=page["content_type"],
            newest=newest,
            first_year=run.config.fetch.first_year,
        )
    except WorkerFailure as failure:
        return {"unparsed": str(failure), "failure": True}
    return answer


def _fields(run: Run, url: str, page: Mapping[str, Any], result: Mapping[str, Any]) -> Fields:
    told = PublicationDate(result.get("published"), result.get("dated_by"))
    published, note = reconcile_dates(told, page["published"], page["announces"])
    if told.date is None and result.get("date_note"):
        note = f"its date is not believed: {result['date_note']}"
    if note:
        run.note(f"{url}: {note}")
    return {
        "url": url,
        "body": page["body"],
        "outcome": "unparsed" if "unparsed" in result else "cleaned",
        "reason": result.get("unparsed"),
        "title": result.get("title") or page["title"],
        "author": result.get("author"),
        "site": publisher(url),
        "language": result.get("language"),
        "published": published,
        "posts": posts_to_json(result.get("posts")),
        "text": result.get("text", ""),
        "fingerprint": result.get("fingerprint"),
        "origin": None,
        "cleaner": CLEANER,
        "cleaned_at": run.now,
    }


def take_article(run: Run, item: LocalArticle) -> int | None:
    """Store an article that was cleaned elsewhere; returns its id; None for a fault, which is recorded."""
    try:
        return _take_article(run, item)
    except Exception as error:  # as in clean_page
        fault = {"address": item.url, "source": None, "page": None, "article": None, "body": None, "version": PROGRAM}
        note_fault(run, fault, "store", error)
        return None


def _take_article(run: Run, item: LocalArticle) -> int:
    text = strip_control_characters(item.text) or ""
    result = {"text": text, "title": item.title, "published": item.published, "fingerprint": fingerprint(text)}
    fields = _fields(run, item.url, {"body": None, "title": None, "published": None, "announces": None}, result)
    article = _store(run, {**fields, "cleaner": "given"}, None, local=item.local)
    clear_faults(run.db, item.url, "store")
    return article


def _store(run: Run, fields: Fields, page: Mapping[str, Any] | None, *, local: bool = False) -> int:
    live = articles.live_article(run.db, fields["url"])
    if live and page and not _may_share(run, live, fields, page):
        fields = {**fields, "url": page["url"]}  # another text that claims that address: it keeps its own
        live = articles.live_article(run.db, fields["url"])
    if live and _keeps(live, fields, page):
        if page:
            articles.link_page(run.db, page["id"], live["id"], fields["reason"])
        if _same(live, fields) and any(one["verdict"] is None for one in texts_of(run.db, live["id"])):
            keep_old(run.db, live["id"], None, run.now)  # the page is back, so there is nothing to look at
        return int(live["id"])
    if live and not _resembles(run, live, fields):
        if not local:
            return _set_aside(run, live, fields, page)
        # only our own name for it is the same, such as the number in its file: it is another article
        fields = {**fields, "url": f"{fields['url']}@{articles.text_hash(fields['text'])[:8]}"}
        live = articles.live_article(run.db, fields["url"])
        if live:
            return int(live["id"])
    origin = live["origin"] if live else None  # a newer version of a copy is one too
    if origin is None and fields["outcome"] == "cleaned":
        origin = _origin(run, fields)
    run.record.counts.update({f"articles {fields['outcome']}": 1, "articles copies": int(origin is not None)})
    run.record.counts["articles versions"] += live is not None
    replaces = live["id"] if live else None
    fields = {**fields, "origin": origin}
    return articles.save_article(run.db, fields, page=page["id"] if page else None, replaces=replaces)


def _resembles(run: Run, live: Mapping[str, Any], fields: Fields) -> bool:
    """Whether what came can be the next version of the stored article, or a reviewer said that it is."""
    if live["outcome"] != "cleaned" or fields["outcome"] != "cleaned":
        return True
    old = articles.article_text(run.db, live["id"])
    return is_new_version(old, live["title"], fields["text"], fields["title"])


def _set_aside(run: Run, live: Mapping[str, Any], fields: Fields, page: Mapping[str, Any] | None) -> int:
    """Keep the stored version and its claims; note once what came in its place, for a reviewer."""
    article = int(live["id"])
    known = any(shared_shingles(fields["text"], other["text"]) >= SAME for other in texts_of(run.db, article))
    if not known:
        save_replacement(run.db, article, fields, page["id"] if page else None, run.now)
        run.problem(
            f"{fields['url']}: the page changed beyond recognition; its stored version and claims are kept until a "
            "reviewer has looked: legation review --changed"
        )
    run.record.counts["articles set aside"] += 1
    if page:
        articles.link_page(run.db, page["id"], article)
        pages.note_reason(run.db, page["id"], "changed beyond recognition")
    return article


def _keeps(live: Mapping[str, Any], fields: Fields, page: Mapping[str, Any] | None) -> bool:
    """Whether the stored article stands: the same text, a print view of it, or a page that can no longer be parsed.

    What an unparsable page would say is unknown, so it takes nothing back.
    """
    lost = live["outcome"] == "cleaned" and fields["outcome"] == "unparsed"
    return lost or _same(live, fields) or (page is not None and not _is_version(live, fields, page))


def _same(live: Mapping[str, Any], fields: Fields) -> bool:
    same_text = live["text_sha256"] == articles.text_hash(fields["text"])
    return bool(same_text and live["outcome"] == fields["outcome"])


def _may_share(run: Run, live: Mapping[str, Any], fields: Fields, page: Mapping[str, Any]) -> bool:
    """Whether a page that names a known article's address may have it: as the same text, a version, or a print view."""
    if _same(live, fields) or _is_version(live, fields, page):
        return True
    if not fields["text"]:
        return False
    return (
        find_original(fields["text"], fields["fingerprint"], [live], lambda i: articles.article_text(run.db, i))
        is not None
    )


def _is_version(live: Mapping[str, Any], fields: Fields, page: Mapping[str, Any]) -> bool:
    """Whether another text at a known address is its next version.

    Only from the page that brought the last one, or from the page at that very address: else any page could replace an
    article by naming its address.
    """
    return live["id"] == page["article"] or fields["url"] in (page["url"], page["final_url"])


def _origin(run: Run, fields: Fields) -> int | None:
    related = articles.relatives(run.db, fields["url"], *copy_window(fields["published"] or fields["cleaned_at"][:10]))
    return find_original(fields["text"], fields["fingerprint"], related, lambda i: articles.article_text(run.db, i))
