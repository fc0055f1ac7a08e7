"""The command `legation`: finds the command, prints errors, chooses the exit code. The only file that exits.

Commands are imported when they are called, so that `legation --help` does not wait for spaCy.
"""

import errno
import os
import sys
from importlib import import_module
from itertools import pairwise

import click

# name -> what it does, in the order in which they are shown; the module of each is pipeline/commands/<name>.py
COMMANDS = {
    "ingest": "Fetch, clean and read what the sources have that is new.",
    "extract": "Read articles and print their claims, without a database.",
    "explain": "Show why an article gives the claims that it gives.",
    "evaluate": "Compare the claims of articles with those a reader found.",
    "train": "Fit the reader's weights to texts and decisions.",
    "scan": "Read archives of web pages and write the articles that hold claims.",
    "second-reader": "Let a language model read along, and read other languages.",
    "claims": "List the claims in the database.",
    "review": "Approve, reject or correct claims.",
    "reviewers": "Show what each reviewer did, and how far they agree.",
    "serve": "Open the review desk and the status board in a browser.",
    "report": "Write the status board of a place as one HTML file.",
    "status": "Say which missions work, where, since when.",
    "history": "Show every period of a State's missions to another.",
    "changes": "List changes of status, newest first.",
    "conflicts": "List the claims that speak against what holds.",
    "sources-of": "Show what a claim rests on, and every decision on it.",
    "search": "Find words in articles and quotes.",
    "export": "Write claims, status, periods or changes for other programs.",
    "feed": "Write an Atom feed of reviewed changes of status.",
    "alerts": "Send messages about changes of status.",
    "release": "Write a release of the data that can be cited.",
    "verify": "Check that a release is as it was cited.",
    "import": "Load a known list of missions as claims of its own.",
    "sources": "List the sources with their health.",
    "runs": "Show what the last runs did.",
    "backup": "Copy the database while others may write to it.",
    "prune": "Drop raw bodies of pages that are no longer needed.",
    "check": "Check configuration, language model and database.",
}


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


def _leave_stdout() -> None:
    """Let what still waits to be written go nowhere: at its end Python would try again, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Commands(click.Group):
    """A group whose commands are modules, imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"legation.pipeline.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
            return code
        except BrokenPipeError:  # the reader of the pipe ended, as `head` does; click would end with 1
            _leave_stdout()
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="legation")
def legation(debug: bool) -> None:
    """Which embassies are open, where, since when, and who says so?

    \b
    legation ingest             fetch and read the news that config.toml names
    legation status Kyiv        what that says of the missions in Kyiv
    legation extract page.html  the claims of one page, as JSON Lines
    """


def main(argv: list[str] | None = None) -> None:
    """Run a command; end with the exit codes that every command shares: 0, 1, 2, 3, 130."""
    arguments = sys.argv[1:] if argv is None else argv
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the program that started us
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - it stays open to the end
    try:
        sys.exit(legation.main(args=arguments, standalone_mode=False) or 0)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        if _as_json(arguments):
            _tell([error.format_message()], arguments)
        else:
            error.show()
        sys.exit(2)
    except KeyboardInterrupt:
        _tell(["interrupted"], arguments)
        sys.exit(130)
    except Exception as error:
        if "--debug" in arguments:
            raise
        code, lines = _report(error)
        _tell(lines, arguments)
        sys.exit(code)


def _as_json(arguments: list[str]) -> bool:
    """Whether the user wishes every message as JSON; asked of the words typed, since these may be what is wrong."""
    return "--log-format=json" in arguments or ("--log-format", "json") in pairwise(arguments)


def _tell(lines: list[str], arguments: list[str]) -> None:
    """Errors, to standard error, in the form that the user wishes."""
    if _as_json(arguments):
        from legation.pipeline.logs import json_line

        lines = [json_line(line, level="error") for line in lines]
    for line in lines:
        click.echo(line, err=True)


def _report(error: Exception) -> tuple[int, list[str]]:
    """Exit code, and one line (or one a problem) for the user; any other error is an internal error."""
    from legation.db.errors import DatabaseError, Locked
    from legation.models.errors import ModelError
    from legation.pipeline.errors import LegationError

    if isinstance(error, LegationError):
        return error.exit_code, str(error).splitlines()
    if isinstance(error, (DatabaseError, ModelError)):
        return 3 if isinstance(error, Locked) else 2, str(error).splitlines()
    if isinstance(error, OSError) and error.errno in FULL:
        _leave_stdout()
        place = error.filename or "standard output"
        return 2, [f"{place}: {os.strerror(error.errno or 0)}; free some room, or write elsewhere"]
    if isinstance(error, OverflowError):
        return 2, ["a number is too large for the database; give a smaller one"]
    return 1, [f"{type(error).__name__}: {error} (internal error: run again with --debug and report it)"]
