"""Fine-tunes the sentence encoder: windows with their labels, names exchanged, the training itself.

A window is a sentence in its context, as `legation.models.encoder` cuts it. Its labels are pairs of States with a
status and modality. What else a fair judge would accept there, and what the text claims in another sentence, is not
judged: it counts neither as right nor as wrong. PyTorch is imported where the training begins and not before.
"""

import hashlib
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy.language import Language

from legation.models.encoder import LABELS, NONE, TITLE, Encoder, Part, Pieces, Span, eligible, encode, window
from legation.models.errors import ModelError
from legation.models.reading.encoder_features import part, title_part
from legation.models.training.examples import Example, Gold

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from legation.models.training.encoder_network import Network

Say = Callable[[str], None]
Pair = tuple[str, str, int]  # codes of sender and receiver (NONE: not named), number of the label

TITLE_PLACE = -1, -1  # offsets that stand for the headline
KEPT = {"EU", "UN", "VA"}  # never exchanged: no other State could stand for them
ARTICLE = re.compile(r"\b[Tt]he $")  # right before a name
STAY = 0.35  # share of the States of a window that keep their names when names are exchanged
TRIES = 12  # States tried as another's replacement
SPREAD = 12.0  # word pieces by which windows of one batch may differ in length, so that batches differ between epochs
SAVE_EVERY = 100  # steps between two checkpoints
TELL_EVERY = 20  # steps between two lines of progress


@dataclass(frozen=True)
class Round:
    """A stretch of the training with its own optimizer; the rates rise over its first tenth and then fall to nearly 0.

    `rate` is that of the layers of BERT, `head_rate` of what was added. `quiet`: windows without a claim for each
    window with one.
    """

    epochs: float
    rate: float
    head_rate: float
    quiet: float


@dataclass(frozen=True)
class Recipe:
    """The settings of a training. `exchange`: share of the windows whose names are exchanged; `pieces`: word pieces in
    a batch; `steps`: at most so many in each round, None for as many as its epochs need."""

    rounds: tuple[Round, ...] = (Round(4, 1.5e-4, 1e-3, 0.6), Round(1.2, 8e-5, 5e-4, 1.0))
    exchange: float = 0.35
    pieces: int = 768
    steps: int | None = None
    seed: int = 1


# --- texts and windows


@dataclass(frozen=True)
class Reading:
    """A text as the encoder sees it; `starts`: the offset of each sentence in the text."""

    example: Example
    title: Part
    sentences: tuple[Part, ...]
    starts: tuple[int, ...]

    def asked(self) -> list[int]:
        """The sentences that may carry a claim, TITLE for the headline."""
        return eligible(self.title, self.sentences, len(self.example.text.text))

    def place(self, number: int) -> tuple[int, int]:
        """Half-open offsets of a sentence, TITLE_PLACE for the headline."""
        if number == TITLE:
            return TITLE_PLACE
        return self.starts[number], self.starts[number] + len(self.sentences[number].text)


def read_texts(examples: Iterable[Example], nlp: Language) -> Iterator[Reading]:
    """Read with the components that find names, missions and events; nothing of the text is parsed."""
    steps = list(takewhile(lambda step: step[0] != "legation_focus_parser", nlp.pipeline))
    last: Any = nlp.get_pipe("legation_status_claims")
    for example in examples:
        doc = nlp.make_doc(example.text.text)
        doc._.title, doc._.published = example.text.title, example.text.published
        for _, component in steps:
            doc = component(doc)
        article = last.article(doc)
        numbers = range(len(article.text.starts))
        yield Reading(
            example,
            title_part(article),
            tuple(part(article.text, number) for number in numbers),
            tuple(doc[token].idx for token in article.text.starts),
        )


@dataclass(frozen=True)
class Window:
    """A sentence in its context, and what is claimed in it; `start` and `end` as `Reading.place` gives them.

    `pairs` and `labels` (of any pair) are claimed in the sentence; `open_pairs` and `open_labels` are not judged.
    """

    text: str
    start: int
    end: int
    parts: tuple[Part, ...]
    pairs: frozenset[Pair] = frozenset()
    open_pairs: frozenset[Pair] = frozenset()
    labels: frozenset[int] = frozenset()
    open_labels: frozenset[int] = frozenset()


def windows(reading: Reading) -> list[Window]:
    """The windows of a text, labelled by its claims."""
    found = [
        Window(reading.example.id, *reading.place(i), window(reading.title, reading.sentences, i))
        for i in reading.asked()
    ]
    claims = [(claim, _where(reading.example, claim, found)) for claim in reading.example.claims]
    return [_labelled(each, claims) for each in found]


def _where(example: Example, claim: Gold, found: Sequence[Window]) -> list[int] | None:
    """Starts of the windows in whose own sentence the claim is made; None where that is not known."""
    if claim.quote:
        at = example.text.text.find(claim.quote)
        if at >= 0:
            return [w.start for w in found if w.start < at + len(claim.quote) and w.end > at]
        if claim.quote in (example.text.title or ""):
            return [w.start for w in found if w.start == TITLE_PLACE[0]]
        return None
    inner = [w for w in found if w.start >= 0] or list(found)
    if len(inner) > 1:
        inner = [w for w in inner if w.parts[-1].has("EVENT")]
    if len(inner) > 1:
        inner = [w for w in inner if any(span.code == claim.sending_state for span in w.parts[-1].spans)]
    return [inner[0].start] if len(inner) == 1 else None


def _labelled(each: Window, claims: Iterable[tuple[Gold, list[int] | None]]) -> Window:
    """The window with its labels: of a claim that is made here and must be found, the best of each label is claimed."""
    pairs: set[Pair] = set()
    open_pairs: set[Pair] = set()
    labels: set[int] = set()
    open_labels: set[int] = set()
    for claim, where in claims:
        here = where is not None and each.start in where
        accepted = [LABELS.index(f"{status}|{modality}") for status in claim.statuses for modality in claim.modalities]
        sender = claim.sending_state or NONE
        told = [(sender, receiver or NONE, label) for receiver in claim.receiving_states for label in accepted]
        open_pairs.update(told)
        if here or where is None:
            open_labels.update(accepted)
        if here and claim.must:
            pairs.add(told[0])
            labels.add(accepted[0])
    return replace(
        each,
        pairs=frozenset(pairs),
        open_pairs=frozenset(open_pairs - pairs),
        labels=frozenset(labels),
        open_labels=frozenset(open_labels - labels),
    )


# --- names exchanged


class Names:
    """Exchanges the names of States in a window for those of others, so that the network learns roles, not names.

    Names, and which of them take "the", come from the texts.
    """

    def __init__(self, readings: Iterable[Reading]) -> None:
        counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        mentions: Counter[str] = Counter()
        with_article: Counter[str] = Counter()
        for reading in readings:
            for sentence in reading.sentences:
                for span in sentence.spans:
                    if not span.code:
                        continue
                    name = sentence.text[span.start : span.end]
                    counts[span.code, _form(span.kind, name)][name] += 1
                    mentions[name] += 1
                    with_article[name] += sentence.text[: span.start].lower().endswith("the ")
        self.spellings = {key: [name for name, _ in c.most_common(3)] for key, c in counts.items()}
        self.codes = sorted({code for code, _ in self.spellings} - KEPT)
        self.with_article = {name for name, n in with_article.items() if 2 * n > mentions[name]}

    def exchange(self, each: Window, rng: random.Random) -> Window:
        """A copy with other names for about two thirds of its States."""
        forms: dict[str, set[str]] = defaultdict(set)
        for p in each.parts:
            for span in p.spans:
                if span.code:
                    forms[span.code].add(_form(span.kind, p.text[span.start : span.end]))
        change: dict[str, str] = {}
        for code, needed in forms.items():
            if code in KEPT or rng.random() < STAY:
                continue
            for other in rng.sample(self.codes, min(TRIES, len(self.codes))):
                free = other not in forms and other not in change.values()
                if free and all((other, form) in self.spellings for form in needed):
                    change[code] = other
                    break
        spelling = {
            (code, form): rng.choice(self.spellings[other, form])
            for code, other in change.items()
            for form in sorted(forms[code])
        }

        def moved(pairs: frozenset[Pair]) -> frozenset[Pair]:
            return frozenset((change.get(s, s), change.get(r, r), label) for s, r, label in pairs)

        parts = tuple(self._rewritten(p, change, spelling) for p in each.parts)
        return replace(each, parts=parts, pairs=moved(each.pairs), open_pairs=moved(each.open_pairs))

    def _rewritten(self, p: Part, change: dict[str, str], spelling: dict[tuple[str, str], str]) -> Part:
        text, last = "", 0
        spans = []
        for start, end, kind, code in p.spans:
            if start < last:
                continue
            text += p.text[last:start]
            name = p.text[start:end]
            if code in change:
                name = spelling[code, _form(kind, name)]
                if kind == "STATE":
                    text = _with_article(text) if name in self.with_article else _without_article(text)
            spans.append(Span(len(text), len(text) + len(name), kind, change.get(code, code)))
            text, last = text + name, end
        return Part(text + p.text[last:], tuple(spans))


def _without_article(text: str) -> str:
    return ARTICLE.sub("", text)


def _with_article(text: str) -> str:
    bare = _without_article(text)
    return bare + ("the " if bare and not text.endswith("The ") else "The ")


def _form(kind: str, name: str) -> str:
    """What can stand for what: a plural of people for another, capitals for capitals."""
    return f"{kind}{'s' if kind == 'DEMONYM' and name.endswith('s') else ''}{'^' if name.isupper() else ''}"


# --- training


class Item(NamedTuple):
    """A window and its word pieces."""

    window: Window
    pieces: Pieces


def batches(found: Iterable[Window], tokenizer: "Tokenizer", pieces: int, rng: random.Random) -> list[list[Item]]:
    """Batches of windows of like length, each of at most so many word pieces (padding counted), in random order."""
    items = [Item(each, encode(each.parts, tokenizer)) for each in found]
    made: list[list[Item]] = [[]]
    for item in sorted(items, key=lambda item: len(item.pieces.ids) + rng.random() * SPREAD):
        longest = max(len(other.pieces.ids) for other in (*made[-1], item))
        if made[-1] and (len(made[-1]) + 1) * longest > pieces:
            made.append([])
        made[-1].append(item)
    rng.shuffle(made)
    return made


@dataclass
class Lessons:
    """What is learned from: windows, and how their names are exchanged. Epochs depend on the recipe's seed alone."""

    windows: Sequence[Window]
    names: Names
    tokenizer: "Tokenizer"
    recipe: Recipe

    @property
    def telling(self) -> list[Window]:
        """The windows with a claim."""
        return [each for each in self.windows if each.labels]

    def epoch(self, stage: Round, number: int) -> list[list[Item]]:
        """The batches of an epoch: all windows with a claim, and the next ones of those without."""
        rng = random.Random(f"{self.recipe.seed} {stage} {number}")  # noqa: S311  nothing secret
        telling = self.telling
        quiet = [each for each in self.windows if not each.labels]
        random.Random(self.recipe.seed).shuffle(quiet)  # noqa: S311
        need = min(round(stage.quiet * len(telling)), len(quiet))
        first = number * need
        chosen = telling + [quiet[n % len(quiet)] for n in range(first, first + need)]
        chosen = [self.names.exchange(w, rng) if rng.random() < self.recipe.exchange else w for w in chosen]
        return batches(chosen, self.tokenizer, self.recipe.pieces, rng)

    def digest(self) -> str:
        """Tells whether a checkpoint belongs to these windows and this recipe."""
        found = hashlib.sha256(repr(self.recipe).encode())
        for each in self.windows:
            found.update(repr((each.text, each.start, sorted(each.pairs), sorted(each.labels))).encode())
        return found.hexdigest()


def lessons(readings: Sequence[Reading], base: Path, recipe: Recipe) -> Lessons:
    """From texts. Raises ModelError where no window holds a claim, or `base` has no tokenizer."""
    found = Lessons([w for one in readings for w in windows(one)], Names(readings), tokenizer_of(base), recipe)
    if not found.telling:
        raise ModelError("no sentence of the texts holds a claim that must be found; give more texts")
    return found


def tokenizer_of(base: Path) -> "Tokenizer":
    """The tokenizer of the base model, without padding and cutting. Raises ModelError where there is none."""
    from tokenizers import Tokenizer

    path = base / "tokenizer.json"
    if not path.is_file():
        raise ModelError(f"--base: {path}: no such file; name a folder with the files of a BERT model")
    found = Tokenizer.from_file(str(path))
    found.no_padding()
    found.no_truncation()
    return found


def fit(learned: Lessons, base: Path, checkpoint: Path, say: Say) -> "Network":
    """The network after all rounds. It goes on from the file `checkpoint` where there is one.

    `base`: the folder of a BERT model as transformers saves it. A training that was interrupted and goes on gives the
    same network as one without interruption. Raises ModelError where `base` cannot be read or the checkpoint is of
    another training.
    """
    import torch

    from legation.models.training.encoder_network import batch_tensors, loss, parameters, pretrained

    torch.manual_seed(learned.recipe.seed)
    network = pretrained(base)
    digest, saved = learned.digest(), _saved(checkpoint)
    if saved and saved["digest"] != digest:
        raise ModelError(f"{checkpoint}: of a training with other texts or settings; remove it, or name another folder")
    if saved:
        network.load_state_dict(saved["weights"], strict=False)
    say(f"{len(learned.telling)} windows with a claim, {len(learned.windows) - len(learned.telling)} without")
    for number, stage in enumerate(learned.recipe.rounds, 1):
        if saved and saved["round"] > number:
            continue
        layers, heads = parameters(network)
        optimizer = torch.optim.AdamW([{"params": layers}, {"params": heads}], weight_decay=0.01, betas=(0.9, 0.98))
        done = 0
        if saved and saved["round"] == number:
            optimizer.load_state_dict(saved["optimizer"])
            torch.set_rng_state(saved["random"])
            done = saved["step"]
        network.train()
        losses: list[float] = []
        began = time.monotonic()
        for step, total, batch in _steps(learned, stage):
            if step <= done:
                continue
            for group, rate in zip(optimizer.param_groups, (stage.rate, stage.head_rate), strict=True):
                group["lr"] = rate * _slope((step - 1) / total)
            value = loss(network, batch_tensors(batch))
            value.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            losses.append(value.item())
            if step % TELL_EVERY == 0 or step == total:
                mean = sum(losses[-SAVE_EVERY:]) / len(losses[-SAVE_EVERY:])
                minutes = (time.monotonic() - began) / 60
                say(f"round {number}, step {step} of {total}: loss {mean:.3f}, {minutes:.1f} min")
            if step % SAVE_EVERY == 0 or step == total:
                weights = {name: value for name, value in network.named_parameters() if value.requires_grad}
                state = {"digest": digest, "round": number, "step": step, "weights": weights}
                _save(state | {"optimizer": optimizer.state_dict(), "random": torch.get_rng_state()}, checkpoint)
    network.eval()
    return network


def _steps(learned: Lessons, stage: Round) -> Iterator[tuple[int, int, list[Item]]]:
    """(number from 1, number of all, batch) of a round; the first epoch tells how many steps an epoch has."""
    step = total = 0
    for epoch in count():
        made = learned.epoch(stage, epoch)
        total = total or min(max(round(stage.epochs * len(made)), 1), learned.recipe.steps or 10**9)
        for batch in made:
            step += 1
            yield step, total, batch
            if step == total:
                return


def _slope(part: float) -> float:
    """The share of the full rate after this part of a round: up within its first tenth, then down."""
    return min(1.0, (0.05 + part) / 0.1, (1.02 - part) / 0.9)


def _saved(checkpoint: Path) -> dict[str, Any] | None:
    import torch

    return torch.load(checkpoint, weights_only=True) if checkpoint.is_file() else None


def _save(state: dict[str, Any], checkpoint: Path) -> None:
    """Written whole or not at all."""
    import torch

    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    unfinished = checkpoint.with_suffix(".part")
    torch.save(state, unfinished)
    unfinished.replace(checkpoint)


# --- what an encoder says of texts


def told(folder: Path, readings: Iterable[Reading]) -> Iterator[dict[str, Any]]:
    """What the exported encoder in `folder` says of each window, as rows for `legation train --readings`."""
    encoder = Encoder(folder)
    for one in readings:
        for reading in encoder.read(one.title, one.sentences, one.asked()):
            start, end = one.place(reading.number)
            yield {
                "id": one.example.id,
                "start": start,
                "end": end,
                "pairs": reading.pairs,
                "sentence": reading.sentence,
            }
