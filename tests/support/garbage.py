"""Records that no article can be made of, each with the words that its reason must hold."""

import json
from dataclasses import dataclass

GOOD_BODY = "Ann: hopeful that all goes well\n"


@dataclass(frozen=True)
class Bad:
    name: str
    key: bytes | None
    value: bytes | None
    stage: str
    reason: str


def _article(**fields: object) -> bytes:
    whole = {"uri": "urn:bad", "headline": "Summit", "body": GOOD_BODY, **fields}
    return json.dumps({k: v for k, v in whole.items() if v is not ...}).encode()


BAD_RECORDS = [
    Bad("random bytes", b"1", bytes(range(256)) * 4, "decode", "JSON"),
    Bad("no key", None, b"garbage", "decode", "JSON"),
    Bad("empty value", b"2", b"", "decode", "empty"),
    Bad("invalid UTF-8", b"3", b'{"uri":"urn:x","body":"\xff\xfe"}', "decode", "UTF-8"),
    Bad("a lone surrogate", b"4", b'{"uri":"urn:x","body":"\\ud800"}', "decode", "surrogate"),
    Bad("a list", b"5", b"[1,2]", "decode", "object"),
    Bad("deep JSON", b"6", b"[" * 100_000 + b"]" * 100_000, "decode", "deep"),
    Bad("deep object", b"6", b'{"uri":' * 500 + b"1" + b"}" * 500, "decode", "deep"),
    Bad("no shape", b"7", b'{"hello":"world"}', "decode", "shape"),
    Bad("a body of a wrong type", b"8", _article(body=17), "schema", "body"),
    Bad("a uri of a wrong type", b"9", _article(uri=["a"]), "schema", "uri"),
    Bad("no body", b"10", _article(body=...), "schema", "body"),
    Bad("a body over the limit", b"11", _article(body="x" * 70_000), "article", "bytes"),
    Bad("no such date", b"12", _article(published_at="yesterday"), "article", "published_at"),
    Bad("from the future", b"13", _article(published_at="2999-01-01T00:00:00Z"), "article", "hour"),
    Bad("a model that breaks", b"urn:bad", _article(body="explode"), "unexpected", "broke"),
]
