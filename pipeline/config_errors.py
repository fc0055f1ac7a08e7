"""Messages about mistakes in config.toml: where each is, what was probably meant, and what to write."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from legation.pipeline.config_section import Section
from legation.pipeline.fetch.settings import FetchConfig
from legation.pipeline.sources.settings import KINDS, AnySource, Source

Loc = tuple[str | int, ...]
Error = Mapping[str, Any]

# What people write for `kind` -> the kind that is meant, and what it is.
MEANT = {
    "rss": ("feed", "RSS and Atom"), "atom": ("feed", "RSS and Atom"), "rss2": ("feed", "RSS and Atom"),
    "json": ("feed", "JSON Feed"), "jsonfeed": ("feed", "JSON Feed"), "xml": ("feed", "RSS and Atom"),
    "news-sitemap": ("sitemap", "sitemaps"), "sitemap.xml": ("sitemap", "sitemaps"),
    "html": ("list", "a page that links to articles"), "web": ("list", "a page that links to articles"),
    "site": ("list", "a page that links to articles"), "index": ("list", "a page that links to articles"),
    "page": ("pages", "pages named one by one"), "url": ("pages", "pages named one by one"),
    "urls": ("pages", "pages named one by one"), "folder": ("files", "files on this machine"),
    "directory": ("files", "files on this machine"), "dir": ("files", "files on this machine"),
    "file": ("files", "files on this machine"), "path": ("files", "files on this machine"),
    "jsonl": ("files", "files on this machine"), "archive": ("warc", "web archives"),
    "cc-news": ("warc", "web archives"), "pipe": ("stdin", "standard input"), "-": ("stdin", "standard input"),
}  # fmt: skip
_SHOWN = 60  # characters of a wrong value
# What the parser of TOML says -> what it means for the author of the file; the first that fits counts.
_TOML = [
    (re.compile(sign), words)
    for sign, words in (
        (r"[Cc]annot declare .* twice|Cannot mutate", "this section is in the file twice; put its keys together"),
        (r"overwrite a value|redefine", "this key is given twice; keep one of them"),
        (r"Expected '\]|Expected '\]\]", "this section is not closed; write [name], or [[name]] for one of several"),
        (r"[Uu]nescaped|[Ee]scaped|hex value",
         "this text contains a backslash; write \\\\, or put the text in single quotes"),
        (r"[Uu]nterminated|Illegal character|Expected \"'",
         'this text is not closed; put it in straight quotation marks, as in "text"'),
        (r"Expected '='|Invalid initial character for a key", "this is no `key = value`; TOML wants = between them"),
        (r"Unclosed|array", "this list is not closed; write [..., ...]"),
        (r"Invalid value|Invalid date|Expected newline",
         'the value is not one of TOML; write texts in straight quotation marks, as in "text", numbers without them'),
        (r"Invalid statement", "this is neither a [section] nor `key = value`"),
    )
]  # fmt: skip


def describe_problems(error: ValidationError, values: Mapping[str, Any], root: type[BaseModel]) -> list[str]:
    """Every problem as "sources[2].url: what is wrong; what to write", in the order of the file's sections."""
    found = [line for one in error.errors() for line in _problem(one, root)]
    sources = values.get("sources")
    for number, source in enumerate(sources if isinstance(sources, list) else ()):
        if isinstance(source, dict) and source.get("kind") not in KINDS:
            found += _beside_its_kind(number, source)
    found += [*truth_as_number(values, root), *duplicate_names(sources)]
    return list(dict.fromkeys(found))


def truth_as_number(values: Mapping[str, Any], root: type[BaseModel]) -> list[str]:
    """Keys that want a number and have true or false, a line each; pydantic takes these for 1 and 0."""
    return [
        f"{key_path(loc)}: must be a number, not {str(value).lower()}"
        for loc, value in _leaves(values, ())
        if isinstance(value, bool) and (field := _field(loc, root)) and _is_number(field.annotation)
    ]


def _leaves(value: Any, loc: Loc) -> Iterator[tuple[Loc, Any]]:
    """Every key that holds no section, with its place as pydantic names it: a source has its kind in it."""
    if isinstance(value, dict):
        inner = (*loc, value["kind"]) if loc[:1] == ("sources",) and str(value.get("kind")) in KINDS else loc
        for name, one in value.items():
            yield from _leaves(one, (*inner, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _leaves(one, (*loc, number))
    else:
        yield loc, value


def _is_number(kind: Any) -> bool:
    """Whether a key of this type holds a number, or nothing."""
    kinds = {kind, *get_args(kind), *(inner for one in get_args(kind) for inner in get_args(one))}
    return bool({int, float} & kinds) and bool not in kinds


def describe_toml_problem(text: str, error: Exception) -> str:
    """What is wrong with a file that is no TOML: "line 3: `the line`: what to write". `error`: the parser's."""
    if isinstance(error, RecursionError):
        return "it is nested too deep; leave the brackets out that are not needed"
    said = str(error)
    words = next((words for sign, words in _TOML if sign.search(said)), "this is not as TOML wants it")
    place = re.search(r"at line (\d+)", said)
    lines = text.splitlines()
    number = int(place[1]) if place else len(lines)
    shown = lines[number - 1].strip()[:_SHOWN] if 0 < number <= len(lines) else ""
    shown = "".join(c if c.isprintable() else "?" for c in shown)
    return f"line {number}: {f'`{shown}`: ' if shown else ''}{words}"


def duplicate_names(sources: Any) -> list[str]:
    """Names that two sources have, a line each."""
    names = [source.get("name") for source in sources if isinstance(source, dict)] if isinstance(sources, list) else []
    texts = [name for name in names if isinstance(name, str)]
    return [f"sources: the name {name} is given twice" for name in dict.fromkeys(texts) if texts.count(name) > 1]


def _beside_its_kind(number: int, source: dict[str, Any]) -> Iterator[str]:
    """What else is wrong with a source whose kind is: as the kind that was meant, else by what every kind has."""
    kind = _meant(str(source.get("kind", "")))
    model: type[Source] = _kinds()[kind] if kind else Source
    known = source if kind else {name: value for name, value in source.items() if name in Source.model_fields}
    try:
        model.model_validate({**known, "kind": kind} if kind else known)
    except ValidationError as error:
        for one in error.errors():
            yield from _problem({**one, "loc": ("sources", number, *one["loc"])}, model)


def _problem(error: Error, root: type[BaseModel]) -> Iterator[str]:
    loc: Loc = tuple(error["loc"])
    words = _words(error, loc, root)
    if words:
        yield f"{key_path(loc)}: {words}"


def key_path(loc: Loc) -> str:
    """("sources", 2, "feed", "url") -> "sources[2].url"."""
    text = ""
    for part in loc:
        if part in KINDS and text.startswith("sources["):
            continue  # the kind by which pydantic chose the source's class; no key of the file
        text += f"[{part}]" if isinstance(part, int) else f".{part[:_SHOWN]}" if text else part[:_SHOWN]
    return text


def _words(error: Error, loc: Loc, root: type[BaseModel]) -> str:
    kind, given, context = str(error["type"]), error.get("input"), error.get("ctx", {})
    key = str(loc[-1]) if loc else ""
    shown = "a table" if isinstance(given, dict) else "a list" if isinstance(given, list) else repr(given)[:_SHOWN]
    if kind == "extra_forbidden":
        return _unknown(loc, root)
    if kind == "union_tag_invalid":
        return _kind(str(context.get("tag", "")))
    if kind == "value_error":
        text = str(context.get("error", error["msg"]))
        return "" if loc == ("sources",) and "given twice" in text else text  # told by `twice`
    simple = {
        "missing": f"is missing{_meaning(loc, root)}",
        "union_tag_not_found": f"kind is missing; it is one of {', '.join(KINDS)}",
        "string_type": f'must be a text in quotation marks, not {shown}',
        "bool_type": f"must be true or false, not {shown}", "bool_parsing": f"must be true or false, not {shown}",
        "string_pattern_mismatch": f"{shown} is not written as it must be{_meaning(loc, root)}",
        "string_too_short": "must not be empty",
        "string_too_long": f"is longer than {context.get('max_length')} characters",
        "too_short": f"must hold at least {context.get('min_length')}",
        "literal_error": f"{shown} is not known; it is {str(context.get('expected', '')).replace(chr(39), chr(34))}",
        "greater_than": f"must be greater than {context.get('gt')}, not {shown}",
        "greater_than_equal": f"must be at least {context.get('ge')}, not {shown}",
        "less_than": f"must be less than {context.get('lt')}, not {shown}",
        "less_than_equal": f"must be at most {context.get('le')}, not {shown}",
    }  # fmt: skip
    if kind in simple:
        return simple[kind]
    if kind.startswith("int_"):
        return f"must be a whole number, not {shown}"
    if kind.startswith(("float_", "finite_")):
        return f"must be a number, not {shown}"
    if loc[:1] == ("sources",) and len(loc) < 3 and kind.endswith("_type"):
        return "each source is a section of its own; write [[sources]], with two brackets, and its keys below"
    if kind in ("tuple_type", "list_type"):
        one = f'["{given}"]' if isinstance(given, str) else "[...]"
        return f"must be a list in brackets; write {key} = {one}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"must be a section; write [{key}] on a line of its own, and its keys below"
    return f"{shown} is not allowed here"


def _unknown(loc: Loc, root: type[BaseModel]) -> str:
    key, model = str(loc[-1]), _model(loc, root)
    known = [name for name in model.model_fields if name not in ("folder",)] if model else []
    what = "key" if len(loc) > 1 else "section"
    near = _nearest(key, known)
    if near is None and loc[0] == "sources" and (other := _nearest(key, list(FetchConfig.model_fields))):
        return f"unknown {what} `{key}`; did you mean `{other}` in [fetch]?"
    hint = f"did you mean `{near}`?" if near else f"there are: {', '.join(known)}" if known else "leave it out"
    return f"unknown {what} `{key[:_SHOWN]}`; {hint}"


def _nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that was meant: spelled alike, or one of which `word` is the beginning or an end."""
    word = word.casefold()
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    parts = [name for name in known if len(word) > 2 and (name.startswith(word) or name.endswith(word))]
    return near[0] if near else parts[0] if len(parts) == 1 else None


def _kind(tag: str) -> str:
    kind = _meant(tag)
    if kind is None:
        return f'kind "{tag[:_SHOWN]}" is not known; it is one of {", ".join(KINDS)}'
    what = MEANT[tag.casefold()][1] if tag.casefold() in MEANT else None
    return f'kind "{tag[:_SHOWN]}" is not known; {f"for {what} " if what else ""}write kind = "{kind}"'


def _meant(tag: str) -> str | None:
    return MEANT[tag.casefold()][0] if tag.casefold() in MEANT else _nearest(tag, KINDS)


@cache
def _kinds() -> dict[str, type[Source]]:
    """Kind -> its class."""
    return {get_args(one.model_fields["kind"].annotation)[0]: one for one in get_args(get_args(AnySource)[0])}


def _model(loc: Loc, root: type[BaseModel]) -> type[BaseModel] | None:
    """The class of the section in which the last part of `loc` stands; None: not one of ours."""
    if loc[:1] == ("sources",) and len(loc) > 2:
        return _kinds().get(str(loc[2]), root if issubclass(root, Source) else None)
    model: type[BaseModel] = root
    for part in loc[:-1]:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        inner = [t for t in (getattr(field, "annotation", None), *get_args(getattr(field, "annotation", None)))
                 if isinstance(t, type) and issubclass(t, Section)]  # fmt: skip
        if not inner:
            return None
        model = inner[0]
    return model


def _field(loc: Loc, root: type[BaseModel]) -> FieldInfo | None:
    """The key at `loc`; None: not one of ours."""
    model = _model(loc, root)
    return model.model_fields.get(str(loc[-1])) if model else None


def _meaning(loc: Loc, root: type[BaseModel]) -> str:
    """What the key means, as its docstring says: ": Where it is asked"; "" where there is none."""
    field = _field(loc, root)
    text = " ".join((field.description or "").split()) if field else ""
    return f": {text.rstrip('.')}" if text else ""
