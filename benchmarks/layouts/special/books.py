"""Books and journals in which more than one kind of thing is numbered."""

from __future__ import annotations

from itertools import groupby

from benchmarks.layouts.arrange import Truth
from benchmarks.layouts.special.composed import Composed, Special, Task, paragraphs, prose, tasks
from benchmarks.layouts.variants import Variant


def _by_chapter(language: str) -> list[tuple[int, list[Task]]]:
    return [(n, list(group)) for n, group in groupby(tasks(language), lambda t: t.chapter)]


def _questions_and_problems() -> Composed:
    """Chapters end in questions and in problems, numbered alike; only the problems are solved."""
    body, back, truth = ["% Two kinds of exercises"], ["# Solutions to the problems"], []
    for chapter, part in _by_chapter("en"):
        half = len(part) // 2
        body += [f"# Chapter {chapter}", prose("en")[chapter], "## Questions"]
        body += [f"**{n}.** {t.q}" for n, t in enumerate(part[:half], 1)]
        truth += [Truth(t.q) for t in part[:half]]
        body.append("## Problems")
        back.append(f"## Chapter {chapter}")
        for n, task in enumerate(part[half:], 1):
            body.append(f"**{n}.** {task.q}")
            back.append(f"**{n}.** {task.s}")
            truth.append(task.truth)
    return Composed({"two-kinds": paragraphs(*body, *back)}, truth)


def _named_sections(titles: tuple[str, ...], solved: tuple[int, ...]) -> Composed:
    """Problems count from 1 in sections with names; some are solved at the back, in another order."""
    body, truth, size = ["% An entrance examination"], [], 6
    parts = [tasks("en2")[n * size :][: size - n] for n in range(len(titles))]
    for n, (title, part) in enumerate(zip(titles, parts, strict=True)):
        body += [f"# {title}", *(f"**{i}.** {task.q}" for i, task in enumerate(part, 1))]
        truth += [task.truth if n in solved else Truth(task.q) for task in part]
    body.append("# Solutions")
    for n in solved:
        body += [f"## {titles[n]}", *(f"**{i}.** {task.s}" for i, task in enumerate(parts[n], 1))]
    return Composed({"sections": paragraphs(*body)}, truth)


def _two_tests() -> Composed:
    """Two tests with the same numbers, and the keys of both after them."""
    tests, keys, truth = ["% Practice for the entrance test"], ["# Key"], []
    for name, part in zip("AB", (tasks("en2")[:10], tasks("en2")[10:20]), strict=True):
        tests.append(f"# Test {name}")
        keys.append(f"## Test {name}")
        for n, task in enumerate(part, 1):
            tests.append(f"{n}\\. {task.q}")
            keys.append(f"{n}\\. {task.a}")
            truth.append(Truth(task.q, (task.a,)))
    return Composed({"tests": paragraphs(*tests, *keys)}, truth)


def _journal() -> Composed:
    """Problems with their proposers; in the next issue the solutions, with those who sent others."""
    issues: dict[str, list[str]] = {"autumn-issue": ["% Autumn issue", "# Problems"]}
    issues["winter-issue"] = ["% Winter issue", "# Solutions"]
    truth = []
    for task in tasks("en", plain=True)[:14]:
        number = 300 + task.number
        issues["autumn-issue"] += [f"**{number}.** *Proposed by the editors.* {task.q}"]
        issues["winter-issue"] += [f"**{number}.** *Solution by the editors.* {task.s}"]
        truth.append(Truth(task.q, (task.s,)))
    return Composed({name: paragraphs(*text) for name, text in issues.items()}, truth)


def _lettered_parts() -> Composed:
    """Each chapter closes with its sections A. Problems, B. Hints, C. Solutions."""
    body, truth = ["% A course in three letters"], []
    for chapter, part in _by_chapter("en"):
        body += [f"# {chapter} Lesson", prose("en")[chapter + 2], "## A. Problems"]
        body += [f"({t.in_chapter}) {t.q}".replace("(", "\\(", 1) for t in part]
        body.append("## B. Hints")
        body += [f"({t.in_chapter}) {t.problem.hint}".replace("(", "\\(", 1) for t in part if t.problem.hint]
        body.append("## C. Solutions")
        body += [f"({t.in_chapter}) {t.s}".replace("(", "\\(", 1) for t in part]
        truth += [t.truth for t in part]
    return Composed({"letters": paragraphs(*body)}, truth)


def _key_by_chapters() -> Composed:
    """The answers of each chapter are one paragraph, which begins with the chapter's name."""
    body, key, truth = ["% A short course"], ["# Answers to odd-numbered problems"], []
    for chapter, part in _by_chapter("en2"):
        body += [f"# Chapter {chapter}", prose("en2")[chapter], "## Problems"]
        body += [f"**{t.in_chapter}.** {t.q}" for t in part]
        odd = [t for t in part if t.in_chapter % 2]
        answers = "; ".join(f"**{t.in_chapter}.** {t.a}" for t in odd)
        key.append(f"**Chapter {chapter}.** {answers}")
        truth += [Truth(t.q, (t.a,) if t in odd else ()) for t in part]
    return Composed({"short-course": paragraphs(*body, *key)}, truth)


def _pages_in_the_key() -> Composed:
    """The solutions name the page of their exercise; the exercises say where they are solved."""
    body = ["% With references both ways", "# Exercises"]
    chosen = tasks("en2")
    body += [f"**Exercise {t.number}** (solution on page {20 + t.number}). {t.q}" for t in chosen]
    body.append("# Solutions")
    body += [f"**Exercise {t.number}** (page {1 + t.number // 8}). {t.s}" for t in chosen]
    return Composed({"references": paragraphs(*body)}, [t.truth for t in chosen])


def _letters_before_numbers(problem: str, solution: str) -> Composed:
    """Labels of one letter that no language has for problems and solutions."""
    body, truth = ["% Marked by letters"], []
    for chapter, part in _by_chapter("en2"):
        body += [f"# Chapter {chapter}", prose("en2")[chapter]]
        body += [f"**{problem}{t.number}.** {t.q}" for t in part]
        truth += [t.truth for t in part]
    body.append("# Annex")
    body += [f"**{solution}{t.number}.** {t.s}" for t in tasks("en2")]
    return Composed({"marked": paragraphs(*body)}, truth)


def _ad() -> Composed:
    """Solutions refer to their problems by a preposition: Zu 3."""
    chosen = tasks("de")
    body = ["% Rechnen zu zweit", "# Fragen", *(f"**{t.number}.** {t.q}" for t in chosen)]
    body += ["# Auflösung", *(f"**Zu {t.number}.** {t.s}" for t in chosen)]
    return Composed({"zu-zweit": paragraphs(*body)}, [t.truth for t in chosen])


def _examples_first() -> Composed:
    """Worked examples and exercises share their numbers; the exercises are answered at the back."""
    body, back, truth = ["% Examples and exercises"], ["# Answers"], []
    for chapter, part in _by_chapter("en"):
        half = len(part) // 2
        body += [f"# Chapter {chapter}", prose("en")[chapter + 1]]
        for n, task in enumerate(part[:half], 1):
            body += [f"**Example {chapter}.{n}.** {task.q}", f"*Solution.* {task.s}"]
        body.append("## Exercises")
        back.append(f"## Chapter {chapter}")
        for n, task in enumerate(part[half:], 1):
            body.append(f"**{chapter}.{n}.** {task.q}")
            back.append(f"**{chapter}.{n}.** {task.a}")
        truth += [t.truth for t in part[:half]] + [Truth(t.q, (t.a,)) for t in part[half:]]
    return Composed({"examples": paragraphs(*body, *back)}, truth)


def _companions_by_chapter() -> Composed:
    """A document a chapter, and one manual for all of them."""
    sources, manual, truth = {}, ["% Course book: instructor's manual"], []
    for chapter, part in _by_chapter("en2"):
        sources[f"chapter{chapter}"] = paragraphs(
            f"% Course book: chapter {chapter}",
            prose("en2")[chapter],
            "# Exercises",
            *(f"**{chapter}.{t.in_chapter}** {t.q}" for t in part),
        )
        manual += [f"# Chapter {chapter}", *(f"**{chapter}.{t.in_chapter}** {t.s}" for t in part)]
        truth += [t.truth for t in part]
    return Composed({**sources, "manual": paragraphs(*manual)}, truth)


def _stems(sentence: str, language: str = "en") -> Composed:
    """Groups of three problems share a situation; what says so is worded in many ways."""
    situations = {
        "en": "a tank holds 600 litres and is emptied by a pump that moves 40 litres a minute",
        "de": "ein Becken fasst 600 Liter, und eine Pumpe fördert daraus 40 Liter in der Minute",
        "es": "un depósito contiene 600 litros y lo vacía una bomba que mueve 40 litros por minuto",
        "fr": "un réservoir contient 600 litres et se vide par une pompe qui débite 40 litres par minute",
        "it": "un serbatoio contiene 600 litri e viene svuotato da una pompa da 40 litri al minuto",
    }
    questions = {
        "en": ("After how many minutes is tank {k} half empty?", "What is left after {k} minutes?"),
        "de": ("Nach wie vielen Minuten ist Becken {k} halb leer?", "Was bleibt nach {k} Minuten übrig?"),
        "es": ("¿A los cuántos minutos está medio vacío el depósito {k}?", "¿Qué queda a los {k} minutos?"),
        "fr": ("Quand le réservoir {k} est-il à moitié vide ?", "Que reste-t-il après {k} minutes ?"),
        "it": ("Dopo quanti minuti il serbatoio {k} è mezzo vuoto?", "Che cosa rimane dopo {k} minuti?"),
    }
    heads = {
        "en": ("Exercises", "Solutions"),
        "de": ("Aufgaben", "Lösungen"),
        "es": ("Ejercicios", "Soluciones"),
        "fr": ("Exercices", "Corrigés"),
        "it": ("Esercizi", "Soluzioni"),
    }
    body, back, truth = (
        [f"% {heads[language][0]}", f"# {heads[language][0]}"],
        [f"# {heads[language][1]}"],
        [],
    )
    for first in range(1, 11, 2):
        stem = sentence.format(first=first, last=first + 1, situation=f"{situations[language]} ({first})")
        body.append(stem)
        for number, question in zip((first, first + 1), questions[language], strict=True):
            text = question.format(k=number)
            answer = f"$600 - 40 \\cdot {number} = {600 - 40 * number}$ ({number})"
            body.append(f"**{number}.** {text}")
            back.append(f"**{number}.** {answer}")
            truth.append(Truth(f"{stem} {text}", (answer,)))
    return Composed({"tanks": paragraphs(*body, *back)}, truth)


_STEMS = {
    "en-pdf-stem-information": (
        "en",
        "The following information refers to questions {first} and {last}: {situation}.",
    ),
    "en-html-stem-use-this": ("en", "Use this description for the next two problems: {situation}."),
    "en-docx-stem-range-first": ("en", "**Exercises {first}--{last}.** Suppose that {situation}."),
    "de-pdf-stem": ("de", "Für die Aufgaben {first} und {last} gilt: {situation}."),
    "de-markdown-stem": ("de", "Die folgenden zwei Aufgaben gehören zusammen: {situation}."),
    "es-pdf-stem": ("es", "Para los ejercicios {first} y {last}, {situation}."),
    "fr-pdf-stem": ("fr", "Dans les exercices {first} à {last}, {situation}."),
    "it-docx-stem": ("it", "I problemi {first} e {last} si riferiscono a questa situazione: {situation}."),
}


def _stem_special(name: str, language: str, sentence: str) -> Special:
    return Special(name, lambda: _stems(sentence, language), form=name.split("-")[1], language=language)


_MANUAL = (
    "nothing says that the instructor's manual holds solutions: advice on every exercise would have the same "
    "numbers and speak of the same things"
)

_NAMED = {
    "en-pdf-variants-half-solved": ("pdf", ("Variant A", "Variant B"), (1,)),
    "en-docx-levels-in-another-order": ("docx", ("Basic", "Advanced", "For experts"), (2, 0)),
    "en-html-subjects-in-another-order": ("html", ("Arithmetic", "Motion", "Chance"), (1, 2, 0)),
}

BOOKS = (
    Special("en-pdf-questions-and-problems", _questions_and_problems),
    Special("en-epub-questions-and-problems", _questions_and_problems, form="epub"),
    Special("en-pdf-two-tests", _two_tests),
    Special("en-html-two-tests", _two_tests, form="html"),
    Special("en-pdf-journal-issues", _journal),
    Special("en-pdf-lettered-parts", _lettered_parts),
    Special("en-docx-lettered-parts", _lettered_parts, form="docx"),
    Special("en-pdf-key-by-chapters", _key_by_chapters),
    Special("en-text-key-by-chapters", _key_by_chapters, form="text"),
    Special("en-pdf-pages-in-the-key", _pages_in_the_key, look=Variant("", running="Solutions")),
    Special("en-pdf-letters-E-and-R", lambda: _letters_before_numbers("E", "R")),
    Special("en-docx-letters-T-and-V", lambda: _letters_before_numbers("T.", "V."), form="docx"),
    Special("de-pdf-zu", _ad, language="de"),
    Special("en-pdf-examples-with-the-same-numbers", _examples_first),
    Special("en-latex-examples-with-the-same-numbers", _examples_first, form="latex"),
    Special("en-pdf-manual-of-many-documents", _companions_by_chapter, undecided=_MANUAL),
    Special("en-html-manual-of-many-documents", _companions_by_chapter, form="html", undecided=_MANUAL),
    *(
        Special(name, lambda titles=titles, solved=solved: _named_sections(titles, solved), form=form)  # type: ignore[misc]
        for name, (form, titles, solved) in _NAMED.items()
    ),
    *(_stem_special(name, language, sentence) for name, (language, sentence) in _STEMS.items()),
)
