"""Slides, exams, quizzes, cards and problem books, printed from Markdown."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import groupby

from benchmarks.layouts.arrange import Truth
from benchmarks.layouts.special.composed import Composed, Special, Task, paragraphs, prose, tasks
from benchmarks.layouts.variants import Variant

_SLIDES = Variant("", page=(480, 270), running="Course notes")


def _slides(question: str, answer: str) -> Composed:
    """One slide a problem, and the next one for its solution."""
    chosen = tasks("en2", plain=True)[:14]
    slides = []
    for task in chosen:
        slides += [f"# {question.format(n=task.number)}", task.q, f"# {answer.format(n=task.number)}", task.s]
    return Composed({"slides": paragraphs("% A talk in questions", *slides)}, [t.truth for t in chosen])


def _quizzes() -> Composed:
    """Each section has a quiz and homework whose numbers are the same; both are answered in the back."""
    quizzes: list[str] = []
    homework: list[str] = []
    body, truth = ["% Quizzes and homework"], []
    for (chapter, section), group in groupby(tasks("en2"), lambda t: (t.chapter, t.section)):
        here, name = list(group), f"{chapter}.{section}"
        half = len(here) // 2
        body += [f"# Lesson {name}", prose("en2")[(2 * chapter + section) % 5]]
        for title, part, back in (("Quiz", here[:half], quizzes), ("Homework", here[half:], homework)):
            body.append(f"## {title} {name}")
            back.append(f"### {title} {name}")
            for number, task in enumerate(part, 1):
                body.append(f"**{number}\\.** {task.q}")
                back.append(f"**{number}\\.** {task.s}")
                truth.append(task.truth)
    body += ["# Answers", "## Quizzes", *quizzes, "## Homework", *homework]
    return Composed({"quizzes": paragraphs(*body)}, truth)


def _mark_scheme() -> Composed:
    """An exam in one document, its mark scheme as a table in another."""
    chosen = tasks("en", plain=True)[:12]
    paper = ["% Summer examination", "Answer all questions. You have ninety minutes."]
    rows = ["| Question | Answer | Marks |", "|---|---------------|---|"]
    for task in chosen:
        marks = 3 + task.number % 4
        paper.append(f"{task.number}\\. {task.q} **[{marks} marks]**")
        rows.append(f"| {task.number} | {task.s} | {marks} |")
    truth = [Truth(f"{t.q} [{3 + t.number % 4} marks]", (t.s,)) for t in chosen]
    sources = {
        "summer-paper": paragraphs(*paper),
        "summer-mark-scheme": paragraphs("% Summer examination: mark scheme", "\n".join(rows)),
    }
    return Composed(sources, truth)


def _contest() -> Composed:
    """A problem book by years: first all the problems, then all the solutions."""
    problems, solutions, truth = [], [], []
    for start, year in zip(range(0, 20, 5), (1997, 1998, 1999, 2000), strict=True):
        problems.append(f"## {year}")
        solutions.append(f"## {year}")
        for number, task in enumerate(tasks("en")[start : start + 5], 1):
            problems.append(f"**{number}.** {task.q}")
            solutions.append(f"**{number}.** {task.s} ■")
            truth.append(task.truth)
    preface = "The contest has been held every autumn. Each paper consists of five problems for three hours."
    body = ["% The autumn contest", preface, "# Part One: Problems", *problems]
    return Composed({"contest": paragraphs(*body, "# Part Two: Solutions", *solutions)}, truth)


def _three_parts() -> Composed:
    """Problems, hints and answers are three parts of a book, each with the same chapters."""
    parts: dict[str, list[str]] = {"Problems": [], "Hints": [], "Answers": []}
    titles = ("Numbers", "Motion", "Chance")
    for chapter, group in groupby(tasks("en"), lambda t: t.chapter):
        for part in parts.values():
            part.append(f"## {chapter}. {titles[chapter - 1]}")
        for task in group:
            parts["Problems"].append(f"**{task.number}.** {task.q}")
            if task.problem.hint:
                parts["Hints"].append(f"**{task.number}.** {task.problem.hint}")
            parts["Answers"].append(f"**{task.number}.** {task.a}")
    body = [text for title, part in parts.items() for text in (f"# {title}", *part)]
    truth = [Truth(t.q, (t.a,)) for t in tasks("en")]
    return Composed({"three-parts": paragraphs("% A book of problems", *body)}, truth)


def _answer_and_solution() -> Composed:
    """After each problem its answer in a line, then the whole solution."""
    body, truth = ["% Worked problems"], []
    for chapter, group in groupby(tasks("en2"), lambda t: t.chapter):
        body.append(f"# Sheet {chapter}")
        for task in group:
            body += [
                f"**Problem {task.in_chapter}.** {task.q}",
                f"*Answer:* {task.a}",
                f"*Solution:* {task.s}",
            ]
            truth.append(Truth(task.q, (f"{task.a} {task.s}", task.s)))
    return Composed({"worked": paragraphs(*body)}, truth)


def _explained_choices() -> Composed:
    """Multiple-choice questions with their options in one line, each with its answer explained."""
    body, truth = ["% Choose and check"], []
    for task in tasks("en-choices"):
        stem, *options = task.q.split("\n\n")
        explained = f"The correct choice is {task.a}. The other three contradict what was said in the text."
        body += [f"**{task.number}.** {stem}", " ".join(options), f"**Answer: {task.a}.** {explained}"]
        truth.append(Truth(task.q, (f"{task.a}. {explained}", explained, task.a)))
    return Composed({"choices": paragraphs(*body)}, truth)


def _letter_string() -> Composed:
    """The key of multiple-choice questions in one line: 1. B 2. D 3. A."""
    chosen = tasks("en-choices")
    body = ["% Test yourself", "# Questions"]
    body += [f"{t.number}\\. {t.q}" for t in chosen]
    body += ["# Answers", " ".join(f"{t.number}. {t.a}" for t in chosen).replace("1.", "1\\.", 1)]
    return Composed({"test": paragraphs(*body)}, [Truth(t.q, (t.a,)) for t in chosen])


def _letters_in_fives() -> Composed:
    """The key of multiple-choice questions in groups of five: 1-5 BDACA."""
    chosen = tasks("en-choices")
    groups = [chosen[start : start + 5] for start in range(0, len(chosen), 5)]
    key = [f"{g[0].number}--{g[-1].number}: {''.join(t.a.strip('()') for t in g)}" for g in groups]
    body = ["% Listening test", "# Questions", *(f"{t.number}\\. {t.q}" for t in chosen)]
    body += ["# Key", "   ".join(key)]
    return Composed({"listening": paragraphs(*body)}, [Truth(t.q, (t.a,)) for t in chosen])


def _run_in(template: str, language: str = "en2") -> Composed:
    """The answer stands in the paragraph of its problem, at the end."""
    body, truth = ["% Answers at once"], []
    for chapter, group in groupby(tasks(language, plain=True), lambda t: t.chapter):
        body.append(f"# Chapter {chapter}")
        for task in group:
            body.append(template.format(n=task.in_chapter, q=task.q, a=task.a, s=task.s))
            truth.append(Truth(task.q, (task.a if "{a}" in template else task.s,)))
    return Composed({"at-once": paragraphs(*body)}, truth)


def _chinese_paper() -> Composed:
    """A paper in parts with ordinals, whose numbers run through; its key has the same parts."""
    chosen = tasks("zh")[:18]
    parts = (("一、填空题", chosen[:6]), ("二、计算题", chosen[6:12]), ("三、应用题", chosen[12:]))
    paper = ["% 期末考试", "姓名：______ 班级：______"]
    key = ["# 参考答案"]
    for title, part in parts:
        paper += [f"**{title}（每题 5 分）**", *(f"{t.number}．{t.q}" for t in part)]
        key += [f"**{title}**", *(f"{t.number}．{t.s}" for t in part)]
    return Composed({"kaoshi": paragraphs(*paper, *key)}, [t.truth for t in chosen])


def _cards(form: str) -> Composed:
    """Flash cards: a table whose left column asks and whose right column answers."""
    chosen = tasks("en", plain=True)[:16]
    head = "| Problem | Solution |" if form == "words" else "| No. | Task | How it is done |"
    columns = "|-------|-------|" if form == "words" else "|--|-------|-------|"
    rows = [
        f"| {t.q} | {t.s} |" if form == "words" else f"| {t.number} | {t.q} | {t.s} |"
        for t in chosen
        if "|" not in t.q + t.s
    ]
    truth = [t.truth for t in chosen if "|" not in t.q + t.s]
    return Composed({"cards": paragraphs("% Cards to learn with", "\n".join([head, columns, *rows]))}, truth)


_FLOAT = "#place(top, float: true, figure(rect(width: 60%, height: 30pt), caption: [Nothing to be seen.]))"
_INTERRUPTIONS = (
    "",
    "^[Those who have forgotten this may look it up in any book of formulas.]",
    "`#place(right, dx: 46pt, box(width: 40pt, text(6pt)[Mind the units]))`{=typst}",
    f"`{_FLOAT}`{{=typst}}",
)


def _notes_and_floats() -> Composed:
    """Items of a PDF that are interrupted by floats, footnotes, margin notes and ends of pages."""
    body, truth = ["% Interrupted problems", "# Problems"], []
    chosen = tasks("en2", plain=True)
    for task in chosen:
        words = re.findall(r"(?:\$[^$]*\$|[^\s$])+", task.q)
        half = " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
        body.append(f"**{task.number}.** {half[0]}{_INTERRUPTIONS[task.number % 4]} {half[1]}")
        truth.append(task.truth)
    body += ["# Solutions", *(f"**{t.number}.** {t.s}" for t in chosen)]
    return Composed({"interrupted": paragraphs(*body)}, truth)


def _problem_sets() -> Composed:
    """A folder of problem sets, each with its solutions in a document whose name says so."""
    sources, truth = {}, []
    chosen = tasks("en2")
    for number in range(4):
        part = chosen[6 * number : 6 * number + 6]
        title = f"Introduction to everything, set {number + 1}"
        for kind, texts in (("", [t.q for t in part]), ("sol", [t.s for t in part])):
            items = (f"{n}\\. {text}" for n, text in enumerate(texts, 1))
            sources[f"ps{number + 1}{kind}"] = paragraphs(f"% {title}", *items)
        truth += [t.truth for t in part]
    return Composed(sources, truth)


def _parts_apart() -> Composed:
    """Problems with parts whose answers stand at the back, one line for each part."""
    subjects = ("square", "cube", "half", "double", "reciprocal", "opposite", "tenth")
    problems, answers, truth = [], [], []
    for number, (first, second) in enumerate(
        [(a, b) for a in subjects for b in subjects if subjects.index(a) == subjects.index(b) - 1], 1
    ):
        value = 3 + 2 * number
        stem = f"Let the number {value} be given, as in experiment {number} of the series."
        parts = (f"(a) What is its {first}?", f"(b) What is its {second}, and which one of both is larger?")
        replies = (f"the {first} of {value}", f"the {second} of {value}, by comparison with part (a)")
        problems += [f"**{number}.** {stem}", *parts]
        answers += [f"**{number}.** (a) {replies[0]}", f"(b) {replies[1]}"]
        truth.append(Truth(" ".join([stem, *parts]), (f"(a) {replies[0]} (b) {replies[1]}",)))
    body = ["% In parts", "# Problems", *problems, "# Answers", *answers]
    return Composed({"parts": paragraphs(*body)}, truth)


def _steps() -> Composed:
    """Each problem is solved in place, in numbered steps."""
    body, truth = ["% In steps", "# Exercises"], []
    for task in tasks("en2", plain=True)[:14]:
        steps = [f"Read what is given in exercise {task.number}.", task.s, f"Check the result {task.a}."]
        body += [f"**{task.number}.** {task.q}", "**Solution.** We proceed in steps."]
        body += ["\n".join(f"{n}. {step}" for n, step in enumerate(steps[: 2 + task.number % 2], 1))]
        joined = " ".join(["We proceed in steps.", *steps[: 2 + task.number % 2]])
        truth.append(Truth(task.q, (joined,)))
    return Composed({"steps": paragraphs(*body)}, truth)


def _key_beside_the_problems() -> Composed:
    """A chapter ends with its problems and a key, below which the heading of the problems stands again."""
    body, truth = ["% Waves and numbers"], []
    for chapter, group in groupby(tasks("en2"), lambda t: t.chapter):
        part = list(group)
        body += [f"# Chapter {chapter}", prose("en2")[chapter], "## Questions", "1. What is a wave?"]
        body += ["2. Do waves carry matter?", "## Problems", *(f"**{t.in_chapter}.** {t.q}" for t in part)]
        body += ["## Answer Key", "### Problems", *(f"**{t.in_chapter}.** {t.s}" for t in part)]
        truth += [t.truth for t in part]
    return Composed({"waves": paragraphs(*body)}, truth)


def _key_and_solutions() -> Composed:
    """Multiple choice: after the questions their key, and then each answer explained."""
    body, truth = ["% Objective questions"], []
    for chapter, group in groupby(tasks("en-choices"), lambda t: t.chapter):
        part = list(group)
        replies = [
            f"{t.a} The other choices contradict what was said about question {t.number}." for t in part
        ]
        body += [f"# Chapter {chapter}", "## Questions", *(f"**{t.in_chapter}.** {t.q}" for t in part)]
        body += ["## Answers", *(f"**{t.in_chapter}.** {t.a}" for t in part)]
        body += ["## Solutions", *(f"**{t.in_chapter}.** {s}" for t, s in zip(part, replies, strict=True))]
        truth += [Truth(t.q, (reply, t.a)) for t, reply in zip(part, replies, strict=True)]
    return Composed({"objective": paragraphs(*body)}, truth)


def _several_solutions(problem: str, solution: str, title: str = "A contest") -> Composed:
    """Below each problem one solution or more, counted anew: Problem 7, Solution 1, Solution 2."""
    body, truth = [f"% {title}"], []
    for task in tasks("en2")[:16]:
        body += [problem.format(n=task.number), task.q]
        replies = [task.s] if task.number % 3 else [task.s, f"Quite otherwise, one finds {task.a} by trying."]
        body += [part for n, text in enumerate(replies, 1) for part in (solution.format(n=n), text)]
        joined = " ".join(f"Solution {n} {text}" for n, text in enumerate(replies, 1))
        truth.append(Truth(task.q, (joined, task.s)))
    return Composed({"several": paragraphs(*body)}, truth)


def _answer_and_explanation() -> Composed:
    """A Chinese paper in parts, each question with its answer and then an explanation, in brackets."""
    chosen = tasks("zh", plain=True)[:18]
    body, truth = ["% 高三数学模拟试卷"], []
    for title, part in (
        ("一、填空题", chosen[:6]),
        ("二、计算题", chosen[6:12]),
        ("三、解答题", chosen[12:]),
    ):
        body.append(f"{title}：本题共 6 小题，每小题 5 分。")
        for task in part:
            body += [f"{task.number}．{task.q}", f"【答案】{task.a}", f"【解析】{task.s}"]
            truth.append(Truth(task.q, (f"{task.a}【解析】{task.s}", task.s)))
    return Composed({"moni": paragraphs(*body)}, truth)


def _every_item(task: Task) -> str:
    return task.q.replace("\n\n", "\n\n    ")


def _numbered_by_word() -> Composed:
    """A DOCX whose labels ("Problem 3.") are printed by the numbering of lists alone."""
    chosen = tasks("en", plain=True)
    body = ["% Numbered by the word processor"]
    for task in chosen:
        body += [f"{task.number}. {_every_item(task)}", f"    *Solution.* {task.s}"]
    return Composed({"numbered": paragraphs(*body)}, [t.truth for t in chosen])


def _problem_before_numbers(data: bytes) -> bytes:
    """Lets the lists of a DOCX print "Problem 1:" in the place of "1."."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "word/numbering.xml":
                content = re.sub(rb'(<w:lvlText w:val=")%1\.(")', rb"\1Problem %1:\2", content)
            new.writestr(entry, content)
    return out.getvalue()


SHEETS = (
    Special("en-slides-problem-solution", lambda: _slides("Problem {n}", "Solution"), look=_SLIDES),
    Special("en-slides-same-number", lambda: _slides("Exercise {n}", "Exercise {n}: answer"), look=_SLIDES),
    Special("en-slides-of-unknown-words", lambda: _slides("Brolen {n}", "Skavir"), look=_SLIDES),
    Special("en-pdf-quizzes-and-homework", _quizzes),
    Special("en-epub-quizzes-and-homework", _quizzes, form="epub"),
    Special("en-pdf-mark-scheme-table", _mark_scheme),
    Special("en-docx-mark-scheme-table", _mark_scheme, form="docx"),
    Special("en-pdf-contest-by-years", _contest),
    Special("en-html-contest-by-years", _contest, form="html"),
    Special("en-pdf-three-parts", _three_parts),
    Special("en-docx-three-parts", _three_parts, form="docx"),
    Special("en-pdf-answer-and-solution", _answer_and_solution),
    Special("en-markdown-answer-and-solution", _answer_and_solution, form="markdown"),
    Special("en-pdf-explained-choices", _explained_choices),
    Special("en-pdf-letter-string", _letter_string),
    Special("en-text-letter-string", _letter_string, form="text"),
    Special("en-pdf-letters-in-fives", _letters_in_fives),
    Special("en-docx-letters-in-fives", _letters_in_fives, form="docx"),
    Special("en-pdf-run-in-ans", lambda: _run_in("**{n}.** {q} *Ans.* {a}")),
    Special("en-docx-run-in-answer", lambda: _run_in("**{n}.** {q} (Answer: {a})"), form="docx"),
    Special("en-html-run-in-solution", lambda: _run_in("**{n}.** {q} **Solution.** {s}"), form="html"),
    Special(
        "de-pdf-run-in-loesung",
        lambda: _run_in("**Aufgabe {n}.** {q} *Lösung:* {s}", "de"),
        language="de",
    ),
    Special("zh-docx-paper", _chinese_paper, form="docx", language="zh"),
    Special("zh-markdown-paper", _chinese_paper, form="markdown", language="zh"),
    Special("zh-docx-answer-and-explanation", _answer_and_explanation, form="docx", language="zh"),
    Special("zh-html-answer-and-explanation", _answer_and_explanation, form="html", language="zh"),
    Special("en-pdf-steps-in-solutions", _steps),
    Special("en-docx-steps-in-solutions", _steps, form="docx"),
    Special("en-html-key-beside-the-problems", _key_beside_the_problems, form="html"),
    Special("en-pdf-key-beside-the-problems", _key_beside_the_problems),
    Special("en-pdf-key-and-solutions", _key_and_solutions),
    Special("en-docx-key-and-solutions", _key_and_solutions, form="docx"),
    Special(
        "en-markdown-several-solutions",
        lambda: _several_solutions("## Problem {n}", "### Solution {n}"),
        form="markdown",
    ),
    Special("en-pdf-several-solutions", lambda: _several_solutions("**Problem {n}**", "**Solution {n}**")),
    Special(
        "en-html-several-solutions",
        lambda: _several_solutions("## Problem {n}", "### Solution {n}", "Solutions of the contest"),
        form="html",
    ),
    Special("en-html-cards", lambda: _cards("words"), form="html"),
    Special("en-docx-cards", lambda: _cards("words"), form="docx"),
    Special("en-docx-numbered-cards", lambda: _cards("numbers"), form="docx"),
    Special("en-pdf-notes-and-floats", _notes_and_floats),
    Special("en-pdf-problem-sets", _problem_sets),
    Special("en-docx-problem-sets", _problem_sets, form="docx"),
    Special("en-pdf-parts-apart", _parts_apart),
    Special("en-docx-numbered-by-word", _numbered_by_word, form="docx", finish=_problem_before_numbers),
)
