"""Where the weights of the reader and the model of its encoder lie."""

from importlib.util import find_spec
from pathlib import Path

from legation.models.encoder import Encoder
from legation.models.errors import ModelError

SHIPPED = Path(__file__).with_name("data") / "weights"
ENCODER = Path(__file__).with_name("data") / "encoder"
PACKAGES = ("onnxruntime", "tokenizers")  # what the encoder runs on


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
