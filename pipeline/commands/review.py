"""`legation review`."""

import sys
from typing import TYPE_CHECKING, Any

import click

from legation.pipeline.commands._options import config_option, open_database
from legation.pipeline.commands._tables import format_option, print_rows
from legation.pipeline.commands._terminal import ClickTerminal, user, utc_now

if TYPE_CHECKING:
    from legation.pipeline.config import Config

ORDERS = ("consequence", "teaching")  # as in db/review_queue.py, which is not loaded for `--help`
_ORDER = "What is published first, or what the reader would learn most from."
_CLAIMS: Any = {"type": int, "multiple": True, "metavar": "CLAIM"}


@click.command()
@config_option
@click.option("--list", "listed", is_flag=True, help="List the queue in its order.")
@click.option("--order", type=click.Choice(ORDERS), default=ORDERS[0], show_default=True, help=_ORDER)
@click.option("--approve", **_CLAIMS, help="The quote says what the claim says.")
@click.option("--approve-all", is_flag=True, help="All of the queue that the filters let pass, with one undo.")
@click.option("--reject", **_CLAIMS, help="It does not; needs --reason.")
@click.option("--correct", **_CLAIMS, help="It says something else; needs --set.")
@click.option("--changed", is_flag=True, help="List articles at whose address another text has come.")
@click.option("--keep", "kept", type=int, multiple=True, metavar="ARTICLE", help="Its stored version holds.")
@click.option("--take", "taken", type=int, multiple=True, metavar="ARTICLE", help="What came is its new version.")
@click.option("--undo", **_CLAIMS, help="Take back the decision that holds, with those made together with it.")
@click.option("--unsure", **_CLAIMS, help="You cannot decide; --note says why, --to asks a colleague.")
@click.option("--ask", **_CLAIMS, help="Ask the reviewer of --to to look at it.")
@click.option("--to", "asked_of", metavar="NAME", help="The colleague of --ask and --unsure.")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="A corrected field; empty: unknown.")
@click.option("--reason", help="Why: wrong sender, wrong host, wrong status, old news, retracted, other ...")
@click.option("--note", help="Free words; needed with the reason `other`.")
@click.option("--together", is_flag=True, help="Also decide identical claims in copies of the article.")
@click.option("--sure", is_flag=True, help="Save a correction that looks strange: an unknown city, a date to come.")
@click.option("--revision", type=int, help="Refuse if the claim has been decided on since this revision.")
@click.option("--as", "reviewer", metavar="NAME", help="The reviewer; without it the name of the user.")
@click.option("--of", "sender", metavar="COUNTRY", help="Claims about missions of this sending State.")
@click.option("--in", "host", metavar="PLACE", help="Claims about missions in this receiving State.")
@click.option("--publisher", metavar="SITE", help="Claims of articles first published there.")
@click.option("--status", help="Claims of this status: closed, reopened ...")
@click.option("--min-confidence", type=click.FloatRange(0, 1), help="Of the extractor, 0 to 1.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many with --list.")
@format_option
def command(config: "Config", form: str, **asked: Any) -> None:
    """Approve, reject or correct claims: one after another on the terminal, or by number in scripts.

    \b
    legation review
    legation review --list --in Ukraine
    legation review --approve 12 --approve 15 --as maria
    legation review --reject 13 --reason "wrong direction"
    legation review --correct 14 --set city=Lviv --set date=2022-04
    legation review --undo 13
    legation review --approve-all --publisher state.gov --min-confidence 0.95
    legation review --list --order teaching
    legation review --unsure 16 --note "which embassy?" --to rolf
    legation review --changed            pages that came back as another text
    legation review --keep 7             keep the stored version of article 7 and its claims
    """
    db = open_database(config)
    reviewer = asked.pop("reviewer") or user()
    kept, taken = asked.pop("kept"), asked.pop("taken")
    if asked.pop("changed"):
        _changed(db, form)
    elif kept or taken:
        _settle(db, kept, taken, reviewer)
    elif asked.pop("listed"):
        _list(db, asked, form)
    elif asked["approve_all"]:
        _approve_all(db, asked, reviewer)
    elif asked["unsure"] or asked["ask"]:
        _remark(db, asked, reviewer)
    elif any(asked[name] for name in ("approve", "reject", "correct", "undo")):
        _decide(db, asked, reviewer)
    else:
        _sit(db, asked, reviewer)


def _changed(db: Any, form: str) -> None:
    from legation.pipeline.review import changed_rows

    print_rows(
        changed_rows(db),
        ("article", "noted_at", "why", "claims", "approved", "old_title", "title", "text", "url"),
        form,
    )


def _settle(db: Any, kept: tuple[int, ...], taken: tuple[int, ...], reviewer: str) -> None:
    from legation.pipeline.review import settle

    for article, verdict in [*((number, "kept") for number in kept), *((number, "taken") for number in taken)]:
        settle(db, article, verdict, reviewer, utc_now())
        click.echo(
            f"article {article}: {'its stored version is kept' if verdict == 'kept' else 'the new text is taken'}"
        )


def _list(db: Any, asked: dict[str, Any], form: str) -> None:
    from legation.pipeline.review import QUEUE_COLUMNS, queue_rows

    print_rows(queue_rows(db, _narrowed(asked), asked["limit"], asked["order"]), QUEUE_COLUMNS, form)


def _narrowed(asked: dict[str, Any]) -> Any:
    """The part of the queue that the options choose."""
    from legation.pipeline.review import narrowed

    return narrowed(asked["sender"], asked["host"], asked["publisher"], asked["status"], asked["min_confidence"])


def _approve_all(db: Any, asked: dict[str, Any], reviewer: str) -> None:
    from legation.pipeline.review import approve_all

    for line in approve_all(db, _narrowed(asked), asked["note"], reviewer, utc_now(), together=asked["together"]):
        click.echo(line)


def _remark(db: Any, asked: dict[str, Any], reviewer: str) -> None:
    from legation.db.remarks import ask, unsure

    to, note = asked["asked_of"], asked["note"]
    for claim in asked["unsure"]:
        unsure(db, claim, reviewer=reviewer, now=utc_now(), note=note, asked=to)
        click.echo(f"claim {claim}: left open" + (f", {to} is asked" if to else ""))
    if asked["ask"]:
        ask(db, asked["ask"], asked=to or "", reviewer=reviewer, now=utc_now(), note=note)
        click.echo(f"{to} is asked to look at {len(asked['ask'])}")


def _decide(db: Any, asked: dict[str, Any], reviewer: str) -> None:
    from legation.pipeline.review import decide_claims, verdicts
    from legation.pipeline.review_terminal import outcome_words

    names = ("approve", "reject", "correct", "undo")
    wanted = verdicts({name: asked[name] for name in names}, asked["settings"], asked["reason"], asked["note"])
    how = {"revision": asked["revision"], "together": asked["together"], "reviewer": reviewer, "now": utc_now()}
    how["sure"] = asked["sure"]
    for claim, outcome in decide_claims(db, wanted, **how):
        click.echo(f"claim {claim}: {outcome_words(outcome)}")


def _sit(db: Any, asked: dict[str, Any], reviewer: str) -> None:
    from legation.pipeline.errors import UsageProblem
    from legation.pipeline.review_terminal import Session

    if not sys.stdin.isatty():
        raise UsageProblem("review: needs a terminal; in scripts use --list, --approve, --reject, --correct or --undo")
    session = Session(db.conn, reviewer, utc_now, ClickTerminal(), _narrowed(asked), order=asked["order"])
    click.echo(f"{session.run()} decided.")
