"""An explanation on the terminal, and as a page of displaCy's spans. The article's words are data, never markup."""

import io
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from legation.models.claim import Claim, Mark
from legation.pipeline.errors import LegationError
from legation.pipeline.explain import COLOURS, EVENTS, Explanation, Fired, Overruled
from legation.pipeline.render import printable

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #ccc; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{article}, read by {version}</p>
{text}
<h2>What fired</h2>
{fired}
<h2>What was overruled</h2>
{overruled}
</body>
</html>
"""


def page(told: Explanation) -> str:
    """The explanation as one HTML page that loads nothing."""
    return PAGE.format(
        title=escape(told.title or "Explanation"),
        article=escape(told.article),
        version=escape(told.version),
        text=_spans(told),
        fired=_table(("Claim", "Rule", "Quote"), [fired_cells(fired) for fired in told.fired]),
        overruled=_table(("Words", "Rule", "Reason", "Sentence"), [overruled_cells(row) for row in told.overruled]),
    )


def write_page(told: Explanation, path: Path) -> None:
    """Write the page. Raises LegationError where that cannot be done."""
    try:
        path.write_text(page(told), encoding="utf-8")
    except OSError as error:
        raise LegationError(f"{path}: {error.strerror}; name a file in a folder that can be written to") from None


def _spans(told: Explanation) -> str:
    from spacy import displacy

    options = {"colors": COLOURS}
    return "\n".join(
        displacy.render(part, style="span", manual=True, page=False, jupyter=False, options=options)
        if part["spans"]
        else f"<p>{escape(' '.join(part['tokens']))}</p>"
        for part in _paragraphs(told)
    )


def _paragraphs(told: Explanation) -> Iterator[dict[str, Any]]:
    """Each line of the text as displaCy wants it: tokens, and spans of tokens."""
    start = 0
    for line in told.text.splitlines(keepends=True):
        end = start + len(line)
        tokens = [(a, b) for a, b in told.tokens if start <= a < end]
        spans = [span for mark in told.marks if (span := _span(mark, tokens)) is not None]
        if tokens:
            yield {"text": line, "tokens": [told.text[a:b] for a, b in tokens], "spans": spans}
        start = end


def _span(mark: Mark, tokens: Sequence[tuple[int, int]]) -> dict[str, Any] | None:
    inside = [i for i, (a, b) in enumerate(tokens) if a < mark.end and b > mark.start]
    if not inside:
        return None
    return {"start_token": inside[0], "end_token": inside[-1] + 1, "label": mark.label.upper()}


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "<p>Nothing.</p>"
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f"<table>\n<tr>{head}</tr>\n{body}</table>"


def fired_cells(fired: Fired) -> tuple[str, str, str]:
    """What a claim says, the rule that gave it with the line to change, and all sentences that say it."""
    rule = f"{fired.claim.rule} ({EVENTS}:{fired.line})"
    return in_words(fired.claim), rule, " / ".join((" ".join(fired.claim.quote.split()), *fired.more))


def overruled_cells(row: Overruled) -> tuple[str, str, str, str]:
    """The words of an event, its rule with the line to change, why it gave nothing, and its sentence."""
    return row.text, f"{row.rule} ({EVENTS}:{row.line})", row.reason, row.sentence


def in_words(claim: Claim) -> str:
    """A claim on one line: "FR embassy in Kyiv, UA: reopened, fact, 2022-04; says a spokesman (0.94)"."""
    place = ", ".join(name for name in (claim.city, claim.receiving_state) if name) or "a place not stated"
    when = f", {claim.date}" if claim.date else ""
    moved = f" to {claim.relocated_to}" if claim.relocated_to else ""
    says = f"; says {claim.attribution}" if claim.attribution else ""
    sender = claim.sending_state or "unnamed"
    what = f"{claim.status}{moved}, {claim.modality}"
    return f"{sender} {claim.mission} in {place}: {what}{when}{says} ({claim.confidence:g})"


def terminal(told: Explanation, *, colour: bool, width: int = 0) -> Iterator[str]:
    """The explanation as lines for a terminal; without `colour` the labels behind the words say it all."""
    from rich.console import Console

    console = Console(
        width=width or None, file=io.StringIO(), force_terminal=colour, no_color=not colour, highlight=False
    )
    with console.capture() as capture:
        for part in _parts(told):
            console.print(part, overflow="fold", markup=False)
    yield from (line.rstrip() for line in capture.get().strip("\n").splitlines())


def _parts(told: Explanation) -> Iterator[Any]:
    yield from _heading(told.title or told.article)
    yield _marked(told)
    yield from _heading(f"What fired: {len(told.fired) or 'nothing'}")
    for fired in told.fired:
        yield from _item(*fired_cells(fired))
    yield from _heading(f"What was overruled: {len(told.overruled) or 'nothing'}")
    for row in told.overruled:
        words, rule, reason, sentence = overruled_cells(row)
        yield from _item(f"{words}: {reason}", rule, sentence)


def _heading(words: str) -> Iterator[Any]:
    from rich.text import Text

    yield Text(f"\n{printable(words)}\n", "bold")


def _item(first: str, *more: str) -> Iterator[Any]:
    from rich.padding import Padding
    from rich.text import Text

    yield Text(printable(first))
    yield Padding(Text("\n".join(map(printable, more))), (0, 0, 1, 4))


def _marked(told: Explanation) -> Any:
    """The text with each mark's words coloured and its label behind them, as displaCy sets it."""
    from rich.text import Text

    shown = Text()
    cuts = sorted({0, len(told.text), *(m.start for m in told.marks), *(m.end for m in told.marks)})
    for start, end in zip(cuts, [*cuts[1:], cuts[-1]], strict=True):
        over = [mark for mark in told.marks if mark.start <= start < mark.end]
        style = f"black on {COLOURS[over[-1].label]}" if over else ""
        for number, line in enumerate(told.text[start:end].split("\n")):
            shown.append("\n" * bool(number))
            shown.append(printable(line), style)
        for mark in (mark for mark in told.marks if mark.end == end and end > start):
            shown.append(f" {mark.label.upper()}", f"bold black on {COLOURS[mark.label]}")
    return shown
