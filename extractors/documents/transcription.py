"""Pages that a model transcribed: whether its answer can be used, and as blocks of the document.

What a model says is only ever parsed as Markdown. Nothing that it links to is fetched, and HTML beyond plain
tables and text styles is taken for a failure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import yaml

from extractors.documents.blocks import Builder
from extractors.documents.markdown import MarkdownReader
from schemas.document import Block, Box, Document, with_spans

NOTHING = "EMPTY"
"""What a model answers where nothing is printed."""

_FENCED = re.compile(
    r"\A\s*(`{3,}|~{3,})[ \t]*(?:markdown|md|latex|tex|text)?[ \t]*\n(.*?)\n?\1\s*\Z", re.DOTALL
)
_RULE_FIRST = re.compile(r"\A(?:\s*-{3,}[ \t]*(?:\n|\Z))+")
_TAG = re.compile(r"<[/!?]?([A-Za-z][\w-]*)([^>]*)>?")
_HARMLESS = frozenset(
    "table thead tbody tr td th caption br hr p sub sup b i em strong u".split()  # noqa: SIM905
)
_HANDLER = re.compile(r"\bon\w+\s*=|javascript:", re.IGNORECASE)
# Han, Kana, Thai... have no blanks between words: two characters are taken for one.
_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u3400-\u9fff]"
_WORD = re.compile(rf"{_UNSPACED}{{1,2}}|(?:(?!{_UNSPACED})\w)+")
_SHORT = 400
"""Refusals are shorter than this, in characters."""

_PARAGRAPHS = re.compile(r"\n[ \t]*\n")

_MAX_PERIOD = 64
_LOOP = 40
"""A loop is at least so many words long, and four times what it repeats."""

_COMMON = 0.2
"""A transcription has at least this share of the distinct words of a page's own text."""

_MIN_WORDS = 15
"""A text of fewer distinct words than this says nothing about what is printed."""

_ENDED = re.compile(r"[.!?:;。！？…”\"')\]$|]$")


@dataclass(frozen=True, slots=True)
class PageText:
    """What a model made of a page.

    Attributes:
      markdown: its answer, without a fence around it; empty where nothing is printed.
      failure: why it can't be used: empty, refused, truncated, repetition, html, unrelated; else empty.
    """

    markdown: str = ""
    failure: str = ""


def check(answer: str, finish_reason: str, refusal: str, layer: str) -> PageText:
    """Returns the transcription in a model's answer, or why there is none.

    Args:
      answer, finish_reason, refusal: of the model.
      layer: what the document itself says on that page, if anything.
    """
    text = _RULE_FIRST.sub("", unfenced(answer)).strip()
    if refusal or finish_reason == "content_filter":
        return PageText(failure="refused")
    if finish_reason == "length":
        return PageText(failure="truncated")
    if text == NOTHING and len(_words(layer)) < _MIN_WORDS:
        return PageText()
    if not text or text == NOTHING:
        return PageText(failure="empty")
    refused = len(text) < _SHORT and _said("refusal").match(_straight(text))
    if refused and _in_common(text, layer) < 0.5:
        return PageText(failure="refused")
    if _loops(text):
        return PageText(failure="repetition")
    if _has_html(text):
        return PageText(failure="html")
    if len(_words(layer)) >= _MIN_WORDS and _in_common(text, layer) < _COMMON:
        return PageText(failure="unrelated")
    return PageText(_without_chatter(text, layer))


def _without_chatter(text: str, layer: str) -> str:
    """Returns a transcription without "Here is the text:" and "Let me know if...", unless it is printed."""
    printed = " ".join(_straight(layer).casefold().split())
    first = _PARAGRAPHS.search(text)
    if first and _is_chatter("opening", text[: first.start()], printed):
        text = text[first.end() :].strip()
    *_, last = [None, *_PARAGRAPHS.finditer(text)]
    if last and _is_chatter("closing", text[last.end() :], printed):
        text = text[: last.start()].strip()
    return text


def _is_chatter(role: str, paragraph: str, printed: str) -> bool:
    said = _straight(paragraph).strip(" *_\n")
    return _said(role).fullmatch(said) is not None and said.casefold() not in printed


def _straight(text: str) -> str:
    return text.replace("’", "'")


@cache
def _said(role: str) -> re.Pattern[str]:
    """Returns what models say in one of the roles of transcription.yaml."""
    source = files("extractors.documents").joinpath("transcription.yaml").read_text("utf-8")
    languages = yaml.CSafeLoader(source).get_single_data().values()
    return re.compile(
        "|".join(f"(?:{p})" for roles in languages for p in roles.get(role, ())), re.IGNORECASE | re.DOTALL
    )


def unfenced(answer: str) -> str:
    """Returns an answer without the code fence that models like to put around the whole."""
    match = _FENCED.match(answer)
    return match[2] if match and match[1] not in match[2] else answer


def _words(text: str) -> set[str]:
    """Returns the distinct words, but short ones and numbers, that a text has."""
    found = _WORD.findall(text.casefold())
    return {word for word in found if (len(word) > 2 or not word.isascii()) and not word.isdigit()}


def _in_common(text: str, layer: str) -> float:
    """Returns the share of the words of `layer` that `text` has."""
    words = _words(layer)
    if not words:
        return 0.0
    found = text.casefold()
    return sum(word in found for word in words) / len(words)


def _loops(text: str) -> bool:
    """Whether a run of up to 64 words comes again and again without anything in between."""
    words = _WORD.findall(text)
    for period in range(1, min(_MAX_PERIOD, len(words)) + 1):
        needed, streak = max(_LOOP, 4 * period) - period, 0
        for before, after in zip(words, words[period:], strict=False):
            streak = streak + 1 if before == after else 0
            if streak >= needed:
                return True
    return False


def _has_html(text: str) -> bool:
    """Whether there is HTML, outside of code, that is more than tables and styles of text."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    for token in (child for outer in tokens for child in (outer, *(outer.children or ()))):
        if token.type in ("html_block", "html_inline"):
            for name, attributes in _TAG.findall(token.content):
                if name.lower() not in _HARMLESS or _HANDLER.search(attributes):
                    return True
        if token.type == "html_block" and "<!--" in token.content:
            return True
    return False


def page_blocks(markdown: str, box: Box) -> list[Block]:
    """Returns a transcription as blocks of a page.

    Args:
      markdown: that has been checked.
      box: the whole page.
    """
    builder = Builder()
    reader = MarkdownReader(builder)
    reader.read(markdown)
    reader.end()
    return [
        replace(
            block,
            page=box.page,
            boxes=(box,),
            containers=(),  # a page doesn't declare elements, and their names would repeat from page to page
            ocr=True,
            math_quality="rebuilt" if "$" in block.text else "exact",
        )
        for block in builder.blocks()
    ]


def flagged_pages(document: Document) -> list[int]:
    """Returns the pages of a PDF whose text is doubtful: with mathematics that could not be rebuilt,
    recognised on a picture, or without any text."""
    doubtful = {
        box.page
        for block in document.blocks
        if block.ocr or block.math_quality == "doubtful"
        for box in block.boxes
    }
    return sorted(doubtful | (set(range(1, document.pages + 1)) - page_texts(document).keys()))


def page_texts(document: Document) -> dict[int, str]:
    """Returns what a document says on each page that has text; a block on two pages counts for both."""
    texts: dict[int, list[str]] = {}
    for block in document.blocks:
        if block.kind == "figure":  # which a scan is for a reader without OCR
            continue
        for page in dict.fromkeys(box.page for box in block.boxes):
            texts.setdefault(page, []).append(block.text)
    return {page: "\n".join(blocks) for page, blocks in texts.items()}


def with_pages(document: Document, pages: Mapping[int, list[Block]], notes: list[str]) -> Document:
    """Returns a document some of whose pages are replaced.

    A block that goes on from a replaced page to another one, or comes from one, is cut where the
    transcription of that page takes over, if that can be found, and stays whole otherwise.

    Args:
      pages: for each page number, its blocks.
      notes: what to add to the document's.
    """
    pages = {number: list(blocks) for number, blocks in pages.items()}
    blocks: list[Block] = []
    for block in document.blocks:
        own = {box.page for box in block.boxes}
        if not own or not own <= pages.keys():
            blocks.append(_cut(block, pages) if own & pages.keys() else block)
    for number in sorted(pages):
        at = next((i for i, block in enumerate(blocks) if block.page >= number), len(blocks))
        blocks[at:at] = pages[number]
    return replace(document, blocks=with_spans(_joined(blocks)), notes=document.notes + tuple(notes))


def _cut(block: Block, pages: dict[int, list[Block]]) -> Block:
    """Returns a block that stands partly on replaced pages, joined with their text of it, which they lose."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    for number in sorted({box.page for box in block.boxes} & pages.keys()):
        first = number == block.page
        replaced = pages[number]
        other = replaced[-1 if first else 0] if replaced else None
        if other is None or other.kind != block.kind:
            continue
        found = partial_ratio_alignment(block.text, other.text)
        if found is None or found.score < 70:
            continue
        if first and found.src_start <= 0.1 * len(block.text):
            text = f"{other.text} {block.text[found.src_end :].lstrip()}"
        elif not first and found.src_end >= 0.9 * len(block.text):
            text = f"{block.text[: found.src_start].rstrip()} {other.text}"
        else:
            continue
        del replaced[-1 if first else 0]
        block = replace(block, text=text.strip(), ocr=True)
    return block


def _joined(blocks: list[Block]) -> list[Block]:
    """Joins paragraphs that go on from one transcribed page to the next."""
    result: list[Block] = []
    for block in blocks:
        last = result[-1] if result else None
        if (
            last is not None
            and last.kind in ("paragraph", "list_item")
            and block.kind == "paragraph"
            and last.ocr
            and block.ocr
            and last.boxes
            and last.boxes[-1].page == block.page - 1
            and block.text[0].islower()
            and not _ENDED.search(last.text)
        ):
            result[-1] = replace(last, text=f"{last.text} {block.text}", boxes=last.boxes + block.boxes)
        else:
            result.append(block)
    return result
