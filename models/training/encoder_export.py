"""A trained network as files that onnxruntime runs, in a folder for `legation.models.encoder.Encoder`.

encoder.onnx     the network from the vectors of the word pieces on, matrices of 8 bits
words.npz        the vectors of the word pieces, 8 bits each with a scale for each piece; positions
tokenizer.json   the tokenizer
"""

import logging
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from legation.models.encoder import NAMES

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from legation.models.training.encoder_network import Network

OPSET = 17  # of ONNX; the oldest with all that the network needs
STATES, PIECES = 3, 7  # sizes of the example that the network is traced with; the exported one takes any


def export(network: "Network", tokenizer: "Tokenizer", folder: Path) -> None:
    """Write the three files; the tokenizer has the word pieces of the network. Files that are there are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    words = network.words.weight.detach().numpy()
    scales = np.maximum(np.abs(words).max(1), 1e-9) / 127
    np.savez_compressed(
        folder / "words.npz",
        words=np.round(words / scales[:, None]).astype("i1"),
        scales=scales.astype("f4"),
        positions=network.positions.weight.detach().numpy().astype("f2"),
    )
    _write_network(network, folder / "encoder.onnx")


def _write_network(network: "Network", path: Path) -> None:
    import torch

    from legation.models.training.encoder_network import Scorer

    width, flags = network.words.weight.shape[1], 2 * len(NAMES) + 1
    ones = torch.ones(1, PIECES, dtype=torch.long)
    pools = torch.rand(1, STATES, PIECES)
    example = (torch.randn(1, PIECES, width), ones, ones, pools, pools, torch.rand(1, STATES, flags))
    axes = {name: {1: "pieces"} for name in ("x", "marks", "kinds")}
    axes |= {name: {1: "states", 2: "pieces"} for name in ("own", "context")}
    with tempfile.TemporaryDirectory() as work, warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the exporter by tracing is an older one; the newer needs two more packages
        plain = Path(work) / "plain.onnx"
        torch.onnx.export(
            Scorer(network).eval(),  # the exporter would put back what it found, and dropout with it
            example,
            str(plain),
            input_names=["x", "marks", "kinds", "own", "context", "flags"],
            output_names=["pairs", "sentence", "details"],
            dynamic_axes=axes | {"flags": {1: "states"}, "pairs": {1: "states", 2: "states"}, "details": {1: "pieces"}},
            opset_version=OPSET,
            dynamo=False,
        )
        _quantize(plain, path)


def _quantize(plain: Path, path: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.disable(logging.WARNING)  # it advises a step that gains nothing here
    try:
        quantize_dynamic(
            plain,
            path,
            weight_type=QuantType.QUInt8,  # signed ones overflow without VNNI, and read worse with 7 bits
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gemm"],
        )
    finally:
        logging.disable(logging.NOTSET)
