"""The words and patterns of filters/data, in the languages that they are for."""

from __future__ import annotations

import re

import pytest

from filters.answers import final_answer
from filters.completeness import is_only_reference, truncation
from filters.figure import needs_figure
from filters.phrases import phrases


@pytest.mark.parametrize("name", ["answer", "figure", "only_reference", "open_words"])
def test_every_entry_compiles(name: str) -> None:
    assert len(phrases(name)) >= 30
    for language, entries in phrases(name).items():
        assert entries, language
        for entry in entries:
            re.compile(entry, re.IGNORECASE)
            assert not re.fullmatch(entry, ""), (language, entry)


@pytest.mark.parametrize(
    "text",
    [
        "Vegeu l'exemple 3.", "Vezi exemplul 3.2.", "Se exempel 3.2", "Se figur 3", "Svaren varierar.",
        "Katso esimerkki 4", "Viz příklad 3", "Odpovědi se mohou lišit.", "Pozri kapitolu 2.",
        "Glej sliko 3", "Vidi primjer 3.", "Види пример 3", "Lásd a 3. példát", "Vt joonis 3",
        "Žr. 3 pavyzdį", "Див. приклад 3", "Виж пример 3", "Βλέπε παράδειγμα 3", "Bkz. Örnek 3",
        "Cevaplar değişebilir.", "انظر المثال 3", "مثال 3 را ببینید", "ראו דוגמה 3", "उदाहरण 3 देखें",
        "ดูตัวอย่างที่ 3", "예제 3을 참조하라", "풀이 생략", "Xem ví dụ 3", "Lihat contoh 3", "Tazama mfano 3",
    ],
)  # fmt: skip
def test_referrals_in_many_languages(text: str) -> None:
    assert is_only_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        "Se at x = 3", "Vidi se da je x = 3", "Xem xét phương trình x + 1 = 2", "Lihat bahwa x = 3",
        "Viz je dobrý", "그림", "مثال", "Glej", "Zie je wel: x = 3",
    ],
)  # fmt: skip
def test_answers_that_are_no_referrals(text: str) -> None:
    assert not is_only_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        "Beräkna arean av figuren nedan.", "Laske oheisessa kuvassa olevan kolmion ala.",
        "Na obrázku je trojúhelník.", "Na sliki je trikotnik.", "Na slici je prikazan trokut.",
        "Az ábrán egy háromszög látható.", "На малюнку зображено трикутник.",
        "На чертежа е даден триъгълник.",
        "Στο παρακάτω σχήμα δίνεται τρίγωνο.", "Yandaki şekilde bir üçgen vardır.",
        "في الشكل المجاور مثلث", "در شکل زیر یک مثلث است", "दी गई आकृति में", "จากรูป จงหาค่า x",
        "다음 그림에서 x를 구하라.", "Cho hình vẽ bên.", "Perhatikan gambar berikut.", "Dalam rajah di bawah",
    ],
)  # fmt: skip
def test_problems_that_point_at_a_figure(text: str) -> None:
    assert needs_figure(text)


@pytest.mark.parametrize(
    "text",
    [
        "Fonksiyon aşağıdaki şekilde tanımlanmıştır.",  # "in the following way"
        "اكتب المعادلة من الشكل التالي",  # "of the following form"
        "จงเขียนในรูปเศษส่วน",  # "in the form of a fraction"
        "این عبارت را به شکل زیر بنویسید",
        "Rita grafen till funktionen.", "Načrtněte graf funkce.", "함수의 그래프를 그려라.",
        "Vẽ đồ thị hàm số.",
    ],
)  # fmt: skip
def test_problems_that_need_no_figure(text: str) -> None:
    assert not needs_figure(text)


@pytest.mark.parametrize(
    "marker",
    ["Svar", "Vastaus", "Odp.", "Výsledek", "Válasz", "Ответ", "Απάντηση", "Cevap", "الجواب", "תשובה", "उत्तर",
     "ตอบ", "【答案】", "정답", "Đáp số", "Jawaban", "Atsakymas", "პასუხი"],
)  # fmt: skip
def test_final_answers_in_many_languages(marker: str) -> None:
    assert final_answer("What?", "$x + 1 = 4$ " * 20 + f"\n{marker}: 3") == "3"


@pytest.mark.parametrize(
    ("text", "language"),
    [("Kraften är noll eftersom", "sv"), ("Síla je nulová, protože", "cs"), ("Kuvvet sıfırdır çünkü", "tr")],
)
def test_texts_that_break_off(text: str, language: str) -> None:
    assert truncation(text, language)
    assert not truncation(text, "und")
