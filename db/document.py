"""docs/schema.md, made from the schema: `python -m legation.db.document > docs/schema.md`."""

from collections.abc import Iterator

from legation.db.connect import connect
from legation.db.schema import Relation, queries, relations

INTRODUCTION = """\
# The database

One SQLite file. This page is made from the schema itself (`python -m legation.db.document > docs/schema.md`); a test
holds it fresh. Times are UTC, ISO 8601 with Z; days are YYYY-MM-DD; States are ISO 3166-1 alpha-2, or EU, UN, XK, VA.
NULL means: not known, not stated, or not yet.

What was read and decided is append-only: triggers refuse UPDATE and DELETE on `decisions` and `evidence`, every change
of a claim but its retirement, and the deletion of claims. `reviews`, `periods`, `period_claims` and `queue` follow from
them and are written in the same transaction; `legation check` proves it.

## Tables and what they refer to
"""


def document() -> str:
    """The page as Markdown."""
    connection = connect(":memory:").conn
    found = relations(connection)
    tables = [relation for relation in found if relation.kind == "table"]
    views = [relation for relation in found if relation.kind == "view"]
    parts = [INTRODUCTION, "```mermaid", *_diagram(tables), "```", ""]
    parts += ["## Views: what to ask first", "", *_sections(views)]
    parts += ["## Tables", "", *_sections(tables)]
    parts += ["## Questions in SQL", "", "Each is a file in `db/queries`, with named parameters.", "", *_queries()]
    return "\n".join(parts).rstrip() + "\n"


def _diagram(tables: list[Relation]) -> Iterator[str]:
    """Mermaid's entity diagram: each table with its columns, and a line for each reference."""
    yield "erDiagram"
    for table in tables:
        yield f"    {table.name} {{"
        yield from (f"        {column.type or 'ANY'} {column.name}" for column in table.columns)
        yield "    }"
    for table in tables:
        for column in table.columns:
            if column.target:
                yield f"    {column.target} ||--o{{ {table.name} : {column.name}"


def _sections(found: list[Relation]) -> Iterator[str]:
    for relation in found:
        yield f"### {relation.name}"
        yield ""
        yield "| column | type | meaning |" if relation.kind == "table" else "| column | meaning |"
        yield "|---|---|---|" if relation.kind == "table" else "|---|---|"
        for column in relation.columns:
            meaning = column.meaning.replace("|", "\\|").replace("<", "&lt;")
            if column.target:
                meaning = f"{meaning}; refers to `{column.target}`".removeprefix("; ")
            cells = (f"`{column.name}`", column.type, meaning) if relation.kind == "table" else (column.name, meaning)
            yield f"| {' | '.join(cells)} |"
        yield ""


def _queries() -> Iterator[str]:
    for name, sql in queries().items():
        question, _, body = sql.partition("\n")
        yield f"**{name}.** {question.removeprefix('-- ')}"
        yield ""
        yield "```sql"
        yield body.strip()
        yield "```"
        yield ""


if __name__ == "__main__":
    print(document(), end="")
