"""Details of EPUB that the golden dump does not show."""

from __future__ import annotations

from extractors.documents import read_document
from schemas.document import Block
from tests.extractors.documents.archives import epub


def read(*chapters: str) -> list[Block]:
    return list(read_document(epub(list(chapters)), "a").blocks)


def test_elements_that_pandoc_does_not_know() -> None:
    blocks = read(
        '<div data-type="exercise" id="e"><p>Why?</p></div>'
        '<details class="solution"><summary>Show</summary><p>So.</p>'
        "<article><p>And so.</p></article></details><p>On.</p>"
    )
    assert [(b.text, [c.name for c in b.containers]) for b in blocks] == [
        ("Why?", ["exercise"]),
        ("Show", ["details solution", "summary"]),
        ("So.", ["details solution"]),
        ("And so.", ["details solution", "article"]),
        ("On.", []),
    ]


def test_navigation_is_taken_off() -> None:
    navigation = '<nav epub:type="landmarks"><ol><li><a href="c1.xhtml">Start</a></li></ol></nav>'
    assert [b.text for b in read(navigation, "<p>Words.</p>")] == ["Words."]


def test_element_that_does_not_end_takes_nothing_off() -> None:
    assert [b.text for b in read("<nav><p>One</p>", "<p>two</p>")] == ["One", "two"]


def test_solution_belongs_to_what_its_link_names() -> None:
    blocks = read(
        '<div class="exercise" id="e"><p>Why?</p></div>',
        '<div class="solution"><p><a href="c0.xhtml#e">1</a> So.</p></div>',
    )
    assert blocks[1].containers[0].target == blocks[0].containers[0].id
