from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.documents.transcription import (
    PageText,
    check,
    flagged_pages,
    page_blocks,
    page_texts,
    with_pages,
)
from schemas.document import BLOCK_SEPARATOR, Block, Box, Document, with_spans

PAGE = """## Exercises

**3.** A ladder of length $5\\,\\text{m}$ leans against a wall. Find
the height of its top when its foot is $3$ m away.

$$h = \\sqrt{5^2 - 3^2}$$

![A ladder against a wall.](figure)

| x | y |
|---|---|
| 1 | 2 |
"""
WORDS = (
    "The ladder leans against the wall while the painter climbs slowly towards the gutter carrying "
    "another bucket of white paint and whistling an old melody about sailors"
)


def usable(text: str, finish: str = "stop", refusal: str = "", layer: str = "") -> PageText:
    return check(text, finish, refusal, layer)


def box(page: int) -> Box:
    return Box(page, 0, 0, 420, 595)


def document(*blocks: Block, pages: int = 0, notes: tuple[str, ...] = ()) -> Document:
    return Document("a.pdf", "0" * 64, "", "en", "pdf", pages, with_spans(list(blocks)), notes)


def block(text: str, *pages: int, **more: object) -> Block:
    return Block(text, page=pages[0], boxes=tuple(box(page) for page in pages), **more)  # type: ignore[arg-type]


def test_a_good_answer_is_used() -> None:
    assert usable(PAGE) == PageText(PAGE.strip())
    assert usable(
        PAGE, layer="a ladder of length 5 m leans against a wall. find the height of its top"
    ) == PageText(PAGE.strip())


@pytest.mark.parametrize(
    "refusal",
    [
        "I’m sorry, but I can't transcribe this image.",
        "Es tut mir leid, aber dieses Bild kann ich nicht lesen.",
        "Ich kann den Text auf diesem Bild leider nicht erkennen.",
        "Désolé, je ne peux pas lire cette image.",
        "Lo siento, no puedo ayudar con eso.",
        "К сожалению, я не могу прочитать изображение.",
        "抱歉，我无法识别这张图片。",
        "申し訳ありませんが、この画像は読めません。",
    ],
)
def test_a_refusal_in_any_language_is_no_transcription(refusal: str) -> None:
    assert usable(refusal).failure == "refused"


def test_what_only_looks_like_a_refusal_is_used() -> None:
    asked = "Leider ist die Tabelle nass geworden. Ergänze die drei Werte, die nicht mehr zu lesen sind."
    assert usable(asked, layer=asked) == PageText(asked)
    assert usable("Ich fahre nach Ulm. Wie lange dauert das?").failure == ""
    assert usable("Leider ist der Wagen defekt. Wie weit kommt er zu Fuß?").failure == ""
    assert usable("Nem tudom, hány alma van a kosárban. Te tudod?").failure == ""


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("Sure! Here is the transcription:", "Let me know if you need anything else!"),
        ("Here's the text of the page:", "If you need further help, just ask."),
        ("Gerne! Hier ist die Transkription der Seite:", "Lass mich wissen, ob du noch etwas brauchst!"),
        ("Voici la transcription de l’image :", "N’hésitez pas à me demander autre chose."),
        ("以下是图片的转录内容：", "如果您还有其他问题，请告诉我。"),
    ],
)
def test_what_a_model_says_around_the_page_is_left_out(opening: str, closing: str) -> None:
    assert usable(f"{opening}\n\n{PAGE}\n\n{closing}") == PageText(PAGE.strip())
    printed = f"{opening}\n\n{PAGE}\n\n{closing}"
    assert usable(printed, layer=printed) == PageText(printed)


@pytest.mark.parametrize(
    "line",
    [
        "If you have three apples and eat one, how many are left?",
        "If you have any time left, solve 7.",
        "Do you need more than three colours to paint this map?",
        "Let me know the mass of the stone.",
        "Here is the text of a law:",
        "This is the image of a point under the map.",
        "Certainly!",
        "Falls Sie weitere Blätter brauchen, melden Sie sich.",
        "Hier ist die Seite eines Dreiecks gegeben.",
        "Puis-je diviser par zéro ?",
        "Si vous avez fini, relisez votre copie.",
        "Si necesitas más papel, levanta la mano.",
        "Se precisar de mais papel, peça ao professor.",
        "Se hai bisogno di altra carta, alza la mano.",
        "Czy mogę podzielić przez zero?",
        "Сообщите телу скорость 5 м/с и найдите путь.",
        "如果有三个苹果，每人分一个，可以分给三个人。",
        "何か一つ例を挙げて説明してください。",
        "도움이 필요한 사람은 몇 명인가?",
    ],
)
def test_what_a_scanned_page_begins_and_ends_with_is_its_text(line: str) -> None:
    page = f"{line}\n\n{PAGE}\n\n{line}"
    assert usable(page) == PageText(page)


def test_a_page_may_end_with_a_question() -> None:
    page = PAGE + "\nHere is the graph of h:\n\nIf x = 2, what is h?"
    assert usable(page) == PageText(page)


@pytest.mark.parametrize("fence", ["```", "```markdown", "```md", "~~~~ latex"])
def test_a_fence_around_the_whole_is_taken_off(fence: str) -> None:
    close = fence.rstrip("abcdefghijklmnopqrstuvwxyz ")
    assert usable(f"{fence}\n{PAGE}{close}\n").markdown == PAGE.strip()


def test_fences_within_stay() -> None:
    listing = "```python\nprint(1)\n```\n\nText.\n\n```python\nprint(2)\n```"
    assert usable(listing).markdown == listing


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    blocks = page_blocks(usable(f"---\n{WORDS}\n\n---\n\nMore.").markdown, box(1))
    assert [b.text for b in blocks] == [WORDS, "More."]


@pytest.mark.parametrize(
    ("answer", "finish", "refusal", "failure"),
    [
        ("", "stop", "", "empty"),
        ("  \n ", "stop", "", "empty"),
        ("``` \n\n```", "stop", "", "empty"),
        (PAGE, "length", "", "truncated"),
        (PAGE, "content_filter", "", "refused"),
        ("", "stop", "I won't do that.", "refused"),
        ("I'm sorry, but I can't assist with that request.", "stop", "", "refused"),
        ("I cannot transcribe this copyrighted page.", "stop", "", "refused"),
        ("As an AI language model, I am unable to view images.", "stop", "", "refused"),
        ("Unfortunately, I can’t read the image you sent.", "stop", "", "refused"),
        (PAGE + "and so on and on " * 20, "stop", "", "repetition"),
        (PAGE + "so " * 60, "stop", "", "repetition"),
        (PAGE + (WORDS + "\n\n") * 5, "stop", "", "repetition"),
        ("解方程式并求出它的所有实数根。" * 12, "stop", "", "repetition"),
        (PAGE + "<script>fetch('http://example.org')</script>", "stop", "", "html"),
        (PAGE + "\n\n<iframe src='http://example.org'></iframe>", "stop", "", "html"),
        (PAGE + "and <img src=x onerror=alert(1)> too", "stop", "", "html"),
        (PAGE + '<td onclick="x()">', "stop", "", "html"),
        (PAGE + "\n\n<div class='solution'>42</div>", "stop", "", "html"),
        (PAGE + "\n\n<!-- hidden -->", "stop", "", "html"),
    ],
)  # fmt: skip
def test_what_can_not_be_used_says_why(answer: str, finish: str, refusal: str, failure: str) -> None:
    assert usable(answer, finish, refusal) == PageText(failure=failure)


@pytest.mark.parametrize(
    "answer",
    [
        "if $x < y$ and y > z then <b>both</b> hold, H<sub>2</sub>O",
        "Use `<script>` in HTML:\n\n```html\n<script src='x.js'></script>\n```",
        "<table><tr><td>1</td><td>2</td></tr></table>",
        "vector x; 1 <2, 3> 2",
        "0 0 0 1 " * 8,
        "I cannot be negative. **12.** Show that the integral I is finite, and find its values at the ends.",
    ],
)
def test_what_only_looks_bad_is_used(answer: str) -> None:
    layer = answer if answer.startswith("I ") else ""
    assert usable(answer, layer=layer).failure == ""


def test_an_answer_about_something_else_is_not_used() -> None:
    assert usable(PAGE.replace("ladder", "tree"), layer=WORDS).failure == "unrelated"
    assert usable(WORDS.replace("paint", "point"), layer=WORDS).failure == ""
    assert usable(PAGE, layer="page 12 of 99").failure == ""  # too little to compare with
    chinese = "设函数在闭区间上连续并且在开区间内可导证明存在一点使得等式成立"
    assert usable(PAGE, layer=chinese).failure == "unrelated"
    assert usable(chinese + "。", layer=chinese).failure == ""


def test_a_page_without_print() -> None:
    assert usable("EMPTY") == PageText()
    assert usable("EMPTY", layer=WORDS) == PageText(failure="empty")


def test_markdown_becomes_blocks_of_the_page() -> None:
    blocks = page_blocks(PAGE, box(7))
    assert [(b.kind, b.text) for b in blocks] == [
        ("heading", "Exercises"),
        (
            "paragraph",
            "3. A ladder of length $5\\,\\text{m}$ leans against a wall. Find the height of its top when its "
            "foot is $3$ m away.",
        ),
        ("formula", "$$h = \\sqrt{5^2 - 3^2}$$"),
        ("figure", "![A ladder against a wall.](figure)"),
        ("table", "x | y\n1 | 2"),
    ]
    assert all(b.page == 7 and b.boxes == (box(7),) and b.ocr and not b.containers for b in blocks)
    assert [b.math_quality for b in blocks] == ["exact", "rebuilt", "rebuilt", "exact", "exact"]
    assert blocks[1].style.bold == 2


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=100))
def test_any_answer_is_used_or_refused(answer: str, layer: str) -> None:
    text = check(answer, "stop", "", layer)
    assert not (text.markdown and text.failure)
    for b in page_blocks(text.markdown, box(1)):
        assert b.text.strip()
        assert "\n\n" not in b.text or b.kind == "code"


def test_pages_with_doubts_are_flagged() -> None:
    book = document(
        block("good", 1),
        block("formula", 2, 3, math_quality="doubtful"),
        block("rebuilt", 4, math_quality="rebuilt"),
        block("seen", 5, ocr=True),
        block("![](figure)", 6, kind="figure"),
        pages=7,
    )
    assert flagged_pages(book) == [2, 3, 5, 6, 7]
    assert page_texts(book) == {1: "good", 2: "formula", 3: "formula", 4: "rebuilt", 5: "seen"}


def test_pages_are_replaced_in_their_place() -> None:
    book = document(
        block("one", 1), block("two", 2), block("also two", 2), block("four", 4), pages=4, notes=("x",)
    )
    new = with_pages(book, {2: [block("II", 2, ocr=True)], 3: [block("III", 3, ocr=True)]}, ["page 4: y"])
    assert [b.text for b in new.blocks] == ["one", "II", "III", "four"]
    assert new.notes == ("x", "page 4: y")
    assert all(new.text[b.start : b.end] == b.text for b in new.blocks)
    assert new.text == BLOCK_SEPARATOR.join(["one", "II", "III", "four"])
    assert with_pages(book, {}, []) == book


def test_a_paragraph_that_comes_from_the_page_before_is_not_doubled() -> None:
    before = "The painter climbs slowly up the ladder with"
    after = "a bucket of paint, so that x2 + y2 = l2 holds at any time."
    better = "a bucket of paint, so that $x^2+y^2=l^2$ holds at any time."
    book = document(block(f"{before} {after}", 1, 2), block("Next.", 2), pages=2)
    new = with_pages(book, {2: page_blocks(f"{better}\n\nNext one.", box(2))}, [])
    assert [b.text for b in new.blocks] == [f"{before} {better}", "Next one."]
    assert {b.page for b in new.blocks[0].boxes} == {1, 2}
    old = with_pages(book, {1: page_blocks(f"Start.\n\n{before}", box(1))}, [])
    assert [b.text for b in old.blocks] == ["Start.", f"{before} {after}", "Next."]


def test_a_paragraph_over_two_replaced_pages_is_one() -> None:
    book = document(block("a", 1), block("b", 2), pages=2)
    pages = {1: page_blocks("The painter climbs", box(1)), 2: page_blocks("up the ladder.\n\nNext.", box(2))}
    new = with_pages(book, pages, [])
    assert [b.text for b in new.blocks] == ["The painter climbs up the ladder.", "Next."]
    assert [b.page for b in new.blocks[0].boxes] == [1, 2]


def test_a_page_that_turns_out_empty_loses_its_text() -> None:
    book = document(block("one", 1), block("speck", 2, ocr=True), pages=2)
    assert [b.text for b in with_pages(book, {2: []}, []).blocks] == ["one"]
