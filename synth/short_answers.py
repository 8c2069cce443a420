"""Whether a short answer is right, given the aliases of the truth: exact once both are normalised.

A right answer is accepted where it is all that is said, or where a sentence holds nothing else but words of
the question and of a short list (`answers.yaml`), and the answer stands where such sentences have it ("The
capital of France is Paris."). No answer is accepted because it contains a right one: "Paris, Texas", "not
Paris" and "the wife of Paris" are not. What holds a right answer or a part of one and is not accepted is
`unclear`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.util import find_spec
from itertools import pairwise

from schemas.contrastive import Grade
from synth.dates import read_date
from synth.notation import without_thoughts
from synth.quantities import Number, Unit, read_number, read_unit, same_quantity
from synth.refusals import stance
from synth.tokens import MAX_CHARACTERS, fold, in_digits, is_number, spread, tokens
from synth.verify import boxed
from synth.words import load, words

LIBRARIES = ("anyascii", "babel", "pint", "text_to_num")
"""What is needed of the extra `verify`."""

MAX_SENTENCE = 40
"""Tokens of a sentence in which an answer is looked for."""
MIN_ROMANISED = 8
"""Letters of a name that may be romanised in another way on both sides; shorter ones have to be the same."""

_ENDS = " .!"
_MARKUP = re.compile(r"\*\*|__|`+|^#+\s|^>\s|(?<![\w*])\*|\*(?![\w*])", re.MULTILINE)
_MARKED = re.compile(r"[*_`#>\\<]")
_TYPE = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf)\s*\{([^{}]*)\}")
_PARENTHESIS = re.compile(r"\s*\([^()]*\)\s*$")
_LIST = re.compile(r"[,/](?!\d)|[;+&()\n]")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
# Scripts without blanks between words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LATIN = re.compile("[a-z]")
_OTHER_LETTERS = re.compile("[^\\W\\d_a-z\u00aa-\u024f\u1e00-\u1eff]")


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
        if said.strip(_ENDS).casefold() in self._plain or self._is_alias(said):
            return "correct"
        how = stance(said)
        if how != "answers":
            return "refused" if how == "refuses" else "unclear"
        given = announced(said, self.language) or said
        if given != said and self._is_alias(given):
            return "correct"
        heard = tokens(said, self.language)
        flat = _flat(heard, self.language)
        if any(key in flat for key in self._flat) or (self._dated and _counts(heard)):
            if self._same_parts(given) or self._in_sentence(given):
                return "correct"
            return "unclear" if self._mentioned(said) else "wrong"
        return "unclear" if self._mentioned(said) else "wrong"

    @cached_property
    def _plain(self) -> frozenset[str]:
        """The aliases as most right answers have them."""
        return frozenset(alias.casefold() for alias in self.aliases)

    @cached_property
    def _keys(self) -> frozenset[str]:
        bare = (_PARENTHESIS.sub("", alias) for alias in self.aliases if alias.endswith(")"))
        return frozenset().union(*(keys(alias, self.language) for alias in (*self.aliases, *bare) if alias))

    @cached_property
    def _flat(self) -> frozenset[str]:
        """What a text that holds an alias, or parts of it, has in a row."""
        lists = (parts(alias, self.language) for alias in self.aliases)
        found = self._keys.union(*(one for one in lists if len(one) > 1))
        return frozenset(key.replace(" ", "") for key in found if key and key[0] != "~")

    @cached_property
    def _dated(self) -> bool:
        return any(read_date(tokens(alias, self.language), self.language) for alias in self.aliases)

    @cached_property
    def _others(self) -> frozenset[tuple[bool, str]]:
        """The aliases as they are spelt in Latin letters, and whether they are in them."""
        return frozenset(found for alias in self.aliases if (found := romanised(alias)))

    @cached_property
    def _quantities(self) -> list[tuple[Number, Unit]]:
        return [found for alias in self.aliases if (found := quantity(alias, self.language))]

    @cached_property
    def _question(self) -> frozenset[str]:
        return frozenset(tokens(self.question, self.language))

    def _is_alias(self, text: str) -> bool:
        same = not keys(text, self.language).isdisjoint(self._keys)
        if self._quantities and (given := quantity(text, self.language)):
            said = [same_quantity(*given, *gold) for gold in self._quantities]
            return True in said or (same and text.casefold() in {alias.casefold() for alias in self.aliases})
        return same or self._is_romanised(text) or (text[-1:].isalnum() and self._is_bare_number(text))

    def _is_romanised(self, text: str) -> bool:
        """Whether a name is an alias in another script."""
        if text.isascii() and self._ascii:
            return False
        given = romanised(text)
        return bool(given) and (not given[0], given[1]) in self._others  # type: ignore[index]

    @cached_property
    def _ascii(self) -> bool:
        return all(alias.isascii() for alias in self.aliases)

    def _is_bare_number(self, text: str) -> bool:
        """Whether a number alone is an alias without the words for what is counted, which are asked for."""
        given = tokens(text, self.language)
        if len(given) != 1 or not is_number(given[0]):
            return False
        known = (tokens(alias, self.language) for alias in self.aliases)
        return any(given == alias[:1] and all(map(self._asked, alias[1:])) for alias in known)

    def _asked(self, word: str) -> bool:
        """Whether the question has a word, but for its ending."""
        return word in self._question or any(
            word == other + ending or other == word + ending
            for ending in ("s", "es", "d", "ed")
            for other in (word.removesuffix(ending), f"{word}{ending}")
            if other != word and other in self._question
        )

    def _same_parts(self, text: str) -> bool:
        """Whether an answer has the parts of an alias in another order, or each of its parts is an alias."""
        given = parts(text, self.language)
        if len(given) < 2:
            return False
        if given in (parts(alias, self.language) for alias in self.aliases):
            return True
        return given <= self._keys

    def _in_sentence(self, text: str) -> bool:
        """Whether a sentence says an alias and nothing else that matters; see the module."""
        said = tokens(text, self.language)
        if len(said) > MAX_SENTENCE or text.rstrip().endswith(("?", "\uff1f")):
            return False
        if any(
            self._is_given(said, *place) and self._is_framed(said, *place) for place in self._places(said)
        ):
            return True
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
        for alias in self.aliases:
            known = tuple(_bare(tokens(alias, self.language), self.language))
            if known[:1] and known[0] in said:
                start = said.index(known[0])
                if said[start : start + len(known)] == known:
                    yield start, start + len(known)

    def _is_framed(self, said: tuple[str, ...], start: int, end: int) -> bool:
        return all(map(self._is_safe, said[:start])) and all(map(self._is_safe, said[end:]))

    def _is_safe(self, word: str) -> bool:
        if word in words(self.language, "never"):
            return word in words(self.language, "no") and self._negates
        return word in _frame(self.language) or self._asked(word)

    @cached_property
    def _words(self) -> frozenset[str]:
        """All words of all aliases."""
        return frozenset().union(*(tokens(alias, self.language) for alias in self.aliases))

    @cached_property
    def _negates(self) -> bool:
        """Whether an alias is a "no"."""
        return any(set(tokens(alias, self.language)) & words(self.language, "no") for alias in self.aliases)

    def _is_given(self, said: tuple[str, ...], start: int, end: int) -> bool:
        span = said[start:end]
        counts = _counts(span)
        if start and not counts and said[start - 1] not in words(self.language, "before") | self._kinds:
            return False
        known = _key(span, self.language) in self._keys
        if not known and (not counts or read_date(span, self.language).isdisjoint(self._keys)):
            return False
        around = said[max(start - 1, 0) : start] + said[end : end + 1]
        if counts and any(word[:1].isdecimal() for word in around):
            return False
        rest = said[:start] + said[end:]
        if not counts and not words(self.language, "numeric").isdisjoint(rest):
            return False
        return not self._asks_about(span)

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
        """Whether a text holds the words of an alias in a row, or an alias its, or both the same ones."""
        if self._words.isdisjoint(tokens(text, self.language)) and not _UNSPACED.search(text):
            return False
        said = _bare(tokens(text, self.language), self.language)
        for alias in self.aliases:
            known = _bare(tokens(alias, self.language), self.language)
            if sorted(said) == sorted(known):
                return True
            shorter, longer = sorted((said, known), key=len)
            if shorter and any(longer[i : i + len(shorter)] == shorter for i in range(len(longer))):
                return True
            if _UNSPACED.search(alias) and fold(alias) in fold(text):
                return True
        return False


def _flat(said: tuple[str, ...], language: str) -> str:
    dropped = words(language, "drop")
    return "".join(word for word in said if word not in dropped) or "".join(said)


def _bare(said: tuple[str, ...], language: str) -> list[str]:
    """Returns tokens without articles, unless there is nothing else."""
    dropped = words(language, "drop")
    kept = [word for word in said if word not in dropped] or list(said)
    if len(kept) > 1 and kept[0] in words(language, "articles"):
        del kept[0]
    return kept


def _counts(said: Sequence[str]) -> bool:
    """Whether a word holds a digit; a date in digits does too."""
    return not all(map(str.isalpha, said)) and any(c.isdecimal() for word in said for c in word)


@cache
def _frame(language: str) -> frozenset[str]:
    """Words that a sentence may hold beside the answer and words of the question."""
    kinds = ("before", "frame", "numeric", "articles", "drop", "year")
    return frozenset().union(*(words(language, kind) for kind in kinds))


def plain(answer: str) -> str:
    """Returns an answer without thoughts and marks of type; if there is a box, what it holds."""
    if answer.isascii() and not _MARKED.search(answer):
        return answer.strip()
    said = without_thoughts(answer).strip()
    if "\\" in said and (held := boxed(said)) and not _denies(said):
        said = held
    said = _MARKUP.sub("", _TYPE.sub(r"\1", unicodedata.normalize("NFKC", said)))
    return said.strip()


def _denies(text: str) -> bool:
    return bool(set(tokens(text[:MAX_CHARACTERS])) & words("en", "never"))


def announced(text: str, language: str) -> str | None:
    """Returns what a text announces as its answer ("The answer is Paris."); None if nothing."""
    found = list(_intro(language).finditer(text))
    return text[found[-1].end() :].strip(" \t:.") or None if found else None


@cache
def _intro(language: str) -> re.Pattern[str]:
    known = load("answers")
    intros = [
        intro for code in dict.fromkeys((language, "en")) for intro in known.get(code, {}).get("intro", ())
    ]
    return re.compile(rf"^(?:{'|'.join(intros)})\s*", re.IGNORECASE | re.MULTILINE)


@lru_cache(maxsize=1 << 17)
def keys(text: str, language: str) -> frozenset[str]:
    """Returns what equal answers have in common: any key of one is a key of the other."""
    said = tokens(text, language)
    if not said:  # signs alone
        return frozenset((" ".join(text.casefold().split()),))
    key = _key(said, language)
    found = {key, *read_date(said, language)} if _counts(said) else {key}
    if len(key) >= MIN_ROMANISED and key.isascii() and key.isalpha():
        found.add(f"~{_respelt(key)}")
    if not text.isascii() and (other := spread(text)) != text.lower():
        found.add(_key(tokens(other, language), language))
    return frozenset(found)


def _key(said: tuple[str, ...], language: str) -> str:
    kept = _bare(said, language)
    while len(kept) > 2 and kept[0] in words(language, "titles"):
        del kept[0]
    key = kept[0]
    for before, word in pairwise(kept):
        key += f" {word}" if before[-1].isdecimal() and word[0].isdecimal() else word
    return key


def parts(text: str, language: str) -> frozenset[str]:
    """Returns the keys of the parts of an answer, between commas and "and"."""
    ands = words(language, "and")
    if not _LIST.search(text) and ands.isdisjoint(tokens(text, language)):
        return frozenset()
    found: set[str] = set()
    for piece in _LIST.split(text):
        run: list[str] = []
        for word in (*tokens(piece, language), ""):
            if word and word not in ands:
                run.append(word)
            elif run:
                found.add(_key(tuple(run), language))
                run = []
    return frozenset(found)


@lru_cache(maxsize=1 << 16)
def quantity(text: str, language: str) -> tuple[Number, Unit] | None:
    """Returns a number with a unit that the library pint knows; None for any other text."""
    text = _DASHES.sub("-", in_digits(text.strip(" ."), language))
    if not any(character.isdecimal() for character in text[:12]):
        return None
    found = read_number(text)
    if not found or not found[1].strip():
        return None
    unit = read_unit(found[1].strip())
    return (found[0], unit) if unit and unit.unit is not None else None


@lru_cache(maxsize=1 << 16)
def romanised(text: str) -> tuple[bool, str] | None:
    """Returns whether a name is in Latin letters, and how it is spelt in them, whatever the scheme.

    None for what holds numbers, or letters of both kinds.
    """
    folded = fold(text)
    latin, other = bool(_LATIN.search(folded)), bool(_OTHER_LETTERS.search(folded))
    if latin == other or any(word[-1].isdecimal() for word in tokens(text)):
        return None
    from anyascii import anyascii

    letters = re.sub(r"[^a-z]", "", anyascii(folded).lower() if other else folded)
    return latin, _respelt(letters.replace("j", "i"))


def _respelt(letters: str) -> str:
    """Returns a name without what differs between schemes: y is i, "tch" is "ch", and "oye" is "oe"."""
    letters = letters.replace("y", "i").replace("tch", "ch")
    while "ii" in letters:
        letters = letters.replace("ii", "i")
    for vowel in "aou":
        letters = letters.replace(f"{vowel}ie", f"{vowel}e")
    return letters
