"""The weights of the reader, and where they and the model of its encoder lie."""

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from legation.models.encoder import Encoder
from legation.models.errors import ModelError
from legation.models.scorers import Linear, Trees, read_scorer

SHIPPED = Path(__file__).with_name("data") / "weights"
ENCODER = Path(__file__).with_name("data") / "encoder"
PACKAGES = ("onnxruntime", "tokenizers")  # what the encoder runs on


@dataclass(frozen=True)
class Settings:
    """`threshold`: probability from which on a claim is made, by name of the judge; `sure`: from which on 97 % were
    right out of fold; `least`: the same as `threshold` for each detail (city, date, moved_to, speaker)."""

    threshold: dict[str, float]
    sure: dict[str, float]
    least: dict[str, float]

    @classmethod
    def read(cls, path: Path) -> "Settings":
        """Raises ModelError where the file is missing or damaged."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(
                f"[model] weights: {path} is missing or damaged; write it again with `legation train`"
            ) from error


@dataclass(frozen=True)
class Weights:
    """The scorers of all decisions; each is a file of the same name in the folder of weights."""

    claim: Linear
    status: Linear
    modality: Linear
    sender: Linear
    receiver: Linear
    pairs: Trees
    judge: Trees
    judge_with_encoder: Trees
    city: Trees
    date: Trees
    moved_to: Trees
    speaker: Trees
    settings: Settings

    @classmethod
    def scorer_names(cls) -> list[str]:
        """The names of all scorers, in the order of the decisions."""
        return [name for name in cls.__dataclass_fields__ if name != "settings"]

    @classmethod
    def read(cls, folder: Path) -> "Weights":
        """Raises ModelError where a file is missing or damaged."""
        scorers: dict[str, Any] = {name: read_scorer(folder / f"{name}.json") for name in cls.scorer_names()}
        return cls(**scorers, settings=Settings.read(folder / "settings.json"))


def load_encoder() -> Encoder | None:
    """The encoder; None where its packages or its model are missing."""
    if not (ENCODER / "encoder.onnx").is_file() or any(find_spec(name) is None for name in PACKAGES):
        return None
    return Encoder(ENCODER)


def folder_of(name: str) -> Path:
    """The folder of weights that `name` means; "" the shipped ones. Raises ModelError where it is none."""
    if not name:
        return SHIPPED
    folder = Path(name)
    if not (folder / "settings.json").is_file():
        raise ModelError(
            f"[model] weights: {name} is no folder of weights; write one with `legation train --to {name}`"
        )
    return folder
