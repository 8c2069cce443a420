"""Plain text: paragraphs, items, headings and encodings."""

from __future__ import annotations

import pytest

from extractors.documents import read_document
from extractors.documents.text import decode


def read(text: str) -> list[tuple[str, int, str]]:
    return [(b.kind, b.level, b.text) for b in read_document(text.encode(), "a.txt").blocks]


def test_items_follow_each_other_without_blank_lines() -> None:
    assert read("Do this:\n1. one\n2. two\nand more\n3. three") == [
        ("paragraph", 0, "Do this:"),
        ("list_item", 1, "1. one"),
        ("list_item", 1, "2. two\nand more"),
        ("list_item", 1, "3. three"),
    ]


def test_wrapped_line_that_looks_like_an_item_is_none() -> None:
    assert read("He was born in the year\n12. It was a good year,\nsaid the poet\nM. Smith of it.") == [
        ("paragraph", 0, "He was born in the year\n12. It was a good year,\nsaid the poet\nM. Smith of it.")
    ]


def test_items_nest_by_indentation() -> None:
    assert [(level, text) for _, level, text in read("1. a\n  (i) b\n  (ii) c\n     - d\n2. e\n\nf")] == [
        (1, "1. a"), (2, "(i) b"), (2, "(ii) c"), (3, "- d"), (1, "2. e"), (0, "f")]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Title\n=====", 1),
        ("Section\n-------", 2),
        ("EXERCISES FOR WEEK 3", 2),
        ("Chapter 4 Moving Bodies", 2),
        ("3.1 Moving bodies", 2),
    ],
)
def test_headings(text: str, level: int) -> None:
    assert read(f"{text}\n\nwords")[0][:2] == ("heading", level)


@pytest.mark.parametrize(
    "text", ["A short line", "IT ENDS HERE.", "3.1 is the answer.", "Part of it is this; and so"]
)
def test_lines_that_are_no_headings(text: str) -> None:
    assert read(f"{text}\n\nwords")[0][0] == "paragraph"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "Der Körper fällt aus großer Höhe auf die Straße, und zwar schön langsam. Übrigens: äöü."
    assert decode(text.encode(encoding)) == text


def test_declared_encoding_is_used_only_if_it_fits() -> None:
    assert decode("где".encode("koi8-r"), "koi8-r") == "где"
    assert decode("größe".encode(), "koi8-r") == "größe"


def test_page_break_ends_a_paragraph() -> None:
    assert [text for *_, text in read("one page\fthe next")] == ["one page", "the next"]


_PARAGRAPHS = [
    ("Où est né cet élève ? Il a été reçu à l'école après ses études, très près de la forêt.", "cp1252"),
    ("Où est né cet élève ? Il a été reçu à l'école après ses études, très près de la forêt.", "latin-1"),
    ("Der Körper fällt aus großer Höhe. Übrigens: Wie schnell schlägt er auf die Straße auf?", "cp1252"),
    ("¿Cuál es la razón de que el niño esté aquí? La solución está en la página siguiente.", "cp1252"),
    ("Żółta gęś pływała w dużej kałuży. Oblicz prędkość, z jaką się poruszała, jeśli wiadomo, że…", "cp1250"),
    ("Dokažte, že příčka kříží přímku v jediném bodě, a určete její délku. Žlutý kůň běžel.", "cp1250"),
    ("Докажите, что прямая пересекает окружность не более чем в двух точках.", "cp1251"),
    ("Докажите, что прямая пересекает окружность не более чем в двух точках.", "koi8-r"),
    ("Να αποδείξετε ότι το άθροισμα των γωνιών κάθε τριγώνου είναι δύο ορθές.", "iso8859-7"),
    (
        "Bir üçgenin iç açılarının toplamının yüz seksen derece olduğunu gösteriniz. Işık hızı nedir?",
        "iso8859-9",
    ),
    ("塔から落ちる物体の質量はいくらですか。その速さも求めなさい。", "shift_jis"),
    ("塔から落ちる物体の質量はいくらですか。その速さも求めなさい。", "euc_jp"),
    ("请证明三角形的内角和等于一百八十度,并说明理由。求物体下落的速度。", "gb18030"),
    ("請證明三角形的內角和等於一百八十度,並說明理由。求物體下落的速度。", "big5"),
    ("삼각형의 내각의 합이 백팔십 도임을 증명하고 그 이유를 설명하시오.", "euc_kr"),
    (
        "The author\u2019s \u201cna\u00efve\u201d answer \u2013 found in the caf\u00e9 \u2013 is not right.",
        "cp1252",
    ),
]


@pytest.mark.parametrize(("text", "encoding"), _PARAGRAPHS)
def test_legacy_encodings(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text
    assert decode(("In English first.\n" * 500 + text).encode(encoding)).endswith(text)
