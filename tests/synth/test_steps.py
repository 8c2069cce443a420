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
    "<table>",
    "</table>",
    "<!--",
    "-->",
    "<a b='",
    "...",
    "!",
    "=",
    "Fig. ",
    "Step 1:",
    "第一步，",
    "।",
    "。",
    "؟",
    ")",
    "」",
    "”",
    "»",
    "]",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join))
def test_nothing_is_lost_of_hostile_text(text: str) -> None:
    steps = split_steps(text)
    assert holds(text, steps)
    assert bool(steps) == bool(text.strip())
    closing = re.compile(r"[)}」』”’]|\](?!\w)")
    assert not any(map(closing.match, steps[1:]))


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
    "<table>\n\n<tr><td>A. B\n\n</table>",
    "<math>\n\na. B</math>",
    "1 + 2 + ... + 9",
    "5! = 120",
    "x = 3. 5",
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
        ("Let \\(a = 1\n\n+ 2\\) hold.\n\nSo.", ["Let \\(a = 1\n\n+ 2\\) hold.", "So."]),
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
        # Mathematics that nothing marks.
        ("Add 1 + 2 + ... + n first. It is x.", ["Add 1 + 2 + ... + n first.", "It is x."]),
        ("Take 1, 2, ... N of them. Done.", ["Take 1, 2, ... N of them.", "Done."]),
        ("Here 5! = 120 and 4! 6! too. So it is.", ["Here 5! = 120 and 4! 6! too.", "So it is."]),
        (
            "It is 3. 5 here. We get x. Then y = 7. Done.",
            ["It is 3. 5 here.", "We get x.", "Then y = 7.", "Done."],
        ),
        ("It is $1.00. 40 nickels are 2.", ["It is $1.00.", "40 nickels are 2."]),
        ("５！＝120。次。", ["５！＝120。", "次。"]),
        (
            "We have\n(x + 1)^2\n= x^2 + 2x + 1\n+ 3\nThat is all",
            ["We have", "(x + 1)^2\n= x^2 + 2x + 1\n+ 3", "That is all"],
        ),
        ("a = b\n\n\\leq c\n\nDone", ["a = b\n\n\\leq c", "Done"]),
        ("It is 3 +\n4\nDone", ["It is 3 +\n4", "Done"]),
        ("Buy\n- 3 apples\n- 4 pears", ["Buy", "- 3 apples", "- 4 pears"]),
        ("So x > 2\n> Quoted words\nEnd", ["So x > 2", "> Quoted words", "End"]),
        ("We see = 3.\n- \\( E = 1 \\)\nEnd", ["We see = 3.", "- \\( E = 1 \\)\nEnd"]),
        # Blocks of HTML.
        (
            'See\n\n<table class="a">\n\n<tr>A. B\n\n</table>\n\nEnd.',
            ['See\n\n<table class="a">\n\n<tr>A. B\n\n</table>', "End."],
        ),
        ("See.\n\n<pre>\nA.\n\n1. B\n</pre>\n\nEnd.", ["See.", "<pre>\nA.\n\n1. B\n</pre>", "End."]),
        ("A.\n\n<!-- B.\n\nC. -->\n\nD.", ["A.", "<!-- B.\n\nC. -->", "D."]),
        (
            "A <b title='B. C'>d</b> e. If x <y, so. Then z> 2.",
            ["A <b title='B. C'>d</b> e.", "If x <y, so.", "Then z> 2."],
        ),
        ("`<table>` opens.\n\nHere `</table>` closes.", ["`<table>` opens.", "Here `</table>` closes."]),
        # Sentences of other scripts.
        ("यह है। वह है॥ क्या?हाँ।अब", ["यह है।", "वह है॥", "क्या?हाँ।", "अब"]),
        ("Սա է։ Ապա։", ["Սա է։", "Ապա։"]),
        ("ይህ ነው። ከዚያ፧ አዎ", ["ይህ ነው።", "ከዚያ፧", "አዎ"]),
        ("هل هو؟ نعم. ثم", ["هل هو؟", "نعم.", "ثم"]),
        ("یہ ہے۔ پھر۔", ["یہ ہے۔", "پھر۔"]),
        ("သည်။ထို", ["သည်။", "ထို"]),
        ("នេះ។បន្ទាប់", ["នេះ។", "បន្ទាប់"]),
        ("འདི་ཡིན། དེ་ནས།", ["འདི་ཡིན།", "དེ་ནས།"]),
        ("他说！？“是的。”然后3.5。", ["他说！？", "“是的。”", "然后3.5。"]),
        ("「そうだ。」と。次。", ["「そうだ。」", "と。", "次。"]),
        ("Er sagt „Ja.“ Dann nicht.", ["Er sagt „Ja.“", "Dann nicht."]),
        # Abbreviations, initials, ordinal numbers.
        ("See Fig. 3, Eq. (2) and No. 5. No. So.", ["See Fig. 3, Eq. (2) and No. 5.", "No.", "So."]),
        ("Im 2. Schritt, z. B. Nr. 3, d. h. so. Ende.", ["Im 2. Schritt, z. B. Nr. 3, d. h. so.", "Ende."]),
        ("On a c.-à-d. 3 et p. ex. 4. Voilà", ["On a c.-à-d. 3 et p. ex. 4.", "Voilà"]),
        ("Это т. е. Число, см. рис. 3 там. Вот", ["Это т. е. Число, см. рис. 3 там.", "Вот"]),
        # Steps that a word and a number name.
        ("Step 1: Add. It is 3. Step 2: Stop. Yes.", ["Step 1: Add. It is 3.", "Step 2: Stop. Yes."]),
        ("**Step 1:** Add. So. **Step 2:** Stop.", ["**Step 1:** Add. So.", "**Step 2:** Stop."]),
        ("Step 1: 3+4=7 Step 2: 7*2=14", ["Step 1: 3+4=7", "Step 2: 7*2=14"]),
        ("Étape 1 : On ajoute. Oui. Étape 2 : Fin.", ["Étape 1 : On ajoute. Oui.", "Étape 2 : Fin."]),
        ("步骤1：相加。得3。步骤2：相乘。", ["步骤1：相加。得3。", "步骤2：相乘。"]),
        ("第一步，相加。得3。第二步，相乘。", ["第一步，相加。得3。", "第二步，相乘。"]),
        ("1단계: 더한다. 네. 2단계: 곱한다.", ["1단계: 더한다. 네.", "2단계: 곱한다."]),
        ("ขั้นตอนที่ 1: บวก ขั้นตอนที่ 2: คูณ", ["ขั้นตอนที่ 1: บวก", "ขั้นตอนที่ 2: คูณ"]),
        (
            "It follows as in case 1: both are. Or in case 2: none.",
            ["It follows as in case 1: both are.", "Or in case 2: none."],
        ),
        ("We see Phase 1: go. Yes. Then Phase 2: so.", ["We see Phase 1: go.", "Yes.", "Then Phase 2: so."]),
        ("Day 6: go. Yes. Day 7: so.", ["Day 6: go.", "Yes.", "Day 7: so."]),
        # What closes ends a step.
        ("(So it is.\n\n) Next.", ["(So it is.\n\n)", "Next."]),
        ("「あ。\n」次。", ["「あ。\n」", "次。"]),
        ("It is in\n\n]0, 1[ here", ["It is in", "]0, 1[ here"]),
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
        "<a " * 20000,
        "<a" + " b" * 30000,
        "<a" + " " * 60000,
        "<!--" * 20000,
        "<table>" * 20000,
        "<table>" * 9000 + "</table>" * 9000,
        "Step 1: " * 20000,
        "第一步，" * 20000,
        "a" * 60000,
        "." * 60000,
        ".) " * 20000,
        ")" * 60000,
        "1. 5" * 20000,
        "= \n" * 20000,
        "- \n" * 20000,
        "।" * 60000,
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
