"""What a visitor asks for takes no more time and memory than it may, and what strangers see is what they may see."""

import csv
import io
import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from legation.pipeline.web.sandbox import Sandbox
from tests.rows import article, claim, fresh, save
from tests.web.conftest import PASSWORD, TOKEN, Server, people, sample, serving, serving_here

SCRIPT = {"authorization": f"Bearer {TOKEN}"}
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select "
GREEDY = {
    "one long call": "select instr(printf('%.3000000c','a'), printf('%.1500000c','a')||'b')",
    "a row of long calls": "select " + ", ".join(["instr(printf('%.900000c','a'), printf('%.450000c','a')||'b')"] * 60),
    "a long call in each row": ENDLESS + "instr(printf('%.3000000c','a'), printf('%.1500000c','a')||'b') from n",
    "a large blob": "select length(hex(zeroblob(300000000)))",
    "a large text": "select length(replace(printf('%.3000000c','a'), 'a', 'aaaaaaaaaa'))",
    "many large rows": ENDLESS + "hex(zeroblob(900000)) from n limit 1900",
    "one ever longer text": ENDLESS + "group_concat(hex(i)) from n",
    "a large sort": ENDLESS + "hex(randomblob(2000)) as x from n limit 1000000) select x from (" + "select 1 as x",
    "no end": ENDLESS + "count(*) from n",
}
GREEDY["a large sort"] = (
    "with recursive n(i) as (select 1 union all select i + 1 from n) "
    "select x from (select hex(randomblob(2000)) as x from n limit 1000000) order by x limit 5"
)

ENDED = (
    "the query took too long and was ended",
    "a text or a row is longer than 4 megabytes",
    "the answer is larger than 24 megabytes; ask for fewer rows or columns",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("limits")
    sample(folder / "legation.db")
    with serving(folder, people()) as running:
        yield running


@pytest.fixture(scope="module")
def open_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server where strangers may read everything."""
    folder = tmp_path_factory.mktemp("everything")
    sample(folder / "legation.db")
    with serving(folder, f'[serve]\nreading = "all"\n{people()}') as running:
        assert get(running, "/legation.json?sql=select+1").status_code == 200  # the server has started whole
        yield running


def ask(method: str, url: str, cookies: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    """One request, with no cookie kept; without certificates, which take long to load."""
    with httpx.Client(verify=False, timeout=30, cookies=cookies) as client:
        return client.request(method, url, **more)


def get(server: Server, address: str, **more: Any) -> httpx.Response:
    return ask("GET", server.url + address, **more)


def peak(folder: Path) -> int:
    """The most bytes that one process working on the database in `folder` has held: the server or one of its boxes."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if os.readlink(status.with_name("cwd")) != str(folder):
                continue
            found += [int(kb) for kb in re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())]
        except OSError:
            continue
    return max(found) * 1024


@pytest.mark.parametrize("name", GREEDY)
def test_a_greedy_query_ends_soon_and_holds_little(open_site: Server, name: str) -> None:
    got = get(open_site, "/legation.json", params={"sql": GREEDY[name]})
    assert (got.status_code, got.json()["ok"]) == (400, False)
    assert got.json()["error"] in ENDED
    assert peak(open_site.database.parent) < 300_000_000
    assert get(open_site, "/legation.json", params={"sql": "select 1 as one"}).json()["rows"] == [[1]]
    assert (open_site.database.parent / "log.txt").read_text() == ""


def test_greedy_queries_hold_up_nobody(tmp_path: Path) -> None:
    """The first page comes while three of them still run, each as long as it may; a table waits for its turn."""
    from concurrent.futures import ThreadPoolExecutor

    sample(tmp_path / "legation.db")
    slow = GREEDY["one long call"]
    with serving(tmp_path, '[serve]\nreading = "all"\nsql_seconds = 5\n') as server, ThreadPoolExecutor(3) as threads:
        assert get(server, "/legation/claims.json?_size=5").status_code == 200  # the server has started whole
        asked = [threads.submit(get, server, "/legation.json", params={"sql": slow}) for _ in range(3)]
        assert get(server, "/").status_code == 200
        assert not [one for one in asked if one.done()]
        assert get(server, "/legation/claims.json?_size=5").status_code == 200
        assert [one.result().status_code for one in asked] == [400, 400, 400]


@pytest.mark.parametrize("sql", ["select 1", GREEDY["one long call"], "select text from articles"])
def test_sql_is_not_for_strangers(site: Server, sql: str) -> None:
    assert get(site, "/legation.json", params={"sql": sql}).status_code == 403
    assert get(site, "/legation.csv", params={"sql": sql}).status_code == 403
    assert get(site, "/legation/claims.json", params={"_where": f"1 in ({sql})"}).status_code == 403


def test_a_box_gives_what_sqlite_gives(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t (a, b)")
        db.executemany("INSERT INTO t VALUES (?, ?)", [(1, "é\x00"), (2.5, b"\x00\xff"), (None, "x" * 70_000)])
        expected = db.execute("SELECT a, b, a AS a FROM t").fetchall()
    db.close()
    box = Sandbox(path)
    try:
        columns, rows = box.ask("SELECT a, b, a AS a FROM t", {}, 2, None)
        assert (columns, [tuple(row) for row in rows]) == (["a", "b", "a"], expected)
        assert box.ask("SELECT a FROM t WHERE a = :a", {"a": 2.5}, 2, None)[1] == [[2.5]]
        assert len(box.ask("SELECT a FROM t", [], 2, 2)[1]) == 2
        for wrong in ("SELECT c FROM t", "DELETE FROM t", "ATTACH ':memory:' AS m", "SELECT ?"):
            with pytest.raises(sqlite3.OperationalError):
                box.ask(wrong, {}, 2, None)
    finally:
        box.stop()


NUMBERS = (
    "/legation/claims/99999999999999999999", "/legation/claims.json?id__gt=99999999999999999999",
    "/legation/claims.json?id=99999999999999999999999999", "/legation/claims.json?_size=99999999999999999999",
    "/legation/claims.json?_next=99999999999999999999", "/-/article/1?claim=99999999999999999999",
    "/-/article/999999999999999", "/-/article/1?claim=999999999999999", "/-/desk?claim=99999999999999999999",
    "/-/desk/card?claim=999999999999999", "/-/desk/next?skip=1,99999999999999999999",
    "/-/board?place=Kyiv&on=99999-01-01", "/legation?sql=select+%3Aa&a=99999999999999999999",
)  # fmt: skip


@pytest.mark.parametrize("address", NUMBERS)
def test_numbers_that_are_too_large_are_answered(site: Server, address: str) -> None:
    got = get(site, address, headers=SCRIPT)
    assert got.status_code in (200, 400, 404), got.text
    assert (site.database.parent / "log.txt").read_text() == ""


WRONG = (
    "claims?_sort=nope", "claims?_sort=id&_sort_desc=id", "claims?_through={", 'claims?_through={"table":"x"}',
    "claims?_timelimit=x", "claims?id__in=[", "claims.json?id__in=[", "claims.json?_sort_desc=nope",
)  # fmt: skip


@pytest.mark.parametrize("address", WRONG)
def test_parameters_that_datasette_stumbles_over_are_no_fault_of_the_server(open_site: Server, address: str) -> None:
    got = get(open_site, f"/legation/{address}")
    assert got.status_code == 400
    assert "internal error" not in got.text
    assert (open_site.database.parent / "log.txt").read_text() == ""


FORMULAS = ('=HYPERLINK("https://evil.example","x")', "+cmd|' /C calc'!A0", "@SUM(1+1)", "-2+3", "\t=1+1", "＝1+1")


@pytest.fixture(scope="module")
def formulas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("formulas")
    db = fresh(folder / "legation.db", unreviewed=0.5)
    for text in FORMULAS:
        number = article(db, f"{text} France closed its embassy.", site=text)
        save(db, number, claim(f"{text} France closed its embassy.", attribution=text))
    db.close()
    with serving_here(folder, people()) as running:
        yield running


@pytest.mark.parametrize(
    "address",
    [
        "/legation/articles.csv?_stream=on", "/legation/articles.csv?_labels=on", "/legation/claims_reviewed.csv",
        "/legation/claims.csv?_dl=1", "/legation.csv?sql=select+text,site+from+articles",
        "/legation.csv?sql=select+text+as+%22=1%2B1%22+from+articles", "/-/export/claims.csv",
        "/legation/missions_in.csv?receiving_state=UA", "/legation/claims.csv?_labels=on&_stream=on",
    ],
)  # fmt: skip
def test_no_cell_of_a_csv_is_run_by_a_spreadsheet(formulas: Server, address: str) -> None:
    got = get(formulas, address, headers=SCRIPT)
    rows = list(csv.reader(io.StringIO(got.text)))
    assert got.status_code == 200
    assert len(rows) >= 2
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if re.match(r"[=+\-@\t\r\n＝＋－＠]", cell) and not cell.startswith("-/")] == []


@pytest.mark.parametrize(
    "ahead", [("HEAD", {}), ("GET", {"sec-purpose": "prefetch;prerender"}), ("GET", {"purpose": "prefetch"})]
)
def test_what_only_looks_does_not_use_up_the_link(server: Server, ahead: tuple[str, dict[str, str]]) -> None:
    method, headers = ahead
    for _ in range(2):
        looked = ask(method, server.link, headers=headers)
        assert (looked.status_code, looked.text, looked.headers.get("set-cookie")) == (200, "", None)
    assert ask("HEAD", f"{server.url}/-/enter?token=guess").status_code == 403
    assert ask("GET", server.link).headers["location"] == "/-/desk"
    assert ask("HEAD", server.link).status_code == 403


def signed_in(server: Server, name: str) -> dict[str, str]:
    """The cookies of `name` after signing in by password."""
    page = ask("GET", f"{server.url}/-/login")
    token = re.search(r'csrftoken" value="([^"]+)"', page.text)
    assert token
    kept = dict(page.cookies)
    form = {"username": name, "password": PASSWORD, "csrftoken": token[1]}
    return kept | dict(ask("POST", f"{server.url}/-/login", data=form, cookies=kept).cookies)


def sign_out(server: Server, cookies: dict[str, str]) -> None:
    form = {"csrftoken": cookies["ds_csrftoken"]}
    assert ask("POST", f"{server.url}/-/logout", data=form, cookies=cookies).status_code == 302


def who(server: Server, cookies: dict[str, str]) -> Any:
    return ask("GET", f"{server.url}/-/actor.json", cookies=cookies).json()["actor"]


def test_a_copied_cookie_is_worth_nothing_after_signing_out(server: Server) -> None:
    first, second = signed_in(server, "rolf"), signed_in(server, "rolf")
    assert who(server, first) == who(server, second) == {"id": "rolf"}
    sign_out(server, first)
    assert (who(server, first), who(server, second)) == (None, {"id": "rolf"})
    assert ask("GET", f"{server.url}/-/desk", cookies=first).status_code == 403
    assert who(server, signed_in(server, "rolf")) == {"id": "rolf"}


def test_signing_out_ends_the_session_of_the_link_too(server: Server) -> None:
    cookies = dict(ask("GET", server.link).cookies)
    token = ask("GET", f"{server.url}/-/login", cookies=cookies).cookies["ds_csrftoken"]
    cookies["ds_csrftoken"] = token
    assert who(server, cookies) == {"id": "maria"}
    page = ask("GET", f"{server.url}/-/desk", cookies=cookies).text
    found = re.search(r'csrftoken" value="([^"]+)"', page)
    assert found
    ask("POST", f"{server.url}/-/logout", data={"csrftoken": found[1]}, cookies=cookies)
    assert who(server, cookies) is None


def test_a_forged_session_signs_in_nobody(server: Server) -> None:
    for cookie in ("", "x", "eyJhIjp7ImlkIjoicm9sZiJ9fQ.x", '"', "a" * 5000):
        assert ask("GET", f"{server.url}/-/actor.json", cookies={"ds_actor": cookie}).json() == {"actor": None}


def tables(database: Path) -> list[str]:
    db = sqlite3.connect(database)
    try:
        return [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
    finally:
        db.close()


def test_strangers_see_the_tables_that_are_open_and_no_other(site: Server, open_site: Server) -> None:
    from legation.pipeline.web.plugin import OPEN_TABLES  # it imports Datasette, which takes a second

    for name in tables(site.database):
        address = f"/legation/{name}.json?_size=1"
        assert (get(site, address).status_code == 200) == (name in OPEN_TABLES), name
        assert get(site, address, headers=SCRIPT).status_code == get(open_site, address).status_code, name
    assert set(tables(site.database)) >= OPEN_TABLES


@pytest.mark.parametrize(
    "address",
    [
        "/legation/decisions.json", "/legation/decisions/1.json", "/legation/articles/1.json", "/legation/queue.csv",
        "/legation/wrong_rules.json", "/legation/articles_fts.json?_search=told",
        "/legation/claims.json?_fts_table=articles_fts&_fts_pk=article&_search=told",
        '/legation/claims.json?_through={"table":"decisions","column":"reviewer","value":"rolf"}',
        "/-/databases.json", "/-/article/1/page.txt",
    ],
)  # fmt: skip
def test_what_is_not_for_strangers(site: Server, address: str) -> None:
    assert get(site, address).status_code == 403


def test_a_stranger_reads_a_quote_with_little_around_it(tmp_path: Path) -> None:
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    quote = "France closed its embassy in Kyiv."
    text = f"BEGINNING {'word ' * 200}{quote}{' word' * 200} ENDING"
    save(db, article(db, text), claim(text, quote))
    db.close()
    with serving_here(tmp_path, people()) as server:
        shown = get(server, "/-/article/1?claim=1").text
        assert quote in shown
        assert "BEGINNING" not in shown + get(server, "/-/article/1").text
        assert "word word" not in get(server, "/-/article/1").text
        whole = get(server, "/-/article/1?claim=1", headers=SCRIPT).text
        assert "BEGINNING" in whole
        assert "ENDING" in whole


def test_names_of_reviewers_and_the_queue_are_not_for_strangers(server: Server) -> None:
    for number in (1, 2, 5):
        form = {"claim": str(number), "revision": "0", "approve": "1", "note": "seen by my own eyes"}
        assert ask("POST", f"{server.url}/-/desk/decide", data=form, headers=SCRIPT).status_code == 303
    addresses = (
        "/", "/-/board?place=Kyiv", "/-/mission/UA/FR/embassy?city=Kyiv", "/-/mission/UA/NO/embassy?city=Kyiv",
        "/-/export/claims.csv", "/-/export/status.jsonl", "/-/changes.atom", "/legation/claims_reviewed.json",
    )  # fmt: skip
    for address in addresses:
        shown = get(server, address).text
        assert "rolf" not in shown, address
        assert "my own eyes" not in shown, address
    assert "wait for review" not in get(server, "/").text
    assert "wait for review" in get(server, "/", headers=SCRIPT).text
    assert "by rolf" in get(server, "/-/mission/UA/FR/embassy?city=Kyiv", headers=SCRIPT).text
