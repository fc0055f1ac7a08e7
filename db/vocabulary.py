"""The fixed words of claims, decisions and status that this package reasons with; the schema's CHECKs hold the same."""

STATUSES = ("reopened", "opened", "remained_open", "reduced", "relocated", "evacuated", "suspended", "closed")
MODALITIES = ("fact", "planned", "possible", "denied")
KINDS = ("embassy", "consulate", "delegation", "office", "mission")
STATES = ("open", "limited", "relocated", "closed", "suspended", "evacuated", "unknown")
VERDICTS = ("approve", "reject", "correct", "undo")
REVIEWS = ("unreviewed", "approved", "rejected", "corrected")
REASONS = (
    "wrong sender", "wrong host", "wrong city", "wrong direction", "wrong mission", "wrong status", "wrong modality",
    "wrong date", "old news", "retracted", "not a mission", "quote does not support it", "duplicate", "other",
)  # fmt: skip

# The state that a fact of each status brings about, seen from an unknown state.
TARGET = {
    "reopened": "open",
    "opened": "open",
    "remained_open": "open",
    "reduced": "limited",
    "relocated": "relocated",
    "evacuated": "evacuated",
    "suspended": "suspended",
    "closed": "closed",
}
