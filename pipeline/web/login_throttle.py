"""Wrong passwords, counted for each address from which they come: guessing is slow, and costs others no time.

To check a password takes the server long, on purpose.
"""

import math
from collections import deque

SIGN_IN = (
    "/-/login"  # of datasette-auth-passwords; it answers a right password with a redirect, a wrong one with the form
)
MANY, SECONDS = 10, 60.0  # so many wrong passwords within so long, then one has to wait


class LoginThrottle:
    """Times of wrong passwords, by address, in seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}

    def wait(self, address: str, now: float) -> int:
        """Seconds until the next password may be tried; 0: at once."""
        times = self._times.get(address)
        return max(0, math.ceil(times[0] + SECONDS - now)) if times and len(times) == MANY else 0

    def note(self, address: str, now: float) -> None:
        """A wrong password came from there."""
        self._times = {other: times for other, times in self._times.items() if times[-1] > now - SECONDS}
        self._times.setdefault(address, deque(maxlen=MANY)).append(now)
