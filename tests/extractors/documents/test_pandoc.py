"""Pandoc runs within bounds."""

from __future__ import annotations

import pytest

from extractors.documents import pandoc
from extractors.documents.limits import Limits, UnreadableDocument


def refusal(data: bytes, source_format: str, limits: Limits) -> UnreadableDocument:
    with pytest.raises(UnreadableDocument) as refused:
        pandoc.run_pandoc(data, source_format, limits)
    return refused.value


def test_time_is_bounded() -> None:
    refused = refusal(b"<p>word word</p>" * 200_000, "html", Limits(seconds=1))
    assert (refused.reason, refused.detail) == ("timeout", "pandoc took more than 1 s")


def test_memory_is_bounded() -> None:
    refused = refusal(b"<p>word word</p>" * 20_000, "html", Limits(memory_megabytes=8))
    assert (refused.reason, refused.detail) == ("out_of_memory", "pandoc needs more than 4m")


def test_missing_binary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr("shutil.which", lambda _: None)
    pandoc._pandoc.cache_clear()
    try:
        assert refusal(b"x", "html", Limits()).reason == "missing_dependency"
    finally:
        pandoc._pandoc.cache_clear()


def test_damaged_archive_is_one_line() -> None:
    refused = refusal(b"PK\x03\x04 nothing", "docx", Limits())
    assert refused.reason == "damaged"
    assert "\n" not in refused.detail


def test_tree_that_is_too_deep() -> None:
    deep = b"<div class=a>" * 2000 + b"x"
    with pytest.raises(UnreadableDocument) as refused:
        pandoc._document(pandoc.run_pandoc(deep, "html", Limits()), "a", "0", "epub")
    assert refused.value.detail == "nested too deeply"


def test_formulas_are_converted_together() -> None:
    formulas = [
        "<math><mi>x</mi></math>",
        "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>",
        "<math></math>",
    ]
    assert pandoc.mathml_to_latex(formulas, Limits()) == {formulas[0]: "x", formulas[1]: r"\frac{1}{2}"}
