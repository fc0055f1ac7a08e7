"""Vega-Lite charts as SVG and PNG, drawn in this process by vl-convert: no browser, no network, no script in a page."""

from functools import lru_cache
from xml.etree import ElementTree as ET

from legation.pipeline.web.chart import BASE, Spec

_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
_TAGS = {f"{{{_SVG}}}{tag}" for tag in ("svg", "g", "path", "line", "rect", "text", "tspan", "a", "title", "defs",
                                        "clipPath", "linearGradient", "stop", "circle")}  # fmt: skip
VERSION = "5.20"  # of Vega-Lite; one of those that vl-convert carries


def svg(spec: Spec, label: str = "") -> str:
    """The chart as SVG that may stand in a page of ours: known tags only, no styles, links only to our own pages."""
    import json

    return _svg(json.dumps(spec, sort_keys=True), label)


@lru_cache(maxsize=64)
def _svg(spec: str, label: str) -> str:
    import vl_convert

    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    drawn = vl_convert.vegalite_to_svg(spec, vl_version=VERSION, allowed_base_urls=["https://none.invalid/"])
    root = ET.fromstring(drawn)  # noqa: S314 - made by the library, not given by anybody
    _clean(root)
    root.attrib |= {"role": "group", "aria-label": label}
    return ET.tostring(root, encoding="unicode")


def png(spec: Spec, label: str = "") -> bytes:
    """The chart as PNG, two pixels for one."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg(spec, label), scale=2.0))


def _clean(element: ET.Element) -> None:
    for child in list(element):
        if child.tag not in _TAGS:
            element.remove(child)
            continue
        for name in [name for name in child.attrib if name == "style" or name.startswith("on") or name in _NOISE]:
            del child.attrib[name]
        if child.tag == f"{{{_SVG}}}a":
            _own_link(child)
        _clean(child)


# Vega names the roles of groups and marks in a way that screen readers repeat at every mark.
_NOISE = {"aria-roledescription"}


def _own_link(link: ET.Element) -> None:
    """A link to one of our pages, named as what it marks; any other address is dropped."""
    address = link.attrib.pop(_LINK, "")
    link.attrib.pop("href", None)
    if not address.startswith(BASE):
        return
    link.set("href", address.removeprefix(BASE))
    for child in link:
        link.set("aria-label", child.attrib.pop("aria-label", ""))
        child.attrib.pop("role", None)
