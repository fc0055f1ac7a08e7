"""What an editor can do about an error of a source."""

import re

AGAIN = "It is asked again by itself"
# The first pattern that is found in the error tells what to do.
_CURES = tuple(
    (re.compile(pattern), cure)
    for pattern, cure in {
        r"HTTP 40[14]\b|HTTP 410": "The address is gone: look on the site for its feed of today, and add that",
        r"HTTP 40[036]\b|HTTP 451": "The server turns programs away: set [fetch] contact in config.toml, or ask the "
        "publisher; else pause the source",
        r"HTTP 429|asked to wait|HTTP 503": f"The server asks for patience. {AGAIN}",
        r"HTTP 5\d\d": f"The server has a fault of its own. {AGAIN}; if it lasts, look at the address in a browser",
        r"robots\.txt disallows": "The publisher does not want programs there: look for another feed of the site",
        r"robots\.txt": f"Its robots.txt cannot be read, so nothing may be fetched. {AGAIN}",
        r"not public": "It is on a private network. If that is meant, name the host in [fetch] allow_private of "
        "config.toml",
        r"has no address": "Look at the spelling of the host; if it is right, this machine may have no network",
        r"certificate|TLS": "Look at the address in a browser; if it warns too, only the publisher can mend it",
        r"redirect": "The address leads round in a circle: open it in a browser and take the one where it ends",
        r"only http and https": "Write an address that begins with https:// or http://",
        r"user name|backslash|not an address|over \d+ characters|can be asked for": "Copy the address anew from the "
        "browser",
        r"web page, not|not a feed|not a sitemap|is no feed": "Something else is there, often a consent page or a new "
        "start page: try its address here, to see which feeds it names",
        r"not well-formed|not JSON": "What could be read was taken; the publisher has to mend the rest",
        r"without naming a page": "It answers and names no article: the address may have moved, or the feed is empty",
        r"more than max_new": "That is usual in the first runs; the rest comes with the next ones",
        r"min_new": "It names less than [[sources]] min_new expects: look whether the feed is still kept up",
        r"sitemaps left out": "Raise max_sitemaps of the source in config.toml, or choose a smaller sitemap",
        r"body over": "It is too long: choose a smaller feed, or raise [fetch] max_listing_bytes",
        r"left out, because": "Entries without an address cannot be fetched; the others are",
        r"timeout|in time|refuses connections|reached|closed the connection|rules of HTTP|cut short": f"{AGAIN}; if it "
        "lasts, look at the address in a browser",
    }.items()
)


def advice(error: str) -> str:
    """What to do about an error, as a sentence with its full stop; what holds for every error if it is not known."""
    words = re.sub(r"https?://\S+", "", error)  # an address says nothing of what went wrong
    cure = next((cure for pattern, cure in _CURES if pattern.search(words)), None)
    return (cure or f"{AGAIN}; if it lasts, look at the address in a browser") + "."
