"""No request reaches a machine that is not public, neither at first nor by a redirect or a name."""

import shutil
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.fetch.conftest import Make
from tests.scripted_server import Script


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]:{port}/b",
        "http://2130706433:{port}/b",
        "http://0x7f000001:{port}/b",
        "http://127.1:{port}/b",
        "http://localhost:{port}/b",
        "http://0.0.0.0:{port}/b",
        "file:///etc/passwd",
        "ftp://news.example/a",
        "http://user@127.0.0.1:{port}/b",
    ],
)
def test_a_redirect_does_not_lead_inside(server: Script, fetcher: Make, target: str) -> None:
    port = server.host.partition(":")[2]
    server.routes["/a"] = lambda request: request.redirect(target.format(port=port))
    server.say("/b", b"inside")
    answer = fetcher().get(server.url + "/a")
    assert answer.outcome == "refused"
    assert "/b" not in server.paths()


def test_a_redirect_to_what_is_no_address_fails(server: Script, fetcher: Make) -> None:
    server.routes["/a"] = lambda request: request.redirect("http://0177.0.0.1/b")  # octal, which inet_aton would take
    answer = fetcher().get(server.url + "/a")
    assert (answer.outcome, answer.requests) == ("failed", 2)
    assert "the address is none that can be asked for" in str(answer.reason)


def test_a_name_with_a_public_and_a_private_address_is_refused(server: Script, fetcher: Make) -> None:
    port = server.host.partition(":")[2]
    both = fetcher(resolve=lambda host, port: ["93.184.216.34", "127.0.0.1"])
    assert both.get(f"http://both.example:{port}/a").outcome == "refused"
    assert server.hits == []


def test_the_address_that_was_checked_is_the_one_connected_to(server: Script, fetcher: Make) -> None:
    """A name server that gives another address the second time is asked once only."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    port = server.host.partition(":")[2]
    server.say("/robots.txt", b"")
    server.say("/a", b"<p>text</p>")
    one = fetcher(resolve=rebinding, allow_private=[f"rebinds.example:{port}"])
    assert one.get(f"http://rebinds.example:{port}/a").outcome == "fetched"
    assert asked == ["rebinds.example"]


class _Quiet(HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: that the client hangs up is what is tested."""


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate, and is not here")
def test_a_certificate_that_nobody_vouches_for_is_refused(fetcher: Make, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = _Quiet(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    host = f"127.0.0.1:{server.server_port}"
    answer = fetcher(allow_private=[host]).get(f"https://{host}/a")
    server.shutdown()
    thread.join()
    server.server_close()
    assert answer.outcome == "failed"
    assert "certificate is not valid" in str(answer.reason)
