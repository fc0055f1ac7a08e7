"""What training says of itself: out-of-fold scores, each decision alone, and the ceiling of the candidates."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from legation.models.reading.decide import RECEIVER, SENDER
from legation.models.reading.judge import Key
from legation.models.training.examples import Example
from legation.models.training.labels import is_right
from legation.models.training.measure import score
from legation.models.training.prepared import Prepared


def report(prepared: Sequence[Prepared], found: Mapping[str, list[tuple[Key, float]]], threshold: float) -> list[str]:
    """Out-of-fold scores: all, by kind of text, and of what is sure."""
    groups: dict[str, list[Example]] = {}
    for one in prepared:
        groups.setdefault(one.example.id.split("-")[0], []).append(one.example)
    tuned = [one.example for one in prepared if one.example.tune]
    lines = [f"real texts {len(tuned):5}  {score(tuned, found, threshold)}  (threshold {threshold:.2f})"]
    lines += [f"  {kind:10} {len(some):4}  {score(some, found, threshold)}" for kind, some in sorted(groups.items())]
    rows = [(p, is_right(key, e)) for e in tuned for key, p in found.get(e.id, ()) if None not in key[:2]]
    high = [right for p, right in rows if p >= 0.9 and right is not None]
    all_right = sum(bool(right) for p, right in rows if p >= threshold)
    silent = [e for e in tuned if not e.claims]
    false_alarms = sum(any(p >= threshold for _, p in found.get(e.id, ())) for e in silent)
    lines.append(
        f"confidence .9 and more: {sum(map(bool, high))} of {len(high)} right, of {all_right} right ones in all"
    )
    lines.append(f"texts with nothing to find: {len(silent)}, of them {false_alarms} give a claim")
    lines += ceiling(prepared)
    return lines


def ceiling(prepared: Sequence[Prepared]) -> list[str]:
    """The share of claims to be found that are among the candidates."""
    total = framed = paired = 0
    for one in prepared:
        if not one.example.tune:
            continue
        held: dict[int, set[tuple[Any, Any]]] = {}
        for described, label in zip(one.described, one.labels, strict=True):
            for gold in label.gold:
                held.setdefault(id(gold), set()).update((s, r) for s in described.codes for r in described.codes)
        for gold in one.example.claims:
            if gold.must and gold.sending_state and gold.receiving_states[0]:
                total += 1
                framed += id(gold) in held
                paired += any((gold.sending_state, r) in held.get(id(gold), ()) for r in gold.receiving_states)
    return [f"ceiling of the candidates: {framed} of {total} claims have a frame, {paired} their pair too"]


LIKELY = 0.3  # probability of a claim from which on a frame is counted as one


def frame_lines(prepared: Sequence[Prepared]) -> list[str]:
    """How often the linear scorers of frames are right on real texts, out of fold."""
    found = missed = extra = named = status = modality = 0
    for one in prepared:
        if not one.example.tune:
            continue
        for described, label in zip(one.described, one.labels, strict=True):
            found += bool(label.claim) and described.claim >= LIKELY
            missed += bool(label.claim) and described.claim < LIKELY
            extra += label.claim is False and described.claim >= LIKELY
            if label.labels and len(described.status):
                wanted = max(label.labels, key=lambda row: row[2])
                named += 1
                status += int(np.argmax(described.status)) == wanted[0]
                modality += int(np.argmax(described.modality)) == wanted[1]
    return [
        f"claim or not: {found} of {found + missed} frames that stand for a claim have {LIKELY} or more, and {extra}"
        " that do not",
        f"status: right on {status} of {named} frames; modality: on {modality}",
    ]


def role_lines(prepared: Sequence[Prepared]) -> list[str]:
    """How often the State that looks most like a sender is one, and the same of receivers."""
    total = sender = receiver = 0
    for one in prepared:
        for described, label in one.positive() if one.example.tune else ():
            total += 1
            senders, receivers = {s for s, _ in label.pairs}, {r for _, r in label.pairs}
            sender += described.codes[int(np.argmax(described.dense[:, SENDER]))] in senders
            receiver += described.codes[int(np.argmax(described.dense[:, RECEIVER]))] in receivers
    return [f"sender alone: right on {sender} of {total} frames; receiver alone: on {receiver}"]


def pair_line(name: str, prepared: Sequence[Prepared]) -> str:
    """How often the likeliest pair of a frame is one of those that it stands for."""
    total = right = 0
    for one in prepared:
        for described, label in one.positive() if one.example.tune else ():
            if len(described.pair):
                sends, receives = described.chosen[int(np.argmax(described.pair))]
                total += 1
                right += (described.codes[sends], described.codes[receives]) in label.pairs
    return f"{name}: right on {right} of {total} frames"
