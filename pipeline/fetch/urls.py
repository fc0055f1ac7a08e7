"""One form for one address, and the publisher that it belongs to."""

import re
from functools import lru_cache
from urllib.parse import urldefrag, urlsplit

import httpx
from courlan import clean_url
from tldextract import TLDExtract

from legation.pipeline.fetch.addresses import Refused

LONGEST_URL = 2_048
SCHEMES = ("http", "https")


def canonical(url: str) -> str | None:
    """`url` without fragment, tracking parameters and default port, blanks in it as %20; None when it is no address of
    a web page."""
    whole = without_blanks(url)
    cleaned = clean_url(whole) if len(whole) <= LONGEST_URL and " " not in whole else None
    if cleaned is None or urlsplit(cleaned).scheme not in SCHEMES:
        return None
    bare = urldefrag(cleaned).url
    return bare + "/" if urlsplit(bare).path == "" and "?" not in bare else bare


def without_blanks(url: str) -> str:
    """`url` as browsers take it: nothing around it, no tabs or line ends, and %20 for each blank behind the host."""
    text = re.sub(r"[\t\r\n]", "", url.strip(" \t\r\n\f\v\u00a0\ufeff"))
    host, blank, rest = text.partition(" ")
    inside = re.match(r"https?://[^/?#]+[/?#]", host, re.IGNORECASE) or not re.match(
        r"[a-z][a-z0-9+.-]*:", host, re.IGNORECASE
    )
    return f"{host}%20{rest.replace(' ', '%20')}" if blank and inside else text


def checked_url(url: str | httpx.URL) -> httpx.URL:
    """`url`, parsed by the parser that the connection uses. Raises Refused for what only looks like a web address."""
    text = str(url)
    if len(text) > LONGEST_URL:
        raise Refused(f"address over {LONGEST_URL} characters")
    if "\\" in text or any(ord(c) <= 32 or ord(c) == 127 for c in text):
        raise Refused("address with a backslash, blank or control character")
    try:
        parsed = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise Refused(f"not an address: {error}") from error
    if parsed.scheme not in SCHEMES:
        raise Refused(f"scheme {parsed.scheme or 'missing'!r}; only http and https are asked")
    if parsed.userinfo or not parsed.host:
        raise Refused("address with a user name, or without a host")
    return parsed


def origin(url: httpx.URL) -> str:
    """scheme://host[:port]: what robots.txt, delays and Retry-After hold for."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{url.scheme}://{host}" + (f":{url.port}" if url.port else "")


@lru_cache(maxsize=1)
def _suffixes() -> TLDExtract:
    return TLDExtract(suffix_list_urls=(), cache_dir=None)  # the list that comes with the package: no request, no cache


def publisher(url: str) -> str | None:
    """The registered domain ("bbc.co.uk"), else the host; None without one (a file)."""
    host = urlsplit(url).hostname
    if not host:
        return None
    return _suffixes()(host).top_domain_under_public_suffix or host
