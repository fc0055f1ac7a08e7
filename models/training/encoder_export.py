"""A trained network as files that onnxruntime runs, in a folder for `legation.models.encoder.Encoder`.

    encoder.onnx     the network from the vectors of the word pieces on, matrices of 8 bits
    words.npz        the vectors of the word pieces that are kept, 8 bits each with a scale for each piece; positions
    tokenizer.json   the tokenizer of the base model with those word pieces alone

Kept are the word pieces that occur most often in English text of this kind, and the single letters and marks into which
any other word can be cut.
"""

import json
import logging
import re
import tempfile
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from legation.models.encoder import NAMES, WINDOW
from legation.models.lexicon import DATA

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from legation.models.training.encoder_network import Network

MOST = 10_500  # word pieces that are kept
LATIN = 0x250  # letters below are those of languages in Latin script
MARKS = range(0x2010, 0x2027)  # dashes, quotes and the ellipsis of typographers
SPECIAL = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
WORD = re.compile(r"\w+|[^\w\s]")
OPSET = 17  # of ONNX; the oldest with all that the network needs
STATES, PIECES = 3, 7  # sizes of the example that the network is traced with; the exported one takes any


def names_text() -> list[str]:
    """The names and words that the reader itself knows."""
    return [path.read_text(encoding="utf-8") for path in sorted(DATA.glob("*.t*"))]


def kept_pieces(tokenizer: "Tokenizer", texts: Iterable[str], most: int = MOST) -> list[int]:
    """Numbers of the word pieces to keep, at most so many, in the order of the old vocabulary."""
    words: Counter[str] = Counter()
    for text in texts:
        words.update(WORD.findall(text))
    counts: Counter[int] = Counter()
    for word, n in words.items():
        for piece in tokenizer.encode(word, add_special_tokens=False).ids:
            counts[piece] += n
    chosen = {number for piece, number in tokenizer.get_vocab().items() if piece in SPECIAL or _is_single(piece)}
    for number, _ in counts.most_common():
        if len(chosen) >= most:
            break
        chosen.add(number)
    return sorted(chosen)


def _is_single(piece: str) -> bool:
    """Is it one letter, a mark or a sign of a currency, at the beginning of a word or in it?"""
    letter = piece.removeprefix("##")
    return len(letter) == 1 and (ord(letter) < LATIN or ord(letter) in MARKS or unicodedata.category(letter) == "Sc")


def export(network: "Network", tokenizer: "Tokenizer", pieces: list[int], folder: Path) -> None:
    """Write the three files; `pieces` are those to keep. Files that are there already are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_tokenizer(tokenizer, pieces, folder / "tokenizer.json")
    words = network.words.weight.detach().numpy()[pieces]
    scales = np.maximum(np.abs(words).max(1), 1e-9) / 127
    np.savez_compressed(
        folder / "words.npz",
        words=np.round(words / scales[:, None]).astype("i1"),
        scales=scales.astype("f4"),
        positions=network.positions.weight.detach().numpy()[:WINDOW].astype("f2"),
    )
    _write_network(network, folder / "encoder.onnx")


def _write_tokenizer(tokenizer: "Tokenizer", pieces: list[int], path: Path) -> None:
    new = {old: number for number, old in enumerate(pieces)}
    saved = json.loads(tokenizer.to_str())
    vocabulary = sorted(saved["model"]["vocab"].items(), key=lambda item: item[1])
    saved["model"]["vocab"] = {piece: new[number] for piece, number in vocabulary if number in new}
    saved["added_tokens"] = [token | {"id": new[token["id"]]} for token in saved["added_tokens"] if token["id"] in new]
    saved["post_processor"] = None
    path.write_text(json.dumps(saved, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


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
            Scorer(network.eval()),
            example,
            str(plain),
            input_names=["x", "marks", "kinds", "own", "context", "flags"],
            output_names=["pairs", "sentence"],
            dynamic_axes=axes | {"flags": {1: "states"}, "pairs": {1: "states", 2: "states"}},
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
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,  # 7 bits: processors without VNNI would overflow with 8
            op_types_to_quantize=["MatMul", "Gemm"],
        )
    finally:
        logging.disable(logging.NOTSET)
