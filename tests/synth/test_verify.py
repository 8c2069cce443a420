from __future__ import annotations

import json
import os
import signal
import threading
import time
from typing import Any

import pytest

pytest.importorskip("math_verify", reason="the extra [verify] is not installed")
pytest.importorskip("pint", reason="the extra [verify] is not installed")
pytest.importorskip("text_to_num", reason="the extra [verify] is not installed")

from inference.client import ModelError
from schemas.scp116k import Pair
from synth.equal_process import SECONDS
from synth.verify import (
    ALGEBRA,
    LETTERS,
    Algebra,
    algebra,
    boxed,
    choice,
    missing_libraries,
    options_of,
    results,
    verify,
)
from tests.inference.asking import asked, stubs
from tests.inference.stub import Reply
from tests.pipelines.records import pair

CHOICES = "What is the unit of force? (A) joule (B) newton (C) watt (D) pascal"
NUMBERS = "How long is it?\nA. 5 m\nB. 50 m\nC. 500 m"
ENDLESS = r"\prod_{n=1}^{900} \sin(x^{99}+y)^{99} \cdot (x+y+z)^{99}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"So \boxed{5}.", "5"),
        (r"\boxed{1} and then \boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\boxed {x}", "x"),
        (r"\fbox{7}", "7"),
        (r"\boxed{never closed", None),
        (r"\boxed{}", None),
        ("no box", None),
        ("", None),
    ],
)
def test_the_box(text: str, found: str | None) -> None:
    assert boxed(text) == found


def test_options() -> None:
    assert options_of(CHOICES) == {"A": "joule", "B": "newton", "C": "watt", "D": "pascal"}
    assert options_of(NUMBERS) == {"A": "5 m", "B": "50 m", "C": "500 m"}
    assert options_of("Find a) the force and b) the energy.") == {}
    assert options_of("Points (A) and (C) and (B) lie on a line.") == {}


@pytest.mark.parametrize(
    ("answer", "letter"),
    [
        ("B", "B"),
        ("(b)", "B"),
        (r"\text{B}", "B"),
        ("B) newton", "B"),
        ("**B**", "B"),
        ("B. newton", "B"),
        ("newton", None),
        ("E", None),
        ("Bn", None),
        ("A and B", None),
    ],
)
def test_choices(answer: str, letter: str | None) -> None:
    assert choice(answer, options_of(CHOICES)) == letter


@pytest.mark.parametrize(
    ("solution", "found"),
    [
        ("We add and get $2 + 2 = 4$. ◻", ["4"]),
        ("so that the total is 6 Ω.", ["6 Ω"]),
        (r"$$\begin{aligned} a &= 3 \\ &= 10 - 2 = 8. \end{aligned}$$", ["8"]),
        ("Daraus folgt $T = 35$ °C.", ["35$ °C"]),
        (r"Donc le volume est $8\pi$.", [r"8\pi"]),
        ("See Figure 3.", []),
        ("and that is what had to be shown.", []),
        ("(a) It is 3. (b) It is 4.", []),
        ("", []),
    ],
)
def test_what_a_solution_says_last(solution: str, found: list[str]) -> None:
    assert results(solution) == found


def verified(record: Pair, said: str, *replies: Reply) -> tuple[bool | None, str | None, int]:
    """Returns the verdict, what gave it, and how often the model was asked, which may answer as given."""

    def script(body: Any, number: int) -> Reply:
        return replies[min(number, len(replies) - 1)]

    with stubs(script) as (models, servers):
        agrees, by = asked(models, verify(models, "", record, said))
        return agrees, by, len(servers[0].requests)


def model_says(same: str) -> Reply:
    return Reply(json.dumps({"rationale": "because", "same": same}))


@pytest.mark.parametrize(
    ("record", "said", "agrees", "by"),
    [
        (pair(answer="4"), r"\boxed{4}", True, ALGEBRA),
        (pair(answer="4"), r"\boxed{5}", False, ALGEBRA),
        (pair(answer="4"), r"<think>\boxed{5}</think> \boxed{4}", True, ALGEBRA),
        (pair(CHOICES, "It is B.", answer="B"), r"\boxed{\text{(B)}}", True, LETTERS),
        (pair(CHOICES, "It is B.", answer="B"), r"\boxed{A}", False, LETTERS),
        (pair(CHOICES, "It is B.", answer="B"), r"\boxed{\text{newton}}", True, ALGEBRA),
        (pair(NUMBERS, "It is C.", answer="C"), r"\boxed{0.5\,\mathrm{km}}", True, ALGEBRA),
        (pair(NUMBERS, "It is C.", answer="C"), r"\boxed{5 m}", False, ALGEBRA),
        (pair(solution="We add them and get $2 + 2 = 4$.", answer=None), r"\boxed{4}", True, ALGEBRA),
        (pair(solution="so that the total is 6 Ω.", answer=None), r"\boxed{6\ \Omega}", True, ALGEBRA),
    ],
)
def test_what_needs_no_model(record: Pair, said: str, agrees: bool, by: str) -> None:
    assert verified(record, said, Reply("", status=400)) == (agrees, by, 0)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (pair(answer="5 m"), r"\boxed{5}"),
        (pair(answer="it grows"), r"\boxed{\text{it increases}}"),
        (pair(answer="4"), "It comes to four, I think."),
        (pair(solution="A long story. At last we note that $n=3$ was assumed.", answer=None), r"\boxed{4}"),
        (pair(solution="By induction.", answer=None), r"By contradiction. \boxed{none}"),
    ],
)
def test_what_a_model_has_to_tell(record: Pair, said: str) -> None:
    assert verified(record, said, model_says("yes")) == (True, "stub-a", 2)
    assert verified(record, said, model_says("no")) == (False, "stub-a", 2)
    assert verified(record, said, model_says("unclear")) == (None, None, 2)
    assert verified(record, said, model_says("yes"), model_says("no")) == (None, None, 2)


def test_a_model_that_fails_is_told() -> None:
    with pytest.raises(ModelError):
        verified(pair(answer="5 m"), r"\boxed{5}", Reply("", status=400))


def test_what_takes_too_long_is_undecided_and_the_next_is_not() -> None:
    compared = Algebra()
    try:
        assert compared.same("1", "1.0") is True
        process = compared._process
        start = time.monotonic()
        assert compared.same(ENDLESS, "1+" + ENDLESS) is None
        assert time.monotonic() - start < SECONDS + 10
        assert compared.same("1/2", "0.5") is True
        assert process is not None
    finally:
        compared.close()


@pytest.mark.parametrize(
    "hostile",
    [
        "10^{10^{10}}",
        "9^{9^{9^9}}",
        "100000000!",
        "(x+1)^{100000}",
        "{" * 900,
        r"\frac{" * 150 + "1" + "}" * 150,
        "1," * 400,
        "\ud800",
        "\x00",
        "1e999999999",
        r"\input{/etc/passwd}",
        "__import__('os').abort()",
    ],
)
def test_hostile_answers_are_never_accepted(hostile: str) -> None:
    assert algebra().same(hostile, "1") is not True
    assert algebra().same("1/2", "0.5") is True


def test_a_process_that_is_gone_is_started_again() -> None:
    compared = Algebra()
    try:
        assert compared.same("2/4", "1/2") is True
        assert compared._process
        os.kill(compared._process.pid, signal.SIGKILL)
        compared._process.wait()
        assert compared.same("2/4", "1/2") is True
    finally:
        compared.close()


def test_threads_get_answers_to_their_own_questions() -> None:
    found: dict[int, bool | None] = {}

    def ask(number: int) -> None:
        found[number] = algebra().same(f"{number}/7", f"{2 * number}/{14 if number % 2 else 15}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: bool(number % 2) for number in range(1, 17)}


def test_nothing_is_missing_here() -> None:
    assert missing_libraries() == []
