"""Which addresses may be connected to.

A name is resolved once, every address it has is checked, and the connection goes to a checked address: nothing is
resolved a second time, so a name cannot change between check and connection.
"""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Resolve = Callable[[str, int], list[str]]
NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


class Refused(Exception):
    """The request may not be made; the message says why."""


def resolve(host: str, port: int) -> list[str]:
    """All addresses of `host`, in the system's order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """False for private, loopback, link-local, carrier-grade NAT, multicast, reserved and unspecified addresses.

    Also for IPv6 forms that carry such an IPv4 address: mapped, 6to4, Teredo, NAT64.
    """
    ip = ip_address(address.partition("%")[0])
    special = ip.is_multicast or ip.is_reserved or ip.is_unspecified or not ip.is_global
    if isinstance(ip, IPv6Address):
        inner = _carried(ip)
        return all(is_public(str(i)) for i in inner) and (bool(inner) or not (special or ip.is_site_local))
    return not special


def _carried(ip: IPv6Address) -> list[IPv4Address]:
    carried = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in NAT64:
        carried.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return [i for i in carried if i is not None]


def checked_addresses(host: str, port: int, allowed: frozenset[str], resolve: Resolve = resolve) -> list[str]:
    """The addresses of `host` to connect to.

    `allowed` holds hosts, as `host` or `host:port`, that the configuration lets be private. Raises Refused when any
    address of another host is not public (a name with one public and one private address is a trick), OSError when
    there is none.
    """
    addresses = resolve(host, port)
    if allowed & {host.lower(), f"{host.lower()}:{port}"}:
        return addresses
    for address in addresses:
        if not is_public(address):
            raise Refused(f"{host} is at {address}, which is not public")
    return addresses
