"""Whether the answer of a model is the printed one: by letters, by computer algebra, else by a model."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from inference.compare import same_answer
from inference.models import Models
from schemas.scp116k import Pair
from synth.notation import without_thoughts

LETTERS, ALGEBRA = "letters", "math-verify"
LIBRARIES = ("math_verify", "pint", "text_to_num")
MAX_CHARACTERS = 20_000
"""Of a text that a model compares."""

_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")
_OPTION = re.compile(r"(?:^|\s)\(?([A-Ha-h])[).](?=\s)")
_CHOICE = re.compile(r"\(?([A-Ha-h])(?:\)|\.|:|(?=$))\s*(?:\S.*)?", re.DOTALL)
_MIN_OPTIONS = 3
# What is said last, after a sign or a verb that gives a result; what ends a proof or a formula says nothing.
_RESULT = re.compile(
    r"(?:=|≈|\\approx|\b(?:is|are|be|get|gives?|equals?|ist|sind|beträgt|ergibt|est|vaut|donne|es|son|è|são)\b)"
    r"(?!.*(?:=|≈|\\approx))\s*(.{1,60})$",
    re.DOTALL,
)
_END = re.compile(r"(?:\\end\s*\{\w+\*?\}|\\(?:square|blacksquare|qed)\b|[\s.!$∎◻□■])+$")
_PART = re.compile(r"(?:^|\s)\(?[b-d]\)\s")
_MOST_BOXES = 20
_TAIL = 300  # characters in which the result stands


def missing_libraries() -> list[str]:
    """Returns the libraries of the extra `verify` that are not installed."""
    return [name for name in LIBRARIES if not find_spec(name)]


async def verify(models: Models, verifier: str, pair: Pair, said: str) -> tuple[bool | None, str | None]:
    """Returns whether what a model said agrees with the printed solution, and what decided that.

    Args:
      verifier: name of the engine that is asked where letters and algebra can't tell; empty for the first.
      said: the whole answer, with its result in a `\\boxed{}`.

    Returns:
      True, False, or None if undecided; and `letters`, `math-verify`, the name of a model, or None.

    Raises:
      ModelError, Fatal: see `inference.compare.same_answer`.
    """
    said = without_thoughts(said).strip()
    given = boxes(said)
    decided, by = None, None
    if given:
        printed = pair.problem, pair.answer, pair.solution
        decided, by = await asyncio.to_thread(by_boxes, *printed, given, pair.language)
    if decided is not None:
        return decided, by
    problem = f"{pair.context}\n\n{pair.problem}" if pair.context else pair.problem
    texts = [
        text[-MAX_CHARACTERS:]
        for text in (pair.answer or pair.solution, given[0] if len(given) == 1 else said)
    ]
    if not all(texts):
        return None, None
    agrees = await same_answer(models, verifier, problem[:MAX_CHARACTERS], *texts)
    return agrees, None if agrees is None else models[verifier].spec.endpoint.model


def without_model(
    problem: str, answer: str | None, solution: str, given: str, language: str = "en"
) -> tuple[bool | None, str | None]:
    """Returns whether a final answer agrees with a printed one, by letters or algebra, and which of them.

    Args:
      answer: the printed one, if there is one.
      solution: the printed solution, in whose end the answer is looked for too; may be empty.
      given: the final answer that is compared.
      language: that of numbers in words.

    Raises:
      ImportError: a library that it needs is not installed.
    """
    options = options_of(problem)
    if answer and options:
        return _same_choice(options, answer, given, language)
    agrees = algebra().same(answer, given, language) if answer else None
    if agrees is None and any(algebra().same(text, given, language) for text in results(solution)):
        agrees = True  # what is said last need not be the result, so that another value proves nothing
    return agrees, None if agrees is None else ALGEBRA


def by_boxes(
    problem: str, answer: str | None, solution: str, given: Sequence[str], language: str = "en"
) -> tuple[bool | None, str | None]:
    """Returns what `without_model` does, of a solution that has several boxes too.

    The last one counts, or all together where they are the parts of an answer. Where another one than the
    last agrees, that can't be told.

    Args:
      given: what the boxes hold; at least one.

    Raises:
      ImportError: a library that it needs is not installed.
    """

    def compared(text: str) -> tuple[bool | None, str | None]:
        return without_model(problem, answer, solution, text, language)

    last = compared(given[-1])
    if last[0] is not False or len(given) == 1:
        return last
    together = compared(", ".join(given))
    if together[0]:
        return together
    return (None, None) if any(compared(text)[0] for text in given[:-1]) else last


def results(solution: str) -> list[str]:
    """Returns what a solution may give as its result at its end, as written; nothing if it has parts."""
    if _PART.search(solution):
        return []
    said = _END.sub("", solution[-_TAIL:])
    found, start = [], 0
    while match := _RESULT.search(said, start):
        found.append(match[1].strip(" $"))
        start = match.start() + 1
    return [text for text in found[-2:] if re.search(r"\d|\\", text)]


def _same_choice(
    options: dict[str, str], printed: str, given: str, language: str
) -> tuple[bool | None, str | None]:
    """Compares choices: a letter may be given with its text, or the text alone."""
    letters = [choice(text, options) for text in (printed, given)]
    if all(letters):
        return letters[0] == letters[1], LETTERS
    texts = [
        options[letter] if letter else text for letter, text in zip(letters, (printed, given), strict=True)
    ]
    agrees = algebra().same(texts[0], texts[1], language)
    return agrees, None if agrees is None else ALGEBRA


def boxed(text: str) -> str | None:
    """Returns what the last `\\boxed{}` of a text holds; None if there is none that is whole."""
    found = list(_BOX.finditer(text))
    return _held(text, found[-1].end()) if found else None


def boxes(text: str) -> list[str]:
    """Returns what the last boxes of a text hold, each once, in the order in which they are last."""
    last = list(_BOX.finditer(text))[-_MOST_BOXES:]
    held = [content for box in last if (content := _held(text, box.end()))]
    return list(dict.fromkeys(reversed(held)))[::-1]


def _held(text: str, begin: int) -> str | None:
    depth = 1
    for position in range(begin, len(text)):
        if text[position] in "{}" and text[position - 1] != "\\":
            depth += 1 if text[position] == "{" else -1
            if depth == 0:
                return text[begin:position].strip() or None
    return None


def options_of(problem: str) -> dict[str, str]:
    """Returns the options of a problem with a choice, by their letters in upper case; none of any other."""
    found = list(_OPTION.finditer(problem))
    letters = [match[1].upper() for match in found]
    if len(letters) < _MIN_OPTIONS or letters != [chr(ord("A") + i) for i in range(len(letters))]:
        return {}
    ends = [match.start() for match in found[1:]] + [len(problem)]
    return {
        letter: problem[match.end() : end].strip(" ;,\n")
        for letter, match, end in zip(letters, found, ends, strict=True)
    }


def choice(answer: str, options: dict[str, str]) -> str | None:
    """Returns the letter of an option that an answer names: `B`, `(b)`, `\\text{B) 12 m}`."""
    plain = re.sub(r"\\(?:text|mathrm|textbf|mathbf)\s*\{([^{}]*)\}", r"\1", answer).strip(" $*.")
    found = _CHOICE.fullmatch(plain)
    return found[1].upper() if found and found[1].upper() in options else None


class Algebra:
    """Compares answers in a process of its own, which is started again when it ends; safe in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def same(self, a: str, b: str, language: str = "en") -> bool | None:
        """Returns what `synth.equal.same_answer` does; None too where that takes too much time or memory.

        Raises:
          ImportError: a library that it needs is not installed.
        """
        with self._lock:
            answer = self._ask(json.dumps([a, b, language]))
        return None if answer is None else bool(answer)

    def _ask(self, line: str) -> bool | None:
        if self._process and self._process.poll() is not None:
            self.close()
        process = self._process = self._process or self._start()
        try:
            print(line, file=process.stdin, flush=True)
            said = process.stdout.readline() if process.stdout else ""
        except OSError:
            said = ""
        if not said:
            self.close()
            return None
        answer: bool | None = json.loads(said)
        return answer

    def _start(self) -> subprocess.Popen[str]:
        root = str(Path(__file__).parents[1])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "synth.equal_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        if not process.stdout or not process.stdout.readline():
            process.kill()
            process.wait()
            lacking = ", ".join(missing_libraries()) or "something that synth.equal imports"
            raise ImportError(f"answers can't be compared without {lacking}: install assay[verify]")
        return process

    def close(self) -> None:
        """Ends the process."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None


@cache
def algebra() -> Algebra:
    """Returns the one of this process."""
    opened = Algebra()
    atexit.register(opened.close)
    return opened
