"""What goes wrong on the way to a server, in plain words: never the text of a library."""

import errno
import smtplib
import socket
import ssl
from collections.abc import Iterator

import httpcore
import httpx

_BY_NUMBER = {
    errno.ECONNREFUSED: "refuses connections; is its port right, and is it running?",
    errno.ECONNRESET: "closed the connection before its answer was whole",
    errno.EPIPE: "closed the connection before its answer was whole",
    errno.EHOSTUNREACH: "cannot be reached from this network",
    errno.ENETUNREACH: "cannot be reached: this machine has no network to it",
    errno.EADDRNOTAVAIL: "cannot be reached from this machine",
    errno.EMFILE: "was not asked: too many files are open; lower [fetch] hosts_at_once",
    errno.ETIMEDOUT: "did not answer in time",
}


def server_error(error: BaseException) -> str:
    """What happened, with "the server" as its subject, one line. Of an unknown error its class is named."""
    for one in _causes(error):
        if isinstance(one, (socket.gaierror, UnicodeError)):
            return "the server's name has no address; is it written right, and does this machine have a network?"
        if isinstance(one, ssl.SSLCertVerificationError):
            return f"the server's certificate is not valid: {_certificate(one)}"
        if isinstance(one, ssl.SSLError):
            return "the server does not speak TLS as it must; is it https?"
        if isinstance(one, OSError) and one.errno in _BY_NUMBER:
            return f"the server {_BY_NUMBER[one.errno]}"
        if isinstance(one, smtplib.SMTPAuthenticationError):
            return "the server does not know this user and password"
        if isinstance(one, smtplib.SMTPException):
            return _of_mail(one)
        if words := _of_http(one):
            return words
    return f"the server cannot be asked ({type(error).__name__})"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """What lies deepest first: libraries wrap what the system said."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    yield from reversed(found)


def _of_http(error: BaseException) -> str | None:
    if isinstance(error, (httpcore.ConnectTimeout, httpx.ConnectTimeout)):
        return "the server could not be reached in time"
    if isinstance(error, (httpcore.TimeoutException, httpx.TimeoutException, TimeoutError)):
        return "the server did not answer in time"
    if isinstance(error, (httpcore.ProtocolError, httpx.ProtocolError)):
        return "the server's answer breaks the rules of HTTP, or was cut short"
    if isinstance(error, (httpcore.ReadError, httpcore.WriteError, httpx.ReadError, httpx.WriteError)):
        return "the server closed the connection before its answer was whole"
    if isinstance(error, httpx.InvalidURL):
        return "the address is none that can be asked for"
    return None


def _of_mail(error: smtplib.SMTPException) -> str:
    """What a mail server did, with the code of its answer (RFC 5321), by which its own documentation explains it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = ", ".join(sorted({str(code) for code, _ in error.recipients.values()}))
        return f"the server does not take mail for this address (code {codes})"
    if isinstance(error, smtplib.SMTPSenderRefused):
        return f"the server does not take mail from the address in smtp.sender (code {error.smtp_code})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the server did not take the message (code {error.smtp_code})"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "the server does not offer what is asked for: TLS, a sign-in, or an address with letters beyond ASCII"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "the server closed the connection before its answer was whole"
    return "the server did not take the message"


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    said = str(getattr(error, "verify_message", "") or "").lower()
    known = {
        "expired": "it has expired",
        "self-signed": "it is signed by itself",
        "self signed": "it is signed by itself",
        "hostname": "it is for another name",
        "issuer": "nobody that this machine trusts has signed it",
    }
    return next((words for sign, words in known.items() if sign in said), "this machine does not trust it")
