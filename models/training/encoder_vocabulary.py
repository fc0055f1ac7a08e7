"""The word pieces of the sentence encoder: those of its base that occur most often in English text of this kind, and
the single letters and marks into which any other word can be cut. It is trained with them alone, as it is shipped.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from legation.models.errors import ModelError
from legation.models.lexicon import DATA

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MOST = 10_500  # word pieces that are kept
LATIN = 0x250  # letters below are those of languages in Latin script
MARKS = range(0x2010, 0x2027)  # dashes, quotes and the ellipsis of typographers
SPECIAL = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
WORD = re.compile(r"\w+|[^\w\s]")


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


def reduced(tokenizer: "Tokenizer", pieces: Sequence[int]) -> "Tokenizer":
    """A tokenizer that knows these word pieces alone, numbered from 0 in their order."""
    from tokenizers import Tokenizer

    new = {old: number for number, old in enumerate(pieces)}
    saved = json.loads(tokenizer.to_str())
    vocabulary = sorted(saved["model"]["vocab"].items(), key=lambda item: item[1])
    saved["model"]["vocab"] = {piece: new[number] for piece, number in vocabulary if number in new}
    saved["added_tokens"] = [token | {"id": new[token["id"]]} for token in saved["added_tokens"] if token["id"] in new]
    saved["post_processor"] = None
    return Tokenizer.from_str(json.dumps(saved))


def pieces_of(tokenizer: "Tokenizer") -> list[str]:
    """Its word pieces in the order of their numbers."""
    vocabulary = tokenizer.get_vocab()
    return sorted(vocabulary, key=lambda piece: int(vocabulary[piece]))
