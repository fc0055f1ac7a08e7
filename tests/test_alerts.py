"""Alerts: each change is told once, what a server does not take is kept, real servers on loopback."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlite_utils import Database

from legation.db import alerts as outbox
from legation.db.decisions import Verdict, decide
from legation.pipeline.alerts.send import run_alerts
from legation.pipeline.config import Config, load_config
from legation.pipeline.errors import UsageProblem
from legation.pipeline.feed import ATOM
from tests.in_process import runner
from tests.rows import fresh, tell

LATER = "2022-06-01T00:00:00Z"
HOSTILE = "It closed <https://x.example|click> & \r\nBcc: all@example.org"


class Hook(ThreadingHTTPServer):
    """A web server that keeps what is posted; it answers with the codes of `codes`, the last one for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.codes = [200]
        self.got: list[tuple[str, dict[str, Any]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Post(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        code = self.server.codes.pop(0) if len(self.server.codes) > 1 else self.server.codes[0]
        self.server.got.append((self.headers["idempotency-key"], body))
        self.send_response(code)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class Mail(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it is given (RFC 5321, as much of it as a client needs)."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Smtp)
        self.got: list[bytes] = []
        self.answers: dict[bytes, bytes] = {}  # verb -> what it is answered, in the place of "fine"


class _Smtp(socketserver.StreamRequestHandler):
    server: Mail

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in iter(self.rfile.readline, b""):
            verb = line[:4].upper()
            if verb in self.server.answers:
                self.wfile.write(self.server.answers[verb] + b"\r\n")
                continue
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.got.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 fine\r\n")
            if verb == b"QUIT":
                return


@contextmanager
def running(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def hook() -> Iterator[Hook]:
    with running(Hook()) as server:
        yield server


@pytest.fixture
def mail() -> Iterator[Mail]:
    with running(Mail()) as server:
        yield server


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    tell(db, HOSTILE, status="closed", date="2022-02-28", published="2022-03-01")
    yield db
    db.close()


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = datetime(2022, 6, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


def _config(folder: Path, *alerts: str, more: str = "") -> Config:
    text = "[status]\nunreviewed = 0.5\n" + more + "".join(f"[[alerts]]\n{alert}\n" for alert in alerts)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return load_config(folder / "config.toml")


def _approve(db: Database, claim: int = 1) -> None:
    decide(db, claim, Verdict("approve"), revision=0, reviewer="ann", now=LATER)


def _again(db: Database) -> None:
    claim = tell(db, "It is back.", status="reopened", date="2022-05-01", published="2022-05-02", now=LATER)
    _approve(db, claim)


def test_each_reviewed_change_is_posted_once_and_unreviewed_ones_not_at_all(
    db: Database, tmp_path: Path, hook: Hook
) -> None:
    config = _config(tmp_path, f'name = "all"\nwebhook = "{hook.url}"\nsince = "2022-01-01"')
    assert run_alerts(db.conn, config, Clock()) == (0, [])
    _approve(db)
    assert run_alerts(db.conn, config, Clock()) == (1, [])
    assert run_alerts(db.conn, config, Clock()) == (0, [])
    [(key, body)] = hook.got
    assert (body["before"], body["after"], body["date"]) == ("unknown", "closed", "2022-02-28")
    assert body["claims"][0]["quote"] == HOSTILE
    assert key == f"all/{body['change_id']}"
    _again(db)
    assert run_alerts(db.conn, config, Clock()) == (1, [])
    assert [body["after"] for _, body in hook.got] == ["closed", "open"]


def test_a_new_alert_tells_of_later_changes_only(db: Database, tmp_path: Path, hook: Hook) -> None:
    _approve(db)
    config = _config(tmp_path, f'name = "later"\nwebhook = "{hook.url}"')
    assert run_alerts(db.conn, config, Clock()) == (0, [])
    _again(db)
    assert run_alerts(db.conn, config, Clock()) == (1, [])
    assert [body["after"] for _, body in hook.got] == ["open"]


def test_an_alert_that_was_new_when_there_was_nothing_loses_nothing(db: Database, tmp_path: Path, hook: Hook) -> None:
    config = _config(tmp_path, f'name = "later"\nwebhook = "{hook.url}"')
    assert run_alerts(db.conn, config, Clock()) == (0, [])
    _approve(db)
    assert run_alerts(db.conn, config, Clock()) == (1, [])


def test_what_a_server_refuses_is_kept_and_sent_later(db: Database, tmp_path: Path, hook: Hook) -> None:
    _approve(db)
    config, clock = _config(tmp_path, f'name = "x"\nwebhook = "{hook.url}"\nsince = "2022-01-01"'), Clock()
    hook.codes = [500, 302, 204]
    for minutes in (1, 2):
        sent, [line] = run_alerts(db.conn, config, clock)
        assert (sent, line.startswith("alerts: x: chg-")) == (0, True)
        assert run_alerts(db.conn, config, clock) == (0, []), "not tried again before its time"
        clock.turn(minutes=minutes)
    assert outbox.waiting(db.conn)[0]["tries"] == 2
    assert run_alerts(db.conn, config, clock) == (1, [])
    assert outbox.waiting(db.conn) == []
    assert len({key for key, _ in hook.got}) == 1


def test_a_server_that_is_away_loses_nothing(db: Database, tmp_path: Path) -> None:
    with running(Hook()) as gone:
        url = gone.url
    _approve(db)
    config, clock = _config(tmp_path, f'name = "x"\nwebhook = "{url}"\nsince = "2022-01-01"'), Clock()
    sent, lines = run_alerts(db.conn, config, clock)
    assert (sent, len(lines)) == (0, 1)
    assert "refuses connections" in lines[0]


def test_a_server_that_fails_is_asked_once_in_a_turn_and_the_other_alerts_go_on(
    db: Database, tmp_path: Path, hook: Hook
) -> None:
    _approve(db)
    _again(db)
    hook.codes = [500, 204]
    with running(Hook()) as other:
        alerts = [f'name = "{name}"\nwebhook = "{url}"\nsince = "2022-01-01"'
                  for name, url in (("a", hook.url), ("b", other.url))]  # fmt: skip
        config, clock = _config(tmp_path, *alerts), Clock()
        sent, [line] = run_alerts(db.conn, config, clock)
        assert (sent, len(hook.got), len(other.got)) == (2, 1, 2)
    assert line.endswith("; 1 more of this alert wait")
    clock.turn(minutes=1)
    assert run_alerts(db.conn, config, clock) == (2, [])


@pytest.mark.parametrize("code", [400, 413, 422])
def test_a_message_that_is_refused_alone_holds_up_no_other(db: Database, tmp_path: Path, hook: Hook, code: int) -> None:
    _approve(db)
    _again(db)
    hook.codes = [code, 200]
    config = _config(tmp_path, f'name = "x"\nwebhook = "{hook.url}"\nsince = "2022-01-01"')
    sent, [line] = run_alerts(db.conn, config, Clock())
    assert (sent, len(hook.got), len(outbox.waiting(db.conn))) == (1, 2, 1)
    assert f"HTTP {code}; tried again from 2022-06-01T00:01:00Z" in line


def test_the_path_of_a_webhook_is_told_to_nobody(db: Database, tmp_path: Path, hook: Hook) -> None:
    _approve(db)
    hook.codes = [500]
    url = hook.url.replace("http://", "http://user:word@") + "/secret"
    _, lines = run_alerts(db.conn, _config(tmp_path, f'name = "x"\nwebhook = "{url}"\nsince = "2022-01-01"'), Clock())
    told = f"{lines} {outbox.waiting(db.conn)}"
    assert "secret" not in told
    assert "word" not in told
    assert f"http://127.0.0.1:{hook.server_address[1]}: HTTP 500" in told


def test_a_sender_that_was_killed_holds_a_message_for_ten_minutes_only(
    db: Database, tmp_path: Path, hook: Hook
) -> None:
    config, clock = _config(tmp_path, f'name = "x"\nwebhook = "{hook.url}"'), Clock()
    run_alerts(db.conn, config, clock)
    _approve(db)
    outbox.note(db.conn, "x", {"chg-1": {"title": "t", "claims": [], "change_id": "chg-1"}}, LATER, all_of_them=False)
    assert outbox.take(db.conn, ["x"], LATER, "2022-06-01T00:10:00Z")
    assert outbox.take(db.conn, ["x"], LATER, "2022-06-01T00:10:00Z") is None, "held by the sender that was killed"
    assert run_alerts(db.conn, config, clock)[0] == 1, "the others are not held up"
    clock.turn(minutes=11)
    assert run_alerts(db.conn, config, clock)[0] == 1


def test_slack_gets_text_in_which_nothing_is_markup(db: Database, tmp_path: Path, hook: Hook) -> None:
    _approve(db)
    run_alerts(
        db.conn, _config(tmp_path, f'name = "s"\nwebhook = "{hook.url}"\nform = "slack"\nsince = "2022-01-01"'), Clock()
    )
    [(_, body)] = hook.got
    assert list(body) == ["text"]
    assert body["text"].startswith("France, embassy to Ukraine in Kyiv: unknown to closed, 2022-02-28\n")
    assert "&lt;https://x.example|click&gt; &amp;" in body["text"]


def test_mail_by_smtp(db: Database, tmp_path: Path, mail: Mail) -> None:
    _approve(db)
    smtp = f'[smtp]\nport = {mail.server_address[1]}\nhost = "127.0.0.1"\nsender = "legation@example.org"\n'
    config = _config(tmp_path, 'name = "m"\nemail = "desk@example.org"\nsince = "2022-01-01"', more=smtp)
    assert run_alerts(db.conn, config, Clock()) == (1, [])
    [sent] = (message_from_bytes(raw, policy=policy.default) for raw in mail.got)
    assert (sent["to"], sent["from"], sent["bcc"]) == ("desk@example.org", "legation@example.org", None)
    assert sent["subject"] == "France, embassy to Ukraine in Kyiv: unknown to closed, 2022-02-28"
    assert "Bcc: all@example.org" in sent.get_content(), "the quote is text, no header"


@pytest.mark.parametrize(
    ("verb", "answer", "words"),
    [
        (b"RCPT", b"550 no such user", "the server does not take mail for this address (code 550)"),
        (b"MAIL", b"553 not you", "the server does not take mail from the address in smtp.sender (code 553)"),
        (b"DATA", b"554 spam", "the server did not take the message (code 554)"),
        (b"EHLO", b"421 busy", "the server did not take the message (code 421)"),
    ],
)
def test_mail_that_a_server_refuses_is_kept_and_sent_later(
    db: Database, tmp_path: Path, mail: Mail, verb: bytes, answer: bytes, words: str
) -> None:
    _approve(db)
    smtp = f'[smtp]\nport = {mail.server_address[1]}\nhost = "127.0.0.1"\n'
    config, clock = (
        _config(tmp_path, 'name = "m"\nemail = "desk@example.org"\nsince = "2022-01-01"', more=smtp),
        Clock(),
    )
    mail.answers = {verb: answer} | ({b"HELO": answer} if verb == b"EHLO" else {})
    sent, [line] = run_alerts(db.conn, config, clock)
    assert (sent, mail.got) == (0, [])
    assert f"127.0.0.1:{mail.server_address[1]}: {words}; tried again from" in line
    mail.answers = {}
    clock.turn(minutes=1)
    assert run_alerts(db.conn, config, clock) == (1, [])
    assert len(mail.got) == 1


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ('security = "starttls"', "the server does not offer what is asked for: TLS"),
        ('security = "tls"', "the server does not speak TLS as it must"),
        ('user = "ana"', "the server does not offer what is asked for"),
    ],
)
def test_a_mail_server_that_lacks_what_is_configured(
    db: Database, tmp_path: Path, mail: Mail, setting: str, words: str
) -> None:
    _approve(db)
    smtp = f'[smtp]\nport = {mail.server_address[1]}\nhost = "127.0.0.1"\n{setting}\n'
    config = _config(tmp_path, 'name = "m"\nemail = "desk@example.org"\nsince = "2022-01-01"', more=smtp)
    sent, [line] = run_alerts(db.conn, config, Clock())
    assert (sent, mail.got) == (0, [])
    assert words in line


def test_an_atom_file_is_written_once_in_a_turn_and_waits_for_its_folder(db: Database, tmp_path: Path) -> None:
    _approve(db)
    _again(db)
    config, clock = _config(tmp_path, 'name = "f"\nfile = "there/f.atom"\nsince = "2022-01-01"'), Clock()
    sent, [line] = run_alerts(db.conn, config, clock)
    assert sent == 0
    assert "2 messages wait, tried again from 2022-06-01T00:01:00Z" in line
    (tmp_path / "there").mkdir()
    clock.turn(minutes=1)
    assert run_alerts(db.conn, config, clock) == (2, [])
    root = ET.parse(tmp_path / "there" / "f.atom").getroot()
    days = [str(entry.findtext(f"{{{ATOM}}}updated"))[:10] for entry in root.iter(f"{{{ATOM}}}entry")]
    assert days == ["2022-05-01", "2022-02-28"]
    assert root.findtext(f"{{{ATOM}}}updated") == "2022-05-01T00:00:00Z"


def test_an_atom_file_has_all_that_was_told(db: Database, tmp_path: Path) -> None:
    _approve(db)
    config = _config(tmp_path, 'name = "f"\nfile = "f.atom"\nsince = "2022-01-01"')
    run_alerts(db.conn, config, Clock())
    _again(db)
    run_alerts(db.conn, config, Clock())
    root = ET.parse(tmp_path / "f.atom").getroot()
    titles = [entry.findtext(f"{{{ATOM}}}title") for entry in root.iter(f"{{{ATOM}}}entry")]
    assert [str(title).rsplit(": ", 1)[1] for title in titles] == [
        "closed to open, 2022-05-01",
        "unknown to closed, 2022-02-28",
    ]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ('place = "Kyiv"', 1), ('place = "Lviv"', 0), ('place = "Ukraine"', 1), ('of = "France"', 1), ('of = "NO"', 0),
        ('region = "Europe"', 1), ('region = "Africa"', 0), ('kinds = ["consulate"]', 0), ('states = ["closed"]', 1),
        ('states = ["open"]', 0), ("reviewed = false", 1),
    ],
)  # fmt: skip
def test_an_alert_is_about_what_it_names(db: Database, tmp_path: Path, hook: Hook, condition: str, count: int) -> None:
    if "reviewed" not in condition:
        _approve(db)
    config = _config(tmp_path, f'name = "x"\nwebhook = "{hook.url}"\nsince = "2022-01-01"\n{condition}')
    assert run_alerts(db.conn, config, Clock()) == (count, [])


@pytest.mark.parametrize(
    ("alert", "words"),
    [
        ('name = "x"', "give one of webhook, email, file"),
        ('name = "x"\nfile = "a"\nemail = "b@c.example"', "give one of"),
        ('name = "x"\nwebhook = "ftp://x"', "alerts[0].webhook"),
        ('name = "a b"\nfile = "a"', "alerts[0].name"),
        ('name = "x"\nfile = "a"\nsince = "yesterday"', "alerts[0].since"),
        ('name = "x"\nfile = "a"\nstates = ["shut"]', "alerts[0].states"),
        ('name = "x"\nemail = "desk"', "alerts[0].email: "),
        ('name = "x"\nemail = "a@b.example, c@d.example"', "not one address of mail"),
        ('name = "x"\nemail = "a@b.example\\nBcc: c@d.example"', "not one address of mail"),
        ('name = "x"\nfile = "a"\n[smtp]\nsender = ""', "smtp.sender"),
        ('name = "x"\nfile = "a"\n[[alerts]]\nname = "x"\nfile = "b"', "the name x is given twice"),
    ],
)
def test_a_wrong_alert_is_named_by_its_place(tmp_path: Path, alert: str, words: str) -> None:
    with pytest.raises(UsageProblem) as error:
        _config(tmp_path, alert)
    assert words in str(error.value)


def test_a_place_that_cannot_be_meant_sends_nothing(db: Database, tmp_path: Path, hook: Hook) -> None:
    good = f'name = "good"\nwebhook = "{hook.url}"\nsince = "2022-01-01"'
    config = _config(tmp_path, good, 'name = "bad"\nfile = "x.atom"\nplace = "Atlantis"')
    with pytest.raises(UsageProblem, match="alerts: bad: place: Atlantis"):
        run_alerts(db.conn, config, Clock())
    assert hook.got == []


def test_by_command(
    db: Database, tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    legation = runner(tmp_path, monkeypatch, capsys)
    _approve(db)
    _config(tmp_path, f'name = "x"\nwebhook = "{hook.url}"\nsince = "2022-01-01"')
    hook.codes = [503]
    done = legation("alerts")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "0 messages sent\n", 1)
    assert "HTTP 503" in legation("alerts", "--list").stdout
