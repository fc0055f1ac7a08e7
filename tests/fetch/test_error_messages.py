"""What goes wrong on the way to a server is told in plain words, not in those of a library."""

import errno
import smtplib
import socket
import ssl

import httpcore
import httpx
import pytest

from legation.pipeline.fetch.error_messages import server_error


def wrapped(cause: BaseException) -> BaseException:
    """As httpcore raises what the system said."""
    try:
        raise httpcore.ConnectError(str(cause)) from cause
    except httpcore.ConnectError as error:
        return error


CERTIFICATE = ssl.SSLCertVerificationError(1, "certificate verify failed")
CERTIFICATE.verify_message = "certificate has expired"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (wrapped(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")), "refuses connections"),
        (wrapped(socket.gaierror(-2, "Name or service not known")), "name has no address"),
        (wrapped(OSError(errno.ENETUNREACH, "Network is unreachable")), "no network to it"),
        (wrapped(CERTIFICATE), "certificate is not valid: it has expired"),
        (wrapped(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]")), "does not speak TLS"),
        (UnicodeError("label too long"), "name has no address"),
        (httpcore.ReadTimeout("timed out"), "did not answer in time"),
        (httpx.ConnectTimeout("timed out"), "could not be reached in time"),
        (httpcore.RemoteProtocolError("illegal status line"), "breaks the rules of HTTP"),
        (httpcore.ReadError("[Errno 104] Connection reset by peer"), "closed the connection"),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 no"), "does not know this user and password"),
        (smtplib.SMTPRecipientsRefused({"ann@desk.example": (550, b"no")}), "for this address (code 550)"),
        (httpx.InvalidURL("x"), "none that can be asked for"),
        (RuntimeError("secret of a library"), "cannot be asked (RuntimeError)"),
    ],
)
def test_plain_words(error: BaseException, words: str) -> None:
    said = server_error(error)
    assert words in said
    assert not any(strange in said for strange in ("Errno", "[SSL", "timed out", "secret", "label", "illegal"))
