"""Status as a pure function: properties that hold for any claims, and tables for each rule."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legation.db.mission_matching import Mission, group_by_mission
from legation.db.public import period_ids
from legation.db.refresh import missions
from legation.db.review_order import CHANGES, CONTRADICTS, MANY, low, ranks
from legation.db.statements import Statement
from legation.db.status import AWAY, OPPOSED, Period, advance, counts, course, day_before, partition
from legation.db.vocabulary import KINDS, MODALITIES, STATES, STATUSES

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure
DAYS = st.dates(datetime(2022, 1, 1).date(), datetime(2022, 3, 1).date()).map(str)
DATES = st.none() | DAYS | DAYS.map(lambda day: day[:7]) | st.just("2022")
OUTLETS = st.sampled_from([None, "a.example", "b.example", "c.example"])


@st.composite
def says(draw: st.DrawFn) -> Statement:
    number = draw(st.integers(1, 10**6))
    status = draw(st.sampled_from(STATUSES))
    return Statement(
        claim=number, key=f"{number:016x}", sending_state=draw(st.sampled_from(["FR", "EU"])), receiving_state="UA",
        city=draw(st.sampled_from([None, "Kyiv", "Lviv"])), kind=draw(st.sampled_from(KINDS)), status=status,
        modality=draw(st.sampled_from(("fact", *MODALITIES))), date=draw(DATES),
        relocated_to=draw(st.sampled_from([None, "Lviv", "Rzeszow"])) if status == "relocated" else None,
        published=draw(st.none() | DAYS), recorded_at="2022-03-02T00:00:00Z", origin=draw(st.integers(1, 5)),
        publisher=draw(OUTLETS), confidence=draw(st.sampled_from([0.3, 0.6, 0.95])),
        review=draw(st.sampled_from(["unreviewed", "approved", "corrected"])),
    )  # fmt: skip


STORIES = st.lists(says(), max_size=14, unique_by=lambda said: said.claim)


@CALM
@given(STORIES)
def test_periods_partition_time(claims: list[Statement]) -> None:
    periods = partition(claims)
    assert periods[0].since is None
    assert periods[-1].until is None
    for before, after in pairwise(periods):
        assert before.until == after.since is not None
        assert (before.since or "") < str(before.until)
        assert (before.state, before.works_from) != (after.state, after.works_from)
    assert all(p.state in STATES and 0 <= p.confidence <= 1 for p in periods)
    assert all((p.works_from is None) or p.state == "relocated" for p in periods)


@CALM
@given(STORIES)
def test_every_fact_that_counts_is_in_one_period_and_nothing_else_makes_a_state(claims: list[Statement]) -> None:
    periods = partition(claims)
    held = [said.claim for p in periods for said in (*p.rests, *(d for d in p.dissents if d.modality == "fact"))]
    assert sorted(held) == sorted(said.claim for said in claims if said.modality == "fact")
    facts = partition([said for said in claims if said.modality == "fact"])
    assert [(p.since, p.state, p.works_from) for p in periods] == [(p.since, p.state, p.works_from) for p in facts]


@CALM
@given(STORIES, st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_matter(claims: list[Statement], random: Any) -> None:
    shuffled = list(claims)
    random.shuffle(shuffled)
    assert missions(claims, 0.5, {"UA": "Kyiv"}) == missions(shuffled, 0.5, {"UA": "Kyiv"})


@CALM
@given(STORIES)
def test_every_claim_is_about_one_mission(claims: list[Statement]) -> None:
    pair = [said for said in claims if said.sending_state == "FR"]
    assert sorted(s.claim for there in group_by_mission(pair, "Kyiv").values() for s in there) == sorted(
        s.claim for s in pair
    )


def _changes(claims: list[Statement], said: Statement, unreviewed: float) -> bool:
    """Whether approving or rejecting a claim ends its day in another state, by going through that day three times."""
    path = course(sorted((other for other in claims if counts(other, unreviewed)), key=lambda other: other.key))
    own = next((i for i, facts in enumerate(path.facts) if said in facts), None)
    place = sum(day < said.day for day in path.days) if own is None else own
    there = own is not None or path.days[place : place + 1] == [said.day]
    facts, before = path.facts[place] if there else [], path.standings[place]
    others = [other for other in facts if other.claim != said.claim]
    same = sum((other.status, other.relocated_to) == (said.status, said.relocated_to) for other in others)
    told = {other.status for other in facts} | {said.status}
    opposed = any(status in told and (before.state in AWAY or told & OPPOSED[status]) for status in OPPOSED)
    if there and same >= (MANY if opposed else 1):
        return False
    approved = [*others, replace(said, review="approved")]
    now, *then = [advance(before, said.day, facts) if facts else before for facts in (facts, approved, others)]
    return any((after.state, after.works_from) != (now.state, now.works_from) for after in then)


@CALM
@given(STORIES, st.sampled_from([0.5, 0.9]))
def test_the_order_of_the_queue_is_what_its_words_say(claims: list[Statement], unreviewed: float) -> None:
    claims = [said for said in claims if said.sending_state == "FR"]
    periods = [p for there in missions(claims, unreviewed, {"UA": "Kyiv"}).values() for p in there]
    disputed = {said.claim for p in periods if p.dissents for said in (*p.supporting, *p.dissents)}
    expected = {
        said.claim: CHANGES
        if said.modality == "fact" and _changes(there, said, unreviewed)
        else CONTRADICTS
        if said.claim in disputed
        else low(said.confidence)
        for there in group_by_mission(claims, "Kyiv").values()
        for said in there
        if said.review == "unreviewed"
    }
    assert ranks(claims, unreviewed, "Kyiv", periods) == expected


def _fact(status: str, date: str | None = None, **more: Any) -> Statement:
    number = more.pop("claim", None) or sum(map(ord, f"{status}{date}{more}"))
    usual: dict[str, Any] = {
        "sending_state": "FR", "receiving_state": "UA", "city": None, "kind": "embassy", "modality": "fact",
        "relocated_to": None, "published": "2022-06-01", "recorded_at": "2022-06-02T00:00:00Z", "origin": number,
        "publisher": None, "confidence": 0.9, "review": "approved",
    }  # fmt: skip
    return Statement(claim=number, key=f"{number:016x}", status=status, date=date, **(usual | more))


def _states(periods: list[Period]) -> list[str]:
    return [f"{p.since or ''} {p.state}".strip() for p in periods]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([("remained_open", "2022-02-01")], "open"),
        ([("closed", "2022-02-01"), ("evacuated", "2022-02-10")], "closed"),
        ([("evacuated", "2022-02-01"), ("suspended", "2022-02-10"), ("closed", "2022-02-11")], "closed"),
        ([("relocated", "2022-02-01"), ("reduced", "2022-02-10")], "relocated"),
        ([("reduced", "2022-02-01"), ("remained_open", "2022-02-10")], "limited"),
        ([("closed", "2022-02-01"), ("relocated", "2022-02-01")], "relocated"),
        ([("reopened", "2022-02-01"), ("reduced", "2022-02-01")], "limited"),
        ([("closed", "2022-02-01"), ("remained_open", "2022-02-10")], "closed"),
        ([("closed", "2022-02-01"), ("remained_open", "2022-02-10"), ("remained_open", "2022-02-11")], "open"),
        ([("reopened", "2022-02"), ("closed", "2022-02-20"), ("reopened", "2022-02-25")], "open"),
        ([("closed", None), ("reopened", "2022-05-30")], "closed"),
    ],
)
def test_the_last_state_that_follows_from_facts(facts: list[tuple[str, str | None]], expected: str) -> None:
    assert partition([_fact(status, date) for status, date in facts])[-1].state == expected


def test_an_article_on_a_reopening_tells_of_the_closure_as_background() -> None:
    periods = partition([_fact("closed", origin=7), _fact("reopened", "2022-05-30", origin=7)])
    assert _states(periods) == ["unknown", "2022-05-29 closed", "2022-05-30 open"]


def test_a_mission_worked_on_the_day_of_a_fact_that_was_told_before_that_day() -> None:
    early = _fact("remained_open", "2022-01-02", published="2022-01-01")
    periods = partition([early, _fact("reopened", "2022-02-01", claim=2)])
    assert _states(periods) == ["unknown", "2022-01-02 open", "2022-01-03 unknown", "2022-02-01 open"]


@CALM
@given(STORIES)
def test_what_is_not_known_between_two_states_ends_with_a_reopening_and_nobody_confirms_it(
    claims: list[Statement],
) -> None:
    periods = partition(claims)
    for before, gap, after in zip(periods, periods[1:], periods[2:], strict=False):
        if gap.state == "unknown":
            assert (before.state, after.state, gap.rests, gap.works_from) == ("open", "open", (), None)
            assert before.last_confirmed == day_before(str(gap.since))
            assert any(said.status == "reopened" and said.date for said in after.rests)
    assert all(gap.state != "unknown" for gap in (*periods[1:2], periods[-1]) if gap.since)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # it is not known when it shut: after the last day on which it was known to work, 1,250 days before at most
        ([("opened", "1968-07-14"), ("reopened", "1970-03-04")],
         ["1968-07-14 open", "1968-07-15 unknown", "1970-03-04 open"]),
        ([("opened", "1962"), ("reopened", "1970-03-04"), ("reopened", "1973")],
         ["1962-01-01 open", "1966-10-01 unknown", "1970-03-04 open", "1970-03-05 unknown", "1973-01-01 open"]),
        ([("opened", "0001-01-01"), ("reopened", "0003-01-01")],
         ["0001-01-01 open", "0001-01-02 unknown", "0003-01-01 open"]),
        # told once more with another date within a year; at once; without a date; it is known that it shut
        ([("reopened", "2022-05-08"), ("reopened", "2022-06-01")], ["2022-05-08 open"]),
        ([("opened", "2022-05-08"), ("reopened", "2022-05-09")], ["2022-05-08 open"]),
        ([("remained_open", "2012-05-07"), ("reopened", "2012-05-08")], ["2012-05-07 open"]),
        ([("opened", "1962-07-14"), ("reopened", None)], ["1962-07-14 open"]),
        ([("opened", "1962-07-14"), ("closed", "1968"), ("reopened", "1970-03-04")],
         ["1962-07-14 open", "1968-01-01 closed", "1970-03-04 open"]),
        # that it stayed open is not taken back by a reopening that it outlasts
        ([("remained_open", "2012-05-07"), ("reopened", "2012-06-01"), ("remained_open", "2012-06-02")],
         ["2012-05-07 open", "2012-05-08 unknown", "2012-06-01 open"]),
    ],
)  # fmt: skip
def test_a_reopening_says_that_the_mission_had_shut(facts: list[tuple[str, str | None]], expected: list[str]) -> None:
    periods = partition([_fact(status, date) for status, date in facts])
    assert _states(periods) == ["unknown", *expected]


def test_the_parts_of_an_open_period_keep_their_own_claims_and_ids() -> None:
    facts = [_fact("opened", "1962-07-14"), _fact("reopened", "1970-03-04"), _fact("reopened", "1970-04")]
    [_, first, gap, last] = partition(facts)
    assert [[said.date for said in period.rests] for period in (first, gap, last)] == [
        ["1962-07-14"], [], ["1970-03-04", "1970-04"],
    ]  # fmt: skip
    assert (gap.basis, gap.confidence, gap.last_confirmed, last.precision) == ("none", 0, None, "day")
    mission = Mission("FR", "UA", "embassy", "Kyiv")
    changes = [change for _, _, change in period_ids(mission, partition(facts))]
    assert [change is None for change in changes] == [True, False, True, False], "nobody said that it shut"


@pytest.mark.parametrize(
    ("back", "state", "place"), [("Kyiv", "open", None), ("Lviv", "relocated", "Lviv"), (None, "relocated", "Lviv")]
)
def test_a_mission_that_moved_back_to_its_seat_works_there(back: str | None, state: str, place: str | None) -> None:
    claims = [
        _fact("relocated", "2022-02-14", relocated_to="Lviv"),
        _fact("relocated", "2022-05-18", relocated_to=back),
    ]
    found = missions(claims, 0.5, {"UA": "Kyiv"})
    [mission] = found
    assert (mission.city, found[mission][-1].state, found[mission][-1].works_from) == ("Kyiv", state, place)


def test_an_article_that_says_both_of_one_day_means_until_then() -> None:
    """ "The consulate remained open until 22 July, when it was closed": one article; two articles contradict."""
    told = [("opened", "2022-01-01", 1), ("remained_open", "2022-07-22", 2), ("closed", "2022-07-22", 2)]
    facts = [_fact(status, day, origin=origin) for status, day, origin in told]
    assert _states(partition(facts)) == ["unknown", "2022-01-01 open", "2022-07-22 closed"]
    assert _states(partition([*facts[:2], _fact("closed", "2022-07-22", origin=3)])) == ["unknown", "2022-01-01 open"]


def test_plans_stand_until_their_date_and_denials_only_where_they_were_said() -> None:
    plan = _fact("reopened", "2022-09-01", modality="planned")
    denial = _fact("reopened", "2022-09-01", modality="denied")
    periods = partition([_fact("closed", "2022-02-01"), _fact("relocated", "2022-07-01"), plan, denial])
    beside = [sorted(said.modality for said in p.announces) for p in periods]
    assert beside == [[], ["denied", "planned"], ["planned"]]


@pytest.mark.parametrize(
    ("told", "kind", "city"),
    [
        ([("embassy", None)], "embassy", "Kyiv"),
        ([("mission", None)], "embassy", "Kyiv"),
        ([("embassy", "Kyiv"), ("mission", None)], "embassy", "Kyiv"),
        ([("consulate", "Lviv"), ("mission", "Lviv")], "consulate", "Lviv"),
        ([("mission", "Lviv")], "mission", "Lviv"),
        ([("consulate", "Odesa"), ("consulate", None)], "consulate", "Odesa"),
        ([("consulate", None)], "consulate", None),
        ([("office", "Kyiv"), ("mission", None)], "office", "Kyiv"),
        ([("embassy", "Lviv"), ("embassy", None)], "embassy", "Lviv"),
    ],
)
def test_which_mission_is_meant(told: list[tuple[str, str | None]], kind: str, city: str | None) -> None:
    claims = [_fact("closed", kind=k, city=c, claim=i) for i, (k, c) in enumerate(told, start=1)]
    [mission] = group_by_mission(claims, "Kyiv")
    assert (mission.kind, mission.city) == (kind, city)


@pytest.mark.parametrize(("unreviewed", "counted"), [(None, 0), (0.5, 1), (0.95, 0), (0.9, 1)])
def test_from_which_confidence_an_unreviewed_claim_counts(unreviewed: float | None, counted: int) -> None:
    assert counts(_fact("closed", review="unreviewed"), unreviewed) == bool(counted)
    assert counts(_fact("closed"), unreviewed)


def test_repeats_of_one_outlet_saturate_and_independent_outlets_do_not() -> None:
    one = [_fact("closed", "2022-02-01", publisher="a.example", origin=i, claim=i) for i in range(1, 30)]
    many = [_fact("closed", "2022-02-01", publisher=f"{i}.example", origin=i, claim=i) for i in range(1, 30)]
    copies = [_fact("closed", "2022-02-01", publisher="a.example", origin=1, claim=i) for i in range(1, 30)]
    confidence = [partition(claims)[-1].confidence for claims in (one[:1], one[:2], many[:2], one, many, copies)]
    assert confidence == pytest.approx([0.65, 0.86, 0.8775, 0.95, 1.0, 0.65], abs=0.0006)
