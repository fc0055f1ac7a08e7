"""Why a database cannot be used or a write is refused. Each message names the file or row and the cure."""


class DatabaseError(Exception):
    """Base of all refusals by the database; the message is one line for the user."""


class NotOurs(DatabaseError):
    """The file is no SQLite database, or another program's."""


class TooNew(DatabaseError):
    """The schema was made by a newer version of this program."""


class Unwritable(DatabaseError):
    """The file or its folder cannot be written: read-only, missing or full."""


class Locked(DatabaseError):
    """Another run holds the database."""


class Stale(DatabaseError):
    """The row has changed since the caller read it."""


class Refused(DatabaseError):
    """A decision that is not allowed, or not well formed."""
