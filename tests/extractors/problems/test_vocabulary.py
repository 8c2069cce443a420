"""The words of all languages together: what each may be, and the labels that they make."""

from __future__ import annotations

from collections import defaultdict
from importlib.resources import files
from typing import get_args

import pytest
import yaml

from extractors.problems.labels import read_label
from extractors.problems.vocabulary import Role, fold, pattern, words
from schemas.document import Block

LANGUAGES = yaml.safe_load(files("extractors.problems").joinpath("vocabulary.yaml").read_text("utf-8"))

# Folded words of several roles, every one of them looked at: what the clash costs.
CLASHES = {
    "key": {"title", "qualifier"},  # "Key" alone, and "answer key"
    "alla": {"link", "qualifier"},  # Italian "to the", Swedish "all": both only fill a heading
    "alle": {"link", "qualifier"},
    "le": {"link", "qualifier"},
    "par": {"link", "qualifier"},
    "para": {"link", "qualifier"},
    "exercice corrige": {"example", "other"},  # solved on the spot: no heading of solutions
    "exercices corriges": {"example", "other"},
    "contoh penyelesaian": {"example", "other"},
    "пример решения": {"example", "other"},
    "примеры решения": {"example", "other"},
    "примеры решения задач": {"example", "other"},
    "解题思路": {"aside", "other"},  # how one gets there: no heading of solutions
}


def test_every_entry_is_a_word_of_a_known_role() -> None:
    assert len(LANGUAGES) >= 45
    for language, roles in LANGUAGES.items():
        assert set(roles) | {"name", "title"} == set(get_args(Role)), language
        for role, entries in roles.items():
            assert all(isinstance(entry, str) and fold(entry) for entry in entries), (language, role)
            folded = [entry.casefold() for entry in entries]
            assert len(folded) == len(set(folded)), (language, role)


def test_no_word_has_two_roles_unseen() -> None:
    roles = defaultdict(set)
    for entries in LANGUAGES.values():
        for role, found in entries.items():
            for entry in found:
                roles[fold(entry)].add(role)
    assert {word: found for word, found in roles.items() if len(found) > 1} == CLASHES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_found_as_a_whole(language: str) -> None:
    for role, entries in LANGUAGES[language].items():
        for entry in entries:
            match = pattern(role).match(fold(entry))
            assert match, (role, entry)
            assert match["word"] == fold(entry), (role, entry)
            assert words()[fold(entry)] == role or fold(entry) in CLASHES, (role, entry)


# What stands after the label is kept by the item; the number is what joins it.
LABELS = [
    ("Ex. 3. Find it", "problem", "3"),
    ("Exo 3 : trouver", "problem", "3"),
    ("Aufg. 3: Finde", "problem", "3"),
    ("Uppg. 3. Finn", "problem", "3"),
    ("Teht. 3. Etsi", "problem", "3"),
    ("Zad. 3. Znajdź", "problem", "3"),
    ("Exercice n° 3 : trouver", "problem", "3"),
    ("Задача №3. Найти", "problem", "3"),
    ("3. feladat: Keresse", "problem", "3"),
    ("3. uzdevums. Atrast", "problem", "3"),
    ("3 uždavinys. Rasti", "problem", "3"),
    ("3. Soru: Bulunuz", "problem", "3"),
    ("السؤال 3: ما", "problem", "3"),
    ("Soal no. 3. Tentukan", "problem", "3"),
    ("ข้อที่ 3. จงหา", "problem", "3"),
    ("第3题：求", "problem", "3"),
    ("問題3．求めよ", "problem", "3"),
    ("Gelöstes Beispiel 3. Es", "example", "3"),
    ("Exercice corrigé 3. On", "example", "3"),
    ("Ejercicio resuelto 3. Se", "example", "3"),
    ("Esercizio svolto 3. Si", "example", "3"),
    ("Exercício resolvido 3. É", "example", "3"),
    ("Řešený příklad 3. Je", "example", "3"),
    ("ตัวอย่างที่ 3 จง", "example", "3"),
    ("【例3】求", "example", "3"),
    ("Lsg. 3: Es", "solution", "3"),
    ("Rj. 3. Je", "solution", "3"),
    ("Odp. 3. To", "solution", "3"),
    ("Отв. 3. Да", "solution", "3"),
    ("Sol. 3. Es", "solution", "3"),
    ("Lösung zu Aufgabe 3. Es", "solution", "3"),
    ("Aufgabe 3 (Lösung). Es", "solution", "3"),
    ("Solution de l'exercice 3. On", "solution", "3"),
    ("Solución del ejercicio 3. Es", "solution", "3"),
    ("Soluzione dell'esercizio 3. Si", "solution", "3"),
    ("Resposta da questão 3. É", "solution", "3"),
    ("Uitwerking van opgave 3. Het", "solution", "3"),
    ("Lösning till uppgift 3. Det", "solution", "3"),
    ("Tehtävän 3 ratkaisu. Se", "solution", "3"),
    ("Ülesande 3 lahendus. See", "solution", "3"),
    ("Rozwiązanie zadania nr 3. To", "solution", "3"),
    ("Řešení úlohy 3. To", "solution", "3"),
    ("Rješenje zadatka 3. To", "solution", "3"),
    ("Решение задачи 3. Это", "solution", "3"),
    ("Λύση της άσκησης 3. Το", "solution", "3"),
    ("Megoldás a 3. feladathoz. Az", "solution", "3"),
    ("Răspuns la întrebarea 3. Este", "solution", "3"),
    ("حل التمرين 3: نعم", "solution", "3"),
    ("פתרון תרגיל 3: כן", "solution", "3"),
    ("เฉลยข้อ 3. คือ", "solution", "3"),
    ("Lời giải bài 3. Ta", "solution", "3"),
    ("Jawaban soal 3. Kita", "solution", "3"),
    ("【答案】B", "solution", ""),
    ("解析：因为", "solution", ""),
    ("【解答】求めよ", "solution", ""),
    ("풀이: 구하라", "solution", ""),
    ("हल : यह", "solution", ""),
    ("Vorüberlegung: Es", "aside", ""),
    ("Démarche : on", "aside", ""),
    ("【分析】因为", "aside", ""),
    ("Lösungshinweis: Es", "hint", ""),
    ("Coup de pouce : on", "hint", ""),
]


@pytest.mark.parametrize(("text", "role", "number"), LABELS)
def test_labels_of_many_languages(text: str, role: str, number: str) -> None:
    label = read_label(Block(text))
    assert label is not None
    assert (label.role, ".".join(label.number)) == (role, number)


@pytest.mark.parametrize(
    "text",
    [
        "Evaluate: the integral of x",
        "Application to a moving body",
        "Indice de réfraction d'un milieu",
        "Verificare che la somma sia pari",
        "Giải phương trình sau",
        "예를 들어 다음과 같다",
        "解方程组得到",
        "Ekvationen har en rot",
        "Practice makes perfect.",
    ],
)
def test_prose_is_no_label(text: str) -> None:
    assert read_label(Block(text)) is None


GENITIVE = "the number stands before two nouns, the second of which is the solution"
UNREAD = [
    ("3. feladat megoldása. Az", "solution", "3", GENITIVE),
    ("A 3. feladat megoldása. Az", "solution", "3", "an article before the number"),
    ("3. uzdevuma atrisinājums. Tas", "solution", "3", GENITIVE),
    ("3 uždavinio sprendimas. Tai", "solution", "3", GENITIVE),
    ("3. sorunun çözümü: Bu", "solution", "3", GENITIVE),
    ("प्रश्न 3 का हल: यह", "solution", "3", "a link between the number and the solution"),
    ("問3の解答 これ", "solution", "3", "a link between the number and the solution"),
    ("Άσκηση 3η. Το", "problem", "3", "the ending of an ordinal"),
    ("Swali la 3. Ni", "problem", "3", "a link between word and number"),
    ("Լուծում։ Այս", "solution", "", "the Armenian full stop is no delimiter"),
    ("解　因为", "solution", "", "an ideographic space is no delimiter"),
    ("[풀이] 이것", "solution", "", "brackets around the word"),
]


@pytest.mark.parametrize(
    ("text", "role", "number"),
    [pytest.param(*case, marks=pytest.mark.xfail(strict=True, reason=why)) for *case, why in UNREAD],
)
def test_labels_that_are_not_read_yet(text: str, role: str, number: str) -> None:
    label = read_label(Block(text))
    assert label is not None
    assert (label.role, ".".join(label.number)) == (role, number)


def test_turkish_capitals_fold_like_small_letters() -> None:
    assert fold("ALIŞTIRMA") == fold("alıştırma")
