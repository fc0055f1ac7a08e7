"""Sources of config.toml and of the browser together."""

import json
import sqlite3
from pathlib import Path

import pytest

from legation.db import added
from legation.db.connect import connect
from legation.db.errors import Refused
from legation.pipeline.added import added_feeds, added_source, as_section, free_name, made, with_added
from legation.pipeline.check import check
from legation.pipeline.config import Config, load_config
from legation.pipeline.errors import UsageProblem
from legation.pipeline.fetch.politeness import Hosts
from legation.pipeline.operations import source_rows
from legation.pipeline.poll_sources import chosen_sources
from tests.rows import fresh

NOW = "2024-03-01T12:00:00Z"
FEED = {"kind": "feed", "url": "https://a.example/feed"}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    text = """[[sources]]\nname = "file-one"\nkind = "feed"\nurl = "https://file.example/feed"
[[sources]]\nname = "resting"\nkind = "feed"\nurl = "https://resting.example/feed"\npaused = true\n"""
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    return load_config(tmp_path / "config.toml")


@pytest.fixture
def db(config: Config) -> sqlite3.Connection:
    connection: sqlite3.Connection = fresh(config.database_path).conn
    return connection


def add(config: Config, db: sqlite3.Connection, name: str, **settings: object) -> None:
    added_source(config, db, name, {**FEED, **settings}, editor="edith", now=NOW)


def test_runs_ask_both_and_leave_out_what_is_paused(config: Config, db: sqlite3.Connection) -> None:
    add(config, db, "mine")
    add(config, db, "mine-too", url="https://b.example/feed", language="en", keywords=["embassy"])
    added.pause_source(db, "mine", True, editor="edith", now=NOW)
    whole, problems = with_added(config, db)
    assert problems == []
    assert [source.name for source in whole.sources] == ["file-one", "resting", "mine", "mine-too"]
    assert [source.name for source in chosen_sources(whole, ())] == ["file-one", "mine-too"]
    assert [source.name for source in chosen_sources(whole, ("mine",))] == ["mine"]
    added.pause_source(db, "mine", False, editor="edith", now=NOW)
    assert "mine" in [source.name for source in chosen_sources(with_added(config, db)[0], ())]
    states = {row["name"]: row["state"] for row in source_rows(connect(config.database_path), config)}
    assert states == {"file-one": "new", "resting": "paused", "mine": "new", "mine-too": "new"}
    added.remove_source(db, "mine")
    assert "mine" not in [source.name for source in with_added(config, db)[0].sources]
    states = {row["name"]: row["state"] for row in source_rows(connect(config.database_path), config)}
    assert states["mine"] == "not configured"


@pytest.mark.usefixtures("loaded_once")
def test_config_toml_counts_where_both_have_a_name(config: Config, db: sqlite3.Connection) -> None:
    added.add_source(db, "file-one", FEED, editor="edith", now=NOW, paused=False)
    whole, problems = with_added(config, db)
    assert [source.address for source in whole.sources] == ["https://file.example/feed", "https://resting.example/feed"]
    assert problems == ["file-one: config.toml has a source of this name, which counts; remove the other one"]
    assert [line.text for line in check(config) if "file-one" in line.text] == problems


def test_what_a_later_version_does_not_know_any_more_is_named_and_left_out(
    config: Config, db: sqlite3.Connection
) -> None:  # fmt: skip
    added.add_source(db, "old", {**FEED, "wishes": 3}, editor="edith", now=NOW, paused=False)
    add(config, db, "well", url="https://b.example/")
    whole, problems = with_added(config, db)
    assert [source.name for source in whole.sources][2:] == ["well"]
    assert len(problems) == 1
    assert problems[0].startswith("old: added in the browser, and left out: wishes: unknown key `wishes`")


@pytest.mark.usefixtures("loaded_once")
def test_check_counts_them(config: Config, db: sqlite3.Connection) -> None:
    add(config, db, "mine")
    assert [line.text for line in check(config)][:2] == ["configuration: 2 sources", "in the browser: 1 source more"]


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("file-one", {}, "name: there is a source file-one"),
        ("Mine", {}, "name: 'Mine' is not written as it must be"),
        ("mine", {"url": "ftp://a.example/"}, "url: not a web address"),
        ("mine", {"url": "https://FILE.example/feed#top"}, "url: this is the source file-one already"),
        ("mine", {"url": "https://me:secret@a.example/feed"}, "url: address with a user name"),
        ("mine", {"language": "english"}, "language: 'english' is not written as it must be"),
        ("mine", {"wish": 1}, "unknown key `wish`"),
        ("mine", {"kind": "rss"}, 'kind "rss" is not known; for RSS and Atom write kind = "feed"'),
    ],
)
def test_what_cannot_be_added_is_told_in_one_line(
    config: Config, db: sqlite3.Connection, name: str, settings: dict[str, object], words: str
) -> None:
    with pytest.raises(UsageProblem) as problem:
        add(config, db, name, **settings)
    assert words in str(problem.value)
    assert added.added_sources(db) == []


def test_names_are_not_given_twice_even_at_the_same_time(db: sqlite3.Connection) -> None:
    added.add_source(db, "mine", FEED, editor="edith", now=NOW, paused=True)
    with pytest.raises(Refused, match="there is a source of this name"):
        added.add_source(db, "mine", FEED, editor="emil", now=NOW, paused=False)
    with pytest.raises(Refused, match="no source of this name was added"):
        added.remove_source(db, "no")
    with pytest.raises(Refused, match="no source of this name was added"):
        added.pause_source(db, "no", True, editor="emil", now=NOW)


def test_a_list_of_feeds_is_added_and_what_is_left_out_is_told(config: Config, db: sqlite3.Connection) -> None:
    feeds: list[dict[str, str | None]] = [
        {"url": "https://one.example/feed", "title": "The One: News!"},
        {"url": "https://two.example/feed", "title": "The One – news"},
        {"url": "https://one.example/feed#again", "title": "Twice"},
        {"url": "https://file.example/feed", "title": "Of the file"},
        {"url": "javascript:alert(1)", "title": None},
    ]
    done, left = added_feeds(config, db, feeds, editor="edith", now=NOW, paused=True)
    assert done == ["the-one-news", "the-one-news-2"]
    assert [line.split(";")[0] for line in left] == [
        "Twice: this is the source the-one-news already",
        "Of the file: this is the source file-one already",
        "javascript:alert(1): not a web address",
    ]
    assert [row["paused_by"] for row in added.added_sources(db)] == ["edith", "edith"]


@pytest.mark.parametrize(
    ("title", "url", "name"),
    [
        ("BBC News – World", "https://feeds.bbci.co.uk/news/world/rss.xml", "bbc-news-world"),
        (None, "https://www.gov.example:8080/feed", "gov-example"),
        ("Новини", "https://rss.paper.example/all", "paper-example"),
        ("taken", "https://a.example/", "taken-2"),
        ("a" * 90, "https://a.example/", "a" * 40),
    ],
)
def test_names_are_made_of_titles_or_hosts(title: str | None, url: str, name: str) -> None:
    assert free_name(title, url, ["taken"]) == name


def test_the_lines_for_config_toml_give_the_same_source(config: Config, tmp_path: Path) -> None:
    source = made(
        "mine", {**FEED, "url": 'https://a.example/?q="x"\\y', "language": "en", "keywords": ["ambassade, “é”"]}
    )
    (tmp_path / "config.toml").write_text(as_section(source), encoding="utf-8")
    assert load_config(tmp_path / "config.toml").sources == (source,)


def test_hosts_learn_what_others_noted_and_keep_what_is_newer() -> None:
    hosts = Hosts()
    mine = hosts.get("https://a.example")
    mine.robots, mine.robots_at, mine.retry_at = "User-agent: *", "2024-03-01T12:00:00Z", "2024-03-01T13:00:00Z"
    row = {"origin": "https://a.example", "robots": "", "robots_note": None, "robots_at": "2024-03-01T11:00:00Z"}
    hosts.recall(
        [{**row, "retry_at": "2024-03-02T13:00:00Z"}, {**row, "origin": "https://b.example", "retry_at": None}]
    )
    assert (mine.robots, mine.retry_at) == ("User-agent: *", "2024-03-02T13:00:00Z")
    assert (hosts.get("https://b.example").robots, json.dumps(hosts.take_changed())) == ("", "[]")
