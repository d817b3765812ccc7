"""A cluster of mentions becomes an actor: a name, a kind, and an id that other articles share."""

import re
import uuid
from collections.abc import Sequence

from stancewire.events import NAMESPACE, Actor, ActorKind
from stancewire.reading.behalf import institution_behind
from stancewire.reading.institutions import Institution, identify
from stancewire.reading.names import parts_of_joint, person_name
from stancewire.reading.nominative import nominative
from stancewire.reading.offices import role_slug
from stancewire.reading.slugs import group_slug, institution_slug, person_slug
from stancewire.reading.wordforms import ARTICLES

KINDS: tuple[ActorKind, ...] = ("person", "government", "organization", "group", "unnamed")
"""The order of the kind head's output."""

NAME_WORDS = 7
"""A mention of more words is a description; a shorter one is preferred as the name."""

LONGEST_NAME = 12
"""No name has more words."""

_CLAUSE = re.compile(r"[,;(]|\s(?:who|which|that|whose)\s")
_UNRESOLVED = {"de": "ungenannt", "en": "unnamed"}


def describe(mentions: Sequence[str], *, kind: ActorKind) -> Actor:
    """The actor of a cluster; `mentions` are its named forms in text order, never empty.

    `kind` is what the model takes the actor for. Where the word tables know better, they win: a
    person without a proper name is `unnamed`, "EU-Kommission" is never a government.
    """
    forms = list(dict.fromkeys(mentions))
    if kind == "person" and (name := person_name(forms)) is not None:
        return _person(name, forms)
    if kind in ("person", "unnamed"):
        name = _shown(forms)
        behalf = institution_behind(forms)
        return _actor(f"unnamed:{role_slug(forms, name, behalf)}", name, "unnamed", forms)
    return _collective(forms, kind)


def nobody(language: str, *, article_uri: str, mention: str) -> Actor:
    """The actor of statements whose speaker leads to nobody named; apart in every article."""
    own = uuid.uuid5(NAMESPACE, f"{article_uri}\x1f{mention}").hex[:12]
    name = mention or _UNRESOLVED.get(language, "unnamed")
    return Actor(id=f"unnamed:{own}", name=name, kind="unnamed")


def _collective(forms: Sequence[str], kind: ActorKind) -> Actor:
    """A government, organisation or group; the shown form decides, others add what it lacks."""
    name = _shown(forms, kind)
    found = [f for form in (name, *forms) if (f := identify(form, kind=kind)) is not None]
    if not found:
        own = group_slug(name) if kind == "group" else institution_slug(name)
        return _actor(f"{kind}:{own}", nominative(name), kind, forms)
    whole = _completed(found)
    return _actor(whole.id, nominative(name), whole.kind, forms)


def _completed(found: Sequence[Institution]) -> Institution:
    """The first one; where its country is missing and another mention is that country, with it."""
    first = min(found, key=lambda institution: institution.loose)
    if first.kind != "government" or first.place:
        return first
    country = next((f.place for f in found if f.place and not f.what), "")
    return Institution("government", country, first.what)


def _actor(
    id: str, name: str, kind: ActorKind, forms: Sequence[str], *, person: str | None = None
) -> Actor:
    speaks = kind in ("person", "unnamed")
    return Actor(
        id=id,
        name=name,
        kind=kind,
        on_behalf_of=institution_behind(forms, name=person) if speaks else None,
        aliases=tuple(form for form in forms if form != name),
    )


def _person(name: str, forms: Sequence[str]) -> Actor:
    people = parts_of_joint(name) or [name]
    if len(name.split()) > LONGEST_NAME:
        name = " ".join(", ".join(people).split()[:LONGEST_NAME])
    own = "--".join(sorted(map(person_slug, people)))
    return _actor(f"person:{own}", name, "person", forms, person=name)


def _shown(forms: Sequence[str], kind: ActorKind = "unnamed") -> str:
    """The form with most capitalised words, then the longest, that is not yet a description.

    Where all are descriptions, the shortest, up to its first comma or relative clause.
    """
    bare = [_without_article(form, kind) for form in forms]
    short = [f for f in bare if len(f.split()) <= NAME_WORDS]
    if short:
        return max(short, key=lambda f: (sum(w[:1].isupper() for w in f.split()), len(f)))
    cut = _CLAUSE.split(min(bare, key=len))[0]
    return " ".join(cut.split()[:LONGEST_NAME])


def _without_article(form: str, kind: ActorKind) -> str:
    """Without "der", "The" …, but "Der Spiegel" keeps what may belong to its name."""
    article, _, rest = form.strip().partition(" ")
    if not rest or article.casefold() not in ARTICLES:
        return form
    own = kind == "organization" and article[0].isupper() and " " not in rest
    return form if own and not rest.isupper() and identify(rest, kind=kind) is None else rest
