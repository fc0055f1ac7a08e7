"""The same words for the same options in every command; tables that fit; messages in the form that was asked for."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from sqlite_utils import Database

from legation.db.decisions import Verdict, decide
from legation.pipeline.cli import COMMANDS, legation
from legation.pipeline.render import lines
from tests.conftest import Legation
from tests.in_process import Run, runner
from tests.ingest_folder import IngestFolder
from tests.rows import fresh, tell
from tests.scripted_server import Script


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Three claims: France in Kyiv (approved), Poland in Kyiv, Norway in Warsaw."""
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    tell(db, "France closed it.", sending_state="FR", status="closed", date="2022-02-28", published="2022-03-01")
    tell(db, "Poland stayed.", sending_state="PL", status="remained_open", published="2022-04-01", confidence=0.6)
    tell(db, "Norway opened it.", sending_state="NO", receiving_state="PL", city="Warsaw", published="2022-05-01")
    decide(db, 1, Verdict("approve"), revision=0, reviewer="ann", now="2022-06-01T00:00:00Z")
    decide(db, 3, Verdict("approve"), revision=0, reviewer="ann", now="2022-06-02T00:00:00Z")
    yield db
    db.close()


@pytest.fixture
def run(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(tmp_path, monkeypatch, capsys)


def options(name: str) -> dict[str, click.Option]:
    command = legation.get_command(click.Context(legation), name)
    assert command is not None
    return {word: option for option in command.params if isinstance(option, click.Option) for word in option.opts}


@pytest.mark.parametrize("name", ["claims", "status", "history", "conflicts", "report", "export", "feed", "review"])
def test_missions_are_chosen_by_of_and_in(name: str) -> None:
    assert (options(name)["--of"].metavar, options(name)["--in"].metavar) == ("COUNTRY", "PLACE")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_day_is_chosen_by_on_and_no_other_word_is_shown(name: str) -> None:
    shown = {word for word, option in options(name).items() if not option.hidden}
    assert not shown & {"--as-of", "--day", "--date", "--place", "--host", "--sender"}


@pytest.mark.parametrize("name", ["export", "feed"])
def test_exports_take_the_filters_of_claims(name: str) -> None:
    filters = set(options("claims")) - {"--config", "--limit", "--format", "--order"}
    assert filters <= set(options(name))


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ((), [1, 2, 3]), (("--of", "France"), [1]), (("--in", "Kyiv"), [1, 2]), (("--in", "Poland"), [3]),
        (("--status", "closed"), [1]), (("--review", "approved"), [1, 3]), (("--since", "2022-04-01"), [2, 3]),
        (("--min-confidence", "0.8", "--in", "UA"), [1]), (("--of", "NO", "--in", "Kyiv"), []),
    ],
)  # fmt: skip
def test_an_export_of_claims_is_what_claims_lists(run: Run, asked: tuple[str, ...], ids: list[int]) -> None:
    listed = [json.loads(line)["id"] for line in run("claims", "--format", "jsonl", *asked).stdout.splitlines()]
    exported = run("export", "claims", "--format", "jsonl", *asked).stdout.splitlines()
    assert listed == [json.loads(line)["id"] for line in exported] == ids


def test_status_periods_and_feed_follow_the_claims_that_they_rest_on(run: Run, tmp_path: Path) -> None:
    rows = run("export", "status", "--format", "jsonl", "--on", "2022-05-02", "--in", "Kyiv").stdout.splitlines()
    assert {json.loads(row)["sending_state"] for row in rows} == {"FR", "PL"}
    rows = run("export", "periods", "--format", "jsonl", "--status", "closed").stdout.splitlines()
    assert [(json.loads(row)["sending_state"], json.loads(row)["state"]) for row in rows] == [("FR", "closed")]
    assert run("feed", "all.atom").stdout == "2 changes in all.atom\n"
    assert run("feed", "some.atom", "--in", "Warsaw").stdout == "1 change in some.atom\n"
    assert run("feed", "none.atom", "--of", "PL").stdout == "0 changes in none.atom\n"
    assert "Norway" in (tmp_path / "some.atom").read_text(encoding="utf-8")
    wrong = run("export", "claims", "--status", "shut")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "--status shut: no such word" in wrong.stderr


def test_a_place_may_be_an_argument_or_an_option(run: Run) -> None:
    asked = ("--on", "2022-05-02", "--format", "jsonl")
    assert run("status", "Kyiv", *asked).stdout == run("status", "--in", "Kyiv", *asked).stdout != ""
    same = run("history", "FR", "UA", "--format", "jsonl").stdout
    assert run("history", "--of", "FR", "--in", "UA", "--format", "jsonl").stdout == same != ""
    assert run("history", "FR", "--in", "UA", "--format", "jsonl").stdout == same
    for wrong in (("status", "Kyiv", "--in", "Lviv"), ("history", "FR"), ("history", "FR", "UA", "--of", "PL")):
        done = run(*wrong)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_the_older_name_of_an_option_still_works(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("sender,host,city,kind,status,date,source\nFR,PL,,,open,,\n", encoding="utf-8")
    assert run("import", "list.csv", "--as-of", "2022-01-01").stdout.startswith("1 claims new")
    assert run("import", "list.csv", "--on", "2022-01-01").stdout.startswith("0 claims new")


ROW = {"sender": "United Kingdom", "city": "Kyiv", "status": "x" * 30, "date": None, "quote": "word " * 40}


@pytest.mark.parametrize("width", [40, 80, 119])
def test_what_does_not_fit_is_given_as_blocks(width: int) -> None:
    shown = list(lines([ROW, ROW], list(ROW), "table", width))
    assert max(map(len, shown)) <= width
    assert shown.count("") == 1
    assert shown[0] == "sender  United Kingdom"
    assert " ".join(" ".join(shown).split()).count("word") == 80
    assert not [line for line in shown if line.startswith("date")]


def test_what_fits_is_a_table_and_wide_terminals_have_tables() -> None:
    small = {"sender": "France", "city": "Kyiv"}
    assert next(iter(lines([small], list(small), "table", 40))).split() == ["sender", "city"]
    assert "─" in "".join(lines([ROW], list(ROW), "table", 120))
    assert list(lines([], ["a"], "table", 40))


def test_no_table_of_a_command_is_wider_than_80(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for asked in (("claims",), ("status", "Kyiv"), ("history", "FR", "UA"), ("review", "--list"), ("sources",),
                  ("runs",), ("search", "closed"), ("conflicts",)):  # fmt: skip
        done = run(*asked)
        assert done.returncode == 0, done
        assert max([0, *map(len, done.stdout.splitlines())]) <= 80, asked


def test_problems_of_several_runs(server: Script, desk: IngestFolder, legation: Legation) -> None:
    server.say("/story/1.html", b"", 404)
    server.say("/story/2.html", b"", 410)
    desk.run(max_pages=3)
    desk.run()
    desk.configure()
    found = legation("runs", "--problems", "--limit", "5").stdout.splitlines()
    assert found
    assert all(line.startswith(("run 1, 20", "run 2, 20")) for line in found)
    assert any("/story/1.html: failed: HTTP 404" in line for line in found)
    rows = [json.loads(line) for line in
            legation("runs", "--problems", "--limit", "5", "--format", "jsonl").stdout.splitlines()]  # fmt: skip
    assert [set(row) for row in rows] == [{"run", "started", "problem"}] * len(found)


def test_a_dry_run_tells_its_problems_on_standard_error(server: Script, desk: IngestFolder, legation: Legation) -> None:
    server.say("/feed.xml", b"", 500)
    desk.configure()
    result = legation("ingest", "--dry-run")
    assert (result.returncode, result.stdout) == (1, "")
    assert "site: " in result.stderr
    assert "500" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--dry-run",), 0), ((), 0), (("--only", "nobody"), 2), (("--config", "none.toml"), 2), (("--wrong",), 2)],
)
def test_every_line_is_json_where_that_was_asked_for(
    server: Script, desk: IngestFolder, legation: Legation, arguments: tuple[str, ...], code: int
) -> None:
    desk.configure()
    result = legation("ingest", "--log-format", "json", *arguments)
    assert result.returncode == code
    found = [json.loads(line) for line in (result.stdout + result.stderr).splitlines()]
    assert found
    assert all({"time", "level", "message"} <= set(line) for line in found)
    assert (code == 0) == all(line["level"] == "info" for line in found)


@pytest.mark.parametrize("name", ["ingest", "scan", "alerts", "serve"])
def test_commands_that_report_have_the_same_option_for_the_form(name: str) -> None:
    assert "--log-format" in options(name)


def json_lines(text: str) -> list[dict[str, object]]:
    found = [json.loads(line) for line in text.splitlines()]
    assert all({"time", "level", "message"} <= set(line) for line in found)
    return found


def test_a_scan_tells_each_line_as_json(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("fastwarc")
    (tmp_path / "a.warc").write_bytes(b"no archive")
    done = run("scan", "a.warc", "-o", "out", "--jobs", "1", "--log-format", "json")
    assert done.returncode == 1
    assert ["broken" in str(line["message"]) for line in json_lines(done.stdout)] == [True]
    [warning] = json_lines(done.stderr)
    assert warning["level"] == "warning"
    assert "a.warc: byte 0: not readable" in str(warning["message"])


def test_alerts_tell_each_line_as_json(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    alert = '[[alerts]]\nname = "a"\nsince = "2022-01-01"\nwebhook = "http://127.0.0.1:1/"\n'
    config.write_text(config.read_text(encoding="utf-8") + alert, encoding="utf-8")
    done = run("alerts", "--log-format", "json")
    assert done.returncode == 1
    assert [line["message"] for line in json_lines(done.stdout)] == ["0 messages sent"]
    problems = json_lines(done.stderr)
    assert problems
    assert all("refuses connections" in str(line["message"]) for line in problems)


def test_a_second_reader_tells_each_line_as_json(run: Run, tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").write_text('{"custom_id": 5}\nnothing\n')
    config = tmp_path / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + '[second_reader]\nmodel = "m"\n', encoding="utf-8")
    done = run("second-reader", "answers", "answers.jsonl", "--log-format", "json")
    assert done.returncode == 1
    assert json_lines(done.stdout)
    assert len(json_lines(done.stderr)) == 2
