"""What an epoch of the training of the sentence encoder shows: which windows, in which version, in which batches.

Everything follows from the seed: the same epoch of the same texts is the same in every run and in every process.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from legation.models.encoder import Pieces, encode
from legation.models.errors import ModelError
from legation.models.training.encoder_variants import Names, Scrambler
from legation.models.training.encoder_vocabulary import pieces_of
from legation.models.training.encoder_windows import Reading, Window, windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

REAL = 3  # times that an epoch shows a window of a real text; one of a text written for training is shown once
EXCHANGED = 0.5  # share of the windows in which names are exchanged, from the second version on
SCRAMBLED = 0.35  # share of the windows that are scrambled, from the third version on
SPREAD = 10.0  # word pieces by which windows of one batch may differ in length, so that batches differ between epochs


class Item(NamedTuple):
    """A window and its word pieces."""

    window: Window
    pieces: Pieces


class Showing(NamedTuple):
    """One showing of a window in an epoch: its number, and the how manieth of this window it is, from 0."""

    window: int
    time: int


@dataclass
class Lessons:
    """What is learned from: windows of all folds, how they are changed, and the tokenizer that cuts them."""

    windows: Sequence[Window]
    names: Names
    scrambler: Scrambler
    tokenizer: "Tokenizer"
    seed: int

    @cached_property
    def lengths(self) -> list[int]:
        """Word pieces of each window."""
        return [len(encode(each.parts, self.tokenizer).ids) for each in self.windows]

    def epoch(self, version: int, fold: int | None, *, scrambled: bool) -> list[Showing]:
        """What an epoch shows: all windows with a claim, and the next ones, as many, of those without.

        `fold`: the texts of this fold are left out; None: of none. `scrambled` False: leave out what has no labels.
        Raises ModelError where nothing is claimed.
        """
        within = [n for n, each in enumerate(self.windows) if each.fold != fold]
        times = [Showing(n, time) for n in within for time in range(REAL if self.windows[n].real else 1)]
        telling = [one for one in times if self.windows[one.window].labels]
        quiet = [one for one in times if not self.windows[one.window].labels]
        random.Random(self.seed).shuffle(quiet)  # noqa: S311  nothing secret
        if not telling:
            raise ModelError(f"no sentence of the texts outside fold {fold} holds a claim; give more texts")
        need = min(len(telling), len(quiet))
        shown = telling + [quiet[n % len(quiet)] for n in range(version * need, (version + 1) * need)]
        return [one for one in shown if scrambled or not self._scrambles(version, one)]

    def batches(self, shown: Sequence[Showing], pieces: int, version: int) -> list[list[int]]:
        """Batches of an epoch as places in `shown`, each of at most so many word pieces (padding counted), in random
        order. What a version adds to a window or takes from it is not counted."""
        rng = random.Random(f"{self.seed} batches {version}")  # noqa: S311
        lengths = [self.lengths[one.window] for one in shown]
        keys = [length + rng.random() * SPREAD for length in lengths]
        made: list[list[int]] = [[]]
        longest = 0
        for place in sorted(range(len(shown)), key=keys.__getitem__):
            longest = max(longest, lengths[place])
            if made[-1] and (len(made[-1]) + 1) * longest > pieces:
                made.append([])
                longest = lengths[place]
            made[-1].append(place)
        rng.shuffle(made)
        return made

    def item(self, version: int, one: Showing) -> Item:
        """A window as a version shows it."""
        rng = random.Random(f"{self.seed} {version} {one}")  # noqa: S311
        each = self.windows[one.window]
        if self._scrambles(version, one):
            each = self.names.exchange(self.scrambler.scramble(each, rng), rng)
        elif version and rng.random() < EXCHANGED:
            each = self.names.exchange(each, rng)
        return Item(each, encode(each.parts, self.tokenizer))

    def _scrambles(self, version: int, one: Showing) -> bool:
        return version > 1 and random.Random(f"{self.seed} scrambled {version} {one}").random() < SCRAMBLED  # noqa: S311

    def digest(self, fold: int | None) -> str:
        """Tells whether a network was trained on these windows, word pieces and versions."""
        found = hashlib.sha256(repr((self.seed, fold, pieces_of(self.tokenizer))).encode())
        for each in self.windows:
            labels = (each.pairs, each.open_pairs, each.labels, each.open_labels, each.known)
            rest = each.text, each.fold, each.real, each.start, each.parts, each.words
            found.update(repr((rest, [sorted(some) for some in labels])).encode())
        return found.hexdigest()


def lessons(readings: Sequence[Reading], tokenizer: "Tokenizer", seed: int) -> Lessons:
    """From texts. Raises ModelError where no window holds a claim."""
    found = [each for one in readings for each in windows(one)]
    if not any(each.labels for each in found):
        raise ModelError("no sentence of the texts holds a claim that must be found; give more texts")
    return Lessons(found, Names(readings), Scrambler(found), tokenizer, seed)
