"""Article -> claims, by the language pipeline of `models`."""

from collections.abc import Iterable, Iterator

from models.claim import Claim, Text


class Reader:
    """A loaded language pipeline. `version` names the rules and the model, so that a stored reading can be redone."""

    def __init__(self, model_name: str) -> None:
        from models.load import load, version

        self.nlp = load(model_name)
        self.version = version(self.nlp)

    def read(self, texts: Iterable[Text]) -> Iterator[list[Claim]]:
        """The claims of each text, in the order of the texts."""
        for text in texts:
            doc = self.nlp.make_doc(text.text)
            doc._.title, doc._.published = text.title, text.published
            yield list(self.nlp(doc)._.claims)
