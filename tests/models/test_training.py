"""`legation train`: from gold and from what reviewers decided to a folder of weights that the reader reads with."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlite_utils import Database

from legation.db.decisions import Verdict, decide
from legation.models.claim import Text
from legation.models.reading.decide import Weights
from legation.models.scorers import Trees
from legation.models.training import fitting
from legation.models.training.fitting import SEED, fit_trees
from legation.models.training.heaviest import heaviest
from legation.models.weights import SHIPPED
from legation.pipeline.cli import main
from legation.pipeline.config import ModelConfig
from legation.pipeline.extract import Reader
from legation.pipeline.train import reviewed_examples
from tests.conftest import MODEL, ROOT
from tests.rows import NOW, fresh, tell

CASES = ROOT / "tests" / "cases" / "events.jsonl"
WITH_EXTRA = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("lightgbm", "sklearn")),
    reason="the extra `train` is not installed: pip install legation[train]",
)
SENTENCE = "France reopened its embassy in Kyiv on Tuesday."
WRONG = "Poland never closed its embassy in Kyiv, the minister said."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with some gold, a database with decisions, and a configuration that names both."""
    folder = tmp_path_factory.mktemp("training")
    lines = CASES.read_text(encoding="utf-8").splitlines()[:170]
    (folder / "gold.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = f'[database]\npath = "{folder}/legation.db"\n[model]\npipeline = "{MODEL}"\n'
    (folder / "config.toml").write_text(settings, encoding="utf-8")
    db = fresh(folder / "legation.db")
    decided(db)
    db.conn.close()
    return folder


def decided(db: Database) -> None:
    """One claim approved, one rejected, one corrected, one of yesterday's news, one not looked at."""
    decide(db, tell(db, SENTENCE), Verdict("approve"), revision=0, reviewer="ann", now=NOW)
    rejected = tell(db, WRONG, sending_state="PL", status="closed")
    decide(db, rejected, Verdict("reject", "wrong status"), revision=0, reviewer="ann", now=NOW)
    corrected = tell(db, "Norway will open an embassy in Warsaw.", sending_state="NO", status="opened")
    fix = Verdict("correct", "wrong host", fields={"receiving_state": "PL", "city": "Warsaw", "modality": "planned"})
    decide(db, corrected, fix, revision=0, reviewer="ann", now=NOW)
    old = tell(db, "The French embassy in Kyiv has opened again, as we reported.")
    decide(db, old, Verdict("reject", "old news"), revision=0, reviewer="ann", now=NOW)
    tell(db, "The French embassy in Kyiv opened again.")


def train(home: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(["train", "--config", str(home / "config.toml"), *arguments])
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def trained(home: Path) -> tuple[Path, str]:
    """Weights fitted on the gold and on the decisions, and what the command printed."""
    code, out, err = train(home, str(home / "gold.jsonl"), "--reviewed", "--to", str(home / "weights"))
    assert code == 0, err
    return home / "weights", out


def test_decisions_are_what_is_known_of_an_article(tmp_path: Path) -> None:
    db = fresh(tmp_path / "legation.db")
    decided(db)
    approved, rejected, corrected = reviewed_examples(db)
    assert not any(example.complete for example in (approved, rejected, corrected))
    assert ([gold.sending_state for gold in approved.claims], approved.wrong) == (["FR"], [])
    assert (rejected.claims, [gold.statuses for gold in rejected.wrong]) == ([], [("closed",)])
    (right,), (wrong,) = corrected.claims, corrected.wrong
    assert (right.receiving_states, right.modalities, right.city) == (("PL",), ("planned",), "Warsaw")
    assert (wrong.receiving_states, wrong.modalities) == (("UA",), ("fact",))


@WITH_EXTRA
def test_the_report_compares_with_and_without_decisions(trained: tuple[Path, str]) -> None:
    _, out = trained
    for line in (
        "without the decisions on 3 articles: F1 ",
        "with them, the same texts: F1 ",
        "ceiling of the candidates: ",
        "details right on the claims found in real texts that tell them: city ",
        "claim or not: ",
        "status: right on ",
        "### modality",
    ):
        assert line in out
    assert out.count("| feature |") == len(Weights.scorer_names())


@WITH_EXTRA
def test_the_same_texts_give_the_same_files(trained: tuple[Path, str], home: Path) -> None:
    folder, _ = trained
    again = home / "again"
    code, _, err = train(home, str(home / "gold.jsonl"), "--reviewed", "--to", str(again))
    assert code == 0, err
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted([*(f"{name}.json" for name in Weights.scorer_names()), "settings.json"])
    assert [(folder / name).read_bytes() for name in names] == [(again / name).read_bytes() for name in names]


@WITH_EXTRA
def test_the_reader_reads_with_the_new_weights(trained: tuple[Path, str]) -> None:
    folder, _ = trained
    ours, shipped = Reader(ModelConfig(pipeline=MODEL, weights=str(folder))), Reader(MODEL)
    assert ours.version != shipped.version
    ((claim,),) = ours.read([Text("The Greek embassy in Baghdad reopened on Monday.", None, "2022-04-19")])
    assert (claim.sending_state, claim.receiving_state, claim.status) == ("GR", "IQ", "reopened")


@WITH_EXTRA
def test_what_cannot_be_trained_is_said_in_one_line(home: Path) -> None:
    gold, to = str(home / "gold.jsonl"), str(home / "never")
    few = home / "few.jsonl"
    few.write_text(CASES.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    for arguments, message in (
        ([gold, "--to", str(SHIPPED)], "holds the weights that are shipped"),
        ([str(few), "--to", to], "too few to learn from"),
        ([gold, "--to", to, "--weight", f"{gold}=much"], "is no GOLD=WEIGHT"),
        ([gold, "--to", to, "--made", "other.jsonl"], "is not among the GOLD"),
        ([str(home / "none"), "--to", to], "none"),
    ):
        code, out, err = train(home, *arguments)
        assert (code, out, len(err.strip().splitlines())) == (2, "", 1)
        assert message in err
    assert not (home / "never").exists()


def test_the_heaviest_features_are_named_with_their_class() -> None:
    lines = list(heaviest(Weights.read(SHIPPED), 3))
    assert [line[4:] for line in lines if line.startswith("###")] == Weights.scorer_names()
    page = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
    assert page.endswith("\n".join(heaviest(Weights.read(SHIPPED))).rstrip() + "\n"), (
        "docs/features.md is not of the shipped weights"
    )
    rows = [line for line in lines if line.startswith("| `")]
    assert len(rows) == 3 * len(Weights.scorer_names())
    claim = json.loads((SHIPPED / "claim.json").read_text(encoding="utf-8"))
    heaviest_claim = max(claim["weights"].items(), key=lambda item: abs(item[1][0]))[0]
    assert heaviest_claim.replace("|", "\\|") in rows[0]


@WITH_EXTRA
@pytest.mark.parametrize("fits", [1, 3])
def test_trees_are_the_mean_of_their_fits(fits: int) -> None:
    rows = np.random.default_rng(0).random((400, 3))
    labels = (rows[:, 0] + rows[:, 1] > 1).astype(int)
    settings: dict[str, Any] = {"rounds": 20, "leaves": 4, "rate": 0.1, "smallest_leaf": 5, "share": 0.7}
    trees = fit_trees(rows, labels, np.ones(400), ["a", "b", "c"], **settings, fits=fits)
    alone = [_with_seed(SEED + number, rows, labels, settings) for number in range(fits)]
    assert len(trees.nodes[0]) == 20 * fits
    assert trees.log_odds(rows) == pytest.approx(np.mean([one.log_odds(rows) for one in alone], axis=0), abs=1e-5)


def _with_seed(seed: int, rows: Any, labels: Any, settings: dict[str, Any]) -> Trees:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "SEED", seed)
        return fit_trees(rows, labels, np.ones(len(labels)), ["a", "b", "c"], **settings)
