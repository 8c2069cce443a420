"""What each reader makes of a document that we wrote, block for block."""

from __future__ import annotations

import pytest

from extractors.documents import read_document
from tests.extractors.documents.archives import docx, epub, level, numbering, paragraph, run, styles
from tests.extractors.documents.golden import INPUTS, check, check_invariants

_BOLD, _ITALIC = "<w:b/>", "<w:i/>"


@pytest.mark.parametrize(
    "name",
    ["commonmark.md", "directives.md", "page.html", "sheet.tex", "notes.txt", "notebook.ipynb"],
)
def test_file(name: str) -> None:
    document = read_document((INPUTS / name).read_bytes(), name)
    check_invariants(document)
    check(name, document)


def test_docx() -> None:
    half = "<m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>x</m:t></m:r></m:den>"
    equation = f"<m:oMath><m:f>{half}</m:f></m:oMath>"
    body = [
        paragraph("Sheet of week 3", style="Title"),
        paragraph("Lines", style="Heading1"),
        paragraph("What is a line?", number="1"),
        paragraph("in the plane", number="1", depth=1),
        paragraph("in space", number="1", depth=1),
        paragraph("It was said in between."),
        paragraph("What is a circle?", number="1"),
        paragraph("of radius one", number="1", depth=1),
        paragraph("Find its area.", number="2"),
        paragraph("and its length", number="2", depth=1),
        paragraph("a point", number="3"),
        paragraph("without a bullet", number="4"),
        paragraph("the fifth", number="5"),
        paragraph("for i in range(3):", style="Code"),
        paragraph("    print(i)", style="Code"),
        paragraph("Set in a style of its own.", style="Exercise"),
        paragraph("And more of it.", style="Exercise"),
        paragraph(runs=run("Bold", _BOLD) + run(" then ") + run("italic", _ITALIC)),
        paragraph(
            runs=run("x")
            + run("2", '<w:vertAlign w:val="superscript"/>')
            + run(" and a")
            + "<w:r><w:br/></w:r>"
            + run("break")
        ),
        paragraph(runs=run("Half is ") + equation + run(".")),
        paragraph(runs=f"<m:oMathPara>{equation}</m:oMathPara>"),
        paragraph(runs=run("Noted.") + '<w:r><w:footnoteReference w:id="2"/></w:r>'),
        f"<w:tbl><w:tr><w:tc>{paragraph('mass')}</w:tc><w:tc>{paragraph('kg')}</w:tc></w:tr>"
        f"<w:tr><w:tc>{paragraph('force')}</w:tc><w:tc>{paragraph('N')}{paragraph('newton')}</w:tc></w:tr></w:tbl>",
        paragraph("Lines ..... 1", style="Contents"),
    ]
    numbers = numbering(
        {
            "1": [level(0, "decimal", "%1."), level(1, "lowerLetter", "(%2)")],
            "2": [level(0, "decimal", "Exercise %1:"), level(1, "decimal", "%1.%2")],
            "3": [level(0, "bullet", "•")],
            "4": [level(0, "bullet", " ")],
        },
        overrides={"5": ("1", 5)},
    )
    names = {
        "Title": "Title",
        "Heading1": "heading 1",
        "Code": "Code",
        "Exercise": "Exercise",
        "Contents": "toc 1",
    }
    document = read_document(docx("".join(body), numbers, styles(names)), "sheet.docx")
    check_invariants(document)
    check("docx", document)


def test_epub() -> None:
    formula = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>F</mi><mo>=</mo><mi>m</mi><mi>a</mi></math>'
    )
    first = (
        f"<h1>Forces</h1><p>A force is <i>a push</i>: {formula}.</p>"
        '<div class="exercise" id="x1"><p>1. How strong?</p><ol type="a"><li>on Earth</li></ol></div>'
    )
    second = '<h1>Answers</h1><p>1. Strong.</p><p><img src="i.png" alt="A spring"/></p>'
    document = read_document(epub([first, second]), "book.epub")
    check_invariants(document)
    check("epub", document)
