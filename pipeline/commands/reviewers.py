"""`legation reviewers`."""

from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.option("--agreement", is_flag=True, help="How often two reviewers agree, with Cohen's kappa.")
@click.option("--disagreements", is_flag=True, help="List the claims on which two reviewers differ, newest first.")
@format_option
def command(config: "Config", form: str, agreement: bool, disagreements: bool) -> None:
    """Show what each reviewer did, and how far two of them agree.

    Agreement is measured on second opinions, which are given at the desk without seeing the first verdict.

    \b
    legation reviewers
    legation reviewers --agreement
    legation reviewers --disagreements --format jsonl
    """
    from legation.pipeline import reviewers

    db = open_database(config)
    if agreement:
        print_rows(reviewers.agreement_rows(db), reviewers.AGREEMENT, form)
    elif disagreements:
        print_rows(reviewers.disagreement_rows(db), reviewers.DISAGREEMENTS, form)
    else:
        print_rows(reviewers.people_rows(db), reviewers.PEOPLE, form)
