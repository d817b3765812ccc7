"""Writes docs/topics.md out of schemas/asyncapi.yaml, the JSON Schemas and their examples.

    python docs/render_topics.py

A contract test fails while the page is not what this writes.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = ROOT / "schemas"
PAGE = ROOT / "docs" / "topics.md"


def page() -> str:
    """The whole page."""
    document = yaml.safe_load((SCHEMAS / "asyncapi.yaml").read_text("utf-8"))
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Any) -> Iterator[str]:
    yield "# Topics and events"
    yield ""
    yield (
        "<!-- Written by docs/render_topics.py out of schemas/asyncapi.yaml; change that, then run"
        " `python docs/render_topics.py`. -->"
    )
    yield ""
    yield _one_line(document["info"]["description"])
    yield ""
    yield (
        "The machine-readable form of this page is [asyncapi.yaml](../schemas/asyncapi.yaml)."
        " How to consume: [subscribe.md](subscribe.md)."
    )
    yield ""
    yield "| topic | key | messages | kept |"
    yield "|---|---|---|---|"
    for channel in document["channels"].values():
        yield _overview(document, channel)
    yield ""
    yield "## Topics"
    for name, channel in document["channels"].items():
        yield from _channel(document, name, channel)
    yield ""
    yield "## Messages"
    for name in document["components"]["messages"]:
        yield from _message(document, document["components"]["messages"][name])
    yield ""
    yield "## Headers of events"
    yield ""
    yield from _headers(document["components"]["schemas"]["cloudEventHeaders"], document)


def _overview(document: Any, channel: Any) -> str:
    messages = [_resolved(document, one) for one in channel["messages"].values()]
    keys = dict.fromkeys(_cell(_key(one)) for one in messages)
    named = ", ".join(_link(one["name"]) for one in messages)
    kept = ", ".join(channel["bindings"]["kafka"]["topicConfiguration"]["cleanup.policy"])
    return f"| {_link(channel['address'])} | {'; '.join(keys)} | {named} | {kept} |"


def _channel(document: Any, name: str, channel: Any) -> Iterator[str]:
    yield ""
    yield f"### {channel['address']}"
    yield ""
    yield _one_line(channel["description"])
    yield ""
    for operation in document["operations"].values():
        if operation["channel"]["$ref"] == f"#/channels/{name}":
            yield f"- {_one_line(operation['summary'])}"


def _message(document: Any, message: Any) -> Iterator[str]:
    yield ""
    yield f"### {message['name']}"
    yield ""
    yield f"{_one_line(message['summary'])} Key: {_key(message)}."
    headers = message.get("headers")
    if headers and headers["$ref"].rpartition("/")[2] != "cloudEventHeaders":
        yield ""
        yield from _headers(_resolved(document, headers), document)
    file = message.get("payload", {}).get("schema", {}).get("$ref")
    if file is None:
        yield ""
        yield f"Value: {_described(_resolved(document, message['payload']))}"
        return
    schema = json.loads((SCHEMAS / file).read_text("utf-8"))
    yield ""
    yield f"Value: [{Path(file).name}](../schemas/{Path(file).name}). {schema['description']}"
    yield ""
    yield "| field | | what it is |"
    yield "|---|---|---|"
    required = schema.get("required", [])
    for field, about in schema.get("properties", {}).items():
        must = "required" if field in required else ""
        yield f"| `{field}` | {must} | {_cell(_described(about))} |"
    yield ""
    yield from _example(Path(file).name.removesuffix(".schema.json"))


def _example(schema: str) -> Iterator[str]:
    file = sorted((SCHEMAS / "examples" / "valid" / schema).glob("*.json"))[0]
    yield f"Example ([{file.name}](../{file.relative_to(ROOT).as_posix()})):"
    yield ""
    yield "```json"
    yield json.dumps(json.loads(file.read_text("utf-8")), ensure_ascii=False, indent=2)
    yield "```"


def _headers(schema: Any, document: Any) -> Iterator[str]:
    yield "| header | | what it is |"
    yield "|---|---|---|"
    required = schema.get("required", [])
    for name, about in schema["properties"].items():
        must = "required" if name in required else ""
        yield f"| `{name}` | {must} | {_cell(_described(_resolved(document, about)))} |"


def _described(about: Any) -> str:
    """What a schema says of itself, in a few words."""
    if "$ref" in about and "description" not in about:
        about = _common(about["$ref"])
    if "description" in about:
        return _one_line(about["description"])
    if "const" in about:
        return f"`{about['const']}`"
    if "enum" in about:
        return ", ".join(f"`{one}`" for one in about["enum"])
    kind = about.get("type", "any of several")
    if kind == "null":
        return "null"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _common(reference: str) -> Any:
    file, _, pointer = reference.partition("#/$defs/")
    if not file:
        return {"description": f"see the schema, `{pointer}`"}
    document = json.loads((SCHEMAS / file).read_text("utf-8"))
    found = document["$defs"][pointer] if pointer else document
    return {"description": found.get("description", f"see the schema, `{pointer}`")}


def _key(message: Any) -> str:
    return _one_line(message["bindings"]["kafka"]["key"]["description"])


def _resolved(document: Any, node: Any) -> Any:
    """A node of the AsyncAPI document, with a reference into it followed."""
    reference = node.get("$ref", "")
    if not reference.startswith("#/"):
        return node
    for part in reference[2:].split("/"):
        document = document[part]
    return document


def _link(heading: str) -> str:
    anchor = heading.lower().replace(".", "")
    return f"[`{heading}`](#{anchor})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _one_line(text: str) -> str:
    return " ".join(str(text).split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
