"""The file that one archive gives: an article a line or row, with its claims inside."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from legation.pipeline.batches import batches
from legation.pipeline.errors import UsageProblem

FORMATS = ("jsonl", "parquet")
ROWS = 1_000  # of one write to Parquet
TEXTS = ("url", "fetched", "canonical", "title", "author", "language", "published", "fingerprint", "text", "version")
CLAIM_TEXTS = (
    "sending_state",
    "receiving_state",
    "city",
    "mission",
    "status",
    "modality",
    "date",
    "relocated_to",
    "attribution",
    "quote",
    "sender_text",
    "rule",
)


def write(path: Path, articles: Iterable[dict[str, Any]]) -> None:
    """Write the articles to `path` by its ending; the file is there whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        (_parquet if path.suffix == ".parquet" else _json_lines)(part, articles)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The articles of a file written by `write`."""
    if path.suffix == ".parquet":
        yield from (row for batch in _pyarrow().parquet.ParquetFile(path).iter_batches() for row in batch.to_pylist())
        return
    with path.open("rb") as file:
        yield from map(json.loads, file)


def check(form: str) -> None:
    """Raises UsageProblem where a format needs what is not installed."""
    if form == "parquet":
        _pyarrow()


def _json_lines(path: Path, articles: Iterable[dict[str, Any]]) -> None:
    with path.open("wb") as file:
        file.writelines(json.dumps(article, ensure_ascii=False).encode() + b"\n" for article in articles)
        file.flush()
        os.fsync(file.fileno())


def _parquet(path: Path, articles: Iterable[dict[str, Any]]) -> None:
    pa = _pyarrow()
    schema = _schema(pa)
    with pa.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches(articles, ROWS):
            writer.write_table(pa.Table.from_pylist([_flat(row) for row in batch], schema=schema))


def _flat(article: dict[str, Any]) -> dict[str, Any]:
    """Marks and posts as records: Parquet has no lists of mixed types."""
    claims = [
        {**c, "marks": [dict(zip(("label", "start", "end"), m, strict=True)) for m in c["marks"]]}
        for c in article["claims"]
    ]
    posts = [dict(zip(("start", "end", "date"), post, strict=True)) for post in article["posts"] or ()]
    return {**article, "posts": posts, "claims": claims}


def _schema(pa: Any) -> Any:
    mark = pa.struct([("label", pa.string()), ("start", pa.int64()), ("end", pa.int64())])
    numbers = [("start", pa.int64()), ("end", pa.int64()), ("confidence", pa.float64()), ("marks", pa.list_(mark))]
    claim = pa.struct([(name, pa.string()) for name in CLAIM_TEXTS] + numbers)
    post = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("date", pa.string())])
    lists = [("posts", pa.list_(post)), ("claims", pa.list_(claim))]
    return pa.schema([(name, pa.string()) for name in TEXTS] + lists)


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageProblem("--format parquet: pyarrow is not installed; pip install 'legation[parquet]'") from None
    return pyarrow
