"""Ordinary texts in which something looks like a solution and is none."""

from __future__ import annotations

import pytest

from extractors.documents import read_document
from extractors.problems import find_items, match_items
from filters.confidence import is_sure
from pipelines.pair_rows import to_pair


def kept(text: str, name: str = "text.md") -> list[tuple[str, str]]:
    """Returns the pairs that a run would keep."""
    matched = match_items([find_items(read_document(text.encode(), name))]).pairs
    return [(p.problem.text, p.solution.text) for p in matched if is_sure(to_pair(p)).keep]


QUESTIONS = [
    "How many grams of salt dissolve in a litre of water?",
    "Which gas is set free when zinc meets acid?",
    "Why does ice float on the water of a lake?",
    "At which temperature does the mixture boil?",
    "What colour has the flame of the burner?",
    "How do you weigh a gas with a balance?",
]


def listed(title: str, entries: list[str]) -> str:
    return f"## {title}\n\n" + "\n".join(f"{n}. {entry}" for n, entry in enumerate(entries, 1)) + "\n\n"


def each(asked: list[str], below: str) -> str:
    return "".join(f"{text}\n\n{below.format(n)}\n\n" for n, text in enumerate(asked, 1))


NUMBERED = [f"{n}. {text}" for n, text in enumerate(QUESTIONS, 1)]
WORDED = [f"Question {text}" for text in NUMBERED]

NO_PAIRS = {
    "materials": "# Lab\n\n"
    + listed("Questions", QUESTIONS)
    + listed("Materials", ["Beaker", "Zinc", "Ice", "Thermometer", "Burner", "Balance"]),
    "references": "# Lab\n\n"
    + listed("Questions", QUESTIONS)
    + listed(
        "References", ["Kepler, J.", "Galilei, G.", "Huygens, C.", "Bohr, N.", "Curie, M.", "Noether, E."]
    ),
    "points": each(WORDED, "Points: {}"),
    "sources": each(WORDED, "Source: Miller 200{}"),
    "difficulty": each(WORDED, "**Difficulty:** easy"),
    "times": each([f"Problem {n}. Prove that {n} is odd." for n in (1, 3, 5, 7)], "Time: {} minutes"),
    "points in italics": each(NUMBERED, "*({} points, show your work)*"),
    "table of topics": "| Question | Marks | Topic |\n|---|---|---|\n"
    + "".join(f"| {text} | 2 | adding |\n" for text in QUESTIONS),
    "interview": "".join(
        f"**Smith:** {text}\n\n**Jones:** In 198{n}.\n\n" for n, text in enumerate(QUESTIONS)
    ),
    "advice on answers": "# Manual\n\n"
    + listed("Questions", QUESTIONS)
    + listed("How to answer", ["Be brief.", "Name the gas.", "Draw.", "Give a unit.", "Look.", "Say how."]),
    "kinds of solutions": "# Solutions and mixtures\n\n"
    + "".join(f"**Exercise {n}.** {text}\n\n" for n, text in enumerate(QUESTIONS, 1))
    + "## Solutions\n\nThere are three kinds:\n\n1. solid solutions such as brass,\n"
    "2. liquid solutions such as brine,\n3. gaseous solutions such as air.\n",
    "solutions of the last issue": "# Puzzles of the month\n\n"
    + "".join(f"**Problem {n}.** {text}\n\n" for n, text in enumerate(QUESTIONS, 57))
    + "# Solutions of the last issue\n\n**55.** The ant walks 5 m.\n\n**56.** There are 36 ways.\n\n"
    "**Solution.** by M. Roth, Bern.\n",
    "solutions that are liquids": "# Exercises\n\n"
    + "\n".join(
        f"{n}. A flask holds {n} g of salt. Solution: A has {n + 1} g in 1 L. Which is stronger?"
        for n in range(1, 5)
    ),
    "the proof of a proposition": "Exercise 1. Show that the sum of two even numbers is even.\n\n"
    "We now turn to the main topic.\n\nProposition. The sum of odd numbers is even.\n\nProof. Set $a=2k+1$.",
}


@pytest.mark.parametrize("name", NO_PAIRS)
def test_what_only_looks_like_solutions(name: str) -> None:
    assert kept(NO_PAIRS[name]) == []


def test_exercises_that_lead_to_the_next_one_are_all_problems() -> None:
    page = "".join(
        f"<p id=q{n}>{n}. {text} <a href='#q{n + 1 if n % 2 else n - 1}'>Next</a></p>"
        for n, text in enumerate(QUESTIONS, 1)
    )
    found = find_items(read_document(f"<h1>Exercises</h1>{page}".encode(), "page.html"))
    assert [item.kind for item in found.items] == ["problem"] * len(QUESTIONS)


def test_an_instruction_is_no_answer_where_answers_stand_elsewhere() -> None:
    text = (
        "# Exercises\n\n1. What is the capital of France? Answer: in one sentence.\n2. And of Spain?\n"
        "3. And of Italy?\n\n# Answers\n\n1. Paris, on the Seine.\n2. Madrid\n3. Rome\n"
    )
    assert [solution for _, solution in kept(text)] == ["Paris, on the Seine.", "Madrid", "Rome"]


def test_brackets_are_answers_wherever_others_stand() -> None:
    text = (
        "# Exercises\n\n1. How far is it? [Answer: 30 m]\n2. How long?\n3. How high?\n4. How deep?\n5. Why?\n"
    )
    assert kept(text) == [("How far is it?", "30 m")]


def test_a_stem_alone_is_no_problem() -> None:
    text = (
        "# Exercises\n\nIn Problems 1 to 3, a car drives at 5 m/s.\n\nProblem 1.\n\nProblem 2. How far?\n\n"
        "Problem 3.\n\n# Answers\n\n1. 10 m\n\n2. 20 m\n\n3. 30 m\n"
    )
    found = find_items(read_document(text.encode(), "text.md"))
    problems = [item.text for item in found.items if item.kind == "problem"]
    assert problems == ["In Problems 1 to 3, a car drives at 5 m/s.\n\nHow far?"]


@pytest.mark.parametrize("name", ["physics instructor's manual.md", "physics_teachers_manual.md"])
def test_a_manual_for_teachers_is_no_solution_manual_by_its_name(name: str) -> None:
    book = read_document(("# Chapter 1\n\n" + listed("Problems", QUESTIONS)).encode(), "physics.md")
    advice = ["Show a film.", "Read section 1 aloud.", "Draw a lake.", "Use the balloon.", "Ask.", "Sum up."]
    manual = read_document(
        ("# Chapter 1\n\n" + "".join(f"{n}. {a}\n\n" for n, a in enumerate(advice, 1))).encode(), name
    )
    assert match_items([find_items(book), find_items(manual)]).pairs == ()


def test_solutions_in_a_manual_for_teachers_belong_to_its_book() -> None:
    book = read_document(("# Chapter 1\n\n" + listed("Problems", QUESTIONS)).encode(), "physics.md")
    replies = ["36 g", "Hydrogen.", "It is lighter.", "At 80 degrees.", "Blue.", "In a flask."]
    manual = read_document(
        ("# Chapter 1\n\n" + listed("Solutions", replies)).encode(), "physics instructor's manual.md"
    )
    found = match_items([find_items(book), find_items(manual)]).pairs
    assert [pair.solution.text for pair in found] == replies


SUBJECTS = ["copper wire", "hollow sphere", "wooden bridge", "steam engine", "garden fence"]
LATER = ["silver spoon", "paper kite", "clay oven", "glass prism", "iron anchor"]


def lettered(letter: str, template: str, subjects: list[str]) -> str:
    return "".join(f"{letter}{n}. {template.format(s)}\n\n" for n, s in enumerate(subjects, 1))


@pytest.mark.parametrize("between", ["", "# Section B\n\n", "# Appendix\n\n"])
@pytest.mark.parametrize("title", ["Problems", "Section A"])
def test_a_letter_that_a_problem_carries_is_its_own(title: str, between: str) -> None:
    answers = "# Answers\n\n" + lettered("B", "A {} has 3 kg.", LATER)
    asked = lettered("A", "Weigh the {}.", SUBJECTS) + between + lettered("B", "Weigh the {}.", LATER)
    text = f"# {title}\n\n{asked}{answers}"
    assert kept(text) == [(f"Weigh the {s}.", f"A {s} has 3 kg.") for s in LATER]


def test_bare_answers_are_for_neither_of_two_letters() -> None:
    asked = (
        lettered("A", "Weigh the {}.", SUBJECTS) + "# Appendix\n\n" + lettered("B", "Weigh the {}.", LATER)
    )
    assert kept(f"# Exercises\n\n{asked}# Solutions\n\n{lettered('', 'A {} has 3 kg.', LATER)}") == []


def test_facts_with_letters_do_not_take_the_answers_to_bare_numbers() -> None:
    facts = "# Facts\n\n" + lettered("T", "The {} is heavy.", SUBJECTS)
    asked = "# Problems\n\n" + lettered("", "Weigh the {}.", LATER)
    replies = "# Solutions\n\n" + lettered("S", "A {} has 3 kg.", LATER)
    assert kept(facts + asked + replies) == [(f"Weigh the {s}.", f"A {s} has 3 kg.") for s in LATER]


@pytest.mark.parametrize("first", [3, 4])
def test_cases_of_a_solution_are_no_labels(first: int) -> None:
    """ "For 3: it floats" says something of the number 3."""
    asked = "# Problems\n\n" + lettered("", "How heavy is the {}?", SUBJECTS)
    replies = "# Solutions\n\n1. It has 3 kg.\n\n2. It has 6 kg.\n\nThree cases remain.\n\n"
    cases = "".join(
        f"{word} {n}: it floats.\n\n" for n, word in enumerate(("For", "From", "To", "For"), first)
    )
    found = kept(asked + replies + cases)
    assert [(problem[17:-1], solution[:12]) for problem, solution in found] == [
        ("copper wire", "It has 3 kg."),
        ("hollow sphere", "It has 6 kg."),
    ]
