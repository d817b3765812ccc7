import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.errors import InvalidInput
from stancewire.intake import html
from stancewire.intake.html_tags import MOST_ELEMENTS, simplify


def to_text(markup: str) -> str:
    return html.to_text(markup, at="/body")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p>One.<p>Two.", "One.\n\nTwo."),
        ("One<br>two<br/>three", "One\ntwo\nthree"),
        ("<p>A <b>bold</b>er <a href='#'>link</a>.</p>", "A bolder link."),
        ("<div>a<div>b</div>c</div>", "a\n\nb\n\nc"),
        ("<ul><li>one<li>two</ul>", "one\n\ntwo"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</table>", "1 2\n\n3"),
        ("<p>  much \n\t space  </p>", "much space"),
        ("&bdquo;Ja&ldquo;, sagte M&uuml;ller &#8211;", "„Ja“, sagte Müller –"),
        ("&#x201E;&amp;amp;", "„&amp;"),
        ("M&uumlller", "Müller"),
        ("a&nbsp;b", "a\u00a0b"),
        ("<p>&nbsp;</p><p>x</p>", "x"),
        ("a < b and c > d", "a < b and c > d"),
        ("Ein&shy;heit", "Ein\u00adheit"),
        ("<!DOCTYPE html><html lang=de><head><title>T</title></head><body>x", "x"),
        ("<?xml version='1.0'?><section>x</section>", "x"),
        ("&#xD800;&#0;", "\ufffd\ufffd"),
    ],
)
def test_running_text(markup, text):
    assert to_text(markup) == text


@pytest.mark.parametrize(
    "markup",
    [
        "<script>if (a<b) { x('</p>') }</script>",
        "<SCRIPT SRC=x></SCRIPT >",
        "<style>p { color: red }</style>",
        "<!-- <p>comment</p> -->",
        "<!-->",
        "<!--->",
        "<![CDATA[ data ]]>",
        "<figcaption>Photo: agency</figcaption>",
        "<nav><ul><li>Home</ul></nav>",
        "<form><input name=q><select><option>1<option>2</select><button>Go</button></form>",
        "<svg><title>icon</title><text>a</text></svg>",
        "<noscript><p>Enable scripts</p></noscript>",
        "<iframe src='x'><p>inside</p></iframe>",
        "<template><p>later</p></template>",
        "<video><track>no video</video>",
        "<a title='x > y <p>' data-y=\"it's\">",
    ],
)
def test_what_is_no_running_text_is_left_out(markup):
    assert to_text(f"<div>before {markup}after</div>").split() == ["before", "after"]
    assert to_text(f"<p>before {markup}after</p>").split() == ["before", "after"]


@pytest.mark.parametrize("markup", ["<a href='never closed", "<script>never closed"])
def test_what_never_ends_swallows_only_the_rest(markup):
    assert to_text(f"<p>kept {markup}") == "kept"


@pytest.mark.parametrize("tag", ["<div>", "<table><td>", "<nav>", "<form>", "<option><select>"])
def test_too_many_elements_are_refused_before_they_are_parsed(tag):
    with pytest.raises(InvalidInput, match="/body has more than 10000 block elements"):
        to_text(tag * (MOST_ELEMENTS + 1))


def test_deepest_allowed_nesting_is_read():
    assert to_text("<div>" * MOST_ELEMENTS + "deep") == "deep"


def test_thousands_of_attributes_never_reach_the_parser():
    attributes = " ".join(f"a{number}=1" for number in range(50_000))

    assert simplify(f"<p {attributes}>text", at="/body") == "<p>text"


@given(st.text(st.sampled_from("<>/!-='\" pdivscrt&;x"), max_size=60))
def test_any_soup_of_tags_is_read(soup):
    text = to_text(soup)

    assert text == text.strip()
    assert "\n\n\n" not in text


@given(st.text(st.characters(codec="utf-8", exclude_characters="<&\v\0\r")))
def test_text_without_markup_keeps_its_words(text):
    assert to_text(text).split() == text.split() or "\f" in text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>x", True),
        ("x<br/>y", True),
        ("<a href='x'>", True),
        ("a < b > c", False),
        ("<5%", False),
    ],
)
def test_markup_is_recognised(text, found):
    assert html.has_markup(text) is found


@pytest.mark.parametrize(
    ("text", "found"), [("&quot;", True), ("&#39;", True), ("&#x27;", True), ("AT&T; B & C", False)]
)
def test_entities_are_recognised(text, found):
    assert html.has_entities(text) is found
