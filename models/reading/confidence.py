"""How sure a claim is, from how each of its parts was found. The weights are data: models/data/confidence.toml."""

import math

from legation.models.lexicon import table


def confidence(voice: str, sender: str, host: str, modality: str) -> float:
    """A probability, 0 to 1, that a careful reader confirms the claim; three digits."""
    weights = table("confidence.toml")
    parts = {"voice": voice, "sender": sender, "host": host, "modality": modality}
    total = weights["bias"] + sum(weights[name].get(value, weights["other"]) for name, value in parts.items())
    return round(1 / (1 + math.exp(-total)), 3)
