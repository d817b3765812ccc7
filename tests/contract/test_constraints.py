"""`constraints.txt` pins what `pyproject.toml` asks for, exactly and without an address."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LINES = [
    line
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ASKED = [
    *PROJECT["dependencies"],
    *(line for extra in PROJECT["optional-dependencies"].values() for line in extra),
]


def test_every_line_is_one_exact_version() -> None:
    for line in LINES:
        assert re.fullmatch(r"[a-z0-9.-]+==[0-9][a-z0-9.]*( ; [^;]+)?", line), line


@pytest.mark.parametrize("asked", [line for line in ASKED if not line.startswith("torch")])
def test_what_is_asked_for_is_pinned_to_a_version_that_fits(asked: str) -> None:
    requirement = Requirement(asked)
    pins = [Requirement(line) for line in LINES]
    name = canonicalize_name(requirement.name)
    versions = [
        specifier.version
        for pin in pins
        if canonicalize_name(pin.name) == name
        for specifier in pin.specifier
    ]
    assert versions, f"run `make constraints`: {asked} is not pinned"
    assert all(requirement.specifier.contains(version) for version in versions)


def test_torch_is_left_to_the_machine() -> None:
    assert not [line for line in LINES if line.startswith(("torch", "nvidia", "triton"))]
