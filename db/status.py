"""From claims to status: one pure function, with nothing read from a clock, a file or a database.

Facts change the state of a mission, day by day, in the order of the days on which they count (db/statements.py); plans,
wishes and denials do not, they are shown beside it. The rules are the tables STANDS, OPPOSED and SUPPORTS and are
explained in docs/codebook.md. `partition` gives the periods of one mission: no gap and no overlap.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from legation.db.age import AWAY_DAYS, HISTORY, days_between, evidence_day, last_confirmed
from legation.db.belief import belief, confidence
from legation.db.plans import Plan, plans
from legation.db.statements import Statement
from legation.db.vocabulary import TARGET

# Within one day the statuses are applied in this order; the last word tells most.
ORDER = ("remained_open", "opened", "reopened", "reduced", "evacuated", "suspended", "closed", "relocated")
# (state, status): states that a fact of that status does not change, because it says no more than they do.
STANDS = {
    ("limited", "remained_open"),
    ("relocated", "remained_open"),
    ("relocated", "reduced"),
    ("suspended", "evacuated"),
    ("closed", "evacuated"),
    ("closed", "suspended"),
}
AWAY = ("evacuated", "suspended", "closed")
# Statuses that cannot both hold on one day.
OPPOSED = {"remained_open": {*AWAY}, "opened": {*AWAY, "relocated"}, "reopened": {*AWAY, "relocated"}}
# Which facts a state rests on when its confidence is computed.
SUPPORTS = {
    "open": {"remained_open", "opened", "reopened"},
    "limited": {"reduced", "remained_open", "reopened", "opened"},
    "relocated": {"relocated"},
    "evacuated": {"evacuated"},
    "suspended": {"suspended", "evacuated"},
    "closed": {"closed", "suspended", "evacuated"},
    "unknown": set[str](),
}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time in one state, from the day `since` to before the day `until`; None: no beginning, no end.

    `precision` is that of `since`: day, month, year, or reported (on that day at the latest); None without `since`.
    `rests` made or confirm the state, `dissents` speak against it, `announces` are plans, wishes, denials of a change;
    `plans` tells of the plans with a date among these when they are due and settled.
    """

    since: str | None
    until: str | None
    precision: str | None
    state: str
    works_from: str | None
    rests: tuple[Statement, ...] = ()
    dissents: tuple[Statement, ...] = ()
    announces: tuple[Statement, ...] = ()
    plans: tuple[Plan, ...] = ()

    @property
    def supporting(self) -> tuple[Statement, ...]:
        return tuple(said for said in self.rests if said.status in SUPPORTS[self.state])

    @property
    def confidence(self) -> float:
        return confidence(self.supporting, self.dissents)

    @property
    def last_confirmed(self) -> str | None:
        """The day of the newest claim that supports it; None: nothing does."""
        return last_confirmed(self.supporting, self.since, self.until)

    @property
    def publishers(self) -> int:
        """How many independent publishers it rests on."""
        return len({said.outlet for said in self.supporting})

    @property
    def basis(self) -> str:
        """none, reviewed, mixed or unreviewed: what reviewers have seen of the claims it rests on."""
        seen = {said.review != "unreviewed" for said in self.rests}
        return {(): "none", (True,): "reviewed", (False,): "unreviewed"}.get(tuple(seen), "mixed")


@dataclass(frozen=True, slots=True)
class Standing:
    """The period under way while the days are gone through."""

    state: str = "unknown"
    works_from: str | None = None
    since: str | None = None
    precision: str | None = None
    rests: tuple[Statement, ...] = ()
    dissents: tuple[Statement, ...] = ()


@dataclass(slots=True)
class Course:
    """The days of a mission in order, and how it stood before each and after the last."""

    days: list[str] = field(default_factory=list)
    facts: list[list[Statement]] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=lambda: [Standing()])


def counts(said: Statement, unreviewed: float | None) -> bool:
    """Whether a claim counts: approved and corrected ones do, unreviewed ones from that confidence (None: never)."""
    return said.review != "unreviewed" or (unreviewed is not None and said.confidence >= unreviewed)


def partition(claims: Iterable[Statement]) -> list[Period]:
    """The periods of one mission, oldest first; the first has no beginning, the last no end.

    `claims` are all that count, of any modality, in any order.
    """
    claims = sorted(claims, key=lambda said: said.key)
    path = course(claims)
    ends = [s for s, after in zip(path.standings, path.standings[1:], strict=False) if after.since != s.since]
    periods = [_period(s) for s in (*ends, path.standings[-1])]
    for i, after in enumerate(periods[1:]):
        periods[i] = replace(periods[i], until=after.since)
    days = {said.claim: day for day, facts in zip(path.days, path.facts, strict=True) for said in facts}
    periods = [part for period in periods for part in _parted(period, days)]
    return _beside(periods, [said for said in claims if said.modality != "fact"])


def _parted(period: Period, days: Mapping[int, str]) -> list[Period]:
    """The parts of a period in which a mission is open: a reopening on a later day says that it was not, before.

    `days` tells on which day each fact counts. When the mission shut nobody says: it is unknown after the last day on
    which it was known to work, but for AWAY_DAYS before the reopening at most, since half of all closures are shorter.
    The reopening has to have a date, and within HISTORY days before it no other opening was told: who reports it again
    with another date tells of no second one.
    """
    if period.state != "open" or not any(_dates_a_reopening(said) for said in period.rests):
        return [period]
    by_day: dict[str, list[Statement]] = defaultdict(list)
    for said in period.rests:
        by_day[days[said.claim]].append(said)
    parts = [period]
    known = told = ""  # the last day on which it worked; the last on which it opened or reopened, as far as told
    for day in sorted(by_day):
        back = known and any(map(_dates_a_reopening, by_day[day]))
        shut = max(day_after(known), days_before(day, AWAY_DAYS)) if back else day
        if shut < day and not (told and days_between(told, day) <= HISTORY):
            parts[-1:] = _cut(parts[-1], shut, day, days)
        known = max(known, day, *map(evidence_day, by_day[day]))
        told = day if any(said.status in ("opened", "reopened") for said in by_day[day]) else told
    return parts


def _dates_a_reopening(said: Statement) -> bool:
    return said.status == "reopened" and said.date is not None


def _cut(period: Period, shut: str, day: str, days: Mapping[int, str]) -> list[Period]:
    """The period up to the day `shut`, what is not known up to `day`, and the rest from then on."""
    rests, dissents = (
        [tuple(said for said in claims if (days[said.claim] >= day) is late) for late in (False, True)]
        for claims in (period.rests, period.dissents)
    )
    precision = _sharpest(said for said in rests[1] if days[said.claim] == day)
    return [
        replace(period, until=shut, rests=rests[0], dissents=dissents[0]),
        Period(shut, day, "day", "unknown", None),
        replace(period, since=day, precision=precision, rests=rests[1], dissents=dissents[1]),
    ]


def _sharpest(said: Iterable[Statement]) -> str:
    return min((one.precision for one in said), key=("day", "month", "year", "reported").index)


def course(claims: Iterable[Statement]) -> Course:
    """Go through the facts among the claims of one mission, day by day."""
    by_day: dict[str, list[Statement]] = defaultdict(list)
    facts = [said for said in claims if said.modality == "fact"]
    for said, day in zip(facts, _days(facts), strict=True):
        by_day[day].append(said)
    path = Course()
    for day in sorted(by_day):
        path.days.append(day)
        path.facts.append(by_day[day])
        path.standings.append(advance(path.standings[-1], day, by_day[day]))
    return path


def advance(before: Standing, day: str, facts: Sequence[Statement]) -> Standing:
    """How the mission stands after a day, given how it stood before and the facts that count on that day."""
    rests, dissents = _weigh(before, facts)
    state, works_from = _after(before, rests)
    if (state, works_from) == (before.state, before.works_from):
        both = before.rests + rests, before.dissents + dissents
        return Standing(state, works_from, before.since, before.precision, *both)
    return Standing(state, works_from, day, _sharpest(rests), rests, dissents)


def outcome(before: Standing, facts: Sequence[Statement]) -> tuple[str, str | None]:
    """State and place it works from after a day, as `advance` gives them."""
    return _after(before, _weigh(before, facts)[0])


def _after(before: Standing, rests: Sequence[Statement]) -> tuple[str, str | None]:
    """State and place after the facts of a day that hold."""
    state = before.state
    told = {said.status for said in rests}
    for status in ORDER:
        if status in told and (state, status) not in STANDS:
            state = TARGET[status]
    return state, _place(before, rests) if state == "relocated" else None


def disputed(state: str, told: AbstractSet[str]) -> bool:
    """Whether facts of these statuses on one day may oppose one another or the state before, so that voices are
    weighed."""
    return any(status in told and (state in AWAY or told & OPPOSED[status]) for status in OPPOSED)


def _days(facts: list[Statement]) -> list[str]:
    """The day on which each fact counts.

    An imprecise date within which a more exact claim tells of the same status means that day. And an article that
    reports a reopening tells of what was before as background: its undated facts of absence count a day earlier.
    """
    exact: dict[str, list[str]] = defaultdict(list)
    back: dict[int, str] = {}
    for said in facts:
        if said.precision == "day":
            exact[said.status].append(said.day)
        if said.status in ("reopened", "opened"):
            back[said.origin] = min(said.day, back.get(said.origin, said.day))
    return [_day(said, exact[said.status], back.get(said.origin)) for said in facts]


def _day(said: Statement, exact: list[str], back: str | None) -> str:
    if said.precision in ("month", "year"):
        return min((day for day in exact if day.startswith(str(said.date))), default=said.day)
    if said.precision == "reported" and back and back <= said.day and TARGET[said.status] not in ("open", "limited"):
        return day_before(back)
    return said.day


def day_after(day: str) -> str:
    """The day after a day, both YYYY-MM-DD; the last day that there is stays itself."""
    from datetime import date, timedelta

    last = date.fromisoformat(day)
    return (last + timedelta(days=1)).isoformat() if last < date.max else day


def day_before(day: str) -> str:
    """The day before a day, both YYYY-MM-DD; the first day that there is stays itself."""
    return days_before(day, 1)


def days_before(day: str, number: int) -> str:
    """The day so many days before a day, both YYYY-MM-DD; the first day that there is, if there is none so early."""
    from datetime import date

    return date.fromordinal(max(1, date.fromisoformat(day).toordinal() - number)).isoformat()


def _weigh(before: Standing, facts: Sequence[Statement]) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """Part the facts of a day into those that hold and those that are outweighed.

    Of opposed facts the better believed side holds; of equal ones the side that agrees with how things stood, and else
    the side of absence. Who says that a mission *stayed* open reports no change, so that this must outweigh what
    was said for its closure. An article that says both of one day means "stayed open until then", and opposes nothing.
    """
    gone_too = {said.origin for said in facts if said.status in AWAY}
    until = {said.claim for said in facts if said.status == "remained_open" and said.origin in gone_too}
    works = [said for said in facts if said.status in OPPOSED and said.claim not in until]
    against = {status for said in works for status in OPPOSED[said.status]}
    away = [said for said in facts if said.status in against]
    if works and not away and before.state in AWAY and all(said.status == "remained_open" for said in works):
        stayed = [said for said in before.dissents if said.status == "remained_open"]
        lost = works if belief([*works, *stayed]) <= belief(_period(before).supporting) else []
    elif works and away:
        strong, weak = belief(works), belief(away)
        lost = works if strong < weak or (strong == weak and before.state not in ("open", "limited")) else away
    else:
        lost = []
    gone = {said.claim for said in lost}
    return tuple(said for said in facts if said.claim not in gone), tuple(lost)


def _place(before: Standing, rests: Sequence[Statement]) -> str | None:
    """Where it works from: the best believed place told on the day; else where it worked from before."""
    told: dict[str, list[Statement]] = defaultdict(list)
    for said in rests:
        if said.status == "relocated" and said.relocated_to:
            told[said.relocated_to].append(said)
    if not told:
        return before.works_from
    return min(told, key=lambda place: (-belief(told[place]), place))


def _period(standing: Standing) -> Period:
    s = standing
    return Period(s.since, None, s.precision, s.state, s.works_from, s.rests, s.dissents)


def _beside(periods: list[Period], others: list[Statement]) -> list[Period]:
    """Put plans, wishes and denials beside the periods.

    Each stands in the period in which it was said, and a plan with a date in the later ones that begin before it is
    settled, unless they are already in the state that it names. The denial of what the period rests on is dissent.
    """
    starts = [period.since or "" for period in periods]
    facts = [said for period in periods for said in period.rests]
    dated = plans(others, facts, [(p.since or "", p.state) for p in periods], SUPPORTS)
    dissents: dict[int, list[Statement]] = defaultdict(list)
    announces: dict[int, list[Statement]] = defaultdict(list)
    for said in others:
        here = last = bisect_right(starts, said.reported) - 1
        plan = dated.get(said.claim)
        if plan:
            last = len(periods) - 1 if plan.settled is None else bisect_left(starts, plan.settled) - 1
        for i in range(here, max(here, last) + 1):
            if said.status not in SUPPORTS[periods[i].state]:
                announces[i].append(said)
            elif said.modality == "denied":
                dissents[i].append(said)
    return [
        replace(
            p,
            dissents=(*p.dissents, *dissents[i]),
            announces=tuple(announces[i]),
            plans=tuple(dated[said.claim] for said in announces[i] if said.claim in dated),
        )
        for i, p in enumerate(periods)
    ]
