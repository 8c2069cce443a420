"""Details of HTML that the golden dump does not show."""

from __future__ import annotations

import pytest

from extractors.documents import UnreadableDocument, read_document
from schemas.document import Block

MENU = "<div>" + "".join(f'<a href="/{n}">Chapter {n}</a> ' for n in range(9)) + "</div>"


def read(body: str, head: str = "") -> list[Block]:
    return list(
        read_document(
            f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(), "a"
        ).blocks
    )


def texts(body: str) -> list[str]:
    return [block.text for block in read(body)]


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        ("<ol>", ["1.", "2."]),
        ("<ol start=9>", ["9.", "10."]),
        ("<ol type=A>", ["A.", "B."]),
        ("<ol type=i start=4>", ["iv.", "v."]),
        ("<ol reversed start=2>", ["2.", "1."]),
        ("<ol start=x>", ["1.", "2."]),
        ('<ol style="list-style-type:lower-alpha">', ["a.", "b."]),
        ('<ol style="list-style: none">', ["", ""]),
        ("<ul>", ["-", "-"]),
    ],
)
def test_markers(opening: str, expected: list[str]) -> None:
    assert [block.marker for block in read(f"{opening}<li>x</li><li>y</li></ol></ul>")] == expected


def test_list_within_an_item() -> None:
    blocks = read("<ol><li>a<ul><li>b</li></ul>c</li><li><ol type=a><li>d</ol></ol>")
    assert [(b.marker, b.level, b.text) for b in blocks] == [
        ("1.", 1, "1. a"),
        ("-", 2, "- b"),
        ("", 1, "c"),
        ("2.", 1, "2."),
        ("a.", 2, "a. d"),
    ]


def test_formula_without_tex_is_converted() -> None:
    formula = "<math><msup><mi>x</mi><mn>2</mn></msup></math>"
    assert texts(f"<p>so {formula} and {formula}</p>") == ["so $x^{2}$ and $x^{2}$"]


def test_formula_that_cannot_be_converted_keeps_its_text() -> None:
    assert texts("<p>so <math><mtext>words</mtext><unknown>here</unknown></math></p>")[0].startswith("so $")


def test_navigation_is_taken_off_and_exercises_are_not() -> None:
    exercises = "".join(f"<p>Exercise {n}. How much is {n} times {n}?</p>" for n in range(9))
    article = f"<h1>Sheet</h1><article>{exercises}<footer>Kept</footer></article>"
    body = f'<div class="menu">{MENU}</div><nav>menu</nav>{article}<footer>Gone</footer>'
    found = texts(body)
    assert found == ["Sheet", *(f"Exercise {n}. How much is {n} times {n}?" for n in range(9)), "Kept"]


def test_list_of_links_that_is_the_text_stays() -> None:
    assert texts(f"<h1>Contents</h1>{MENU}") == ["Contents", " ".join(f"Chapter {n}" for n in range(9))]


def test_main_with_most_of_the_text_is_the_page() -> None:
    assert texts("<div>aside</div><main><p>The text of the page.</p></main>") == ["The text of the page."]
    assert texts("<p>All of the text of the page.</p><main>x</main>") == ["All of the text of the page.", "x"]


def test_hidden_solutions_are_read() -> None:
    body = '<p>Why?</p><div hidden>Because.</div><div style="display:none" aria-hidden="true">And so.</div>'
    assert texts(body) == ["Why?", "Because.", "And so."]


def test_solution_that_opens_with_a_link_belongs_to_its_target() -> None:
    blocks = read(
        '<div class="exercise" id="e1"><p>Why?</p></div>'
        '<div class="solution"><p class="title">Solution to <a href="#e1">Exercise 1</a></p>'
        '<p>See <a href="#e2">2</a>.</p></div>'
        '<div class="solution"><p>So.</p><p>See <a href="#e1">Exercise 1</a>.</p></div>'
    )
    targets = [[c.target for c in b.containers if c.name == "solution"] for b in blocks]
    assert targets == [[], ["e1"], ["e1"], [""], [""]]


def test_table_that_only_lays_out_the_page() -> None:
    layout = "<table><tr><td>1.<td><p>Show</p><p>it</p><p>to</p><p>me.</p></table>"
    assert [block.kind for block in read(layout)] == ["paragraph"] * 5
    assert texts(layout) == ["1.", "Show", "it", "to", "me."]


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-8", "utf-16", "koi8-r"])
def test_declared_encoding(encoding: str) -> None:
    word = "где" if encoding == "koi8-r" else "größe"
    page = f'<!doctype html><html><head><meta charset="{encoding}"></head><body><p>{word}</p></body></html>'
    assert read_document(page.encode(encoding), "a.html").blocks[0].text == word


@pytest.mark.parametrize("charset", ["nonsense", "hex", "punycode", "idna", "undefined"])
def test_wrongly_declared_encoding(charset: str) -> None:
    page = (
        f'<!doctype html><html><head><meta charset="{charset}"></head><body><p>'.encode()
        + b"gr\xf6\xdfe</p></body>"
    )
    assert read_document(page, "a.html").blocks


def test_environments_that_mathjax_sets() -> None:
    assert texts("<p>\\begin{align*} a &amp;= b \\end{align*}</p>") == [
        r"$$\begin{aligned} a &= b \end{aligned}$$"
    ]
    assert texts("<p>\\[\\begin{align} a \\end{align}\\]</p>") == [r"$$\begin{aligned} a \end{aligned}$$"]


def test_drawings_are_figures_and_icons_are_not() -> None:
    drawn = (
        '<figure><svg aria-label="A curve"><path d="M0"/><text>lost</text></svg></figure><svg><path/></svg>'
    )
    assert [(b.kind, b.text) for b in read(drawn)] == [("figure", "![A curve](svg)")]


def test_footnotes() -> None:
    blocks = read(
        '<p>Said<a href="#fn1" class="footnote-ref" role="doc-noteref"><sup>1</sup></a>.</p>'
        '<section role="doc-endnotes"><ol><li id="fn1">Here.<a href="#r" role="doc-backlink">↩</a></li></ol>'
    )
    assert [(b.kind, b.text) for b in blocks] == [("paragraph", "Said."), ("footnote", "1. Here.")]


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("H<sub>2</sub>O", "H_2O"),
        ("SO<sub>4</sub><sup>2-</sup>", "SO_4^{2-}"),
        ("a<sub>i<sub>j</sub></sub>", "a_{i_j}"),
        ("e<sup>-<i>x</i><sup>2</sup></sup>", "e^{-x^2}"),
        ("10<sup>5</sup>6 a<sub>1</sub>", "10^56 a_1"),
        ("C<sub>6</sub>H<sub>12</sub>O<sub>6</sub>", "C_6H_{12}O_6"),
        ("{a<sub>n</sub>}", "{a_n}"),
        ("P<sub>{1, 2}</sub>", r"P_{\{1, 2\}}"),
        ("x<sup>}</sup>", r"x^{\}}"),
        ("x<sup>\\(\\frac{1}{2}\\)</sup>", r"x^{\frac{1}{2}}"),
        ("x<sup>2<br>3</sup>", "x^{2 3}"),
        ("x<sub> </sub>y<sup></sup>", "xy"),
        ("10<sup>$</sup>", "10"),
    ],
)
def test_scripts(printed: str, read: str) -> None:
    """As in LaTeX; braces that are printed are no group of it."""
    assert texts(f"<p>{printed}</p>") == [read]


def test_pre_keeps_its_lines() -> None:
    (block,) = read("<pre><code>a\n  <b>b</b>\n\n</code></pre>")
    assert (block.kind, block.text) == ("code", "a\n  b")


def test_page_without_text_is_empty() -> None:
    with pytest.raises(UnreadableDocument) as refused:
        read("<script>text()</script>")
    assert refused.value.reason == "empty"
