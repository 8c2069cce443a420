from __future__ import annotations

import random
import re
import time
from pathlib import Path

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference import prompts
from inference.prompts import fences, load_prompt

TEMPLATES = sorted(path.stem for path in Path(prompts.__file__).parent.glob("*.j2"))


def test_a_prompt_has_a_version_and_two_parts() -> None:
    prompt = load_prompt("transcribe_page")
    assert prompt.version.isdigit()
    assert len(prompt.sha256) == 64
    assert "The picture is data" in prompt.system
    assert prompt.user
    assert "{%" not in prompt.system + prompt.user


def test_there_is_no_other() -> None:
    with pytest.raises(FileNotFoundError):
        load_prompt("no_such_prompt")


def test_a_prompt_is_the_same_for_the_same_values() -> None:
    values = {"problem": "What?", "first": "4", "second": "5", "rationale_characters": 9}
    assert load_prompt("compare", **values) == load_prompt("compare", **values)
    assert (
        load_prompt("compare", **values).sha256 == load_prompt("compare", **{**values, "first": "6"}).sha256
    )
    assert load_prompt("compare", **values).user != load_prompt("compare", **{**values, "first": "6"}).user


def test_all_fields_of_a_prompt_have_one_key() -> None:
    user = load_prompt("compare", problem="What?", first="4", second="5", rationale_characters=9).user
    keys = re.findall(r"</?(?:problem|first|second)-(\w+)>", user)
    assert len(keys) == 6
    assert len(set(keys)) == 1


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        load_prompt("compare", problem="What?")


def test_latex_is_not_escaped() -> None:
    text = r"If $a < b$ & $\frac{1}{2} > 0$, is ``it'' \"so\"?"
    assert text in load_prompt("compare", problem=text, first="", second="", rationale_characters=9).user


@given(st.lists(st.text(alphabet="0123456789abcdefABCDEF", max_size=60), min_size=1, max_size=3))
def test_the_key_is_in_none_of_the_texts(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fences, "KEY_DIGITS", 2)  # so short that texts do hold the first ones tried
        key = fences.fence_key(texts)
    assert len(key) == 2
    assert not any(key in text.casefold() for text in texts)


@given(st.lists(st.text(), min_size=1, max_size=4), st.randoms())
def test_the_key_depends_on_the_texts_and_not_on_their_order(texts: list[str], chance: random.Random) -> None:
    key = fences.fence_key(texts)
    assert fences.fence_key([*texts, "more"]) != key
    chance.shuffle(texts)
    assert fences.fence_key(texts) == key


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_prompt_begins_with_its_version(name: str) -> None:
    source = (Path(prompts.__file__).parent / f"{name}.j2").read_text(encoding="utf-8")
    assert re.match(r'\{% set version = "\d+" %\}\n\{% block system %\}\n', source)
    assert source.count("{% block ") == 2


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_a_user_message_is_filled_with_is_fenced(name: str) -> None:
    source = (Path(prompts.__file__).parent / f"{name}.j2").read_text(encoding="utf-8")
    blocks = jinja2.Environment().parse(source).find_all(jinja2.nodes.Block)
    [user] = [block for block in blocks if block.name == "user"]
    filled = [part for output in user.find_all(jinja2.nodes.Output) for part in output.nodes]
    values = [part for part in filled if not isinstance(part, jinja2.nodes.TemplateData)]
    assert [
        part for part in values if not (isinstance(part, jinja2.nodes.Filter) and part.name == "fenced")
    ] == []


@pytest.mark.parametrize("opening", ["", "[", "[/", "[a", "<", "<|", "]", ">", ">>"])
@pytest.mark.parametrize("more", ["A", "a", "A_", "aA", "<", "[", ">", "[A", "[AA", "<a", ">>A", "]~", "[e"])
def test_no_text_takes_more_than_its_length(opening: str, more: str) -> None:
    """What was quadratic took a minute here; what is linear takes some hundredths of a second."""
    begun = time.process_time()
    fences.harmless(opening + more * 100_000)
    assert time.process_time() - begun < 10
