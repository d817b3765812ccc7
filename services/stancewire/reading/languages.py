"""What becomes of an article in a language that the model was not trained on."""

from collections.abc import Collection
from dataclasses import dataclass

from stancewire.errors import InvalidInput
from stancewire.events import Article
from stancewire.intake.language import UNDETERMINED
from stancewire.plumbing.sections import UnsupportedLanguage


@dataclass(frozen=True, kw_only=True)
class LanguageRule:
    """`supported` are the model's languages, `otherwise` what happens to articles in others.

    An article whose language cannot be told, such as a push alert of three words, is read.
    """

    supported: Collection[str] = ()
    otherwise: UnsupportedLanguage = "read"

    def leaves_out(self, article: Article) -> bool:
        """Whether the article is to be passed over.

        Raises InvalidInput(stage="language") where it is to be refused.
        """
        known = article.language == UNDETERMINED or article.language in self.supported
        if known or self.otherwise == "read":
            return False
        if self.otherwise == "dead_letter":
            raise InvalidInput(self.reason(article), stage="language")
        return True

    def reason(self, article: Article) -> str:
        """Why an article is left out, and what to do about it."""
        return (
            f"the article's language is {article.language!r}, and the model reads "
            f"{', '.join(self.supported)}; use a model for it, or set "
            "reader.unsupported_language to read to have it read anyway"
        )
