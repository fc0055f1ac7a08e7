"""What was said, in the form in which status is computed from it: one frozen record for each claim that counts."""

from calendar import monthrange
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim with its fields as they stand after review.

    `key` breaks ties, so that no result depends on the order of storing. None as `city`, `date` or `relocated_to`: not
    stated.
    `published` is YYYY-MM-DD or YYYY-MM; None: the article has no date, `recorded_at` (UTC) then tells when. `origin`
    is the article first published with this text, `publisher` its site. `review` is unreviewed, approved or corrected;
    rejected claims are never passed on.
    """

    claim: int
    key: str
    sending_state: str
    receiving_state: str
    city: str | None
    kind: str
    status: str
    modality: str
    date: str | None
    relocated_to: str | None
    published: str | None
    recorded_at: str
    origin: int
    publisher: str | None
    confidence: float
    review: str

    @property
    def reported(self) -> str:
        """The day on which it was said: of publication, or of recording where that is not known.

        Of a month (YYYY-MM) its last day, or the day of recording where that is earlier: then it was said for sure.
        """
        if self.published is None:
            return self.recorded_at[:10]
        if len(self.published) != len("2024-03"):
            return self.published
        year, month = map(int, self.published.split("-"))
        return min(f"{self.published}-{monthrange(year, month)[1]:02}", self.recorded_at[:10])

    @property
    def day(self) -> str:
        """The day from which it counts: a month or a year stands for its first day; not stated: the day it was said."""
        if self.date is None:
            return self.reported
        return self.date + "0000-01-01"[len(self.date) :]

    @property
    def precision(self) -> str:
        """day, month or year, as told; reported: not stated, on `day` at the latest."""
        if self.date is None:
            return "reported"
        return {10: "day", 7: "month", 4: "year"}[len(self.date)]

    @property
    def outlet(self) -> str:
        """What counts as one independent voice: the publisher; an article of unknown site is its own."""
        return self.publisher or f"article {self.origin}"
