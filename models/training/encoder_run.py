"""Trains the sentence encoder anew: `python -m legation.models.training.encoder_run GOLD... --base DIR --to FOLDER`.

A tool of maintainers. It needs the dependency group `encoder-train` (PyTorch), and for the whole recipe, with
three folds, about two hours of one core. See docs/encoder.md.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from legation.models.components.focus_parser import OFFICIAL
from legation.models.errors import ModelError
from legation.models.training.encoder import Reading, Recipe, Say, fit, lessons, read_texts, told
from legation.models.training.encoder_export import export, kept_pieces, names_text
from legation.models.training.examples import FOLDS
from legation.models.training.gold import gold_examples
from legation.models.weights import ENCODER

PACKAGES = ("torch", "safetensors", "onnx", "onnxruntime", "tokenizers")
PATH = click.Path(path_type=Path)


@click.command()
@click.argument("gold", nargs=-1, required=True, type=PATH)
@click.option("--base", required=True, type=PATH, help="Folder of a BERT model as transformers saves it.")
@click.option("--to", required=True, type=PATH, help="Folder to write the encoder to.")
@click.option("--folds", is_flag=True, help="Train a model for each fold too, and write what each says of its texts.")
@click.option("--readings", type=PATH, help="With --folds: the file to write that to; default TO/readings.jsonl.")
@click.option("--text", "texts", multiple=True, type=PATH, help="Further English text whose words the encoder keeps.")
@click.option("--model", default=OFFICIAL, show_default=True, help="The spaCy pipeline, as in config.toml.")
@click.option("--steps", type=click.IntRange(min=1), help="At most so many steps in each round, for a trial.")
@click.option("--seed", type=int, default=Recipe().seed, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="Threads of PyTorch.")
def command(
    gold: Sequence[Path],
    base: Path,
    to: Path,
    folds: bool,
    readings: Path | None,
    texts: Sequence[Path],
    model: str,
    steps: int | None,
    seed: int,
    threads: int,
) -> None:
    """Train the sentence encoder on texts whose claims are known, and export it for onnxruntime.

    GOLD is a folder with articles.jsonl and gold.jsonl, or a file that holds both in each line. Checkpoints lie in
    TO/work: the same command goes on where it was interrupted. With --folds, `legation train --readings` takes what
    the models of the folds say of texts that they never saw.
    """
    if readings is not None and not folds:
        raise click.UsageError("--readings: only the models of the folds write readings; add --folds")
    if to.resolve() == ENCODER.resolve():
        raise click.UsageError(f"--to: {to} holds the encoder that is shipped; name another folder")
    if missing := [name for name in PACKAGES if find_spec(name) is None]:
        raise click.UsageError(f"{', '.join(missing)}: not installed; pip install --group encoder-train")
    from legation.models.load import load

    work = Workplace(base, to, Recipe(steps=steps, seed=seed), [_english(path) for path in texts], _say)
    examples = [example for path in gold for example in gold_examples(path)]
    _use_threads(threads)
    read = list(read_texts(examples, load(model)))
    _say(f"{len(read)} texts read")
    if folds:
        _write_rows(out_of_fold(read, work), readings or to / "readings.jsonl")
    one_model(read, to, "full", work)


@dataclass(frozen=True)
class Workplace:
    """What all models of a run share. `base`: the folder of the BERT; `to`: where the encoder goes; `texts`: further
    English text for the vocabulary."""

    base: Path
    to: Path
    recipe: Recipe
    texts: Sequence[str]
    say: Say


def one_model(read: Sequence[Reading], folder: Path, name: str, work: Workplace) -> None:
    """Train on these texts and export to `folder`; the checkpoint is called `name`."""
    learned = lessons(read, work.base, work.recipe)
    network = fit(learned, work.base, work.to / "work" / f"{name}.pt", lambda line: work.say(f"{name}: {line}"))
    known = [f"{one.example.text.title or ''}\n{one.example.text.text}" for one in read]
    export(network, learned.tokenizer, kept_pieces(learned.tokenizer, [*known, *names_text(), *work.texts]), folder)
    work.say(f"{name}: written to {folder}")


def out_of_fold(read: Sequence[Reading], work: Workplace) -> Iterator[dict[str, Any]]:
    """Train a model for each fold on the texts outside it; give what it says of the texts in it, as exported."""
    for fold in range(FOLDS):
        inside = [one for one in read if one.example.fold == fold]
        if inside:
            folder = work.to / "work" / f"fold{fold}"
            one_model([one for one in read if one.example.fold != fold], folder, f"fold{fold}", work)
            yield from told(folder, inside)


def _use_threads(threads: int) -> None:
    import torch

    torch.set_num_threads(threads)


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
        _say("interrupted; the same command goes on from the last checkpoint")
        sys.exit(130)


if __name__ == "__main__":
    main()
