"""`python rule_workers.py reader|tracker|gateway`: the real services, but with the reader of rules.

Settings come from the environment as always. Words in a body ask the reader for trouble: `explode`
raises, `dawdle` takes a minute, or RULES_DAWDLE_S seconds.
"""

import os
import sys
import time

from rule_reader import CONFUSION, RuleReader, RuleReading
from stancewire.events import Article
from stancewire.gateway import service
from stancewire.plumbing.settings import load_settings
from stancewire.workers import alerter, reader, tracker


class TroubledReader(RuleReader):
    def read(self, article: Article) -> RuleReading:
        if "explode" in article.body:
            raise ZeroDivisionError("the model broke")
        if "dawdle" in article.body:
            print("dawdling", flush=True)
            time.sleep(float(os.environ.get("RULES_DAWDLE_S", "60")))
        return super().read(article)


def main(name: str) -> int:
    settings = load_settings()
    if name == "alerter":
        return alerter.main(settings)
    if name == "reader":
        return reader.run(settings, lambda _: TroubledReader())
    if name == "gateway":
        return service.main(settings)
    return tracker.run(settings, lambda _: CONFUSION)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
