"""Handlers of the review desk."""

import asyncio
import sqlite3
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from legation.db.remarks import to_judge_again
from legation.pipeline import reviewers
from legation.pipeline.correction_checks import Doubtful
from legation.pipeline.web import desk as desks
from legation.pipeline.web import desk_lists as more
from legation.pipeline.web import desk_writes as writes
from legation.pipeline.web.reply import Request, data, go, page, problem
from legation.pipeline.web.site import Site, utc_now


def _frame(connection: sqlite3.Connection, reviewer: str, filters: desks.Filters) -> dict[str, Any]:
    """What stands above every page of the desk: chips, filters, progress, and what may be taken back."""
    return {
        "filters": filters,
        "confidences": desks.CONFIDENCE,
        "orders": desks.ORDERS,
        "progress": desks.progress(connection, reviewer, filters),
        "shows": desks.shows(connection, reviewer, filters),
        "publishers": desks.publishers(connection),
        "last": desks.last_decision(connection, reviewer, utc_now()),
        **desks.choices(),
    }


async def desk(site: Site, asked: Request) -> Any:
    """The whole page: filters, progress, and the claim asked for or the next one."""
    filters = desks.filters_of(asked.args)
    wanted = asked.args.get("claim")
    if wanted:
        number = desks.claim_number(wanted)
        shown = await site.read(desks.card, number)
        if shown is None:
            raise LookupError(f"claim {number}: no such claim")
    else:
        taken = site.presence.others(asked.reviewer)
        shown = await site.read(desks.next_card, filters, desks.numbers(asked.args.get("skip")), taken, asked.reviewer)
    frame = await site.read(_frame, asked.reviewer, filters)
    return await page(asked, "desk.html", card=shown, colleagues=await _colleagues(site, asked), **frame)


async def card(site: Site, asked: Request) -> Any:
    """One claim as a piece of HTML; 404 if there is none."""
    number = desks.claim_number(asked.args.get("claim"))
    shown = await site.read(desks.card, number)
    if shown is None:
        return await problem(asked, 404, f"claim {number}: no such claim")
    return await page(asked, "card.html", card=shown, **desks.choices())


async def following(site: Site, asked: Request) -> Any:
    """The next claim as a piece of HTML, without those that `skip` names; an empty card if none waits."""
    skip = desks.numbers(asked.args.get("skip"))
    taken = site.presence.others(asked.reviewer)
    shown = await site.read(desks.next_card, desks.filters_of(asked.args), skip, taken, asked.reviewer)
    return await page(asked, "card.html", card=shown, **desks.choices())


async def mine(site: Site, asked: Request) -> Any:
    """What the signed-in reviewer decided, newest first."""
    return await page(asked, "mine.html", rows=await site.read(desks.mine, asked.reviewer))


async def look(site: Site, asked: Request) -> Any:
    """Note who looks at a claim; tell who else does, and how the claim stands by now."""
    number = desks.claim_number((await asked.form()).get("claim"))
    others = site.presence.look(number, asked.reviewer)
    return data({"others": others, **await site.read(desks.claim_state, number)})


async def decide(site: Site, asked: Request) -> Any:
    """Write a decision; a strange correction is asked back about, with 422, and nothing is written."""
    form = await asked.form()
    try:
        answer = await asyncio.to_thread(writes.write_decision, site, form, asked.reviewer)
    except Doubtful as error:
        return await _asked_back(asked, error, form, f"/-/desk?claim={error.claim}")
    return data(answer) if asked.wants_json else go("/-/desk" + (f"?{answer['filters']}" if answer["filters"] else ""))


async def _asked_back(asked: Request, error: Doubtful, form: dict[str, str], back: str) -> Any:
    """What is strange about what a form wants to save, with the ways to go on. `back`: where to write it anew."""
    found = [asdict(doubt) for doubt in error.doubts]
    if asked.wants_json:
        return data({"error": "; ".join(doubt["words"] for doubt in found), "doubts": found}, 422)
    kept = [(name, value) for name, value in form.items() if name not in ("csrftoken", "sure")]
    return await page(asked, "doubt.html", 422, doubts=found, kept=kept, action=asked.raw.path, back=back)


async def undo(site: Site, asked: Request) -> Any:
    """Take the last decision back and show its claim again."""
    form = await asked.form()
    answer = await asyncio.to_thread(writes.write_undo, site, form, asked.reviewer)
    if asked.wants_json:
        return data(answer)
    filters = f"&{answer['filters']}" if answer["filters"] else ""
    return go(f"/-/desk?claim={answer['claim']}{filters}")


async def listing(site: Site, asked: Request) -> Any:
    """The queue as a list, to decide on many claims at once."""
    filters = desks.filters_of(asked.args)
    found = await site.read(more.listing, filters, asked.reviewer)
    frame = await site.read(_frame, asked.reviewer, filters)
    return await page(asked, "desk_list.html", colleagues=await _colleagues(site, asked), **found, **frame)


async def article(site: Site, asked: Request) -> Any:
    """All claims of an article: the one asked for, or that of the next claim of the queue."""
    filters = desks.filters_of(asked.args)
    skip = desks.numbers(asked.args.get("skip"))
    wanted = asked.args.get("article")
    number = desks.claim_number(wanted) if wanted else None
    if number is None:
        number = await site.read(more.next_article, filters, asked.reviewer, skip)
    found = await site.read(more.article_card, number) if number is not None else None
    skipped = ",".join(map(str, sorted(skip | {number or 0} - {0})))
    frame = await site.read(_frame, asked.reviewer, filters)
    return await page(asked, "desk_article.html", found=found, skipped=skipped, **frame)


async def together(site: Site, asked: Request) -> Any:
    """Decide alike on many claims, or ask a colleague to look at them, and go back to where they stand."""
    form = await asked.form()
    if "ask" in form:
        await asyncio.to_thread(writes.write_questions, site, form, asked.reviewer)
        filters = desks.from_query(form.get("filters", "")).query
        return go("/-/desk/list" + (f"?{filters}" if filters else ""))
    batch = await asyncio.to_thread(writes.write_decisions, site, form, asked.reviewer)
    if asked.wants_json:
        return data({"decided": batch.decided, "left": [words for _, words in batch.left]})
    if batch.left:
        words = "; ".join(words for _, words in batch.left[:20])
        return await problem(asked, 409, f"{len(batch.decided)} decided, {len(batch.left)} left out: {words}")
    filters = desks.from_query(form.get("filters", "")).query
    if form.get("back") == "article":
        skip = urlencode({"skip": ",".join(map(str, sorted(desks.numbers(form.get("skip")))))})
        return go("/-/desk/article?" + "&".join(filter(None, (filters, skip))))
    return go("/-/desk/list" + (f"?{filters}" if filters else ""))


async def add(site: Site, asked: Request) -> Any:
    """The form of a claim that the reader missed."""
    number = desks.claim_number(asked.args.get("article"))
    start, end = (int(text) if (text := asked.args.get(name) or "").isdecimal() else 0 for name in ("start", "end"))
    words = asked.args.get("quote") or ""
    found = await site.read(more.to_add, number, start, min(end, start + 2000), words[:2000])
    return await page(asked, "desk_add.html", **found, **desks.choices())


async def added(site: Site, asked: Request) -> Any:
    """Store such a claim, and show it."""
    form = await asked.form()
    try:
        claim = await asyncio.to_thread(writes.write_added_claim, site, form, asked.reviewer)
    except Doubtful as error:
        back = {name: form.get(name, "") for name in ("article", "quote")}
        return await _asked_back(asked, error, form, f"/-/desk/add?{urlencode(back)}")
    return data({"claim": claim}) if asked.wants_json else go(f"/-/desk?claim={claim}")


async def remark(site: Site, asked: Request) -> Any:
    """Note that the reviewer is unsure, or asks a colleague."""
    form = await asked.form()
    words = await asyncio.to_thread(writes.write_remark, site, form, asked.reviewer)
    filters = desks.from_query(form.get("filters", "")).query
    return data({"said": words}) if asked.wants_json else go("/-/desk" + (f"?{filters}" if filters else ""))


async def second(site: Site, asked: Request) -> Any:
    """A claim that others decided on, without their verdict, for a second opinion."""
    skip = desks.numbers(asked.args.get("skip"))
    waiting = await site.read(_to_judge, asked.reviewer, skip)
    shown = await site.read(_blind, waiting[0]) if waiting else None
    said = {"same": "The same as the first verdict.", "other": "Not the same as the first verdict."}
    return await page(
        asked, "desk_second.html", card=shown, waiting=len(waiting), said=said.get(asked.args.get("said") or "", ""),
        skipped=",".join(map(str, sorted({*skip, *waiting[:1]}))), **desks.choices(),
    )  # fmt: skip


def _to_judge(connection: sqlite3.Connection, reviewer: str, skip: set[int]) -> list[int]:
    return to_judge_again(connection, reviewer, skip=skip, limit=more.MOST)


def _blind(connection: sqlite3.Connection, claim: int) -> dict[str, Any] | None:
    return desks.card(connection, claim, blind=True)


async def opinion(site: Site, asked: Request) -> Any:
    """Note a second opinion, and show the next claim."""
    same = await asyncio.to_thread(writes.write_opinion, site, await asked.form(), asked.reviewer)
    return data({"same": same}) if asked.wants_json else go(f"/-/desk/second?said={'same' if same else 'other'}")


async def settle(site: Site, asked: Request) -> Any:
    """Say which text of an article holds, and show the next article that changed."""
    words = await asyncio.to_thread(writes.write_settlement, site, await asked.form(), asked.reviewer)
    return data({"said": words}) if asked.wants_json else go("/-/desk?show=changed")


async def people(site: Site, asked: Request) -> Any:
    """What each reviewer did, and how far two of them agree."""
    return await page(asked, "desk_people.html", **await site.read(_people))


def _people(connection: sqlite3.Connection) -> dict[str, Any]:
    return {
        "people": reviewers.people_rows(connection),
        "agreement": reviewers.agreement_rows(connection),
        "disagreements": reviewers.disagreement_rows(connection, 100),
    }


async def places(site: Site, asked: Request) -> Any:
    """Names of cities that begin like what was typed."""
    return data({"cities": await asyncio.to_thread(desks.places, (asked.args.get("q") or "")[:60])})


async def _colleagues(site: Site, asked: Request) -> list[str]:
    """Who can be asked: the reviewers and editors of the configuration, and everybody who has decided here."""
    named = {person.name for person in site.config.serve.people if person.role != "reader"}
    known = {row["reviewer"] for row in await site.read(_names)}
    return sorted((named | known) - {asked.reviewer})


def _names(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    rows = connection.execute("SELECT DISTINCT reviewer FROM decisions LIMIT 200")
    return [{"reviewer": row[0]} for row in rows]
