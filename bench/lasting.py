"""For how long a mission works, and for how long it does not: the half-lives of db/age.py, fitted to real histories.

    python -m bench.lasting [FILE]        fit, and compare the rule with what was observed

FILE is mission_status_range_gw_v0.1.csv of B. Kenkel, us_diplomatic_missions v0.1 (2026): for each State the stretches
of time with one kind of mission of the United States, coded by hand. A stretch works if its mission is resident
(embassy, legation, consulate, liaison office); no mission, an interests section under another flag, and envoys who
reside elsewhere do not. Stretches without a mission count from the first mission on. Those that go on when the record
ends are known to have lasted at least so long (right-censored).
"""

import csv
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

RECORD = Path(__file__).resolve().parent.parent.parent / "shared" / "record" / "mission_status_range_gw_v0.1.csv"
RESIDENT = {"Embassy", "Legation", "Consulate", "Liaison"}
WORKING, AWAY = "working", "away"
YEAR = 365.25
Stretch = tuple[int, bool]  # days, whether it ended


@dataclass(frozen=True, slots=True)
class Fit:
    """The half-life of the rule, in days, and the log-likelihood of the rule and of a constant rate of ending."""

    half_life_days: float
    rule: float
    constant: float


def stretches(rows: Iterable[Mapping[str, str]]) -> dict[str, list[Stretch]]:
    """WORKING and AWAY -> their stretches; rows of one State that follow within two days in one state are one."""
    by_state: dict[str, list[tuple[date, date, str]]] = defaultdict(list)
    for row in rows:
        kind = WORKING if row["us_mission_status"] in RESIDENT else AWAY
        first, last = date.fromisoformat(row["date_start"]), date.fromisoformat(row["date_end"])
        by_state[row["country_code_gw"]].append((first, last, kind))
    found: dict[str, list[Stretch]] = {WORKING: [], AWAY: []}
    for there in by_state.values():
        whole = _joined(sorted(there))
        begun = next((i for i, (_, _, kind) in enumerate(whole) if kind == WORKING), len(whole))
        for i, (first, last, kind) in enumerate(whole[begun:], start=begun):
            ended = i + 1 < len(whole) and (whole[i + 1][0] - last).days <= 2
            found[kind].append(((last - first).days + 1, ended))
    return found


def _joined(there: Iterable[tuple[date, date, str]]) -> list[tuple[date, date, str]]:
    whole: list[tuple[date, date, str]] = []
    for first, last, kind in there:
        if whole and whole[-1][2] == kind and (first - whole[-1][1]).days <= 2:
            whole[-1] = (whole[-1][0], last, kind)
        else:
            whole.append((first, last, kind))
    return whole


def fit(found: Sequence[Stretch]) -> Fit:
    """The H of S(t) = H / (H + t) by maximum likelihood, in steps of 0.2 %, and how likely a constant rate is."""
    rate = sum(ended for _, ended in found) / sum(days for days, _ in found)
    constant = sum((math.log(rate) if ended else 0) - rate * days for days, ended in found)
    best = max((10 ** (step / 1000) for step in range(1000, 6000)), key=lambda half: _rule(found, half))
    return Fit(best, _rule(found, best), constant)


def _rule(found: Sequence[Stretch], half: float) -> float:
    return sum(math.log(half / (half + days)) - (math.log(half + days) if ended else 0) for days, ended in found)


def observed(found: Sequence[Stretch], days: float) -> float:
    """The share that lasts longer than that, by Kaplan and Meier."""
    share = 1.0
    for end in sorted({length for length, ended in found if ended and length <= days}):
        share *= 1 - sum(1 for at, ended in found if ended and at == end) / sum(at >= end for at, _ in found)
    return share


def main() -> None:
    """Print the fit of both kinds, and for some lengths what the rule says beside what was observed."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else RECORD
    with path.open(encoding="utf-8", newline="") as file:
        found = stretches(csv.DictReader(file))
    for kind, there in found.items():
        best = fit(there)
        ended = sum(end for _, end in there)
        print(f"{kind}: {len(there)} stretches, {ended} ended; half-life {best.half_life_days:.0f} days")
        print(
            f"  ({best.half_life_days / YEAR:.1f} years); log-likelihood {best.rule:.1f}, constant {best.constant:.1f}"
        )
        print("  years     " + "".join(f"{years:>7g}" for years in (0.25, 1, 2, 5, 10, 20, 40)))
        shares = [observed(there, years * YEAR) for years in (0.25, 1, 2, 5, 10, 20, 40)]
        rule = [best.half_life_days / (best.half_life_days + y * YEAR) for y in (0.25, 1, 2, 5, 10, 20, 40)]
        print("  observed  " + "".join(f"{share:7.2f}" for share in shares))
        print("  rule      " + "".join(f"{share:7.2f}" for share in rule))


if __name__ == "__main__":
    main()
