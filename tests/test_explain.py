"""`legation explain`: what is marked, what fired, what was overruled and why, on a terminal and as a page."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from legation.models.claim import Text
from legation.models.lexicon import event_rows
from legation.pipeline.errors import LegationError, UsageProblem
from legation.pipeline.explain import EVENTS, Explanation, explain, explained, line_of
from legation.pipeline.explain_views import page, terminal
from legation.pipeline.extract import Reader
from legation.pipeline.inputs import Input
from tests.conftest import MODEL, ROOT, Legation

TEXT = (
    "A spokesman said on 3 May 2021 that Oman may reopen its embassy in Damascus. The shop in Muscat has closed.\n"
    "The embassy in Rome opened an exhibition."
)


def told(reader: Reader, text: str, title: str | None = None) -> Explanation:
    item = Input("a", Text(text, title, "2021-05-04"))
    return explained(item, reader.doc(item.text), reader.version)


def marked(explanation: Explanation, label: str) -> list[str]:
    return [explanation.text[mark.start : mark.end] for mark in explanation.marks if mark.label == label]


def test_what_is_marked(reader: Reader) -> None:
    explanation = told(reader, TEXT)
    assert marked(explanation, "sender") == ["Oman"]
    assert marked(explanation, "host") == ["Damascus"]
    assert marked(explanation, "mission") == ["embassy", "embassy"]
    assert "reopen" in marked(explanation, "event")
    assert "may" in marked(explanation, "cue")
    assert marked(explanation, "date") == []
    assert marked(explanation, "speaker") == ["A spokesman"]


def test_what_fired(reader: Reader) -> None:
    [fired] = told(reader, TEXT).fired
    assert (fired.claim.sending_state, fired.claim.status, fired.row) == ("OM", "reopened", "reopen")
    assert (ROOT / EVENTS).read_text(encoding="utf-8").splitlines()[fired.line - 1] == 'id = "reopen"'


def test_all_sentences_that_say_it_are_shown(reader: Reader) -> None:
    text = "Oman reopened its embassy in Damascus. The Omani embassy in Damascus was reopened by a minister."
    [fired] = told(reader, text).fired
    assert sorted([fired.claim.quote, *fired.more]) == sorted(
        sentence.strip() + "." for sentence in text.split(".")[:-1]
    )


def test_every_row_has_a_line() -> None:
    assert all(line_of(row.id) for row in event_rows())
    assert line_of("none of them") == 0


# sentence: (words of the event, how the reason why it gives nothing begins)
OVERRULED = {
    "Oman closed its airspace.": ("closed", "no word for a mission in the sentence or the two before"),
    "The embassy of Fiji is in Rome. Oman followed suit.": ("followed suit", "a claim with probability 0.0"),
}


@pytest.mark.parametrize("text", OVERRULED)
def test_what_was_overruled(text: str, reader: Reader) -> None:
    explanation = told(reader, text)
    assert not explanation.fired
    words, reason = OVERRULED[text]
    assert [row for row in explanation.overruled if row.text == words and row.reason.startswith(reason)]


def test_an_event_that_fired_is_not_overruled_by_its_other_row(reader: Reader) -> None:
    explanation = told(reader, "Oman closed its embassy in Damascus.")
    assert [fired.row for fired in explanation.fired] == ["close"]
    assert not explanation.overruled


def test_terminal(reader: Reader) -> None:
    lines = list(terminal(told(reader, TEXT, "Headline"), colour=False, width=200))
    shown = "\n".join(lines)
    assert lines[0] == "Headline"
    assert "Oman SENDER may CUE reopen EVENT its embassy MISSION in Damascus HOST." in shown
    assert "OM embassy in Damascus, SY: reopened, possible" in shown
    assert "closed: a claim with probability 0." in shown
    assert "\x1b" not in shown


def test_colour(reader: Reader) -> None:
    assert "\x1b[" in "\n".join(terminal(told(reader, TEXT), colour=True, width=200))


def test_nothing_to_explain(reader: Reader) -> None:
    explanation = told(reader, "It rained.")
    assert (explanation.fired, explanation.overruled, explanation.marks) == ((), (), ())
    assert "What fired: nothing" in "\n".join(terminal(explanation, colour=False, width=80))
    assert page(explanation).count("<p>Nothing.</p>") == 2


class Seen(HTMLParser):
    """The tags, and the text by the tag it stands in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


def test_page(reader: Reader) -> None:
    seen = Seen(page(told(reader, TEXT, "Headline")))
    assert {"SENDER", "HOST", "MISSION", "EVENT", "CUE", "SPEAKER"} <= set(seen.words)
    assert seen.words.count("Headline") == 2  # title and heading
    assert "OM embassy in Damascus, SY: reopened, possible" in " ".join(seen.words)


HOSTILE = (
    "<script>alert(1)</script> Oman reopened its embassy in <b onclick=x>Damascus</b> & Fiji {did} not.\x1b[2J\x07"
)


def test_hostile_words_stay_words(reader: Reader) -> None:
    explanation = told(reader, HOSTILE, "<img src=x onerror=alert(1)>")
    seen = Seen(page(explanation))
    assert not {"script", "img", "b"} & set(seen.tags)
    assert "<img src=x onerror=alert(1)>" in seen.words
    assert "\x1b" not in "".join(terminal(explanation, colour=False, width=80))
    assert "\x07" not in "".join(terminal(explanation, colour=True, width=80))


@pytest.mark.usefixtures("loaded_once")
def test_which_article(tmp_path: Path) -> None:
    path = tmp_path / "two.jsonl"
    rows = [
        {"id": "a", "text": "Oman reopened its embassy in Rome."},
        {"id": "b", "text": "Fiji shut its embassy in Rome."},
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert [fired.claim.sending_state for fired in explain(str(path), "b", None, MODEL).fired] == ["FJ"]
    with pytest.raises(UsageProblem, match=r"2 articles; say which with --id, such as --id a"):
        explain(str(path), None, None, MODEL)
    with pytest.raises(UsageProblem, match=r"has no article 'c'; give the id or address"):
        explain(str(path), "c", None, MODEL)
    with pytest.raises(LegationError, match="name a file that exists"):
        explain(str(tmp_path / "none.txt"), None, None, MODEL)
    with pytest.raises(UsageProblem, match="write YYYY-MM-DD"):
        explain(str(path), "a", "yesterday", MODEL)


def test_command(legation: Legation, tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text(TEXT, encoding="utf-8")
    done = legation("explain", "story.txt")
    assert (done.returncode, done.stderr) == (0, "")
    assert "What fired: 1" in done.stdout
    done = legation("explain", "story.txt", "--html", "why.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "wrote why.html\n")
    assert "SENDER" in Seen((tmp_path / "why.html").read_text(encoding="utf-8")).words
    done = legation("explain", "story.txt", "--html", "none/why.html")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
