"""`legation alerts`: note what is new, send what waits. Each message leaves once; what fails is kept and tried again.

A message is marked as sent after the receiver has taken it. A sender that is killed between the two leaves it held for
ten minutes; then it goes out again under the same Idempotency-Key or Message-ID, by which a receiver knows it.
"""

import os
import smtplib
import sqlite3
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.db import alerts as outbox
from legation.pipeline.alerts.matching import matching_changes, setting_problems, text
from legation.pipeline.alerts.settings import AlertConfig, SmtpConfig
from legation.pipeline.errors import UsageProblem
from legation.pipeline.fetch.error_messages import server_error
from legation.pipeline.fetch.retry import stamp

if TYPE_CHECKING:
    from legation.pipeline.config import Config

SECONDS = 20.0  # for a server to take a message
LONGEST = timedelta(hours=12)  # between two tries


class NotSent(Exception):
    """A server did not take a message; the words say why."""


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
    by_name = {alert.name: alert for alert in config.alerts}
    count = 0
    lines: list[str] = []
    while True:
        now = clock()
        held = stamp(now + timedelta(seconds=outbox.TAKEN_SECONDS))
        message = outbox.take(connection, list(by_name), stamp(now), held)
        if message is None:
            return count, lines
        try:
            deliver(by_name[message.alert], config, message, connection)
        except NotSent as error:
            wait = min(LONGEST, timedelta(minutes=2 ** min(message.tries, 10)))
            outbox.failed(connection, message, str(error), stamp(clock() + wait))
            lines.append(
                f"alerts: {message.alert}: {message.change_id}: {error}; tried again from {stamp(clock() + wait)}"
            )
        else:
            outbox.sent(connection, message, stamp(clock()))
            count += 1


def deliver(alert: AlertConfig, config: "Config", message: outbox.Message, connection: sqlite3.Connection) -> None:
    """Send a message the way of its alert; NotSent if the receiver did not take it."""
    if alert.webhook:
        _post(alert, message)
    elif alert.email:
        _mail(alert, config.smtp, message)
    else:
        _write(alert, config.folder / alert.file, message, connection)


def _post(alert: AlertConfig, message: outbox.Message) -> None:
    import httpx

    body = message.content if alert.form == "json" else {"text": _slack(text(message.content))}
    key = f"{alert.name}/{message.change_id}"
    try:
        answer = httpx.post(
            alert.webhook, json=body, headers={"Idempotency-Key": key}, timeout=SECONDS, follow_redirects=False
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotSent(f"{alert.webhook}: {server_error(error)}") from error
    if not answer.is_success:
        raise NotSent(f"{alert.webhook}: HTTP {answer.status_code}")


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
        raise NotSent(f"{smtp.host}:{smtp.port}: {server_error(error)}") from error


def _write(alert: AlertConfig, target: Path, message: outbox.Message, connection: sqlite3.Connection) -> None:
    """The Atom file anew, with this message and all that were sent before."""
    from legation.pipeline.feed import write_entries

    now: Mapping[str, Any] = message.content | {"sent_at": ""}
    try:
        write_entries(target, alert.name, [now, *outbox.sent_messages(connection, alert.name)])
    except UsageProblem as error:
        raise NotSent(str(error)) from error
