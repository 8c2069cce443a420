from __future__ import annotations

import codecs
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from rapidfuzz.fuzz import ratio

from extractors.documents import read_document
from extractors.documents.limits import Limits, Ocr, UnreadableDocument
from extractors.documents.ocr_data import OcrUnavailable, check_ocr
from extractors.problems import find_items, match_items
from schemas.document import Document
from tests.conftest import Beam
from tests.extractors.documents.scans import scan, typeset, words

PROBLEMS = [
    "A carriage of {0} kg rolls down a slope of {1} m without friction. Find its speed at the bottom.",
    "A kettle heats {0} litres of water by {1} degrees in five minutes. Which power does it take?",
    "A lamp of {0} watts burns for {1} hours. How much energy does it turn into light and heat?",
    "A stone is dropped into a well that is {1} m deep. After which time is its splash heard?",
    "A boat crosses a river of {0} m while the stream carries it {1} m. How long was its way?",
]
ANSWERS = [
    "Energy is conserved, so that the mass plays no part and the speed follows from the height alone.",
    "The heat is the product of mass, rise and specific heat, and dividing by the time gives power.",
    "Power times time is energy, to be counted in joules once the hours are written as seconds.",
    "Two times add up: that of the fall, and that of the sound on its way back to the brim.",
    "The two ways stand at right angles, so that the theorem of Pythagoras gives the third side.",
]
COUNT = 15


def book() -> str:
    numbers = range(COUNT)
    problems = "\n\n".join(f"*{i + 1}.* {PROBLEMS[i % 5].format(2 * i + 3, 3 * i + 4)}" for i in numbers)
    solutions = "\n\n".join(f"*{i + 1}.* {ANSWERS[i % 5]}" for i in numbers)
    return f"= Motion and heat\n\n{problems}\n\n= Solutions\n\n{solutions}\n"


GERMAN = """= Bewegung

Ein Fass rollt über die Brücke, während der Müller am Ufer die großen Säcke zählt. Wie schnell müsste er
laufen, um das Fass noch vor der Schleuse einzuholen, wenn es beschleunigt und der Weg dreißig Meter misst?
Für die Lösung genügt es, beide Wege gleichzusetzen und die größere der zwei Zeiten zu wählen.
"""


def read(data: bytes, mode: str = "auto", languages: str = "eng") -> Document:
    return read_document(data, "scan.pdf", Limits(ocr=Ocr(mode, languages)))  # type: ignore[arg-type]


@pytest.mark.parametrize(("columns", "dpi", "angle"), [(1, 150, 0.0), (2, 200, 0.6), (2, 300, -1.5)])
def test_a_scanned_book_gives_its_pairs(columns: int, dpi: int, angle: float) -> None:
    pdf = typeset(book(), columns)
    printed, seen = read(pdf, "off"), read(scan(pdf, dpi, angle))
    assert ratio(words(printed.text), words(seen.text)) > 98
    assert all(block.ocr for block in seen.blocks)
    assert not any(block.ocr for block in printed.blocks)
    assert seen.language == "en"
    matching = match_items([find_items(seen)])
    assert len(matching.pairs) >= COUNT - 1
    for pair in matching.pairs:
        number = int(pair.problem.number[-1]) - 1
        assert ratio(pair.solution.text, ANSWERS[number % 5]) > 90
        assert pair.problem.ocr
        assert pair.solution.ocr


def test_headings_are_told_by_their_size_and_running_heads_are_gone() -> None:
    seen = read(scan(typeset(book(), 2), 200))
    assert [b.text for b in seen.blocks if b.kind == "heading"] == ["Motion and heat", "Solutions"]
    assert "Book of Problems" not in seen.text
    assert seen.notes == (f"pages 1-{seen.pages}: read by OCR (eng)",)


def test_boxes_are_where_the_words_are_printed() -> None:
    pdf = typeset("= Alone\n\nA single line of text that stands below its heading.")
    printed, seen = read(pdf, "off"), read(scan(pdf, 200))
    for ours, theirs in zip(seen.blocks, printed.blocks, strict=True):
        for edge in ("x0", "y0", "x1", "y1"):
            assert getattr(ours.boxes[0], edge) == pytest.approx(getattr(theirs.boxes[0], edge), abs=4)


@pytest.mark.parametrize(
    "layer",
    [
        "Scanned by the library on 3 May",
        codecs.encode(" ".join(PROBLEMS), "rot13"),
        "\x01\x02\x03" * 50,
    ],
    ids=["a stamp", "junk", "control characters"],
)
def test_a_useless_layer_is_replaced(layer: str) -> None:
    pdf = typeset("= Alone\n\n" + " ".join(PROBLEMS).replace("{0}", "3").replace("{1}", "4"))
    seen = read(scan(pdf, 150, layer=layer))
    assert ratio(words(seen.text), words(read(pdf, "off").text)) > 95
    assert all(block.ocr for block in seen.blocks)


def test_a_layer_that_says_what_is_printed_is_kept() -> None:
    text = " ".join(PROBLEMS).format(*[3, 4] * 5)
    seen = read(scan(typeset(text), 150, layer=text))
    assert not any(block.ocr for block in seen.blocks)
    assert ratio(words(seen.text), words(text)) == 100


def test_pages_of_formulas_are_left_alone() -> None:
    pdf = typeset(
        "\n".join(f"$ x_{n}^2 + y_{n}^2 = z_{n}^2, quad integral_0^{n} f(x) dif x $" for n in range(2, 20))
    )
    seen = read(pdf)
    assert not any(block.ocr for block in seen.blocks)
    assert seen == read(pdf, "off")


def test_force_reads_every_page_but_blank_ones() -> None:
    import pymupdf

    file = pymupdf.open("pdf", typeset("= Alone\n\n" + PROBLEMS[0].format(3, 4)))
    file.new_page()
    seen = read(file.tobytes(), "force")
    assert {b.page for b in seen.blocks if b.ocr} == {1}
    assert seen.notes == ("page 1: read by OCR (eng)", "page 2: no text layer")


def test_a_page_as_large_as_a_wall() -> None:
    import pymupdf

    file = pymupdf.open("pdf", scan(typeset("= Alone\n\n" + PROBLEMS[0].format(3, 4)), 150))
    wall = pymupdf.open()
    page = wall.new_page(width=4200, height=5950)
    page.show_pdf_page(page.rect, file, 0)
    seen = read(wall.tobytes())
    assert ratio(words(seen.blocks[-1].text), PROBLEMS[0].format(3, 4)) > 95
    assert seen.blocks[-1].boxes[0].x0 == pytest.approx(480, abs=40)


def test_scanned_and_printed_pages_in_one_file() -> None:
    import pymupdf

    file = pymupdf.open("pdf", typeset("= First\n\n" + PROBLEMS[0].format(3, 4)))
    file.insert_pdf(pymupdf.open("pdf", scan(typeset("= Second\n\n" + PROBLEMS[1].format(5, 6)), 150)))
    seen = read(file.tobytes())
    assert [(b.page, b.ocr, b.kind) for b in seen.blocks] == [
        (1, False, "heading"),
        (1, False, "paragraph"),
        (2, True, "heading"),
        (2, True, "paragraph"),
    ]


def test_the_language_that_reads_best_is_taken() -> None:
    german, english = scan(typeset(GERMAN, language="de"), 150), scan(typeset(book()), 150)
    assert read(german, languages="").notes == ("page 1: read by OCR (deu)",)
    assert "Brücke, während der Müller" in read(german, languages="").text
    assert all(note.endswith("(eng)") for note in read(english, languages="").notes)


def test_a_drawing_is_no_text() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read(scan(typeset("#set page(header: none)\n#circle(radius: 2cm)\n#v(1cm)\n#square(size: 3cm)"), 100))
    assert caught.value.reason == "no_text"


def test_the_command_reads_scans(beam: Beam, tmp_path: Path) -> None:
    (tmp_path / "book.pdf").write_bytes(scan(typeset(book(), 2), 150))
    out = tmp_path / "out"
    done = beam(
        *("run", "scp116k", "--input", tmp_path / "book.pdf", "--output", out, "--ocr_languages", "eng")
    )
    assert done.returncode == 0, done.stderr
    rows = pq.read_table(out / "data").to_pylist()
    assert len(rows) >= COUNT - 1
    assert all(row["ocr"] for row in rows)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--ocr_languages", "eng+tlh"], "beam: --ocr: no Tesseract data for eng+tlh: "),
        (
            ["--ocr", "sometimes"],
            "beam: --ocr: invalid choice: 'sometimes' (choose from 'auto', 'off', 'force')",
        ),
    ],
)
def test_what_can_not_be_had_is_one_line(beam: Beam, tmp_path: Path, options: list[str], line: str) -> None:
    (tmp_path / "a.md").write_text("# Title")
    done = beam("run", "scp116k", "--input", tmp_path / "a.md", "--output", tmp_path / "out", *options)
    assert done.returncode == 2
    [said] = done.stderr.strip().splitlines()
    assert said.startswith(line)


# Without the data.


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    return tmp_path


def test_without_its_data_a_scan_says_what_to_install(nowhere: Path) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read_document(scan(typeset(book()), 72), "scan.pdf")
    assert caught.value.reason == "no_text"
    assert caught.value.detail == (
        "pages 1-2: no text layer; for OCR, install Tesseract's data: pip install 'assay[ocr]', or Debian's "
        "tesseract-ocr-eng and its like"
    )


def test_without_its_data_the_other_pages_are_read(nowhere: Path) -> None:
    import pymupdf

    file = pymupdf.open("pdf", typeset("= First\n\n" + PROBLEMS[0].format(3, 4)))
    file.insert_pdf(pymupdf.open("pdf", scan(typeset("= Second"), 72)))
    seen = read_document(file.tobytes(), "half.pdf")
    assert {b.page for b in seen.blocks if b.kind != "figure"} == {1}
    [note] = seen.notes
    assert note.startswith("page 2: no text layer; for OCR, install Tesseract's data")


def test_off_says_nothing_of_it(nowhere: Path) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read(scan(typeset("= Second"), 72), "off", "")
    assert (caught.value.reason, caught.value.detail) == ("no_text", "page 1: no text layer")


def test_data_that_is_asked_for_has_to_be_there(nowhere: Path) -> None:
    check_ocr(Ocr("auto", ""))
    check_ocr(Ocr("off", "tlh"))
    for wanted in (Ocr("force", ""), Ocr("auto", "eng")):
        with pytest.raises(OcrUnavailable, match=r"^for OCR, install Tesseract's data: pip install"):
            check_ocr(wanted)
    (nowhere / "tessdata").mkdir()
    (nowhere / "tessdata" / "eng.traineddata").touch()
    check_ocr(Ocr("force", "eng"))
    with pytest.raises(OcrUnavailable, match=r"^no Tesseract data for eng\+tlh: .*tessdata holds eng$"):
        check_ocr(Ocr("auto", "eng+tlh"))


def test_damaged_data_costs_the_page(nowhere: Path) -> None:
    (nowhere / "eng.traineddata").write_bytes(b"no data at all")
    with pytest.raises(UnreadableDocument) as caught:
        read_document(scan(typeset("= Second"), 72), "scan.pdf")
    assert caught.value.reason == "no_text"
    assert "page 1: OCR failed" in caught.value.detail
