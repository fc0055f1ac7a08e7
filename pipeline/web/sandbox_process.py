"""The process in which one query runs. The standard library alone: `python -I -S` starts it in 30 ms.

`sandbox.py` starts it and talks to it: a question and an answer are JSON, through a pipe.
"""

import base64
import json
import re
import resource
import signal
import sqlite3
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

MEGABYTE = 1024 * 1024
MOST_HEAP = 64 * MEGABYTE  # bytes that SQLite may hold in a process
MOST_MEMORY = 192 * MEGABYTE  # bytes of address space that a process may take beyond what it starts with
MOST_DISK = 256 * MEGABYTE  # bytes of a temporary file, as sorting makes them
MOST_ANSWER = 24 * MEGABYTE  # bytes of all values of one answer
LIMITS = {  # names in sqlite3, because not every version of it has each
    "SQLITE_LIMIT_LENGTH": 4 * MEGABYTE,  # of one text, blob or row
    "SQLITE_LIMIT_SQL_LENGTH": 100_000,
    "SQLITE_LIMIT_COLUMN": 500,
    "SQLITE_LIMIT_EXPR_DEPTH": 200,
    "SQLITE_LIMIT_COMPOUND_SELECT": 50,
    "SQLITE_LIMIT_LIKE_PATTERN_LENGTH": 200,
    "SQLITE_LIMIT_ATTACHED": 0,
}
GRACE = 0.2  # seconds after the limit, in which a query ends by itself, before the alarm
STEPS = 1000  # of SQLite's machine between two looks at the clock

TIMEOUT = "interrupted"  # the word by which Datasette knows a query that took too long
TOO_LARGE = f"the answer is larger than {MOST_ANSWER // MEGABYTE} megabytes; ask for fewer rows or columns"
TOO_LONG = f"a text or a row is longer than {LIMITS['SQLITE_LIMIT_LENGTH'] // MEGABYTE} megabytes"
NO_MEMORY = "the query needs more memory than a query may have"
BIG_NUMBER = "a number is too large"
CRASH = "the query was ended because it took too much"


def main(arguments: list[str]) -> None:
    """Answer queries until the server is gone. Arguments: descriptor of the pipe, path of the database."""
    pipe, path = Connection(int(arguments[0])), Path(arguments[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = _opened(path)
    _shut_in()
    while True:
        try:
            sql, values, seconds, most = json.loads(pipe.recv_bytes())
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)
        answer = _answer(connection, sql, values, seconds, most)
        signal.setitimer(signal.ITIMER_REAL, 0)
        pipe.send_bytes(answer)


def _shut_in() -> None:
    """Limit memory and disk of this process. What it has by now is Python itself."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        pages = 0
    if pages:
        most = pages * resource.getpagesize() + MOST_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_DISK, MOST_DISK))


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.text_factory = lambda text: str(text, "utf-8", "replace")
    connection.create_function("escape_fts", 1, _escape_fts)
    connection.execute(f"PRAGMA hard_heap_limit = {MOST_HEAP}").fetchall()
    for name, most in LIMITS.items():
        connection.setlimit(getattr(sqlite3, name), most)
    return connection


def _answer(connection: sqlite3.Connection, sql: str, values: Any, seconds: float, most: int | None) -> bytes:
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() >= deadline, STEPS)
    try:
        return _rows(connection, sql, values, most)
    except MemoryError:
        return _error(NO_MEMORY)
    except OverflowError:
        return _error(BIG_NUMBER)
    except sqlite3.Error as error:
        words = str(error)
        told = {"string or blob too big": TOO_LONG, "out of memory": NO_MEMORY}.get(words, words)
        return _error(told)
    finally:
        connection.set_progress_handler(None, STEPS)


def _rows(connection: sqlite3.Connection, sql: str, values: Any, most: int | None) -> bytes:
    cursor = connection.execute(sql, values)
    rows: list[Any] = []
    size = 0
    while most is None or len(rows) < most:
        row = cursor.fetchone()
        if row is None:
            break
        size += sum(len(value) if isinstance(value, (str, bytes)) else 8 for value in row)
        if size > MOST_ANSWER:
            cursor.close()
            return _error(TOO_LARGE)
        rows.append([{"blob": base64.b64encode(v).decode()} if isinstance(v, bytes) else v for v in row])
    columns = [column[0] for column in cursor.description or ()]
    cursor.close()
    return json.dumps({"columns": columns, "rows": rows}, ensure_ascii=False).encode("utf-8", "replace")


def _error(words: str) -> bytes:
    return json.dumps({"error": words}).encode()


_BITS = re.compile(r'\s+|(".*?")')


def _escape_fts(query: str) -> str:
    """Words to search for, as Datasette quotes them for FTS5: each in quotation marks, phrases kept whole."""
    query = str(query)
    bits = _BITS.split(query + '"' if query.count('"') % 2 else query)
    return " ".join(bit if bit.startswith('"') else f'"{bit}"' for bit in bits if bit and bit != '""')


if __name__ == "__main__":
    main(sys.argv[1:])
