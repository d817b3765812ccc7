"""What a user knows about actors: aliases, merges, whom to ignore; a TOML file on top of the rules.

```toml
ignore = ["organization:dpa", "Reuters"]

[merge]
"person:merkel" = "person:angela-merkel"

[actors."person:donald-trump"]
name = "Donald Trump"
aliases = ["Trump", "The Donald"]
```
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, get_args

import msgspec

from stancewire.errors import ConfigurationError
from stancewire.events import Actor, ActorKind
from stancewire.reading.features import words

Name = tuple[str, ...]


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str | None = None
    aliases: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ignore: tuple[str, ...] = ()
    merge: dict[str, str] = {}
    actors: dict[str, _Entry] = {}


@dataclass(frozen=True)
class ActorDirectory:
    """What a user's file says about actors; an empty one changes nothing."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Id -> the name to show."""
    ids: Mapping[str | Name, str] = field(default_factory=dict)
    """Id, or the words of a name, -> the id that holds."""
    ignored: frozenset[str | Name] = frozenset()
    """Ids and words of names that are never reported."""

    @classmethod
    def load(cls, file: Path | None) -> Self:
        """The directory in a TOML file, an empty one without a file.

        Raises ConfigurationError where the file is missing, holds an unknown key, an id that is
        none, a name of two actors, or merges that lead in a circle.
        """
        if file is None:
            return cls()
        try:
            said = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _File)
        except OSError as error:
            raise _refused(file, f"cannot be read: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise _refused(file, f"is not valid TOML: {error}") from error
        except msgspec.ValidationError as error:
            raise _refused(file, f"is no list of actors: {error}") from error
        return cls._checked(said, file)

    @classmethod
    def _checked(cls, said: _File, file: Path) -> Self:
        merge = dict(said.merge)
        for actor_id in (*merge, *merge.values(), *said.actors):
            _check_id(actor_id, file)
        ids: dict[str | Name, str] = {old: _end(old, merge, file) for old in merge}
        for actor_id, alias in _aliases(said):
            holds = _end(actor_id, merge, file)
            if ids.setdefault(words(alias), holds) != holds:
                raise _refused(file, f"gives {alias!r} to both {ids[words(alias)]} and {holds}")
        names = {key: entry.name for key, entry in said.actors.items() if entry.name}
        return cls(names, ids, frozenset(_keys(said.ignore)))

    def names_of(self, actor_id: str) -> Iterator[str]:
        """The names, in plain words, that the file gives to an actor."""
        for name, holds in self.ids.items():
            if holds == actor_id and not isinstance(name, str):
                yield " ".join(name)

    def apply(self, actor: Actor) -> Actor | None:
        """The actor as the user wants it, under the id that holds; None where it is ignored.

        Aliases are compared with the actor's shown name, whole and in any case; never with its
        other mentions, in which somebody else's name may stand.
        """
        name = words(actor.name)
        holds = self.ids.get(name) or self.ids.get(actor.id) or actor.id
        if self.ignored & {holds, actor.id, name}:
            return None
        if holds == actor.id and holds not in self.names:
            return actor
        shown = self.names.get(holds, actor.name)
        aliases = tuple(form for form in (actor.name, *actor.aliases) if form != shown)
        kind = _kind(holds) or actor.kind
        return msgspec.structs.replace(actor, id=holds, name=shown, kind=kind, aliases=aliases)


def _aliases(said: _File) -> Iterator[tuple[str, str]]:
    for actor_id, entry in said.actors.items():
        for alias in (*filter(None, (entry.name,)), *entry.aliases):
            yield actor_id, alias


def _keys(ignored: tuple[str, ...]) -> Iterator[str | Name]:
    for entry in ignored:
        yield entry if _kind(entry) else words(entry)


def _kind(id: str) -> ActorKind | None:
    before, colon, after = id.partition(":")
    kinds: tuple[ActorKind, ...] = get_args(ActorKind)
    return next((kind for kind in kinds if kind == before and colon and after), None)


def _check_id(id: str, file: Path) -> None:
    if _kind(id) is None or set("|/ ") & set(id):
        kinds = ", ".join(f"{kind}:" for kind in get_args(ActorKind))
        raise _refused(
            file, f"names {id!r}, which is no actor id; write one of {kinds} and a name without"
            " spaces, | and /, as `stancewire read --format jsonl` shows them",
        )  # fmt: skip


def _end(id: str, merge: Mapping[str, str], file: Path) -> str:
    """Where a chain of merges ends."""
    seen = [id]
    while (following := merge.get(seen[-1])) is not None:
        if following in seen:
            raise _refused(file, f"merges in a circle: {' -> '.join([*seen, following])}")
        seen.append(following)
    return seen[-1]


def _refused(file: Path, problem: str) -> ConfigurationError:
    return ConfigurationError(f"reader.actors_file {file} {problem}")
