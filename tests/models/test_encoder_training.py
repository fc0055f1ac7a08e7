"""Training the sentence encoder: windows and labels, their versions, and the whole way with tiny networks.

PyTorch is no dependency of the program; where it is missing, the tests of the networks are skipped.
"""

import json
import random
from collections.abc import Iterable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from legation.models.claim import Text
from legation.models.encoder import DETAILS, LABELS, TITLE, Encoder, Part, Span, encode
from legation.models.errors import GoldError, ModelError
from legation.models.training import encoder_run
from legation.models.training.encoder_lessons import REAL, Item, Lessons, lessons
from legation.models.training.encoder_run import told
from legation.models.training.encoder_variants import Names, Scrambler, rewritten
from legation.models.training.encoder_vocabulary import kept_pieces, reduced, tokenizer_of
from legation.models.training.encoder_windows import TITLE_PLACE, Reading, Window, Words, read_texts, windows
from legation.models.training.examples import Example, Gold
from legation.models.training.gold import gold_examples
from legation.models.weights import ENCODER
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
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,'-:;\"()"
PIECES = [*SPECIAL, *LETTERS, *(f"##{letter}" for letter in LETTERS), "embassy", "closed", "the"]
OTHERS = "Ties with Peru, Chad, Oman, Fiji, Kenya and Ghana are good. The Netherlands said so. So did the Netherlands."


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    """Tiny networks take longer with more threads."""
    if find_spec("torch"):
        import torch

        torch.set_num_threads(1)


def claim(sender: str | None, host: str | None, status: str, modality: str = "fact", **more: Any) -> Gold:
    return Gold(sender, (host,), ("embassy",), (status,), (modality,), **more)


def read_one(
    nlp: Language, text: str, *claims: Gold, title: str | None = None, group: str = "one", real: bool = True
) -> Reading:
    (reading,) = read_texts([Example(group, Text(text, title, "2024-05-08"), claims, group, tune=real)], nlp)
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

    tokenizer = Tokenizer(models.WordPiece({piece: n for n, piece in enumerate(PIECES)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(SPECIAL)
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    weights = random_weights(
        len(PIECES), "attention.self.", ("query", "key", "value"), "attention.output.dense", "attention.output."
    )
    weights["embeddings.token_type_embeddings.weight"] = torch.randn(2, CONFIG["hidden_size"])
    save_file(weights, folder / "model.safetensors")
    return folder


def tiny_teacher(folder: Path) -> Path:
    """An MPNet of random weights; its word pieces are those of the tiny BERT in another order, after its own marks."""
    import torch
    from safetensors.torch import save_file

    pieces = ["<s>", "<pad>", "</s>", "<unk>", *reversed(PIECES[len(SPECIAL) :]), "[UNK]", "<mask>"]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    config = CONFIG | {"model_type": "mpnet", "layer_norm_eps": 1e-5}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    weights = random_weights(len(pieces), "attention.attn.", ("q", "k", "v"), "attention.attn.o", "attention.")
    weights["encoder.relative_attention_bias.weight"] = torch.randn(32, CONFIG["num_attention_heads"])
    save_file({f"mpnet.{name}": value for name, value in weights.items()}, folder / "model.safetensors")
    return folder


def random_weights(pieces: int, attention: str, qkv: Iterable[str], out: str, norm: str) -> dict[str, Any]:
    """What BERT and MPNet have in common; the strings are the names of parts of a layer that differ."""
    import torch

    torch.manual_seed(0)
    width, inner = CONFIG["hidden_size"], CONFIG["intermediate_size"]
    weights = {
        "embeddings.word_embeddings.weight": torch.randn(pieces, width),
        "embeddings.position_embeddings.weight": torch.randn(CONFIG["max_position_embeddings"], width),
        "embeddings.LayerNorm.weight": torch.ones(width),
        "embeddings.LayerNorm.bias": torch.zeros(width),
    }
    for i in range(CONFIG["num_hidden_layers"]):
        shapes = {f"{attention}{name}": (width, width) for name in qkv} | {out: (width, width)}
        shapes |= {"intermediate.dense": (inner, width), "output.dense": (width, inner)}
        for name, shape in shapes.items():
            weights[f"encoder.layer.{i}.{name}.weight"] = torch.randn(*shape) / 8
            weights[f"encoder.layer.{i}.{name}.bias"] = torch.zeros(shape[0])
        for name in (f"{norm}LayerNorm", "output.LayerNorm"):
            weights[f"encoder.layer.{i}.{name}.weight"] = torch.ones(width)
            weights[f"encoder.layer.{i}.{name}.bias"] = torch.zeros(width)
    return weights


def few_lessons(nlp: Language, folder: Path, base: Path) -> Lessons:
    """Of the first texts of the cases, in the word pieces of the base model."""
    readings = list(read_texts(gold_examples(some_texts(folder)), nlp))
    whole = tokenizer_of(base)
    return lessons(readings, reduced(whole, kept_pieces(whole, ["embassy closed"])), 1)


# --- windows


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


def told_words(each: Window) -> list[tuple[int, str, str]]:
    """(part, detail, words) of a window."""
    return [
        (number, DETAILS[one.detail], part.text[one.start : one.end])
        for number, (part, words) in enumerate(zip(each.parts, each.words, strict=True))
        for one in words
    ]


def test_the_words_of_speaker_date_and_city_are_found(nlp: Language) -> None:
    first = "A spokesman briefed the press in Bamako on Monday."
    second = "Norway closed its embassy in Bamako on Friday, a spokesman said."
    made = claim("NO", "ML", "closed", quote=second, attribution="a spokesman", date="2024-05-03", city="Bamako")
    *_, own = windows(read_one(nlp, f"{first} {second}", made))
    assert told_words(own) == [
        (1, "city", "Bamako"),  # a city that the context names too is of both
        (2, "city", "Bamako"),
        (2, "date", "Friday"),
        (2, "speaker", "a spokesman"),
    ]
    assert own.known == {0, 1, 2}


def test_words_before_tell_what_the_own_sentence_does_not(nlp: Language) -> None:
    first, second = "A spokesman briefed the press on Friday.", "Norway closed its embassy in Mali."
    made = claim(
        "NO", "ML", "closed", quote=second, attribution="a spokesman", date="2024-05-03", unknown=frozenset({"city"})
    )
    one = read_one(nlp, f"{first} {second} Peru's embassy closed.", made)
    own, after = windows(one)[-2:]
    assert told_words(own) == [(1, "speaker", "A spokesman"), (1, "date", "Friday")]
    assert own.known == {0, 1}  # the gold does not speak of the city
    assert not after.known
    assert not told_words(after)


# --- versions


@given(st.lists(st.tuples(st.text("ab ", min_size=1, max_size=4), st.none() | st.text("xyz", max_size=6)), max_size=8))
def test_edits_move_spans_and_words_along(pieces: list[tuple[str, str | None]]) -> None:
    text, spans, edits, wanted = "", [], [], []
    for old, new in pieces:
        start = len(text)
        text += old
        spans.append((start, len(text)))
        wanted.append(old if new is None else new)
        if new is not None:
            edits.append((start, len(text), new))
    part = Part(text, tuple(Span(a, b, "STATE", "NO") for a, b in spans))
    new_part, words = rewritten(part, [Words(a, b, 0) for a, b in spans], edits, {"NO": "SE"})
    assert new_part.text == "".join(wanted)
    assert [new_part.text[span.start : span.end] for span in new_part.spans] == wanted
    assert [new_part.text[one.start : one.end] for one in words] == wanted
    assert {span.code for span in new_part.spans} <= {"SE"}


def test_what_overlaps_an_edit_takes_the_new_words() -> None:
    part = Part("the United States embassy", (Span(11, 25, "MISSION", ""),))
    new, (words,) = rewritten(part, [Words(0, 10, 0)], [(4, 17, "Peru")], {})
    assert new.text == "the Peru embassy"
    assert new.text[new.spans[0].start : new.spans[0].end] == "Peru embassy"
    assert new.text[words.start : words.end] == "the Peru"


def test_exchanged_names_stand_at_their_offsets_and_keep_their_roles(nlp: Language) -> None:
    reading = read_one(nlp, f"The United States closed its embassy in Mali. {OTHERS}", claim("US", "ML", "closed"))
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


def test_exchanged_names_leave_missions_events_and_details_on_their_words(nlp: Language) -> None:
    text = (
        f"The embassy of the United States in Bamako closed on Friday, an official of the United States said. {OTHERS}"
    )
    made = claim("US", "ML", "closed", attribution="an official of the United States", date="2024-05-03", city="Bamako")
    reading = read_one(nlp, text, replace(made, quote=text[:60]))
    names, (window, *_) = Names([reading]), windows(reading)
    exchanged = 0
    for seed in range(20):
        changed = names.exchange(window, random.Random(seed))
        own, sender = changed.parts[-1], next(iter(changed.pairs))[0]
        spans = {span.kind: own.text[span.start : span.end] for span in own.spans if span.code in ("", sender)}
        assert (spans["MISSION"], spans["EVENT"]) == ("embassy", "closed")
        state = f"the {spans['STATE']}" if spans["STATE"] in names.with_article else spans["STATE"]
        found = {detail: words for part, detail, words in told_words(changed) if part == len(changed.parts) - 1}
        assert found["speaker"] == f"an official of {state}"
        assert found["date"] == "Friday"
        exchanged += sender != "US"
    assert 5 < exchanged < 20


def test_scrambled_windows_take_words_and_context_of_their_own_fold_alone(nlp: Language) -> None:
    texts = {
        "one": "It rained. Norway closed its embassy in Mali. Peru shut its consulate in Chad.",
        "two": "It snowed. Oman reopened its high commission in Fiji. Kenya relaunched its mission in Ghana.",
        "three": "It hailed. Spain suspended its nunciature in Laos. Malta evacuated its legation in Benin.",
    }
    readings = [read_one(nlp, text, group=group) for group, text in texts.items()]
    folds = {reading.example.fold for reading in readings}
    assert len(folds) > 1
    found = [each for reading in readings for each in windows(reading)]
    of_fold = {
        fold: " ".join(text for one, text in zip(readings, texts.values(), strict=True) if one.example.fold == fold)
        for fold in folds
    }
    scrambler, seen = Scrambler(found), set()
    for each in found:
        for seed in range(30):
            changed = scrambler.scramble(each, random.Random(seed))
            own = changed.parts[-1]
            seen.add(tuple(part.text for part in changed.parts))
            assert not changed.judged
            assert not changed.labels
            assert not changed.pairs
            assert [s.code for s in own.spans if s.code] == [s.code for s in each.parts[-1].spans if s.code]
            for part in changed.parts:
                for span in part.spans:
                    phrase = part.text[span.start : span.end]
                    assert phrase.lower() in of_fold[each.fold].lower()
    assert len(seen) > 2 * len(found)


def test_a_damaged_line_of_gold_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "a", "text": "", "claims": []}\n{"id": "b"\n', encoding="utf-8")
    with pytest.raises(GoldError, match=r"gold.jsonl:2: not JSON .*; give one JSON object a line"):
        list(gold_examples(path))


# --- epochs


@pytest.fixture(scope="module")
def learned(nlp: Language) -> Lessons:
    """Two texts with two claims in five windows, a real one and one written for training, of two folds."""
    text = "Norway closed its embassy in Mali. The embassy is white. The consulate closed. The mission is red."
    made = claim("NO", "ML", "closed", quote="Norway closed its embassy in Mali.")
    readings = [read_one(nlp, text, made, group="one"), read_one(nlp, text, made, group="two", real=False)]
    assert readings[0].example.fold != readings[1].example.fold
    return lessons(readings, Encoder(ENCODER).tokenizer, 1)


def test_an_epoch_shows_real_texts_three_times_and_as_many_windows_without_a_claim(learned: Lessons) -> None:
    shown = [learned.windows[one.window] for one in learned.epoch(0, None, scrambled=True)]
    telling, quiet = [w for w in shown if w.labels], [w for w in shown if not w.labels]
    assert sorted(w.real for w in telling) == [False] + [True] * REAL
    assert len(quiet) == len(telling)


def test_no_epoch_shows_a_text_of_the_fold_that_is_left_out(learned: Lessons) -> None:
    fold = learned.windows[0].fold
    for version in range(6):
        shown = learned.epoch(version, fold, scrambled=True)
        assert shown
        assert all(learned.windows[one.window].fold != fold for one in shown)


def test_windows_without_a_claim_take_turns(learned: Lessons) -> None:
    quiet = {n for n, each in enumerate(learned.windows) if not each.labels}
    shown = {one.window for version in range(6) for one in learned.epoch(version, None, scrambled=True)}
    assert quiet <= shown


def test_scrambled_windows_come_from_the_third_version_on_and_can_be_left_out(learned: Lessons) -> None:
    unjudged = []
    for version in range(12):
        shown = learned.epoch(version, None, scrambled=True)
        items = [learned.item(version, one) for one in shown]
        assert items == [learned.item(version, one) for one in shown]  # the same in every process
        unjudged.append(sum(not item.window.judged for item in items))
        kept = learned.epoch(version, None, scrambled=False)
        assert len(kept) == len(shown) - unjudged[-1]
        assert all(learned.item(version, one).window.judged for one in kept)
    assert unjudged[:2] == [0, 0]
    assert sum(unjudged) > 10


def test_batches_hold_each_window_once_and_no_more_pieces_than_asked(learned: Lessons) -> None:
    shown = learned.epoch(0, None, scrambled=True)
    made = learned.batches(shown, 60, 0)
    assert sorted(place for batch in made for place in batch) == list(range(len(shown)))
    assert len(made) > 1
    lengths = [[learned.lengths[shown[place].window] for place in batch] for batch in made]
    assert all(len(batch) == 1 or len(batch) * max(batch) <= 60 for batch in lengths)


# --- networks


@WITH_TORCH
def test_the_command_gives_an_encoder_and_readings_out_of_fold(tmp_path: Path) -> None:
    gold, base, teacher = some_texts(tmp_path), tiny_base(tmp_path / "base"), tiny_teacher(tmp_path / "teacher")
    to = tmp_path / "encoder"
    lines = gold.read_text(encoding="utf-8").splitlines(keepends=True)
    made, real = tmp_path / "made.jsonl", tmp_path / "real.jsonl"
    made.write_text("".join(lines[:1]), encoding="utf-8")
    real.write_text("".join(lines[1:]), encoding="utf-8")
    options = [str(made), "--real", str(real), "--base", str(base), "--teacher", str(teacher), "--to", str(to)]
    options += ["--folds", "--steps", "2"]
    options += ["--model", MODEL, "--device", "cpu", "--workers", "0"]
    ran = CliRunner().invoke(encoder_run.command, options, catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    assert f"{TEXTS} texts, {TEXTS - 1} of them real: " in ran.output
    assert "full, teacher: epoch 2, step 2 of 2: loss " in ran.output
    assert "full, student: epoch 2, step 2 of 2: loss " in ran.output
    texts = {example.id: example.text for example in gold_examples(gold)}
    rows = [json.loads(line) for line in (to / "readings.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["id"] for row in rows} == set(texts)
    for row in rows:
        assert set(row) == {"id", "start", "end", "pairs", "sentence", "details"}
        assert (row["start"], row["end"]) == TITLE_PLACE or 0 <= row["start"] < row["end"] <= len(texts[row["id"]].text)
    assert Encoder(to).words.shape[1] == CONFIG["hidden_size"]


def test_details_are_told_by_characters_of_headline_and_text(nlp: Language) -> None:
    text = "It rained in Oslo. Norway closed its embassy in Mali on Friday, a spokesman said. That of Chad stays open."
    title = "Norway closes embassy in Mali, minister says"
    rows = list(told(ENCODER, [read_one(nlp, text, title=title)]))
    found = {
        (name, (title if in_title else text)[start:end])
        for row in rows
        for in_title, start, end, name, p in row["details"]
        if p > 0.5
    }
    assert {("date", "Friday"), ("speaker", "spokesman"), ("speaker", "minister")} <= found


@WITH_TORCH
def test_a_second_run_gives_the_same_files(tmp_path: Path) -> None:
    gold, base, teacher = some_texts(tmp_path), tiny_base(tmp_path / "base"), tiny_teacher(tmp_path / "teacher")
    written = []
    for workers in ("0", "1"):  # nor does it matter how many processes prepare batches
        to = tmp_path / workers
        options = [str(gold), "--base", str(base), "--teacher", str(teacher), "--to", str(to), "--workers", workers]
        options += ["--steps", "3", "--model", MODEL, "--device", "cpu"]
        ran = CliRunner().invoke(encoder_run.command, options, catch_exceptions=False)
        assert ran.exit_code == 0, ran.output
        written.append({path.name: path.read_bytes() for path in to.iterdir() if path.is_file()})
    assert set(written[0]) == {"encoder.onnx", "words.npz", "tokenizer.json"}
    assert written[0] == written[1]


@WITH_TORCH
def test_finished_networks_are_not_trained_again(nlp: Language, tmp_path: Path) -> None:
    import torch

    from legation.models.training.encoder import Course, fit

    base, teacher = tiny_base(tmp_path / "base"), tiny_teacher(tmp_path / "teacher")
    said: list[str] = []
    learned = few_lessons(nlp, tmp_path, base)
    course = Course(learned, base, teacher, None, tmp_path / "work", said.append, steps=2)

    def trained() -> list[str]:
        names = [line.split(":")[0] for line in said]
        said.clear()
        return names

    def same(a: Any, b: Any) -> bool:
        return all(torch.equal(one, two) for one, two in zip(a.parameters(), b.parameters(), strict=True))

    first = fit(course, None)
    assert trained() == ["full, teacher", "full, student"]
    assert same(first, fit(course, None))
    assert trained() == []
    (tmp_path / "work" / "full-student.pt").unlink()  # as if it had been interrupted behind the teacher
    assert same(first, fit(course, None))
    assert trained() == ["full, student"]
    with pytest.raises(ModelError, match="of a training with other texts or settings; remove it"):
        fit(replace(course, steps=3), None)


@WITH_TORCH
def test_the_exported_network_says_what_the_trained_one_says(nlp: Language, tmp_path: Path) -> None:
    import numpy as np
    import torch

    from legation.models.training.encoder import Course, Stage, fit, said
    from legation.models.training.encoder_batches import batch_tensors
    from legation.models.training.encoder_export import export

    base = tiny_base(tmp_path / "base")
    learned = few_lessons(nlp, tmp_path, base)
    stages = Stage("teacher", 1, 0, 0, 512, 0), Stage("student", 8, 1e-3, 1e-3, 512, 0)
    network = fit(Course(learned, base, None, None, tmp_path / "work", lambda line: None, stages=stages), None)
    export(network, learned.tokenizer, tmp_path / "encoder")
    exported = Encoder(tmp_path / "encoder")
    items = [learned.item(1, one) for one in learned.epoch(1, None, scrambled=True)]
    with torch.inference_mode():
        outputs = [one.numpy() for one in said(network, batch_tensors(items))]
    for row, item in enumerate(items):  # the batch is padded, a window that is read alone is not
        pieces = encode(item.window.parts, exported.tokenizer)
        assert pieces == item.pieces
        for one, said_by_file in zip(outputs, exported.score(pieces), strict=True):
            trained = one[row][tuple(slice(size) for size in said_by_file.shape)]
            assert np.allclose(1 / (1 + np.exp(-trained)), said_by_file, atol=0.02)
            assert np.corrcoef(trained.ravel(), np.log(said_by_file / (1 - said_by_file)).ravel())[0, 1] > 0.99


@WITH_TORCH
def test_a_student_comes_to_say_what_its_teacher_says(nlp: Language, tmp_path: Path) -> None:
    import torch

    from legation.models.training.encoder import Course, Stage, fit, said, taught_by
    from legation.models.training.encoder_batches import batch_tensors
    from legation.models.training.encoder_network import student_network, teacher_network
    from legation.models.training.encoder_vocabulary import pieces_of

    base, folder = tiny_base(tmp_path / "base"), tiny_teacher(tmp_path / "teacher")
    learned = few_lessons(nlp, tmp_path, base)
    stages = Stage("teacher", 4, 1e-3, 1e-2, 512, 0), Stage("student", 8, 1e-3, 1e-2, 512, 1)
    course = Course(learned, base, folder, None, tmp_path / "work", lambda line: None, stages=stages)
    student = fit(course, None)
    teacher = teacher_network(folder, pieces_of(learned.tokenizer))
    saved = torch.load(tmp_path / "work" / "full-teacher.pt", weights_only=True)
    teacher.load_state_dict(saved["weights"])
    loss = taught_by(teacher)
    fresh = student_network(base, pieces_of(learned.tokenizer)).eval()
    t = batch_tensors([learned.item(2, one) for one in learned.epoch(2, None, scrambled=True)])
    assert not t["judged"].all()
    with torch.inference_mode():
        assert loss(said(student, t), t) < 0.7 * loss(said(fresh, t), t)


@WITH_TORCH
def test_a_student_can_begin_from_an_earlier_one(nlp: Language, tmp_path: Path) -> None:
    import torch

    from legation.models.training.encoder import Course, Stage, fit

    base = tiny_base(tmp_path / "base")
    stages = Stage("teacher", 1, 0, 0, 512, 0), Stage("student", 1, 1e-3, 1e-2, 512, 1)
    course = Course(
        few_lessons(nlp, tmp_path, base), base, None, None, tmp_path / "first", lambda line: None, stages=stages
    )
    first = fit(course, None)
    resting = replace(stages[1], rate=0, head_rate=0)
    later = replace(course, start=tmp_path / "first", work=tmp_path / "second", stages=(stages[0], resting))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), fit(later, None).parameters(), strict=True))
    with pytest.raises(ModelError, match=r"nowhere/full-student.pt: .*; name a folder with the networks of a finished"):
        fit(replace(course, start=tmp_path / "nowhere", work=tmp_path / "third"), None)


@WITH_TORCH
def test_nothing_is_learned_from_a_window_that_is_not_judged(learned: Lessons) -> None:
    import torch

    from legation.models.training.encoder import label_loss
    from legation.models.training.encoder_batches import batch_tensors

    item = learned.item(0, learned.epoch(0, None, scrambled=False)[0])
    scrambled = item._replace(window=learned.scrambler.scramble(item.window, random.Random(0)))
    for one, nothing in (
        (item, False),
        (scrambled._replace(pieces=encode(scrambled.window.parts, learned.tokenizer)), True),
    ):
        t = batch_tensors([one])
        logits = torch.zeros(t["target"].shape), torch.zeros(1, len(LABELS)), torch.zeros(t["details"].shape)
        assert (label_loss(logits, t) == 0) == nothing


@WITH_TORCH
def test_nothing_is_learned_where_the_student_says_what_the_teacher_says(learned: Lessons, tmp_path: Path) -> None:
    import torch

    from legation.models.training.encoder import said, taught_by
    from legation.models.training.encoder_batches import batch_tensors
    from legation.models.training.encoder_network import teacher_network

    each = learned.scrambler.scramble(learned.windows[0], random.Random(0))
    base, folder = tiny_base(tmp_path / "base"), tiny_teacher(tmp_path / "teacher")
    t = batch_tensors([Item(each, encode(each.parts, tokenizer_of(base)))])
    teacher = teacher_network(folder, PIECES)
    loss = taught_by(teacher)
    with torch.no_grad():
        same = said(teacher, t)
    for change in (0.0, 0.5):
        pairs, sentences, details = (one.detach() + change for one in same)
        logits = pairs.requires_grad_(), sentences.requires_grad_(), details.requires_grad_()
        loss(logits, t).backward()  # type: ignore[no-untyped-call,unused-ignore]
        slopes = [one.grad.abs().max().item() for one in logits if one.grad is not None]
        assert len(slopes) == 3
        assert (max(slopes) < 1e-6) == (min(slopes) < 1e-6) == (change == 0)


@WITH_TORCH
def test_a_claim_stands_at_its_sender_and_receiver_in_a_batch(nlp: Language) -> None:
    from legation.models.training.encoder_batches import batch_tensors

    text = "Norway closed its embassy in Mali. Peru may reopen its embassy in Chad."
    first = claim("NO", "ML", "closed", quote="Norway closed its embassy in Mali")
    second = claim("PE", "TD", "reopened", "possible", quote="Peru may reopen its embassy in Chad", must=False)
    each = windows(read_one(nlp, text, first, second))[1]
    made = replace(each, pairs=frozenset({("NO", "ML", 3), ("NO", "XX", 4)}), open_pairs=frozenset({("PE", "TD", 5)}))
    pieces = encode(each.parts, Encoder(ENCODER).tokenizer)
    t = batch_tensors([Item(made, pieces)])
    at = {code: state for state, code in enumerate(["-", *pieces.codes])}
    assert t["target"].nonzero().tolist() == [[0, at["NO"], at["ML"], 3]]
    unjudged = (t["pairs"][..., None] & ~t["weight"]).nonzero().tolist()
    assert sorted(unjudged) == sorted([[0, at["PE"], at["TD"], 5], [0, at["NO"], 0, 4]])  # XX is not named
    assert not t["pairs"][0].diagonal().any()


@WITH_TORCH
def test_details_are_learned_where_the_gold_speaks_of_them_alone(learned: Lessons) -> None:
    import torch

    from legation.models.training.encoder import label_loss
    from legation.models.training.encoder_batches import batch_tensors

    item = learned.item(0, learned.epoch(0, None, scrambled=False)[0])
    own = len(item.window.parts) - 1
    words = (*((),) * own, (Words(29, 33, 0), Words(33, 34, 1)))  # Mali and the full stop right behind it
    t = batch_tensors([item._replace(window=replace(item.window, words=words, known=frozenset({0})))])
    found = {
        (learned.tokenizer.id_to_token(item.pieces.ids[n]), detail) for n, detail in t["details"][0].nonzero().tolist()
    }
    assert found == {("mali", 0), (".", 1)}
    logits = [torch.zeros(t[name].shape, requires_grad=True) for name in ("target", "sentence_target", "details")]
    label_loss((logits[0], logits[1], logits[2]), t).backward()  # type: ignore[no-untyped-call,unused-ignore]
    slope = logits[2].grad
    assert slope is not None
    assert slope[0, :, 0].count_nonzero() == len(item.pieces.ids)
    assert slope[0, :, 1:].count_nonzero() == 0


@WITH_TORCH
def test_distances_have_the_numbers_under_which_mpnet_learned_them() -> None:
    import torch

    from legation.models.training.encoder_network import bucket

    numbers = {0: 0, -1: 1, -7: 7, -8: 8, -9: 8, -16: 10, -64: 14, -140: 15, 1: 17, 8: 24, 30: 27, 127: 31, 140: 31}
    assert bucket(torch.tensor(list(numbers))).tolist() == list(numbers.values())


@WITH_TORCH
def test_a_teacher_finds_its_vectors_by_the_text_of_the_word_pieces(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    from legation.models.training.encoder_network import teacher_network

    folder = tiny_teacher(tmp_path / "teacher")
    network = teacher_network(folder, ["[CLS]", "[UNK]", "embassy", "##a"])
    old = load_file(folder / "model.safetensors")
    lines = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    rows = [lines.index(piece) for piece in ("<s>", "[UNK]", "embassy", "##a")]
    assert torch.equal(network.words.weight, old["mpnet.embeddings.word_embeddings.weight"][rows])
    positions = old["mpnet.embeddings.position_embeddings.weight"][2:]  # MPNet counts from 2
    assert torch.equal(network.positions.weight, positions[: len(network.positions.weight)])
    with pytest.raises(ModelError, match=r"--teacher: .*no word piece 'consulate', which --base has"):
        teacher_network(folder, ["consulate"])


@WITH_TORCH
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("--base", "nowhere"), "--base: nowhere/tokenizer.json: no such file; name a folder with the files of a BERT"),
        (
            ("--teacher", "nowhere"),
            "--teacher: nowhere/config.json: no such file; name a folder with the files of an MP",
        ),
        (
            ("--start", "nowhere"),
            "--start: nowhere/full-student.pt: no such file; name the folder `work` of an earlier",
        ),
        (("--readings", "out.jsonl"), "--readings: only the models of the folds write readings; add --folds"),
        (("--text", "nowhere.txt"), "--text: nowhere.txt: No such file or directory; name a file of English text"),
    ],
)
def test_wrong_input_is_named(
    change: tuple[str, str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    gold, base = some_texts(tmp_path), tiny_base(tmp_path / "base")
    options = [str(gold), "--base", str(base), "--to", str(tmp_path / "to"), "--model", MODEL, *change]
    monkeypatch.setattr("sys.argv", ["encoder_run", *options, "--device", "cpu", "--workers", "0"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        encoder_run.main()
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
