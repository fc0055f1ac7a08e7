"""Trains the sentence encoder: a large network, the teacher, and the small one that is shipped, the student.

The teacher learns from the labels of the windows. The student learns from these and, more, from what the teacher says
of every pair: its probabilities tell of doubts that labels do not know, and it has an opinion on windows that nobody
labelled, so that there is always something new to learn (Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in a
Neural Network"). Imports PyTorch at the top: import this module inside functions only.
"""

import hashlib
import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel

from legation.models.errors import ModelError
from legation.models.training.encoder_batches import INPUTS, Epoch, Tensors, loaded
from legation.models.training.encoder_lessons import Lessons
from legation.models.training.encoder_network import BODY, Network, student_network, teacher_network
from legation.models.training.encoder_vocabulary import pieces_of

Say = Callable[[str], None]
Logits = tuple[Tensor, Tensor, Tensor]  # of pairs, sentences, details, see Network
Loss = Callable[[Logits, Tensors], Tensor]

USUAL_PAIRS = 12  # windows with more pairs count each of them for less
SENTENCE_SHARE, DETAIL_SHARE = 0.5, 0.1  # of the losses of sentence and details, beside that of the pairs
TEACHER_SHARE = 0.6  # of the loss against the teacher's probabilities; the rest is against the labels
RISE = 0.05  # share of a training in which the rates rise; then they fall to nearly 0
AVERAGE = 0.998  # what counts in the end is a moving average of the weights, which keeps so much of itself in a step
LARGEST = 1.0  # norm of a gradient
TELL_EVERY = 50  # steps between two lines of progress
WEIGHTS = "model.safetensors"  # file of a base model


@dataclass(frozen=True)
class Stage:
    """How one network, teacher or student, is trained. `rate`: of what comes from the base model; `head_rate`: of what
    was added; `pieces`: word pieces in a batch; `first`: the version of the windows that its first epoch shows."""

    name: str
    epochs: int
    rate: float
    head_rate: float
    pieces: int
    first: int


# As the encoder that ships was trained, see docs/encoder.md.
TEACHER = Stage("teacher", 5, 5e-5, 5e-4, 6144, 0)
STUDENT = Stage("student", 16, 3e-4, 6e-4, 12288, 1)


@dataclass(frozen=True)
class Course:
    """What all trainings of a run share.

    `base`, `teacher`: folders of models as transformers saves them; without a teacher the student learns from labels
    alone. `start`: folder with the students of an earlier training, which those of this one begin from; None: they
    begin from `base`. `work`: folder of the finished networks. `steps`: at most so many for each network, None for
    as many as its epochs have. `workers`: processes that prepare batches.
    """

    learned: Lessons
    base: Path
    teacher: Path | None
    start: Path | None
    work: Path
    say: Say
    device: str = "cpu"
    workers: int = 0
    steps: int | None = None
    stages: tuple[Stage, Stage] = (TEACHER, STUDENT)


def name_of(fold: int | None) -> str:
    """What the networks without the texts of this fold are called; None: those that saw all texts."""
    return "full" if fold is None else f"fold{fold}"


def file_of(fold: int | None, stage: Stage) -> str:
    """The file of a finished network."""
    return f"{name_of(fold)}-{stage.name}.pt"


def fit(course: Course, fold: int | None) -> Network:
    """The trained student, on the CPU; neither it nor its teacher saw the texts of `fold`.

    A network that lies in `course.work`, finished, is not trained again. Raises ModelError where a base model cannot be
    read, or a network in `course.work` is of another training.
    """
    learned, stage = course.learned, course.stages[1]
    torch.manual_seed(learned.seed)
    network = student_network(course.base, pieces_of(learned.tokenizer))
    traits = [*_traits(course, fold), stage, _digest_of(course.base / WEIGHTS)]
    if course.start is not None:
        begin = course.start / file_of(fold, stage)
        network.load_state_dict(_load(begin)["weights"], strict=False)
        traits.append(_digest_of(begin))

    def train() -> None:
        loss = label_loss if course.teacher is None else taught_by(_teacher(course, course.teacher, fold))
        _train(network, course, fold, stage, loss, scrambled=course.teacher is not None)

    return _finished(network, course.work / file_of(fold, stage), traits, train)


def _teacher(course: Course, folder: Path, fold: int | None) -> Network:
    """The trained teacher, on the device of the course."""
    learned, stage = course.learned, course.stages[0]
    torch.manual_seed(learned.seed)
    network = teacher_network(folder, pieces_of(learned.tokenizer))

    def train() -> None:
        _train(network, course, fold, stage, label_loss, scrambled=False)

    _finished(network, course.work / file_of(fold, stage), _traits(course, fold), train)
    network.to(course.device)
    return network


def _traits(course: Course, fold: int | None) -> list[object]:
    """What the teacher of a training depends on, and its student too."""
    found: list[object] = [course.learned.digest(fold), course.steps]
    if course.teacher is not None:
        found += [course.stages[0], _digest_of(course.teacher / WEIGHTS)]
    return found


def _train(network: Network, course: Course, fold: int | None, stage: Stage, loss: Loss, *, scrambled: bool) -> None:
    """Train on the texts outside `fold`; `scrambled`: with windows too that no label belongs to."""
    device, learned = torch.device(course.device), course.learned
    torch.manual_seed(learned.seed)
    network.to(device).train()
    body = [value for name, value in network.named_parameters() if value.requires_grad and name.startswith(BODY)]
    heads = [value for name, value in network.named_parameters() if not name.startswith(BODY)]
    groups = [{"params": body, "lr": stage.rate}, {"params": heads, "lr": stage.head_rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98))
    epochs = list(_epochs(course, fold, stage, scrambled=scrambled))
    total = sum(len(batches) for _, batches in epochs)
    rates = LambdaLR(optimizer, lambda step: _slope(step / total))
    average = AveragedModel(network, multi_avg_fn=_average)
    step, began, losses = 0, time.monotonic(), torch.zeros((), device=device)
    for number, (epoch, batches) in enumerate(epochs, 1):
        for batch in loaded(epoch, batches, course.workers):
            t = {name: value.to(device) for name, value in batch.items()}
            with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
                value = loss(said(network, t), t)
            value.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST)
            optimizer.step()
            rates.step()
            optimizer.zero_grad()
            average.update_parameters(network)
            losses += value.detach()
            step += 1
            if step % TELL_EVERY == 0 or step == total:
                mean, minutes = losses.item() / ((step - 1) % TELL_EVERY + 1), (time.monotonic() - began) / 60
                name = f"{name_of(fold)}, {stage.name}"
                course.say(f"{name}: epoch {number}, step {step} of {total}: loss {mean:.3f}, {minutes:.1f} min")
                losses.zero_()
    network.load_state_dict(average.module.state_dict())


def _epochs(
    course: Course, fold: int | None, stage: Stage, *, scrambled: bool
) -> Iterator[tuple[Epoch, list[list[int]]]]:
    """The epochs of a training with their batches, up to the last step."""
    learned, left = course.learned, course.steps
    for version in range(stage.first, stage.first + stage.epochs):
        shown = learned.epoch(version, fold, scrambled=scrambled)
        batches = learned.batches(shown, stage.pieces, version)[:left]
        left = None if left is None else left - len(batches)
        if batches:
            yield Epoch(learned, version, shown), batches


def _slope(part: float) -> float:
    """The share of the full rate after this part of a training."""
    return min(1.0, (0.01 + part) / (0.01 + RISE), (1.01 - part) / (1.01 - RISE))


def _average(averages: Sequence[Tensor], values: Sequence[Tensor], steps: Tensor) -> None:
    """Move the averages of so many steps on by one; at first by much, so that the beginning is forgotten."""
    kept = min(AVERAGE, int(steps) / (int(steps) + 20))
    for average, value in zip(averages, values, strict=True):
        average.lerp_(value, 1 - kept)


# --- losses


def said(network: Network, t: Tensors) -> Logits:
    """What a network says of a batch."""
    logits: Logits = network(*(t[name] for name in INPUTS))
    return logits


def label_loss(logits: Logits, t: Tensors) -> Tensor:
    """Cross-entropy a window against its labels; 0 for one that is not judged."""
    pairs, sentences, details = logits
    known = t["mask"][..., None] * t["known"][:, None]
    each = _sum(pairs, t["target"], t["weight"]) * _scale(t)
    each = each + SENTENCE_SHARE * _sum(sentences, t["sentence_target"], t["sentence_weight"])
    each = each + DETAIL_SHARE * _sum(details, t["details"], known)
    return (each * t["judged"]).mean()


def taught_by(teacher: Network) -> Loss:
    """The loss of a student: against what its teacher says of every pair, sentence and word piece, and the labels."""
    teacher.eval().requires_grad_(False)

    def loss(logits: Logits, t: Tensors) -> Tensor:
        with torch.no_grad():
            pairs, sentences, details = (one.float().sigmoid() for one in said(teacher, t))
        each = _sum(logits[0], pairs, t["pairs"][..., None]) * _scale(t)
        each = each + SENTENCE_SHARE * _sum(logits[1], sentences, torch.ones_like(sentences))
        each = each + DETAIL_SHARE * _sum(logits[2], details, t["mask"][..., None])
        return TEACHER_SHARE * each.mean() + (1 - TEACHER_SHARE) * label_loss(logits, t)

    return loss


def _sum(logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy of each window of a batch."""
    each = cross_entropy(logits.float(), target.float(), reduction="none") * weight
    return each.flatten(1).sum(1)


def _scale(t: Tensors) -> Tensor:
    """By how much the pairs of each window count: many pairs for less."""
    return (USUAL_PAIRS / t["pairs"].sum((1, 2)).clamp(min=1)).clamp(max=1).sqrt()


# --- finished networks


def _finished(network: Network, path: Path, traits: Sequence[object], train: Callable[[], None]) -> Network:
    """The network, trained and on the CPU: as the file holds it, or trained now and saved there.

    Raises ModelError where the file is of a training with other traits.
    """
    digest = hashlib.sha256(repr(traits).encode()).hexdigest()
    if path.is_file():
        saved = _load(path)
        if saved["digest"] != digest:
            raise ModelError(f"{path}: of a training with other texts or settings; remove it, or name another folder")
        network.load_state_dict(saved["weights"], strict=False)
        network.eval()
        return network
    train()
    network.cpu().eval()
    weights = {name: value.detach() for name, value in network.named_parameters() if value.requires_grad}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    torch.save({"digest": digest, "weights": weights}, unfinished)
    unfinished.replace(path)
    return network


def _load(path: Path) -> dict[str, Any]:
    """A saved network. Raises ModelError where the file holds none."""
    try:
        saved: dict[str, Any] = torch.load(path, weights_only=True)
    except (OSError, RuntimeError, pickle.UnpicklingError, EOFError) as error:
        raise ModelError(f"{path}: {error}; name a folder with the networks of a finished training") from None
    return saved


def _digest_of(path: Path) -> str:
    """Of a file; empty where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
