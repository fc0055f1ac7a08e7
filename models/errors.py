"""Why an article cannot be read."""


class ModelError(Exception):
    """The language pipeline is missing or unfit; the message says what to install or change."""
