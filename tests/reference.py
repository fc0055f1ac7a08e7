"""What README.md and docs/ say of commands and configuration, made from the program; `make docs` writes it there."""

import json
from typing import Any, get_args

import click
from pydantic_core import PydanticUndefined

from legation.models.codebook import Word, codebook
from legation.pipeline.alerts.settings import AlertConfig
from legation.pipeline.cli import COMMANDS, legation
from legation.pipeline.config import Config
from legation.pipeline.config_section import Section
from legation.pipeline.sources.settings import AnySource, Source
from legation.pipeline.web.settings import PersonConfig


def summary() -> str:
    """A table of the commands, a line each."""
    rows = ["| command | what it does |", "| --- | --- |"]
    return "\n".join(rows + [f"| `legation {name}` | {text} |" for name, text in COMMANDS.items()])


def commands() -> str:
    """Each command's --help under a heading of its own."""
    context = click.Context(legation, info_name="legation", **legation.context_settings)
    return "\n".join(_command(name, legation, context) for name in COMMANDS)


def _command(name: str, group: click.Group, context: click.Context, level: int = 2) -> str:
    command = group.get_command(context, name)
    assert command is not None
    inner = click.Context(command, info_name=name, parent=context, terminal_width=100)
    text = f"{'#' * level} {inner.command_path}\n\n```text\n{command.get_help(inner).strip()}\n```\n"
    if isinstance(command, click.Group):
        text += "".join("\n" + _command(sub, command, inner, level + 1) for sub in command.list_commands(inner))
    return text


def configuration() -> str:
    """A table of keys for each section, and one for each kind of source."""
    parts = []
    for name, field in Config.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            parts.append(f"## [{name}]\n\n{_table(field.annotation, ())}")
    parts.append(f"## [[serve.people]]\n\n{_table(PersonConfig, ())}")
    parts.append(f"## [[alerts]]\n\n{_table(AlertConfig, ())}")
    parts.append(f"## [[sources]]\n\nEvery kind of source has these keys.\n\n{_table(Source, ())}")
    for kind in get_args(get_args(AnySource)[0]):
        parts.append(_kind(kind))
    return "\n".join(parts)


def _kind(kind: type[Source]) -> str:
    name = get_args(kind.model_fields["kind"].annotation)[0]
    shared = ("kind", *Source.model_fields)
    own = _table(kind, shared) if set(kind.model_fields) - set(shared) else ""
    return f'### kind = "{name}"\n\n{kind.__doc__}\n' + (f"\n{own}" if own else "")


def _table(section: type[Section], without: tuple[str, ...]) -> str:
    rows = ["| key | default | meaning |", "| --- | --- | --- |"]
    for name, field in section.model_fields.items():
        if name not in without:
            rows.append(f"| `{name}` | {_default(field.default)} | {' '.join((field.description or '').split())} |")
    return "\n".join(rows) + "\n"


def _default(value: Any) -> str:
    """As it would stand in config.toml; "needed" for a key without a default, "-" for one that is off when left out."""
    if value is PydanticUndefined:
        return "needed"
    return "-" if value is None else f"`{json.dumps(value)}`"


def codebook_part(part: str) -> str:
    """A part of docs/codebook.md from models/data/codebook.toml: unit, silent, kinds, statuses, modalities, fields or
    rules."""
    book = codebook()
    if part == "unit":
        return book.unit
    if part == "silent":
        return "No claim follows from\n\n" + "\n".join(f"- {line}" for line in book.silent)
    if part == "rules":
        topics = dict.fromkeys(rule.topic for rule in book.rules)
        numbered = list(enumerate(book.rules, 1))
        return "\n\n".join(
            f"**{topic[0].upper()}{topic[1:]}**\n\n"
            + "\n".join(f"{number}. {rule.text}" for number, rule in numbered if rule.topic == topic)
            for topic in topics
        )
    words: tuple[Word, ...] = getattr(book, part)
    name = {"kinds": "kind", "statuses": "status", "modalities": "modality", "fields": "field"}[part]
    example = " example |" if words[0].example else ""
    rows = [f"| {name} | means |{example}", "|---|---|" + "---|" * bool(example)]
    rows += [f"| `{w.word}` | {w.meaning} |" + (f' "{w.example}" |' if w.example else "") for w in words]
    return "\n".join(rows)
