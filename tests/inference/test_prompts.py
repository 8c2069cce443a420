from __future__ import annotations

import pytest

from inference.prompts import load_prompt


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
