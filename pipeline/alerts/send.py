"""`legation alerts`: note what is new, send what waits. Each message leaves once; what fails is kept and tried again.

A message is marked as sent after the receiver has taken it. A sender that is killed between the two leaves it held for
ten minutes; then it goes out again under the same Idempotency-Key or Message-ID, by which a receiver knows it.
"""

import os
import smtplib
import sqlite3
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from legation.db import alerts as outbox
from legation.db.transactions import immediate
from legation.pipeline.alerts.matching import matching_changes, setting_problems, text
from legation.pipeline.alerts.settings import AlertConfig, SmtpConfig
from legation.pipeline.errors import UsageProblem
from legation.pipeline.fetch.error_messages import server_error
from legation.pipeline.fetch.retry import stamp

if TYPE_CHECKING:
    from legation.pipeline.config import Config

SECONDS = 20.0  # for a server to take a message
LONGEST = timedelta(hours=12)  # between two tries
ABOUT_ONE_MESSAGE = (400, 413, 422)  # answers that say nothing of other messages


class NotSent(Exception):
    """A server did not take a message; the words say why. `alone`: it may take others."""

    def __init__(self, words: str, *, alone: bool = False) -> None:
        super().__init__(words)
        self.alone = alone


def run_alerts(
    connection: sqlite3.Connection, config: "Config", clock: Callable[[], datetime]
) -> tuple[int, list[str]]:
    """Note and send; return how many messages were sent, and a line for each that was not.

    Raises UsageProblem if an alert names a place, State or region that cannot be meant.
    """
    problems = [problem for alert in config.alerts for problem in setting_problems(alert)]
    if problems:
        raise UsageProblem(*problems)
    for alert in config.alerts:
        outbox.note(
            connection, alert.name, matching_changes(connection, alert), stamp(clock()), all_of_them=bool(alert.since)
        )
    return _send(connection, config, clock)


def _send(connection: sqlite3.Connection, config: "Config", clock: Callable[[], datetime]) -> tuple[int, list[str]]:
    """Send what is due. What an alert's server refuses for all ends the turn of this alert: the others go on, and
    nobody waits for a server that is away as often as there are messages."""
    count = 0
    lines: list[str] = []
    for alert in config.alerts:
        if alert.file:
            number, problems = _write_file(connection, alert, config.folder / alert.file, clock)
            count, lines = count + number, lines + problems
    by_name = {alert.name: alert for alert in config.alerts if not alert.file}
    while True:
        now = clock()
        message = outbox.take(connection, list(by_name), stamp(now), _held(now))
        if message is None:
            return count, lines
        alert = by_name[message.alert]
        try:
            _post(alert, message) if alert.webhook else _mail(alert, config.smtp, message)
        except NotSent as error:
            lines.append(
                f"alerts: {alert.name}: {message.change_id}: {error}; {_keep(connection, message, error, clock)}"
            )
            if not error.alone:
                del by_name[alert.name]
                more = outbox.due(connection, alert.name, stamp(clock()))
                lines[-1] += f"; {more} more of this alert wait" if more else ""
        else:
            outbox.sent(connection, [message], stamp(clock()))
            count += 1


def _held(now: datetime) -> str:
    return stamp(now + timedelta(seconds=outbox.TAKEN_SECONDS))


def _keep(
    connection: sqlite3.Connection, message: outbox.Message, error: NotSent, clock: Callable[[], datetime]
) -> str:  # fmt: skip
    """Keep a message that was not taken; when it is tried again, in words."""
    again = stamp(clock() + min(LONGEST, timedelta(minutes=2 ** min(message.tries, 10))))
    outbox.failed(connection, message, str(error), again)
    return f"tried again from {again}"


def _post(alert: AlertConfig, message: outbox.Message) -> None:
    import httpx

    body = message.content if alert.form == "json" else {"text": _slack(text(message.content))}
    key = f"{alert.name}/{message.change_id}"
    try:
        answer = httpx.post(
            alert.webhook, json=body, headers={"Idempotency-Key": key}, timeout=SECONDS, follow_redirects=False
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotSent(f"{_server(alert.webhook)}: {server_error(error)}") from error
    if not answer.is_success:
        code = answer.status_code
        raise NotSent(f"{_server(alert.webhook)}: HTTP {code}", alone=code in ABOUT_ONE_MESSAGE)


def _server(webhook: str) -> str:
    """The server of an address, to name it: the path of a webhook is often its password."""
    parts = urlsplit(webhook)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _slack(words: str) -> str:
    """Text in which nothing is markup of Slack's."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mail(alert: AlertConfig, smtp: SmtpConfig, message: outbox.Message) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = smtp.sender, alert.email, str(message.content["title"])
    mail["Message-ID"] = f"<{message.change_id}.{alert.name}@legation.invalid>"
    mail.set_content(text(message.content))
    try:
        if smtp.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                smtp.host, smtp.port, timeout=SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(smtp.host, smtp.port, timeout=SECONDS)
        with server:
            if smtp.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if smtp.user:
                server.login(smtp.user, os.environ.get(smtp.password_env, ""))
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        alone = isinstance(error, smtplib.SMTPDataError)
        raise NotSent(f"{smtp.host}:{smtp.port}: {server_error(error)}", alone=alone) from error
    except UnicodeError as error:
        words = "smtp.host, smtp.user and the password may have letters of ASCII only"
        raise NotSent(f"{smtp.host}:{smtp.port}: {words}") from error


def _write_file(
    connection: sqlite3.Connection, alert: AlertConfig, target: Path, clock: Callable[[], datetime]
) -> tuple[int, list[str]]:
    """Write the Atom file anew, with all that is due and all that was told before; count, and a line if it cannot be
    written."""
    from legation.pipeline.feed import write_entries

    now = clock()
    messages = outbox.take_all(connection, alert.name, stamp(now), _held(now))
    if not messages:
        return 0, []
    try:
        new = sorted((one.content for one in messages), key=lambda content: str(content["date"]), reverse=True)
        write_entries(target, alert.name, [*new, *outbox.sent_messages(connection, alert.name)])
    except UsageProblem as error:
        with immediate(connection):
            whens = [_keep(connection, message, NotSent(str(error)), clock) for message in messages]
        return 0, [f"alerts: {alert.name}: {error}; {len(messages)} messages wait, {min(whens)}"]
    outbox.sent(connection, messages, stamp(clock()))
    return len(messages), []
