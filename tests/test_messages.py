"""What a run says while it runs: a bar on a terminal, lines or JSON elsewhere; nothing that steers a terminal."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from legation.pipeline.logs import Json, Lines
from tests.conftest import Legation, LegationProcess
from tests.ingest_folder import IngestFolder
from tests.scripted_server import Script

PROGRAM = [sys.executable, "-m", "legation"]


def test_a_bar_on_a_terminal(desk: IngestFolder) -> None:
    desk.configure()
    ours, theirs = os.openpty()
    with subprocess.Popen([*PROGRAM, "ingest"], cwd=desk.folder, stdout=subprocess.DEVNULL, stderr=theirs) as run:
        os.close(theirs)
        shown = b""
        while part := _read(ours):
            shown += part
        assert run.wait(60) == 0
    os.close(ours)
    assert b"100%" in shown
    assert b"articles read" in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says EIO where the other end is closed
        return b""


def test_no_bar_in_a_pipe(desk: IngestFolder, legation_process: LegationProcess) -> None:
    desk.configure()
    result = legation_process("ingest")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[1] == "pages     6 new, 0 changed, 0 unchanged, 0 failed"


def test_messages_as_json(server: Script, desk: IngestFolder, legation: Legation) -> None:
    server.say("/story/1.html", b"", 404)
    desk.configure()
    result = legation("ingest", "--log-format", "json")
    (message,) = [json.loads(line) for line in result.stderr.splitlines()]
    assert message["level"] == "warning"
    assert message["message"] == f"{server.url}/story/1.html: failed: HTTP 404"


@pytest.mark.parametrize("form", [Lines(), Json()])
def test_a_message_cannot_steer_a_terminal(form: logging.Formatter) -> None:
    hostile = "\x1b]0;title\x07\x1b[2J\r\n\x9b31m%s%d"
    line = form.format(logging.LogRecord("legation", logging.WARNING, "", 0, hostile, (), None))
    assert "\n" not in line
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in line)
    assert "%s%d" in line


def test_the_reader_of_a_pipe_may_stop_early() -> None:
    """As `legation extract ... | head -1`: no error, no message."""
    cases = sorted((Path(__file__).parent / "cases").glob("*.jsonl"))
    with subprocess.Popen([*PROGRAM, "extract", *cases], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        assert run.stdout.readline().startswith(b'{"article": ')
        run.stdout.close()
        assert (run.stderr.read(), run.wait(60)) == (b"", 0)
