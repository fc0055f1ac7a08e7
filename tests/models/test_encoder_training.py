"""Training the sentence encoder: windows and labels, names exchanged, and the whole way with a tiny network.

PyTorch is no dependency of the program; where it is missing, the tests of the network are skipped.
"""

import json
import random
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from spacy.language import Language
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from legation.models.claim import Text
from legation.models.encoder import LABELS, TITLE, Encoder, encode
from legation.models.errors import GoldError, ModelError
from legation.models.training import encoder, encoder_run
from legation.models.training.encoder import TITLE_PLACE, Names, Reading, Recipe, fit, lessons, read_texts, windows
from legation.models.training.examples import Example, Gold
from legation.models.training.gold import gold_examples
from tests.conftest import MODEL, ROOT

CASES = ROOT / "tests" / "cases" / "events.jsonl"
TEXTS = 5
WITH_TORCH = pytest.mark.skipif(
    any(find_spec(name) is None for name in encoder_run.PACKAGES),
    reason="PyTorch is not installed: pip install --group encoder-train",
)
CONFIG = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_attention_heads": 2,
    "num_hidden_layers": 3,
    "max_position_embeddings": 160,
}


def claim(sender: str | None, host: str | None, status: str, modality: str = "fact", **more: Any) -> Gold:
    return Gold(sender, (host,), ("embassy",), (status,), (modality,), **more)


def read_one(nlp: Language, text: str, *claims: Gold, title: str | None = None) -> Reading:
    (reading,) = read_texts([Example("one", Text(text, title, None), claims, "one")], nlp)
    return reading


def some_texts(folder: Path) -> Path:
    """The first texts of the cases that hold claims, in a file of their own."""
    lines = CASES.read_text(encoding="utf-8").splitlines()
    chosen = [line for line in lines if any(claim["must"] for claim in json.loads(line)["claims"])][:TEXTS]
    path = folder / "gold.jsonl"
    path.write_text("\n".join(chosen) + "\n", encoding="utf-8")
    return path


def tiny_base(folder: Path) -> Path:
    """A BERT of random weights, with the letters of English as its word pieces."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,'-:;\"()"
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = [*special, *letters, *(f"##{letter}" for letter in letters), "embassy", "closed", "the"]
    tokenizer = Tokenizer(models.WordPiece({piece: n for n, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(special)
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(CONFIG | {"vocab_size": len(pieces)}), encoding="utf-8")
    width, inner = CONFIG["hidden_size"], CONFIG["intermediate_size"]
    weights = {
        "embeddings.word_embeddings.weight": torch.randn(len(pieces), width),
        "embeddings.position_embeddings.weight": torch.randn(CONFIG["max_position_embeddings"], width),
        "embeddings.token_type_embeddings.weight": torch.randn(2, width),
        "embeddings.LayerNorm.weight": torch.ones(width),
        "embeddings.LayerNorm.bias": torch.zeros(width),
    }
    for i in range(CONFIG["num_hidden_layers"]):
        shapes = {f"attention.self.{name}": (width, width) for name in ("query", "key", "value")}
        shapes |= {"attention.output.dense": (width, width), "intermediate.dense": (inner, width)}
        for name, shape in (shapes | {"output.dense": (width, inner)}).items():
            weights[f"encoder.layer.{i}.{name}.weight"] = torch.randn(*shape) / 8
            weights[f"encoder.layer.{i}.{name}.bias"] = torch.zeros(shape[0])
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            weights[f"encoder.layer.{i}.{name}.weight"] = torch.ones(width)
            weights[f"encoder.layer.{i}.{name}.bias"] = torch.zeros(width)
    save_file(weights, folder / "model.safetensors")
    return folder


def test_places_are_offsets_of_the_text(nlp: Language) -> None:
    text = "It rained.\n\nNorway closed its embassy in Mali.  Nobody said why."
    reading = read_one(nlp, text, title="Norway closes embassy in Mali")
    cut = [text[slice(*reading.place(n))] for n in range(len(reading.sentences))]
    assert cut == [sentence.text for sentence in reading.sentences]
    assert "Norway closed its embassy in Mali." in [one.strip() for one in cut]
    assert reading.place(TITLE) == TITLE_PLACE


def test_a_claim_labels_the_window_of_its_quote_alone(nlp: Language) -> None:
    text = "Norway closed its embassy in Mali. Peru may reopen its embassy in Chad."
    first = claim("NO", "ML", "closed", quote="Norway closed its embassy in Mali")
    second = claim("PE", "TD", "reopened", "possible", quote="Peru may reopen its embassy in Chad", must=False)
    one, two = windows(read_one(nlp, text, first, second))
    closed, reopened = LABELS.index("closed|fact"), LABELS.index("reopened|possible")
    assert one.pairs == {("NO", "ML", closed)}
    assert one.labels == {closed}
    assert one.open_pairs == {("PE", "TD", reopened)}
    assert not two.pairs
    assert not two.labels
    assert two.open_pairs == {("NO", "ML", closed), ("PE", "TD", reopened)}
    assert two.open_labels == {reopened}  # optional: neither right nor wrong


def test_exchanged_names_stand_at_their_offsets_and_keep_their_roles(nlp: Language) -> None:
    others = (
        "Ties with Peru, Chad, Oman, Fiji, Kenya and Ghana are good. The Netherlands said so. So did the Netherlands."
    )
    reading = read_one(nlp, f"The United States closed its embassy in Mali. {others}", claim("US", "ML", "closed"))
    names = Names([reading])
    assert names.with_article == {"United States", "Netherlands"}
    (window, *_) = windows(reading)
    for seed in range(20):
        changed = names.exchange(window, random.Random(seed))
        ((sender, host, label),) = changed.pairs
        own = changed.parts[-1]
        told = {span.code: own.text[span.start : span.end] for span in own.spans if span.code}
        first = "The " if told[sender] in names.with_article else ""
        second = "the " if told[host] in names.with_article else ""
        assert own.text == f"{first}{told[sender]} closed its embassy in {second}{told[host]}."
        assert LABELS[label] == "closed|fact"
    assert len({names.exchange(window, random.Random(seed)).parts[-1].text for seed in range(20)}) > 5


def test_a_damaged_line_of_gold_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "a", "text": "", "claims": []}\n{"id": "b"\n', encoding="utf-8")
    with pytest.raises(GoldError, match=r"gold.jsonl:2: not JSON .*; give one JSON object a line"):
        list(gold_examples(path))


@WITH_TORCH
def test_two_steps_give_an_encoder_and_readings_out_of_fold(tmp_path: Path) -> None:
    gold, base, to = some_texts(tmp_path), tiny_base(tmp_path / "base"), tmp_path / "encoder"
    options = [str(gold), "--base", str(base), "--to", str(to), "--folds", "--steps", "2", "--model", MODEL]
    ran = CliRunner().invoke(encoder_run.command, options, catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    assert "full: round 1, step 2 of 2: loss " in ran.output
    texts = {example.id: example.text for example in gold_examples(gold)}
    rows = [json.loads(line) for line in (to / "readings.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["id"] for row in rows} == set(texts)
    for row in rows:
        assert set(row) == {"id", "start", "end", "pairs", "sentence"}
        assert (row["start"], row["end"]) == TITLE_PLACE or 0 <= row["start"] < row["end"] <= len(texts[row["id"]].text)
    assert Encoder(to).words.shape[1] == CONFIG["hidden_size"]


@WITH_TORCH
@pytest.mark.parametrize("last", ["round 1, step 2", "round 2"])
def test_an_interrupted_training_goes_on_as_if_it_were_not(
    last: str, nlp: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr(encoder, "SAVE_EVERY", 1)
    monkeypatch.setattr(encoder, "TELL_EVERY", 1)
    base, readings = tiny_base(tmp_path / "base"), list(read_texts(gold_examples(some_texts(tmp_path)), nlp))
    learned = lessons(readings, base, Recipe(pieces=256, steps=4))
    said: list[str] = []
    whole = fit(learned, base, tmp_path / "whole.pt", said.append)

    class Interrupted(Exception):
        pass

    def interrupt(line: str) -> None:
        if line.startswith(last):
            raise Interrupted

    with pytest.raises(Interrupted):
        fit(learned, base, tmp_path / "parts.pt", interrupt)
    said.clear()
    parts = fit(learned, base, tmp_path / "parts.pt", said.append)
    assert said[1].startswith(last)  # nothing before is done again
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), parts.parameters(), strict=True))
    with pytest.raises(ModelError, match="of a training with other texts or settings; remove it"):
        fit(lessons(readings, base, Recipe(pieces=256, steps=5)), base, tmp_path / "parts.pt", said.append)


@WITH_TORCH
def test_the_exported_network_says_what_the_trained_one_says(nlp: Language, tmp_path: Path) -> None:
    import numpy as np
    import torch

    from legation.models.training.encoder_export import export, kept_pieces
    from legation.models.training.encoder_network import INPUTS, batch_tensors

    base, readings = tiny_base(tmp_path / "base"), list(read_texts(gold_examples(some_texts(tmp_path)), nlp))
    learned = lessons(readings, base, Recipe(steps=2))
    network = fit(learned, base, tmp_path / "checkpoint.pt", lambda line: None)
    export(network, learned.tokenizer, kept_pieces(learned.tokenizer, ["embassy closed"]), tmp_path / "encoder")
    exported = Encoder(tmp_path / "encoder")
    for batch in learned.epoch(learned.recipe.rounds[0], 0):
        for item in batch:
            with torch.inference_mode():
                t = batch_tensors([item])
                logits, _ = network(*(t[name] for name in INPUTS))
            pairs, _ = exported.score(encode(item.window.parts, exported.tokenizer))
            assert np.allclose(pairs, torch.sigmoid(logits[0]).numpy(), atol=0.05)


@WITH_TORCH
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("--base", "nowhere"), "--base: nowhere/tokenizer.json: no such file; name a folder with the files of a BERT"),
        (("--readings", "out.jsonl"), "--readings: only the models of the folds write readings; add --folds"),
        (("--text", "nowhere.txt"), "--text: nowhere.txt: No such file or directory; name a file of English text"),
    ],
)
def test_wrong_input_is_named(
    change: tuple[str, str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    gold, base = some_texts(tmp_path), tiny_base(tmp_path / "base")
    options = [str(gold), "--base", str(base), "--to", str(tmp_path / "to"), "--model", MODEL, *change]
    monkeypatch.setattr("sys.argv", ["encoder_run", *options])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        encoder_run.main()
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
