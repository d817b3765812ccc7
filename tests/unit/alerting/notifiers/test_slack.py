"""Messages as Slack documents them, sent to a fake; hostile text stays text."""

import json

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from alert_builders import NOW, change, delivery, notice
from http_receiver import LOOPBACK, http_receiver
from stancewire.alerting.notifiers.http import HttpClient
from stancewire.alerting.notifiers.slack import SlackNotifier, escaped
from stancewire.alerting.receivers import Slack
from stancewire.events import ActorRef

HOSTILE = "<!channel> @all [win](https://evil.example) <https://evil.example|here>"


async def sent(*statuses: int, name: str = "Jane Doe") -> tuple[bool, bool, dict]:
    actor = ActorRef(id="person:j", name=name, kind="person")
    async with http_receiver(*statuses) as receiver:
        http = HttpClient(timeout_s=2.0, allowed=LOOPBACK)
        slack = Slack(name="desk", type="slack", url=SecretStr(f"{receiver.url}/services/T/B/X"))
        notifier = SlackNotifier(slack, http, page_url="https://news.example")
        one = notice(change("c1", "h>w", actor=actor))
        outcome = await notifier.notify(delivery(one), now=NOW)
        await http.aclose()
    message = json.loads(receiver.received[0].body)
    return outcome.is_delivered, outcome.is_recoverable, message


async def test_a_message_says_who_what_where_and_links_the_story() -> None:
    is_delivered, _, message = await sent(200)
    assert is_delivered
    (attachment,) = message["attachments"]
    assert attachment["title"] == "Jane Doe: hopeful -&gt; warning (90%) [The harbour talks]"
    assert attachment["title_link"] == "https://news.example/stories/st-harbour"
    assert "Northern Post" in attachment["text"]
    assert attachment["color"].startswith("#")


async def test_hostile_names_neither_call_nor_link() -> None:
    _, _, message = await sent(200, name=HOSTILE)
    text = json.dumps(message["attachments"][0]["title"], ensure_ascii=False)
    for harm in ("<", "@all", "](", "://"):
        assert harm not in text


async def test_what_is_refused_for_good_is_not_tried_again() -> None:
    assert (await sent(404))[:2] == (False, False)
    assert (await sent(429))[:2] == (False, True)


@given(st.text())
def test_nothing_is_left_of_what_either_would_act_on(text: str) -> None:
    found = escaped(text)
    assert not set("<>") & set(found)
    assert "](" not in found
    assert "://" not in found
    assert all(not after[:1].isalnum() for after in found.split("@")[1:])
