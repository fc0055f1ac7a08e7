"""The desk in the browser: who read a claim, where readers differ, a foreign quote in English; all of it as text."""

from html import unescape
from pathlib import Path

import httpx

from legation.db.connect import connect
from tests.rows import claim
from tests.second.conftest import take_in, told
from tests.second.test_joined import CLOSED, OPENED, TEXT, read
from tests.web.conftest import TOKEN, people, sample, serving_here

HOSTILE = "<img src=x onerror=alert(1)>{{ 7 * 7 }}"
RUSSIAN = "Посольство Норвегии в Киеве снова открылось."


def shown(url: str, number: int) -> str:
    answer = httpx.get(f"{url}/-/desk?claim={number}", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
    assert answer.status_code == 200
    return answer.text


def test_a_card_names_the_readers_and_holds_no_markup_of_theirs(tmp_path: Path) -> None:
    sample(tmp_path / "legation.db")
    db = connect(tmp_path / "legation.db")
    first = take_in(db, TEXT, claim(TEXT, OPENED, sending_state="NO", confidence=0.3))
    second = take_in(db, RUSSIAN, language="ru")
    db.conn.execute(
        "INSERT INTO second_requests (key, model, prompt, article, state, at) "
        "VALUES ('key', 'm', 'p', ?, 'answered', '')",
        (first,),
    )
    db.conn.commit()
    read(db, first, told(TEXT, OPENED, status="closed"), told(TEXT, CLOSED, sending_state="PL", status="closed"))
    read(db, second, told(RUSSIAN, gloss=HOSTILE), text=RUSSIAN, beside=False)
    names = "SELECT coalesce(gloss, reader || sending_state), id FROM claims WHERE article IN (?, ?)"
    ids = dict(db.conn.execute(names, (first, second)))
    db.close()
    with serving_here(tmp_path, people()) as server:
        lone = unescape(shown(server.url, ids["smallNO"]))
        assert "readers differ: llm:large does not say so" in lone
        assert "closed, fact" in lone
        page = shown(server.url, ids[HOSTILE])
    assert "<img src=x" not in page
    assert f"in English, by llm:large: {HOSTILE}" in unescape(page)
