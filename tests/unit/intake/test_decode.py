import copy
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from examples import ARRIVAL, examples
from stancewire.errors import InvalidInput
from stancewire.events import Article, Withdrawal
from stancewire.intake.decode import DEEPEST_JSON, MAX_RECORD_BYTES, decode
from stancewire.plumbing import schemas

PLAIN = {"uri": "urn:a", "body": "The minister sees a chance.", "language": "en"}
VALID = [
    msgspec.json.decode(each.value)
    for each in examples("valid")
    if each.schema in schemas.ARTICLE_SCHEMAS
]
SMALL = 4_096
EVENT = {
    "ce_specversion": b"1.0",
    "ce_id": b"1",
    "ce_source": b"tests",
    "ce_type": b"article",
    "content-type": b"application/json",
}

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def read(value: object, **options: object) -> Article | Withdrawal:
    raw = value if value is None or isinstance(value, bytes) else msgspec.json.encode(value)
    return decode(
        raw, **{"key": None, "headers": None, "received_at": ARRIVAL, "max_bytes": SMALL, **options}
    )


def read_or_refuse(value: object, **options: object) -> Article | Withdrawal | InvalidInput:
    try:
        return read(value, **options)
    except InvalidInput as refused:
        return refused


def refusal(value: object, **options: object) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        read(value, **options)
    return refused.value


def plain(**changes: object) -> dict[str, object]:
    return {**PLAIN, **changes}


@pytest.mark.parametrize(
    ("value", "stage", "words"),
    [
        (b"", "decode", "empty"),
        (b" \n", "decode", "empty"),
        (b"\x00\xff\xfe", "decode", "JSON"),
        (b"<html></html>", "decode", "JSON"),
        (b'{"uri": "urn:a", "body": NaN}', "decode", "NaN"),
        (b'{"uri": "urn:a", "body": 1e999}', "decode", "huge numbers"),
        (b'{"uri": "urn:a", "version": ' + b"9" * 5_000 + b"}", "decode", "huge numbers"),
        (b'{"uri": "urn:a", "body": "\\ud800"}', "decode", "lone surrogates"),
        (b'{"uri": "urn:a", "body": "\xed\xa0\x80"}', "decode", "UTF-8"),
        (b'{"uri": "urn:a", "body": "\xff"}', "decode", "UTF-8"),
        (b'{"uri": "urn:a", "body": "text"', "decode", "JSON"),
        (b"[" * 200_000, "decode", "deeper than 64"),
        (b'{"a":' * 200_000, "decode", "deeper than 64"),
        (b"[]", "decode", "list"),
        (b"17", "decode", "int"),
        (b"{}", "decode", "shape of an article"),
        (b'{"uri": "urn:a"}', "decode", "shape of an article"),
        (b'{"uri": "urn:a", "body_text": "x"}', "decode", "ninjs 1.x"),
        (b'{"@type": "Recipe"}', "decode", "no NewsArticle"),
        (b'{"uri": "urn:a", "headline": "x"}', "schema", "lacks body"),
        (b'{"uri": "urn:a", "bodies": null}', "schema", "/bodies is null"),
        (b'{"uri": "urn:a", "body": "\\u00ad\\u200b"}', "article", "no text"),
    ],
)
def test_bad_bytes_are_refused_with_a_reason(value, stage, words):
    refused = refusal(value)

    assert refused.stage == stage
    assert words in str(refused)


def test_nesting_is_allowed_to_its_limit():
    nested: object = 1
    for _ in range(DEEPEST_JSON - 1):
        nested = [nested]

    assert read(plain(extra=nested))
    assert "deeper than 64" in str(refusal(plain(extra=[nested])))


def test_body_is_allowed_to_its_limit_in_bytes():
    longest = "ä" * (SMALL // 2)

    assert read(plain(body=longest)).body == longest
    assert "4097 bytes" in str(refusal(plain(body=longest + "x")))


def test_record_has_a_limit_of_its_own():
    padded = msgspec.json.encode(PLAIN) + b" " * MAX_RECORD_BYTES

    assert "more than 12582912" in str(refusal(padded))


def test_null_withdraws_the_article_of_the_key():
    assert read(None, key="urn:ä".encode()) == Withdrawal(uri="urn:ä")


@pytest.mark.parametrize("key", [None, b"", b"\xff"])
def test_null_without_a_usable_key_is_refused(key):
    assert "key" in str(refusal(None, key=key))


def test_missing_time_of_publication_is_the_arrival():
    arrival = datetime(2026, 3, 29, 1, 30, 0, 250_000, tzinfo=UTC)

    assert read(PLAIN, received_at=arrival).published_at == arrival


def test_publication_may_be_an_hour_after_arrival_and_no_more():
    hour = (ARRIVAL + timedelta(hours=1)).isoformat()
    later = (ARRIVAL + timedelta(hours=1, seconds=1)).isoformat()

    assert read(plain(published_at=hour))
    assert "more than an hour after" in str(refusal(plain(published_at=later)))


def test_article_in_a_cloud_event_is_the_same():
    raw = msgspec.json.encode(PLAIN)

    assert read(raw, headers=EVENT) == read(raw)
    assert read(raw, headers=list(EVENT.items())) == read(raw)


def test_broken_cloud_event_is_refused_rather_than_read_as_bare():
    headers = {name: value for name, value in EVENT.items() if name != "ce_id"}

    assert "ce_id" in str(refusal(PLAIN, headers=headers))


def test_byte_order_mark_is_no_obstacle():
    assert read(b"\xef\xbb\xbf" + msgspec.json.encode(PLAIN)) == read(PLAIN)


def test_same_bytes_give_the_same_article():
    for value in VALID:
        assert read(value) == read(value)


def paths(node: object, at: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    children = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    return [at, *(path for key, child in children for path in paths(child, (*at, key)))]


@st.composite
def mutated_articles(draw: st.DrawFn) -> bytes:
    """A valid article with some of its values replaced or removed, or some of its bytes changed."""
    root = {"item": copy.deepcopy(draw(st.sampled_from(VALID)))}
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from([path for path in paths(root) if path]))
        node = root
        for key in way:
            node = node[key]
        if draw(st.booleans()):
            node[last] = draw(json_values)
        else:
            del node[last]
        if "item" not in root:
            return b""
    raw = bytearray(msgspec.json.encode(root["item"]))
    for _ in range(draw(st.integers(0, 3))):
        if raw:
            raw[draw(st.integers(0, len(raw) - 1))] = draw(st.integers(0, 255))
    return bytes(raw[: draw(st.integers(0, len(raw)))] if draw(st.booleans()) else raw)


headers = st.none() | st.lists(
    st.tuples(
        st.sampled_from([*EVENT, "ce_time", "ce_subject", "ce_data", "traceparent", "x"])
        | st.text(max_size=8),
        st.none() | st.sampled_from(list(EVENT.values())) | st.binary(max_size=12),
    ),
    max_size=7,
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    value=st.none()
    | st.binary(max_size=60)
    | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | json_values.map(msgspec.json.encode)
    | mutated_articles(),
    key=st.none() | st.binary(max_size=8),
    headers=headers,
)
@example(
    value=b'{"specversion":"1.0","id":"1","source":"s","type":"t","data":[]}',
    key=None,
    headers=None,
)
def test_whatever_comes_is_an_article_a_withdrawal_or_refused(value, key, headers):
    arrived = read_or_refuse(value, key=key, headers=headers)

    if isinstance(arrived, InvalidInput):
        assert arrived.stage in ("decode", "schema", "article")
        assert 0 < len(str(arrived)) < 2_000
    else:
        assert msgspec.json.decode(msgspec.json.encode(arrived), type=type(arrived)) == arrived
