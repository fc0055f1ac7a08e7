"""What can go wrong for a user, and the exit code of each.

    LegationError (1)       some source, page or file failed
    └─ UsageProblem (2)     wrong usage or configuration; lists every problem
    └─ Busy (3)             another run holds the database

`legation.db.errors.DatabaseError` and `legation.models.errors.ModelError` are shown the same way and end with 2.
"""


class LegationError(Exception):
    """Base; the message is one line for the user."""

    exit_code = 1


class UsageProblem(LegationError):
    """Wrong usage or configuration. `problems` are lines of the form `place: what: cure`."""

    exit_code = 2

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Unfit(ValueError):
    """What a source sent is not what it is taken for. The message is one line for the user."""


class Busy(LegationError):
    """Another run holds the database."""

    exit_code = 3
