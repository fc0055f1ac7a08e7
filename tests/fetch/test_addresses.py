"""No address that is not public is connected to, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.pipeline.fetch.addresses import Refused, checked_addresses, is_public

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34", "64:ff9b::8.8.8.8"]
NOT_PUBLIC = [
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "0.0.0.0",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::",
    "::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "2002:a9fe:a9fe::",  # 6to4 of 169.254.169.254
    "2001:0:7f00:1::",  # Teredo with a loopback server
    "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
    "64:ff9b::a9fe:a9fe",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_asked(address: str) -> None:
    assert is_public(address)
    assert checked_addresses("news.example", 443, frozenset(), lambda host, port: [address]) == [address]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_other_addresses_are_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(Refused, match="not public"):
        checked_addresses("news.example", 443, frozenset(), lambda host, port: [address])


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_one_private_address_beside_a_public_one_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        checked_addresses("news.example", 80, frozenset(), lambda host, port: ["93.184.216.34", address])


@given(st.ip_addresses(v=4).filter(lambda ip: not ip.is_global))
def test_every_form_of_a_private_ipv4_is_refused(ip: object) -> None:
    assert not is_public(str(ip))
    assert not is_public(f"::ffff:{ip}")
    assert not is_public(f"64:ff9b::{ip}")


@pytest.mark.parametrize(
    ("allowed", "host", "port", "may"),
    [
        ("127.0.0.1", "127.0.0.1", 80, True),
        ("127.0.0.1:8000", "127.0.0.1", 8000, True),
        ("127.0.0.1:8000", "127.0.0.1", 8001, False),
        ("127.0.0.1", "localhost", 80, False),
        ("127.0.0.1", "2130706433", 80, False),  # the same address, not the same name
    ],
)
def test_private_addresses_are_allowed_by_name(allowed: str, host: str, port: int, may: bool) -> None:
    def ask() -> list[str]:
        return checked_addresses(host, port, frozenset({allowed}), lambda host, port: ["127.0.0.1"])

    if may:
        assert ask() == ["127.0.0.1"]
    else:
        with pytest.raises(Refused):
            ask()
