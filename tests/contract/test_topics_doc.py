"""docs/topics.md is what its generator writes; the example in docs/subscribe.md is a real one."""

import json
import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]
RENDER = runpy.run_path(str(ROOT / "docs" / "render_topics.py"))
MARKED = re.compile(r"<!-- example: (\S+) -->\n```json\n(.*?)```", re.DOTALL)


def test_the_page_of_topics_is_current() -> None:
    written = (ROOT / "docs" / "topics.md").read_text("utf-8")
    assert written == RENDER["page"](), "run `python docs/render_topics.py`"


def test_every_channel_and_message_has_a_heading() -> None:
    page = RENDER["page"]()
    for heading in ("### stancewire.changes", "### StanceChange", "### FailedDelivery"):
        assert f"\n{heading}\n" in page


def test_the_examples_in_the_page_for_subscribers_are_those_beside_the_schemas() -> None:
    found = MARKED.findall((ROOT / "docs" / "subscribe.md").read_text("utf-8"))
    assert found
    for file, text in found:
        assert json.loads(text) == json.loads((ROOT / file).read_text("utf-8"))
