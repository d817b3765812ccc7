"""Hosts that only this machine or network can reach are not called, by whatever name."""

import socket
from ipaddress import ip_network

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from alert_builders import NOW
from http_receiver import LOOPBACK, http_receiver
from stancewire.alerting.notifiers.addresses import ForbiddenAddress, check_address
from stancewire.alerting.notifiers.http import Answer, HttpClient
from stancewire.alerting.notifiers.outcome import Outcome


class Names(AbstractResolver):
    """Says of every name that it has these addresses."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        return None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_what_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(ForbiddenAddress, match=r"alerter\.allowed_networks"):
        check_address(address, allowed=())


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14"])
def test_what_is_public_is_called(address: str) -> None:
    check_address(address, allowed=())


def test_what_is_allowed_is_called() -> None:
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
    check_address("10.1.2.3", allowed=allowed)
    check_address("::ffff:10.1.2.3", allowed=allowed)
    check_address("fd00::1", allowed=allowed)
    with pytest.raises(ForbiddenAddress):
        check_address("10.2.0.1", allowed=allowed)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"]
)
async def test_no_spelling_of_loopback_is_called(host: str) -> None:
    async with http_receiver() as receiver:
        port = receiver.url.rpartition(":")[2]
        client = HttpClient(timeout_s=5.0, allowed=())
        outcome = await client.post(f"http://{host}:{port}/", b"{}", now=NOW)
        await client.aclose()
    assert isinstance(outcome, Outcome)
    assert outcome.reason in ("forbidden_address", "unreachable")
    assert receiver.received == []


async def test_a_name_that_leads_inside_is_refused_after_it_is_resolved() -> None:
    async with http_receiver() as receiver:
        port = receiver.url.rpartition(":")[2]
        for addresses in (["127.0.0.1"], ["93.184.215.14", "127.0.0.1"]):
            client = HttpClient(timeout_s=5.0, allowed=(), resolver=Names(*addresses))
            outcome = await client.post(f"http://news.example:{port}/", b"{}", now=NOW)
            await client.aclose()
            assert isinstance(outcome, Outcome)
            assert outcome.reason == "forbidden_address"
    assert receiver.received == []


async def test_a_redirect_is_not_followed() -> None:
    async with http_receiver() as inside, http_receiver(307, location="x") as receiver:
        receiver.headers["location"] = f"{inside.url}/"
        client = HttpClient(timeout_s=5.0, allowed=LOOPBACK)
        answer = await client.post(f"{receiver.url}/", b"{}", now=NOW)
        await client.aclose()
    assert isinstance(answer, Answer)
    assert (answer.status, answer.is_taken) == (307, False)
    assert inside.received == []
