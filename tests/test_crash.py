"""The short form of tests/crash.py: a few kills over a small site."""

from pathlib import Path

from tests.crash import crash


def test_a_killed_run_loses_repeats_and_breaks_nothing(tmp_path: Path) -> None:
    report = crash(kills=6, pages=40, seed=2, folder=tmp_path)
    assert report.kills == 6
    assert report.claims > 20
    assert report.clean, report
