"""What tables, views and their columns are called on the pages of the data, and which tables are hidden there."""

HIDDEN = (  # tables by which the program works, of no use to a reader
    "_sqlite_migrations", "alerts", "articles_fts", "bodies", "claims_fts", "extractions", "faults", "hosts", "items",
    "listings", "mentions", "pairs", "period_claims", "queue", "replacements", "second_requests", "settings", "states",
)  # fmt: skip
# Table or view -> its title on the pages, and what is in it.
ABOUT = {
    "current_status": ("Missions today", "The state of each mission today, and what it rests on."),
    "status_periods": ("Missions over time", "Every period of every mission: state, since when, until when."),
    "changes": ("Changes", "Every change from one state to another."),
    "announcements": ("Announcements", "Announced, and not known to have happened."),
    "conflicts": ("Contradictions", "Claims that speak against what holds."),
    "claims_reviewed": ("Claims after review", "Every claim as it is after review, with its quote."),
    "coverage": ("Coverage", "How many articles of which source were read."),
    "readers_differ": ("Where readers differ", "Where the language model that reads along differs."),
    "review_queue": ("Queue of the reviewers", "What waits for a reviewer, most consequential first."),
    "claims": ("Claims as read", "Every claim as it was read."),
    "evidence": ("Marked words", "The words of an article that a claim was read from."),
    "periods": ("Periods", "States of missions over time, as codes."),
    "articles": ("Articles", "What was read, as clean text."),
    "decisions": ("Decisions", "Every decision of a reviewer."),
    "reviews": ("Reviews", "The state of each claim after the decisions on it."),
    "remarks": ("Remarks", "What reviewers are unsure about, and whom they ask."),
    "sources": ("Sources", "Where articles come from, and how each source fares."),
    "added_sources": ("Added sources", "Sources that editors added in the browser."),
    "countries": ("Countries", "Codes, names and regions of States."),
    "publishers": ("Publishers", "Whose articles are one voice."),
    "public_ids": ("Public ids", "Every public id that was ever shown, and what has taken its place."),
    "ageing": ("Age of evidence", "After how long the evidence for a state counts less, and is called old."),
}


def table_title(name: str) -> str:
    """How a table or view is called on the pages: "Missions today" for current_status."""
    return ABOUT[name][0] if name in ABOUT else column_title(name)


def column_title(name: str) -> str:
    """How a column is called on the pages: "Receiving State" for receiving_state, "Address" for url."""
    words = {"url": "address", "id": "number"}.get(name, name).replace("_", " ")
    return words[:1].upper() + words[1:].replace("ing state", "ing State")
