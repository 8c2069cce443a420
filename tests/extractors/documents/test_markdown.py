"""Details of Markdown that the golden dumps do not show."""

from __future__ import annotations

import pytest

from extractors.documents import read_document
from extractors.documents.directives import Directive, parse_div, parse_fence, split_options
from schemas.document import Block


def read(source: str) -> list[Block]:
    return list(read_document(source.encode(), "a.md").blocks)


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("python", None),
        ("{python}", Directive("code-cell", is_code=True)),
        ("{r, echo=FALSE}", Directive("code-cell", is_code=True)),
        ("{r sum-solution}", Directive("code-cell", "sum-solution", is_code=True)),
        ("{code-cell} ipython3", Directive("code-cell", is_code=True)),
        ("{exercise} A title", Directive("exercise", title="A title")),
        ("{exercise, label=e1, name='A title'}", Directive("exercise", "e1", title="A title")),
        ("{solution} e1", Directive("solution", target="e1")),
        ("{solution-start} e1", Directive("solution", target="e1", is_gate=True)),
    ],
)
def test_fences(info: str, expected: Directive | None) -> None:
    assert parse_fence(info) == expected


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("{#exr-a}", Directive("exercise", "exr-a")),
        ("{#sol-a .extra}", Directive("extra", "sol-a")),
        ("{.callout-note collapse=true}", Directive("callout-note")),
        ("solution", Directive("solution")),
        ("tip Solution of it", Directive("tip", title="Solution of it")),
        ("{exercise} Title", Directive("exercise", title="Title")),
        ("{.solution for=e1}", Directive("solution", target="e1")),
        ("{}", Directive("div")),
    ],
)
def test_divs(info: str, expected: Directive) -> None:
    assert parse_div(info) == expected


def test_options() -> None:
    assert split_options(":a: b\n:c:\ntext\n:not: one") == ({"a": "b", "c": ""}, "text\n:not: one")
    assert split_options("---\na: 'b'\n---\ntext") == ({"a": "b"}, "text")
    assert split_options("---\nno end") == ({}, "---\nno end")
    assert split_options("#| a: b\n# comment") == ({"a": "b"}, "# comment")


def test_fence_in_fence_is_not_closed_early() -> None:
    blocks = read("````{exercise}\n```python\n:::\n```\nend\n````\nafter")
    assert [(b.kind, b.text, len(b.containers)) for b in blocks] == [
        ("code", ":::", 1), ("paragraph", "end", 1), ("paragraph", "after", 0)]  # fmt: skip


def test_html_that_is_never_closed_ends_with_its_list_item() -> None:
    blocks = read("- <div class=a>\n\n  inside\n\n- next\n\nafter")
    assert [[c.name for c in b.containers] for b in blocks] == [["a"], [], []]


def test_dollars_that_are_money() -> None:
    assert read("It costs $5, or $6 with **tax**.")[0].text == "It costs $5, or $6 with tax."


def test_mathematics_is_not_read_as_markdown() -> None:
    assert read(r"$a_1 * b_2 * c_3$, \(x_1 * y_1 * z_1\) and $$u_1 *v* w_1$$")[0].text == (
        "$a_1 * b_2 * c_3$, $x_1 * y_1 * z_1$ and\n$$u_1 *v* w_1$$"
    )


def test_picture_held_in_the_text_is_left_out() -> None:
    blocks = read("![plot](data:image/png;base64," + "A" * 100_000 + ")")
    assert [(b.kind, b.text) for b in blocks] == [("figure", "![plot](image)")]


def test_paragraph_no_author_writes_is_kept_as_it_is() -> None:
    text = "[" * 3000 + " end"
    assert read(f"x {text}")[0].text == f"x {text}"


def test_callouts_are_elements_with_a_title() -> None:
    question = "> [!Question]- What *is* it?\n> A thing.\n>\n> > [!success]+ Solution\n> > It is 2."
    blocks = read(f"{question}\n\n> [!NOTE]\n> x")
    assert [(b.text, b.style.bold, [c.name for c in b.containers]) for b in blocks] == [
        ("What is it?", 11, ["callout-question"]),
        ("A thing.", 0, ["callout-question"]),
        ("Solution", 8, ["callout-question", "callout-success"]),
        ("It is 2.", 0, ["callout-question", "callout-success"]),
        ("x", 0, ["callout-note"]),
    ]


def test_quotation_with_a_bracket_is_no_callout() -> None:
    assert [c.name for c in read("> see [!note] here")[0].containers] == ["blockquote"]


def test_links_and_anchors_have_places() -> None:
    block = read('1. <a id="q1"></a>[Ask  *me*](#s1) or **see**  [there](#s2) and [away](https://a.b/#c)')[0]
    assert [(a.id, a.start) for a in block.anchors] == [("q1", 0)]
    assert [(x.target, block.text[x.start : x.end]) for x in block.links] == [
        ("s1", "Ask me"),
        ("s2", "there"),
    ]
