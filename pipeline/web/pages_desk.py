"""Handlers of the review desk."""

import asyncio
from dataclasses import asdict
from typing import Any

from legation.pipeline.doubts import Doubtful
from legation.pipeline.web import decide as writes
from legation.pipeline.web import desk as desks
from legation.pipeline.web.reply import Request, data, go, page, problem
from legation.pipeline.web.site import Site


async def desk(site: Site, asked: Request) -> Any:
    """The whole page: filters, progress, and the claim asked for or the next one."""
    filters = desks.asked(asked.args)
    wanted = asked.args.get("claim")
    if wanted:
        number = desks.claim_number(wanted)
        shown = await site.read(desks.card, number)
        if shown is None:
            raise LookupError(f"claim {number}: no such claim")
    else:
        shown = await site.read(desks.next_card, filters, set(), site.looking.others(asked.reviewer))
    return await page(
        asked,
        "desk.html",
        card=shown,
        filters=filters,
        confidences=desks.CONFIDENCE,
        progress=await site.read(desks.progress, asked.reviewer, filters),
        publishers=await site.read(desks.publishers),
        **desks.choices(),
    )


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
    taken = site.looking.others(asked.reviewer)
    shown = await site.read(desks.next_card, desks.asked(asked.args), skip, taken)
    return await page(asked, "card.html", card=shown, **desks.choices())


async def mine(site: Site, asked: Request) -> Any:
    """What the signed-in reviewer decided, newest first."""
    return await page(asked, "mine.html", rows=await site.read(desks.mine, asked.reviewer))


async def look(site: Site, asked: Request) -> Any:
    """Note who looks at a claim; tell who else does, and how the claim stands by now."""
    number = desks.claim_number((await asked.form()).get("claim"))
    others = site.looking.look(number, asked.reviewer)
    return data({"others": others, **await site.read(desks.stands, number)})


async def decide(site: Site, asked: Request) -> Any:
    """Write a decision; a strange correction is asked back about, with 422, and nothing is written."""
    form = await asked.form()
    try:
        answer = await asyncio.to_thread(writes.decided, site, form, asked.reviewer)
    except Doubtful as error:
        found = [asdict(doubt) for doubt in error.doubts]
        if asked.wants_json:
            return data({"error": "; ".join(doubt["words"] for doubt in found), "doubts": found}, 422)
        kept = [(name, value) for name, value in form.items() if name not in ("csrftoken", "sure")]
        return await page(asked, "doubt.html", 422, doubts=found, kept=kept, claim=error.claim)
    return data(answer) if asked.wants_json else go("/-/desk" + (f"?{answer['filters']}" if answer["filters"] else ""))


async def undo(site: Site, asked: Request) -> Any:
    """Take the last decision back and show its claim again."""
    form = await asked.form()
    answer = await asyncio.to_thread(writes.taken_back, site, form, asked.reviewer)
    if asked.wants_json:
        return data(answer)
    more = f"&{answer['filters']}" if answer["filters"] else ""
    return go(f"/-/desk?claim={answer['claim']}{more}")
