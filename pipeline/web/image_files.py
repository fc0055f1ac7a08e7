"""Drawings as files: SVG that needs no stylesheet, and PNG, in the light colours of static/legation.css."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from legation.pipeline.web.chart import ROW, STATES, Drawing

HERE = Path(__file__).parent
SHEET, SIGNS = HERE / "static" / "legation.css", HERE / "templates" / "legation" / "signs.html"
FONTS = "'DejaVu Sans', 'Liberation Sans', 'Noto Sans', Helvetica, Arial, sans-serif"
WIDTH, EDGE, TITLE = 1120, 24, 56  # pixels: of a timeline's file, of its margin, above the drawing
LETTER = 7.6  # pixels, of a letter of a row's name
_PICTURES = re.compile(r"/\* -+ 7 pictures -+ \*/(.*?)/\* -+ 8 ", re.DOTALL)
_VARIABLE = re.compile(r"--([\w-]+):\s*([^;}]+)[;}]")
_USED = re.compile(r"var\(--([\w-]+)\)")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_OF_STATE = {"s": "", "i": "-ink", "t": "-tint"}  # variable of a state's class -> end of the name of the state's own


def svg(drawing: Drawing, title: str, source: str) -> str:
    """A file of its own with its title, the day of it and where it is from; signs, colours and type inside."""
    names, left = _names(drawing)
    width = drawing.width or WIDTH
    whole, height = width + 2 * EDGE, drawing.height + TITLE + EDGE + ROW
    inner = f' viewBox="0 0 {width} {drawing.height}"' if drawing.width else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{height}" viewBox="0 0 {whole} {height}">'
        f"<title>{escape(title)}</title><style>{styles()}</style>{_signs()}"
        f'<rect class="ground" width="{whole}" height="{height}"/>'
        f'<text class="title" x="{EDGE}" y="36">{escape(title)}</text>'
        f'<svg x="{EDGE}" y="{TITLE}" width="{width}" height="{drawing.height}" overflow="visible">{names}'
        f'<svg x="{left}" width="{width - left}" height="{drawing.height}"{inner} overflow="visible">'
        f"{drawing.inside}</svg>"
        f"</svg>"
        f'<text class="source" x="{EDGE}" y="{height - 16}">{escape(source)}</text></svg>'
    )


def png(drawing: Drawing, title: str, source: str) -> bytes:
    """The same as PNG, two pixels for one. Words need a font on this machine."""
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg(drawing, title, source), zoom=2))


def _names(drawing: Drawing) -> tuple[Markup, int]:
    """The names beside the rows of a timeline, and how many pixels they take."""
    if not drawing.rows:
        return Markup(""), 0
    left = int(max(len(row.name) for row, _ in drawing.rows) * LETTER) + 16
    middle = ROW // 2 + 5
    line = Markup('<text class="row" x="0" y="{}">{}</text>')
    return Markup("").join(line.format(top + middle, row.name) for row, top in drawing.rows), min(left, WIDTH // 2)


@cache
def _signs() -> str:
    return "".join(re.findall(r"<defs>.*</defs>", SIGNS.read_text(encoding="utf-8"), re.DOTALL))


@cache
def colours() -> dict[str, str]:
    """The variables of the stylesheet in their light values, by name without the dashes."""
    sheet = SHEET.read_text(encoding="utf-8")
    return dict(_VARIABLE.findall(sheet[sheet.index(":root {") : sheet.index("@media screen")]))


@cache
def styles() -> str:
    """The rules for pictures with every colour written out, a rule for each state where a state gives the colour."""
    sheet = SHEET.read_text(encoding="utf-8")
    found = _PICTURES.search(sheet)
    rules = _RULE.findall(re.sub(r"/\*.*?\*/", "", found[1] if found else "", flags=re.DOTALL))
    return "".join(rule for selector, body in rules for rule in _written(selector.strip(), body.strip()))


def _written(selector: str, body: str) -> Iterator[str]:
    if not any(f"var(--{short})" in body for short in _OF_STATE):
        yield f"{selector}{{{_resolved(body)}}}"
        return
    for state in STATES:
        own = body
        for short, end in _OF_STATE.items():
            own = own.replace(f"var(--{short})", f"var(--{state}{end})")
        last = selector.removeprefix("svg ")
        chosen = f"svg {last}.state-{state},svg .state-{state} {last}"
        yield f"{chosen}{{{_resolved(own)}}}"


def _resolved(body: str) -> str:
    values = {**colours(), "sans": FONTS}
    return _USED.sub(lambda used: values[used[1]], body)
