"""Whether a short answer is right, given the aliases of the truth: exact once both are normalised.

A right answer is accepted where it is all that is said, or where a sentence holds nothing else but words of
the question and of a short list (`answers.yaml`), and the answer stands where such sentences have it ("The
capital of France is Paris."). No answer is accepted because it contains a right one: "Paris, Texas", "not
Paris" and "the wife of Paris" are not. What holds a right answer or a part of one and is not accepted is
`unclear`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise

from schemas.contrastive import Grade
from synth.answer_keys import (
    Known,
    holds_digits,
    in_a_row,
    key_of,
    keys,
    kind_of,
    known_of,
    may_measure,
    parts,
    quantity,
    respelt,
    romanised,
    untitled,
    without_articles,
)
from synth.dates import may_be_dates, read_date
from synth.exactness import agrees, brackets, is_exact
from synth.likeness import Likeness, likeness, may_be
from synth.numerals import same_number, value
from synth.quantities import same_quantity
from synth.refusals import beside, is_known, stance
from synth.sentences import answers_in
from synth.tokens import MAX_CHARACTERS, SPELLED, fold, is_number, tokens
from synth.wording import announced, plain
from synth.words import forms, frame, words

LIBRARIES = ("anyascii", "babel", "pint", "text_to_num", "unicode_rbnf")
"""What is needed of the extra `verify`."""

MAX_SENTENCE = 40
"""Tokens of a sentence in which an answer is looked for."""

MIN_PART = 2
"""Characters of an answer that may be a part of a name in a script without blanks."""
MIN_REFUSAL = 3
"""Tokens of an answer that may be a refusal where nobody knows how they are written in the language."""

_ENDS = " .!"
_ENDINGS = ("s", "es", "d", "ed")
# Scripts without blanks between words, or with endings at them.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def missing_libraries() -> list[str]:
    """Returns the libraries that comparing needs and that are not installed."""
    return [name for name in LIBRARIES if not find_spec(name)]


@dataclass(frozen=True)
class Truth:
    """What is known to answer a question rightly.

    Attributes:
      question: as asked; its words may come up in an answer.
      aliases: any of them is right.
      language: ISO 639-1 of question and aliases.
    """

    question: str
    aliases: tuple[str, ...]
    language: str = "en"

    def grade(self, answer: str) -> Grade:
        """Returns what an answer is worth. An empty or endless one is `unclear`.

        Raises:
          ImportError: one of `LIBRARIES` is not installed.
        """
        said = plain(answer)
        if not said or len(said) > MAX_CHARACTERS:
            return "unclear"
        if said in self.aliases or (said[:-1] in self.aliases and said[-1] == "."):
            return "correct"
        grade = self._grade(said)
        if grade == "correct" and not self._is_exact(said):
            return "unclear"
        return grade

    def _grade(self, said: str) -> Grade:
        if said.rstrip(_ENDS).casefold() in self._plain or self._is_alias(said):
            return "correct"
        heard = tokens(said, self.language)
        kind = kind_of(heard, self.language)
        if kind and self._all_of == {kind}:  # which is most of them, and nothing else can be meant
            return "unclear" if self._mentioned(said) else "wrong"
        how = stance(said, self.language)
        if how != "answers":
            holds = said if not self._polar else beside(said, self.language)
            guessed = how == "guesses" or self._mentioned(holds)
            return "unclear" if guessed else "refused"
        given = announced(said, self.language) or said
        if given != said and self._is_alias(given):
            return "correct"
        flat = in_a_row(heard, self.language)
        near = any(key in flat for key in self._known.flat) or (self._known.dated and holds_digits(heard))
        if near and (self._same_parts(given) or self._in_sentence(given)):
            return "correct"
        if any(map(self._is_alias, answers_in(given, self.question, self.language))):
            return "correct"
        if self._mentioned(said) or self._may_be(said) or self._may_be_polar(heard):
            return "unclear"
        may_refuse = len(heard) >= MIN_REFUSAL and not is_known(self.language)
        return "unclear" if may_refuse else "wrong"

    def _is_exact(self, said: str) -> bool:
        """Whether what equals an alias, or holds one, neither differs in a mark nor contradicts itself."""
        if not is_exact(said, self.aliases, self.language, bool(self._known.quantities)):
            return False
        return not self._polar or agrees(
            tokens(said, self.language), self._question, frame(self.language), self.language
        )

    @cached_property
    def _polar(self) -> bool:
        """Whether an alias is a "yes" or "no"."""
        polar = words(self.language, "yes") | words(self.language, "no")
        return any(len(said) == 1 and said[0] in polar for said in self._bare)

    def _may_be_polar(self, said: tuple[str, ...]) -> bool:
        """Whether a "yes" or "no" is asked for, and an answer may mean one without the word: "He did not"."""
        if not self._polar or len(said) < 2:
            return False
        return said[0] not in words(self.language, "yes") | words(self.language, "no")

    @cached_property
    def _plain(self) -> frozenset[str]:
        """The aliases as most right answers have them."""
        return frozenset(alias.casefold() for alias in self.aliases)

    @cached_property
    def _known(self) -> Known:
        return known_of(self.aliases, self.language)

    @cached_property
    def _spelt(self) -> frozenset[tuple[bool, str]]:
        return frozenset(spelt for alias in self.aliases if (spelt := romanised(alias)))

    @cached_property
    def _question(self) -> frozenset[str]:
        return frozenset(tokens(self.question, self.language))

    def _is_alias(self, text: str) -> bool:
        same = not keys(text, self.language).isdisjoint(self._known.keys) or self._is_titled(
            tokens(text, self.language)
        )
        if self._known.quantities and (given := quantity(text, self.language)):
            said = [same_quantity(*given, *gold) for gold in self._known.quantities]
            return True in said or (same and text in self.aliases)
        return (
            same
            or self._is_romanised(text)
            or (text[-1:].isalnum() and self._is_bare_number(text))
            or self._is_number(text)
        )

    def _is_titled(self, said: tuple[str, ...]) -> bool:
        """Whether a name is an alias but for a title that no alias has another one in the place of."""
        name = untitled(said, self.language) if said else None
        return name is not None and name in self._known.keys and name not in self._known.bare

    def _is_romanised(self, text: str) -> bool:
        """Whether a name is an alias in another script."""
        if text.isascii() and self._known.ascii:
            return False
        given = romanised(text)
        return bool(given) and (not given[0], given[1]) in self._spelt  # type: ignore[index]

    def _is_bare_number(self, text: str) -> bool:
        """Whether a number alone is an alias without the words for what is counted, which are asked for."""
        given = tokens(text, self.language)
        if len(given) != 1 or not is_number(given[0]):
            return False
        known = (tokens(alias, self.language) for alias in self.aliases)
        return any(given == alias[:1] and all(map(self._asked, alias[1:])) for alias in known)

    def _is_number(self, text: str) -> bool:
        """Whether a number is an alias that is written in another way; see `synth.numerals`."""
        if self.language in SPELLED and not self._fractional:
            return False
        return any(same_number(text, alias, self.language) for alias in self.aliases)

    @cached_property
    def _fractional(self) -> bool:
        """Whether an alias is a number, and no whole one."""
        read = (value(tokens(alias, self.language), self.language) for alias in self.aliases)
        return any(number is not None and number.denominator > 1 for number in read)

    def _asked(self, word: str) -> bool:
        """Whether the question has a word, but for its ending."""
        asked = self._question
        if word in asked or not asked.isdisjoint(forms(self.language).get(word, ())):
            return True
        return any(
            f"{word}{ending}" in asked or (word.endswith(ending) and word[: -len(ending)] in asked)
            for ending in _ENDINGS
        )

    def _same_parts(self, text: str) -> bool:
        """Whether an answer has the parts of an alias in another order, or each of its parts is an alias."""
        given = parts(text, self.language)
        if len(given) < 2 or brackets(text) not in ("", "{}"):  # in others, their order matters
            return False
        if given in (parts(alias, self.language) for alias in self.aliases):
            return True
        return given <= self._known.keys

    def _in_sentence(self, text: str) -> bool:
        """Whether a sentence says an alias and nothing else that matters; see the module."""
        said = tokens(text, self.language)
        if not 0 < len(said) <= MAX_SENTENCE or text.rstrip().endswith(("?", "\uff1f")):
            return False
        if any(
            self._is_given(said, *place) and self._is_framed(said, *place) for place in self._places(said)
        ):
            return True
        if not self._is_safe(said[0]) and not self._is_safe(said[-1]):
            return False
        safe = [self._is_safe(word) for word in said]
        first = next((i for i, fine in enumerate(safe) if not fine), len(said))
        last = next((i for i in range(len(said), 0, -1) if not safe[i - 1]), 0)
        return any(
            self._is_given(said, start, end)
            for start in range(first, -1, -1)
            for end in range(max(last, start + 1), len(said) + 1)
            if end - start < len(said)
        )

    def _places(self, said: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """Yields where the words of an alias stand, which most sentences have as they are."""
        for known in self._bare:
            if known[:1] and known[0] in said:
                start = said.index(known[0])
                if said[start : start + len(known)] == known:
                    yield start, start + len(known)

    def _is_framed(self, said: tuple[str, ...], start: int, end: int) -> bool:
        return all(map(self._is_safe, said[:start])) and all(map(self._is_safe, said[end:]))

    def _is_safe(self, word: str) -> bool:
        if word in words(self.language, "never"):
            return word in words(self.language, "no") and self._negates
        return word in frame(self.language) or self._asked(word)

    @cached_property
    def _negates(self) -> bool:
        """Whether an alias is a "no"."""
        return any(set(tokens(alias, self.language)) & words(self.language, "no") for alias in self.aliases)

    def _is_given(self, said: tuple[str, ...], start: int, end: int) -> bool:
        span = said[start:end]
        counts = holds_digits(span)
        if start and not counts and said[start - 1] not in words(self.language, "before") | self._kinds:
            return False
        known = key_of(span, self.language) in self._known.keys or self._is_titled(span)
        if not known and (not counts or read_date(span, self.language).isdisjoint(self._known.keys)):
            return False
        around = said[max(start - 1, 0) : start] + said[end : end + 1]
        if counts and any(word[:1].isdecimal() for word in around):
            return False
        rest = said[:start] + said[end:]
        if not counts and not words(self.language, "numeric").isdisjoint(rest):
            return False
        return not self._asks_about(span) and (counts or self._is_in_place(said, start, end))

    def _is_in_place(self, said: tuple[str, ...], start: int, end: int) -> bool:
        """Whether the answer stands where the question asks for it, so that nobody's parts are swapped.

        A sentence has the words of the question in the order of the question and is passive if that is, but
        for "It was written by ANSWER", which turns "Who wrote it?" round.
        """
        before, after = self._matters(said[:start]), self._matters(said[end:])
        agents = words(self.language, "by")
        passive = not agents.isdisjoint(tokens(self.question, self.language))
        turned = start > 0 and said[start - 1] in agents
        if turned and (passive or after or not self._question.isdisjoint(words(self.language, "did"))):
            return False
        if turned:
            return len(before) < 2 or not self._in_order(before)
        if before and after:
            return False
        rest = before or after
        alike = passive == (not agents.isdisjoint(said[:start] + said[end:]))
        return not rest or (alike and self._in_order(rest))

    def _matters(self, said: tuple[str, ...]) -> list[str]:
        """Returns the words that any sentence doesn't hold, but for the kind of thing that is asked for."""
        return [word for word in said if word not in frame(self.language) and word not in self._kinds]

    def _in_order(self, said: list[str]) -> bool:
        """Whether the question has words in this order."""
        asked = iter(tokens(self.question, self.language))
        return all(any(self._is_same_word(word, other) for other in asked) for word in said)

    def _is_same_word(self, word: str, other: str) -> bool:
        if word == other or other in forms(self.language).get(word, ()):
            return True
        shorter, longer = sorted((word, other), key=len)
        return longer.startswith(shorter) and longer[len(shorter) :] in _ENDINGS

    def _asks_about(self, span: tuple[str, ...]) -> bool:
        """Whether the question holds the answer, so that a sentence may hold it for another reason."""
        if span[0].isalpha() and span[0] not in self._letters:
            return False
        text = tokens(self.question, self.language)
        return any(text[i : i + len(span)] == span for i in range(len(text) - len(span) + 1))

    @cached_property
    def _letters(self) -> str:
        """The question in a row: a word of it stands there, and it is quicker than its tokens."""
        return re.sub(r"\W", "", fold(self.question))

    @cached_property
    def _kinds(self) -> frozenset[str]:
        """The kinds of thing that are asked for: `river` in "which river"."""
        text = tokens(self.question, self.language)
        return frozenset(b for a, b in pairwise(text) if a in words(self.language, "which"))

    def _mentioned(self, text: str) -> bool:
        """Whether a text holds the words of an alias in a row, or an alias its, or both the same ones.

        Likewise if it may be an alias in another spelling, or the same date.
        """
        heard = tokens(text, self.language)
        if self._may_be_respelt(heard):
            return True
        if self._known.words.isdisjoint(heard) and not _UNSPACED.search(text):
            return False
        said = tuple(without_articles(heard, self.language))
        for alias, known in zip(self.aliases, self._bare, strict=True):
            if sorted(said) == sorted(known):
                return True
            shorter, longer = sorted((said, known), key=len)
            if shorter and any(longer[i : i + len(shorter)] == shorter for i in range(len(longer))):
                return True
            short, long = sorted((fold(alias), fold(text)), key=len)
            if _UNSPACED.search(alias) and len(short) >= min(MIN_PART, len(alias)) and short in long:
                return True
        return False

    def _may_be(self, text: str) -> bool:
        """Whether a text may be an alias for a reason that no rule decides; see `synth.likeness`."""
        if self._known.quantities and may_measure(text, self._known.quantities, self.language):
            return True
        given = likeness(text, self.language)
        return any(may_be(given, known, self.language) for known in self._likeness)

    @cached_property
    def _all_of(self) -> set[str]:
        """The kinds of the aliases; see `kind_of`."""
        return {kind_of(tokens(alias, self.language), self.language) for alias in self.aliases}

    @cached_property
    def _likeness(self) -> tuple[Likeness, ...]:
        return tuple(likeness(alias, self.language) for alias in self.aliases)

    def _may_be_respelt(self, said: tuple[str, ...]) -> bool:
        """Whether a text may be an alias in another spelling, or the same date."""
        if (name := respelt(said)) and name in self._respelt:
            return True
        if not holds_digits(said) or not self._dates:
            return False
        return not self._dates.isdisjoint(may_be_dates(said, self.language))

    @cached_property
    def _respelt(self) -> frozenset[str]:
        spelt = (respelt(tokens(alias, self.language)) for alias in self.aliases)
        return frozenset(filter(None, spelt))

    @cached_property
    def _bare(self) -> tuple[tuple[str, ...], ...]:
        """The words of the aliases without articles."""
        heard = (tokens(alias, self.language) for alias in self.aliases)
        return tuple(tuple(without_articles(said, self.language)) for said in heard)

    @cached_property
    def _dates(self) -> frozenset[str]:
        """What the aliases may say as dates, in every reading."""
        heard = (tokens(alias, self.language) for alias in self.aliases)
        return frozenset[str]().union(*(may_be_dates(said, self.language) for said in heard))
