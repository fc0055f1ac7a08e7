"""Batches of windows as tensors: what the networks of the sentence encoder read, and what they should say.

Imports PyTorch at the top: import this module inside functions only.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from legation.models.encoder import DETAILS, LABELS, NONE
from legation.models.training.encoder_lessons import Item, Lessons, Showing
from legation.models.training.encoder_network import FLAGS

INPUTS = ("ids", "marks", "kinds", "mask", "own", "context", "flags")  # of Network, in its order
MULTIPLE = 8  # the length of a batch is a multiple of this: GPUs multiply such matrices faster

Tensors = dict[str, Tensor]


class Epoch:
    """The items of an epoch by their place, made when they are asked for."""

    def __init__(self, learned: Lessons, version: int, shown: Sequence[Showing]) -> None:
        self.learned, self.version, self.shown = learned, version, shown

    def __len__(self) -> int:
        return len(self.shown)

    def __getitem__(self, place: int) -> Item:
        return self.learned.item(self.version, self.shown[place])


def loaded(epoch: Epoch, batches: Sequence[Sequence[int]], workers: int) -> "DataLoader[Tensors]":
    """The tensors of these batches one after the other, made by so many processes; 0: by this one."""
    return DataLoader(epoch, batch_sampler=batches, collate_fn=batch_tensors, num_workers=workers)


def batch_tensors(items: Sequence[Item]) -> Tensors:
    """INPUTS and targets of a batch, padded; State 0 is none.

    `pairs` (batch, sender, receiver): pairs of different States; `target`, `weight` (the same, label): claimed, judged;
    `sentence_target`, `sentence_weight` (batch, label); `details` (batch, word piece, detail) and `known` (batch,
    detail); `judged` (batch).
    """
    size, states = len(items), max(len(item.pieces.codes) for item in items) + 1
    length = -(-max(len(item.pieces.ids) for item in items) // MULTIPLE) * MULTIPLE
    t = {name: torch.zeros(size, length, dtype=torch.long) for name in ("ids", "marks", "kinds")}
    t["mask"] = torch.zeros(size, length)
    t["own"], t["context"] = torch.zeros(size, states, length), torch.zeros(size, states, length)
    t["flags"] = torch.zeros(size, states, FLAGS)
    t["flags"][:, 0, -1] = 1
    t["pairs"] = torch.zeros(size, states, states, dtype=torch.bool)
    t["target"] = torch.zeros(size, states, states, len(LABELS), dtype=torch.bool)
    t["weight"] = torch.zeros(size, states, states, len(LABELS), dtype=torch.bool)
    t["sentence_target"] = torch.zeros(size, len(LABELS), dtype=torch.bool)
    t["sentence_weight"] = torch.ones(size, len(LABELS), dtype=torch.bool)
    t["details"] = torch.zeros(size, length, len(DETAILS), dtype=torch.bool)
    t["known"] = torch.zeros(size, len(DETAILS), dtype=torch.bool)
    t["judged"] = torch.tensor([item.window.judged for item in items])
    for row, item in enumerate(items):
        _fill_inputs(t, row, item)
        _fill_targets(t, row, item)
        _fill_details(t, row, item)
    return t


def _fill_inputs(t: Tensors, row: int, item: Item) -> None:
    pieces = item.pieces
    length = len(pieces.ids)
    for name in ("ids", "marks", "kinds"):
        t[name][row, :length] = torch.tensor(getattr(pieces, name))
    t["mask"][row, :length] = 1
    for state, (own, context, flags) in enumerate(zip(pieces.own, pieces.context, pieces.flags, strict=True), 1):
        for name, places in (("own", own), ("context", context)):
            if places:
                t[name][row, state, places] = 1 / len(places)
        t["flags"][row, state, :-1] = torch.tensor(flags)


def _fill_targets(t: Tensors, row: int, item: Item) -> None:
    """A State that is not named in the window stands at 0, and a pair with it is not judged."""
    codes = [NONE, *item.pieces.codes]
    at = {code: state for state, code in enumerate(codes)}
    t["pairs"][row, : len(codes), : len(codes)] = ~torch.eye(len(codes), dtype=torch.bool)
    target, weight = t["target"][row], t["weight"][row]
    weight[:] = t["pairs"][row, :, :, None]
    for sender, receiver, label in (*item.window.open_pairs, *item.window.pairs):
        weight[at.get(sender, 0), at.get(receiver, 0), label] = False
    for sender, receiver, label in item.window.pairs:
        if sender in at and receiver in at and sender != receiver:
            target[at[sender], at[receiver], label] = weight[at[sender], at[receiver], label] = True
    t["sentence_target"][row, list(item.window.labels)] = True
    t["sentence_weight"][row, list(item.window.open_labels)] = False


def _fill_details(t: Tensors, row: int, item: Item) -> None:
    """Word pieces that overlap words of a detail."""
    t["known"][row, list(item.window.known)] = True
    for place, piece in enumerate(item.pieces.places):
        if piece is None:
            continue
        part, start, end = piece
        for words in item.window.words[part]:
            if words.start < end and words.end > start:
                t["details"][row, place, words.detail] = True
