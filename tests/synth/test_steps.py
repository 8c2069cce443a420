from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.marked import Marked
from synth.steps import LossyCut, checked, split_as, split_steps
from tests.conftest import ROOT

PROCESSBENCH = ROOT.parent / "shared" / "data" / "processbench"


def solutions() -> list[dict[str, Any]]:
    if not PROCESSBENCH.is_dir():
        pytest.skip(f"{PROCESSBENCH} is not on this machine")
    return [
        row for name in ("gsm8k", "math") for row in json.loads((PROCESSBENCH / f"{name}.json").read_text())
    ]


def compact(*texts: str) -> str:
    return "".join("".join(texts).split())


def holds(text: str, steps: Sequence[str]) -> bool:
    """Whether steps are pieces of a text that leave out only white space, and cut no word or number."""
    place = 0
    for step in steps:
        begin = len(text) - len(text[place:].lstrip())
        joined = begin == place > 0 and (text[place - 1].isascii() and text[place].isascii())
        if joined or not step.strip() or step != step.strip() or not text.startswith(step, begin):
            return False
        place = begin + len(step)
    return not text[place:].strip()


def test_the_check_of_these_tests_can_fail() -> None:
    assert holds(" x = 1 2\n\ny", ["x = 1 2", "y"])
    assert not holds("x = 1 2", ["x = 12"])
    assert not holds("x = 12", ["x = 1", "2"])
    assert not holds("x = 1", ["x ="])


PAIRS = [(r"\\\[", r"\\\]"), (r"\\\(", r"\\\)"), (r"\\begin\{", r"\\end\{"), (r"(?<!\\)\{", r"(?<!\\)\}")]


def balanced(text: str) -> bool:
    return all(len(re.findall(a, text)) == len(re.findall(b, text)) for a, b in PAIRS)


def formulas(text: str) -> list[str]:
    """The mathematics between dollars, found otherwise than by the rules: a sign of it, and no prose."""
    found = re.findall(r"\$\$.+?\$\$|\$[^$]+\$", text, re.DOTALL)
    prose = re.compile(r"[a-z]{2,}\W{1,2}[a-z]{2,}|\n\n")  # after money, more likely than not
    return [one for one in found if re.search(r"[\\=^_]", one) and not prose.search(one)]


@pytest.mark.parametrize("joint", ["\n\n", "\n", " "])
def test_nothing_is_lost_of_1400_real_solutions(joint: str) -> None:
    whole = solutions()
    assert len(whole) == 1400
    dollars = 0
    for row in whole:
        text = joint.join(row["steps"])
        steps = split_steps(text)
        assert holds(text, steps)
        if balanced(text):
            assert all(map(balanced, steps)), row["id"]
        if row["id"].startswith("math") and text.count("$") % 2 == 0:  # elsewhere dollars are money
            dollars += len(formulas(text))
            assert all(any(one in step for step in steps) for one in formulas(text)), row["id"]
    assert dollars > 1000


def test_paragraphs_of_real_solutions_are_steps() -> None:
    def ends(steps: list[str]) -> set[int]:
        return set(accumulate(len(compact(step)) for step in steps))

    printed = found = common = 0
    for row in solutions():
        theirs, ours = ends(row["steps"]), ends(list(split_steps("\n\n".join(row["steps"]))))
        printed, found, common = printed + len(theirs), found + len(ours), common + len(theirs & ours)
    assert common / printed > 0.98
    assert common / found > 0.98


PIECES = [
    "$",
    "$$",
    r"\[",
    r"\]",
    r"\(",
    r"\)",
    "```",
    "`",
    "\n",
    "\n\n",
    " ",
    "1. ",
    "- ",
    "|",
    "|-|",
    ":",
    ".",
    "Step 2:",
    r"\begin{a}",
    r"\end{a}",
    "#",
    "**",
    "e.g. ",
    "x = 5",
    "So",
    "so",
    "。",
    "\\",
    "\u2028",
    "\r\n",
    "\x00",
    "\u200b",
    "\ud800",
    "é",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join))
def test_nothing_is_lost_of_hostile_text(text: str) -> None:
    steps = split_steps(text)
    assert holds(text, steps)
    assert bool(steps) == bool(text.strip())


FORMULAS = [
    "$a. B$",
    "$ x = 1. Y = 2 $",
    "$ x^2. Y\nZ $",
    r"\boxed{\text{Yes. It is.}}",
    r"\frac{a. B}{c. D}",
    r"\sqrt[3]{a. B\{}",
    "$$\nx = 1.\n\nY\n$$",
    "\\[ a. B\n\n1. c \\]",
    r"\( a. B \)",
    "`a. B`",
    "\\begin{align}\na. B\n\n2. c\n\\end{align}",
    "```py\nx. Y\n\n1. z\n```",
    "| a. B | c |\n|---|---|\n| 1. D | e |",
]


@given(
    st.lists(st.sampled_from(FORMULAS), min_size=1, max_size=5),
    st.sampled_from(["\n\n", "\n\nThen it follows.\n\n"]),
)
def test_no_cut_goes_through_what_stays_whole(formulas: list[str], between: str) -> None:
    steps = split_steps("We begin.\n\n" + between.join(formulas) + "\n\nDone.")
    for formula in formulas:
        assert any(formula in step for step in steps)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("We have $ x = 1. Y = 2 $ so. Done here.", ["We have $ x = 1. Y = 2 $ so.", "Done here."]),
        ("She pays 2 $. He pays 3 $. Both pay 5 $.", ["She pays 2 $.", "He pays 3 $.", "Both pay 5 $."]),
        ("It is \\boxed{\\text{Yes. It is.}}", ["It is \\boxed{\\text{Yes. It is.}}"]),
        ("It costs $5. He has $10. So he needs $3.", ["It costs $5.", "He has $10.", "So he needs $3."]),
        ("1. Add: 3 + 4 = 7.\n2. Then 7 * 2 = 14.", ["1. Add: 3 + 4 = 7.", "2. Then 7 * 2 = 14."]),
        (
            "We get a system:\n1. $a = 1$,\n2. $b = 2$.\n\nSo $a + b = 3$.",
            ["We get a system:\n1. $a = 1$,\n2. $b = 2$.", "So $a + b = 3$."],
        ),
        ("As follows:\n1. Add 3.\n2. Then 14.", ["As follows:\n1. Add 3.", "2. Then 14."]),
        (
            "### Step 1\n\nWe add.\n\n**Step 2:**\n\nWe stop.",
            ["### Step 1\n\nWe add.", "**Step 2:**\n\nWe stop."],
        ),
        (
            "It is\n\n$$x = 1$$\n\nwhere x counts.\n\nDone.",
            ["It is\n\n$$x = 1$$\n\nwhere x counts.", "Done."],
        ),
        ("Schritt 1: Wir addieren.\nSchritt 2: Fertig.", ["Schritt 1: Wir addieren.", "Schritt 2: Fertig."]),
        ("由于a=1。所以b=2。", ["由于a=1。", "所以b=2。"]),
        (
            "She has 16 - 7 = 9 eggs\nShe earns 9 * 2 = 18\n#### 18",
            ["She has 16 - 7 = 9 eggs", "She earns 9 * 2 = 18", "#### 18"],
        ),
        ("E.g. 3 is odd. Dr. A. Smith says 1.5 is not.", ["E.g. 3 is odd.", "Dr. A. Smith says 1.5 is not."]),
        ("One.\n\n---\n\nTwo.", ["One.\n\n---", "Two."]),
        (" \n ", []),
    ],
)
def test_where_cuts_are(text: str, steps: list[str]) -> None:
    assert list(split_steps(text)) == steps


def test_a_split_that_changes_the_text_is_none() -> None:
    text = "Let $a = 1. B$ hold.\n\nThen  c."
    assert split_as(text, ["Let $a = 1. B$ hold.", "Then c."]) == ("Let $a = 1. B$ hold.", "Then  c.")
    assert split_as(text, ["Let $a = 1. B$ holds.", "Then c."]) is None
    assert split_as(text, ["Let $a = 1.", "B$ hold. Then c."]) is None
    assert split_as(text, ["Let $a = 1. B$ hold.", " ", "Then c."]) is None
    assert split_as(text, ["Let $a = 1. B$ hold."]) is None
    assert split_as(text, []) is None
    assert split_as("Let x = 12 then.", ["Let x = 1", "2 then."]) is None
    assert split_as("Let x = 1 2 then.", ["Let x = 12", "then."]) is None
    assert split_as("Let x = 1 2 then.", ["Let x = 1\n2", "then."]) == ("Let x = 1 2", "then.")
    assert split_as("由于a=1。所以b=2。", ["由于a=1。", "所以b=2。"]) == ("由于a=1。", "所以b=2。")
    assert split_as("กี่", ["ก", "ี่"]) is None  # a vowel sign belongs to its letter


@given(st.text("ab1 \n.$。所", min_size=1), st.lists(st.integers(0, 30), max_size=4))
def test_an_accepted_split_is_cut_as_proposed(text: str, places: list[int]) -> None:
    cuts = sorted({0, *(place for place in places if place < len(text)), len(text)})
    proposed = [text[a:b] for a, b in pairwise(cuts)]
    steps = split_as(text, proposed)
    split = [place for place in cuts[1:-1] if re.match(r"[ab1.$]{2}", text[place - 1 : place + 1])]
    if not all(map(compact, proposed)) or split:
        assert steps is None
    elif not any(map(Marked(text).holds, cuts)):
        assert steps == tuple(step.strip() for step in proposed)
    if steps is not None:
        assert holds(text, steps)


def test_lossy_steps_are_refused() -> None:
    assert checked("a b", ["a", "b"]) == ("a", "b")
    assert checked("a  b\nc", ["a b", "c"]) == ("a  b", "c")
    for steps in (["a"], ["a", "", "b"], ["b", "a"], ["ab"], ["a b", "c"], ["a", "b c"], []):
        with pytest.raises(LossyCut):
            checked("a b", steps)


@pytest.mark.parametrize(
    "text",
    [
        "\\[" * 20000,
        "$" * 20000,
        "$x" + " 5 $" * 20000,
        "= $ " * 20000,
        "\\a{" * 20000 + "}" * 20000,
        "\\a{b}{" * 20000,
        "`a" * 20000,
        "\\begin{a}" * 9000 + "\\end{a}" * 9000,
        "1. " * 20000,
        "\\begin{a}" * 9000 + "\\end{b}" * 9000,
        "\n\n" * 20000,
        "```\n" * 20000,
        "|-|\n" * 20000,
        "a\n" * 20000,
        "a. " * 30000,
        "Step 1:\n\n" * 10000,
        " " * 60000 + "x",
        "-" * 60000,
        "|" + "- " * 30000,
        "**" * 30000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_time_grows_with_the_length(text: str) -> None:
    begin = time.process_time()
    split_steps(text)
    assert time.process_time() - begin < 20  # a square would take minutes


def test_what_is_not_closed_holds_nothing() -> None:
    assert not Marked(r"\[ x. Y").holds(5)
    assert Marked(r"\[ x. Y \]").holds(5)
