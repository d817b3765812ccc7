"""Keeps requests away from hosts that only this machine or network can reach.

Whoever writes an address into a rule file must not thereby reach the metadata service of a cloud
or an unguarded port of the machine. Names are resolved here, and what was looked at is what is
connected to: no second look-up can give another answer.
"""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

Networks = Sequence[IPv4Network | IPv6Network]

_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
"""IPv6 addresses that a gateway turns into IPv4 ones (RFC 6052, RFC 8215)."""


class ForbiddenAddress(OSError):
    """The host is one that may not be called."""


def check_address(address: str, *, allowed: Networks) -> None:
    """Raise ForbiddenAddress unless an IP address is public or in one of `allowed`."""
    ip = ip_address(address.partition("%")[0])
    embedded = ip.ipv4_mapped or ip.sixtofour if isinstance(ip, IPv6Address) else None
    real = embedded or ip
    if any(real in network or ip in network for network in allowed):
        return
    is_translated = any(ip in network for network in _TRANSLATED)
    if is_translated or not real.is_global or real.is_multicast:
        raise ForbiddenAddress(
            f"{address} is no public address; where it is meant, allow it by"
            " alerter.allowed_networks"
        )


class GuardedResolver(AbstractResolver):
    """Resolves names to addresses that may be called."""

    def __init__(self, *, allowed: Networks, inner: AbstractResolver | None = None) -> None:
        self._allowed = allowed
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name; ForbiddenAddress where any of them may not be called."""
        found = await self._inner.resolve(host, port, family)
        for one in found:
            check_address(one["host"], allowed=self._allowed)
        return found

    async def close(self) -> None:
        """Release what the inner one holds."""
        await self._inner.close()
