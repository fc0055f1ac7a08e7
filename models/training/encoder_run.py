"""Trains the sentence encoder anew: `python -m legation.models.training.encoder_run GOLD... --base DIR --to FOLDER`.

A tool of maintainers. It needs the dependency group `encoder-train` (PyTorch), and a GPU for the whole recipe. See
docs/encoder.md.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legation.models.components.focus_parser import OFFICIAL
from legation.models.encoder import TITLE, Encoder
from legation.models.errors import ModelError
from legation.models.training.encoder_export import export
from legation.models.training.encoder_lessons import lessons
from legation.models.training.encoder_vocabulary import kept_pieces, names_text, reduced, tokenizer_of
from legation.models.training.encoder_windows import Reading, read_texts
from legation.models.training.examples import FOLDS
from legation.models.training.gold import gold_examples
from legation.models.weights import ENCODER

if TYPE_CHECKING:
    from legation.models.training.encoder import Course

PACKAGES = ("torch", "safetensors", "onnx", "onnxruntime", "tokenizers")
PATH = click.Path(path_type=Path)


@click.command()
@click.argument("gold", nargs=-1, required=True, type=PATH)
@click.option("--real", multiple=True, type=PATH, help="Further GOLD, of real texts: they count three times.")
@click.option("--base", required=True, type=PATH, help="Folder of a BERT model as transformers saves it.")
@click.option("--teacher", type=PATH, help="The same of an MPNet or larger BERT, which teaches the encoder.")
@click.option("--start", type=PATH, help="Folder `work` of an earlier training, whose encoders these begin from.")
@click.option("--to", required=True, type=PATH, help="Folder to write the encoder to.")
@click.option("--folds", is_flag=True, help="Train a model for each fold too, and write what each says of its texts.")
@click.option("--readings", type=PATH, help="With --folds: the file to write that to; default TO/readings.jsonl.")
@click.option("--text", "texts", multiple=True, type=PATH, help="Further English text whose words the encoder keeps.")
@click.option("--model", default=OFFICIAL, show_default=True, help="The spaCy pipeline, as in config.toml.")
@click.option("--steps", type=click.IntRange(min=1), help="At most so many steps for each network, for a trial.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--device", type=click.Choice(["cuda", "cpu"]), help="Where to train; default: cuda where it is there.")
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="Threads of PyTorch.")
@click.option(
    "--workers", type=click.IntRange(min=0), help="Processes that prepare texts; default: one a core but one."
)
def command(
    gold: Sequence[Path],
    real: Sequence[Path],
    base: Path,
    teacher: Path | None,
    start: Path | None,
    to: Path,
    folds: bool,
    readings: Path | None,
    texts: Sequence[Path],
    model: str,
    steps: int | None,
    seed: int,
    device: str | None,
    threads: int,
    workers: int | None,
) -> None:
    """Train the sentence encoder on texts whose claims are known, and export it for onnxruntime.

    GOLD is a folder with articles.jsonl and gold.jsonl, or a file that holds both in each line. Finished networks lie
    in TO/work: the same command goes on behind the last one. With --folds, `legation train --readings` takes what the
    models of the folds say of texts that they never saw.
    """
    if readings is not None and not folds:
        raise click.UsageError("--readings: only the models of the folds write readings; add --folds")
    if to.resolve() == ENCODER.resolve():
        raise click.UsageError(f"--to: {to} holds the encoder that is shipped; name another folder")
    if missing := [name for name in PACKAGES if find_spec(name) is None]:
        raise click.UsageError(f"{', '.join(missing)}: not installed; pip install --group encoder-train")
    device = _device(device, threads)
    from legation.models.load import load
    from legation.models.training.encoder import STUDENT, Course, file_of

    if teacher is not None:
        _expect("--teacher", teacher / "config.json", "a folder with the files of an MPNet or BERT model")
    if start is not None:
        _expect("--start", start / file_of(None, STUDENT), "the folder `work` of an earlier training")
    further = [_english(path) for path in texts]
    whole = tokenizer_of(base)
    examples = [example for path in gold for example in gold_examples(path, tune=False)]
    examples += [example for path in real for example in gold_examples(path)]
    read = list(read_texts(examples, load(model)))
    known = [f"{one.example.text.title or ''}\n{one.example.text.text}" for one in read]
    tokenizer = reduced(whole, kept_pieces(whole, [*known, *names_text(), *further]))
    learned = lessons(read, tokenizer, seed)
    genuine, telling = sum(one.example.tune for one in read), sum(bool(each.labels) for each in learned.windows)
    quiet = len(learned.windows) - telling
    _say(f"{len(read)} texts, {genuine} of them real: {telling} windows with a claim, {quiet} without")
    workers = (os.cpu_count() or 1) - 1 if workers is None else workers
    course = Course(learned, base, teacher, start, to / "work", _say, device, workers, steps)
    if folds:
        _write_rows(out_of_fold(read, course), readings or to / "readings.jsonl")
    one_model(course, None, to)


def one_model(course: "Course", fold: int | None, folder: Path) -> None:
    """Train on the texts outside a fold, None: on all, and export to `folder`."""
    from legation.models.training.encoder import fit, name_of

    export(fit(course, fold), course.learned.tokenizer, folder)
    course.say(f"{name_of(fold)}: written to {folder}")


def out_of_fold(read: Sequence[Reading], course: "Course") -> Iterator[dict[str, Any]]:
    """Train a model for each fold on the texts outside it; give what it says of the texts in it, as exported."""
    for fold in range(FOLDS):
        inside = [one for one in read if one.example.fold == fold]
        if inside:
            folder = course.work / f"fold{fold}"
            one_model(course, fold, folder)
            yield from told(folder, inside)


def told(folder: Path, readings: Iterable[Reading]) -> Iterator[dict[str, Any]]:
    """What the exported encoder in `folder` says of each window, as rows for `legation train --readings`.

    `details`: [in the headline, start, end, detail, probability], characters of the headline or text.
    """
    encoder = Encoder(folder)
    for one in readings:
        for reading in encoder.read(one.title, one.sentences, one.asked()):
            start, end = one.place(reading.number)
            offsets = [(0 if number == TITLE else one.starts[number]) for number, *_ in reading.details]
            yield {
                "id": one.example.id,
                "start": start,
                "end": end,
                "pairs": reading.pairs,
                "sentence": reading.sentence,
                "details": [
                    (number == TITLE, a + offset, b + offset, name, p)
                    for offset, (number, a, b, name, p) in zip(offsets, reading.details, strict=True)
                ],
            }


def _expect(option: str, path: Path, wanted: str) -> None:
    """Before texts are read, which takes minutes."""
    if not path.is_file():
        raise click.UsageError(f"{option}: {path}: no such file; name {wanted}")


def _device(wanted: str | None, threads: int) -> str:
    """Where PyTorch is to compute; it is told its threads."""
    import torch

    torch.set_num_threads(threads)
    there = torch.cuda.is_available()
    if wanted == "cuda" and not there:
        raise click.UsageError("--device: PyTorch finds no GPU; leave it out to train on the CPU")
    return wanted or ("cuda" if there else "cpu")


def _write_rows(rows: Iterable[dict[str, Any]], path: Path) -> None:
    """JSON Lines, written whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    unfinished.replace(path)
    _say(f"readings written to {path}")


def _say(line: str) -> None:
    click.echo(line, err=True)


def _english(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise click.UsageError(f"--text: {path}: {error.strerror}; name a file of English text") from None


def main() -> None:
    """Run the command; end as every command of this program does: 2 for wrong input, 130 where it is interrupted."""
    try:
        command.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except ModelError as error:
        _say(str(error))
        sys.exit(2)
    except (click.exceptions.Abort, KeyboardInterrupt):
        _say("interrupted; the same command goes on behind the last finished network")
        sys.exit(130)


if __name__ == "__main__":
    main()
