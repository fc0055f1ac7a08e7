"""`legation alerts`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, log_format_option, open_database
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.commands._voice import Voice
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.option("--list", "listed", is_flag=True, help="List the messages that wait, and why; send nothing.")
@format_option
@log_format_option
def command(config: "Config", listed: bool, form: str, voice: "Voice") -> int:
    """Send messages about changes of status, as [[alerts]] in the configuration says.

    Each alert sends each change once. What a server does not take is kept and tried again by a later call; the
    exit code is then 1. A new alert sends later changes only, unless it has `since`. Run it by a timer.

    \b
    legation alerts
    legation alerts --list
    """
    from legation.pipeline.alerts.send import run_alerts

    connection = open_database(config).conn
    if listed:
        from legation.db.alerts import waiting

        print_rows(waiting(connection), ("alert", "change_id", "noted_at", "tries", "retry_at", "problem"), form)
        return 0
    sent, problems = run_alerts(connection, config, lambda: datetime.now(UTC))
    voice.say(f"{sent} messages sent")
    for problem in problems:
        voice.complain(problem)
    return int(bool(problems))
