"""Links between the documents lead somewhere, and every page can be found from the README."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
FOLDERS = ("docs", "services", "schemas", "deploy", "tests")
PAGES = sorted(
    {*ROOT.glob("*.md"), *(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.md"))}
)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text("utf-8"))


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """The files, and places in them, to which a page links within the repository."""
    for target in LINK.findall(prose(page)):
        if "://" not in target and not target.startswith("mailto:"):
            path, _, anchor = target.partition("#")
            yield ((page.parent / path).resolve() if path else page), anchor


def anchors(page: Path) -> set[str]:
    """The places in a page, as GitHub and GitLab name them."""
    found: set[str] = set()
    for heading in HEADING.findall(prose(page)):
        words = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        same = sum(1 for other in found if re.fullmatch(rf"{re.escape(words)}(-\d+)?", other))
        found.add(f"{words}-{same}" if same else words)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in links(page):
        assert target.exists(), f"{page.name} links to {target}"
        assert target.is_relative_to(ROOT), f"{page.name} links out of the repository"
        if anchor:
            assert anchor in anchors(target), f"{page.name} links to {target.name}#{anchor}"


def test_every_page_is_found_from_the_readme() -> None:
    seen, todo = {README}, [README]
    while todo:
        for target, _ in links(todo.pop()):
            if target.suffix == ".md" and target.is_file() and target not in seen:
                seen.add(target)
                todo.append(target)
    pages = {page for page in PAGES if page.is_relative_to(ROOT / "docs")}
    assert sorted(pages - seen) == []


def test_absolute_links_are_secure() -> None:
    for page in PAGES:
        for address in re.findall(r"\]\((https?:[^)\s]*)\)", prose(page)):
            assert address.startswith("https://"), f"{page.name}: {address}"
