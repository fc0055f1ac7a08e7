"""Why an article cannot be read, or the reader not be trained."""


class ModelError(Exception):
    """The language pipeline is missing or unfit; the message says what to install or change."""


class GoldError(ModelError):
    """Texts with known claims cannot be read; the message names the file and line."""
