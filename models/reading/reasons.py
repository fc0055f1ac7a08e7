"""Names of features in words that a reviewer understands. The words are data: models/data/reasons.toml."""

from legation.models.lexicon import table


def in_words(name: str) -> str:
    """ "event.word=closed" -> 'the event is "closed"'; a name without words of its own stays as it is."""
    kind, _, value = name.partition("=")
    words: dict[str, str] = table("reasons.toml")["words"]
    template = words.get(kind)
    return template.replace("{}", value) if template is not None else name.replace("=", " ")
