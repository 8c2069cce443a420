from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from synth.refusals import languages, refusal, stance
from synth.words import load

REFUSALS = {
    "en": [
        "I don't know.",
        "I don’t know the answer",
        "I'm sorry, I don't know.",
        "Sorry, but I don't know the answer to this question.",
        "As an AI language model, I don't have access to that information.",
        "I'm afraid I don't know",
        "Unknown",
        "I am not sure.",
        "I can't answer that",
        "No idea",
        "I don't know who wrote it.",
        "I have no idea who that is",
        "**I don't know.**",
        "Information not available.",
        "My apologies, but I lack the details needed.",
    ],
    "de": [
        "Ich weiß es nicht.",
        "Das weiß ich leider nicht",
        "Leider kann ich diese Frage nicht beantworten.",
        "Keine Ahnung",
        "Ich kann diese Frage nicht beantworten.",
    ],
    "fr": ["Je ne sais pas", "Désolé, je ne connais pas la réponse.", "Je n'ai aucune idée.", "Aucune idée"],
    "es": ["No lo sé", "Lo siento, no tengo información sobre eso.", "No sé quién lo escribió", "Ni idea"],
    "it": ["Non lo so", "Mi dispiace, non conosco la risposta."],
    "pt": ["Não sei", "Desculpe, não sei a resposta."],
    "nl": ["Ik weet het niet", "Geen idee", "Sorry, dat kan ik niet beantwoorden."],
    "sv": ["Jag vet inte", "Det vet jag tyvärr inte"],
    "pl": ["Nie wiem", "Niestety, nie znam odpowiedzi."],
    "ru": [
        "Я не знаю",
        "К сожалению, я не знаю ответа.",
        "Не знаю",
        "Затрудняюсь ответить",
        "К сожалению, у меня нет этой информации.",
    ],
    "uk": ["Я не знаю відповіді", "Гадки не маю"],
    "zh": ["我不知道", "抱歉，我不知道。", "很抱歉，我无法回答这个问题。"],
    "ja": ["わかりません", "申し訳ありませんが、わかりません。"],
    "ko": ["모르겠습니다", "죄송합니다. 잘 모르겠습니다."],
    "ar": ["لا أعرف", "عذرا، لا أعرف الإجابة", "عذراً، لا أستطيع الإجابة على هذا السؤال."],
    "tr": ["Bilmiyorum", "Maalesef bu sorunun cevabını bilmiyorum."],
    "vi": ["Tôi không biết", "Xin lỗi, tôi không biết câu trả lời."],
    "id": ["Saya tidak tahu", "Maaf, saya tidak tahu jawabannya."],
    "hi": ["मुझे नहीं पता", "क्षमा करें, मुझे नहीं पता।"],
    "cs": ["Nevím.", "Nemám tušení.", "Bohužel neznám odpověď."],
    "da": ["Det ved jeg ikke.", "Jeg er ikke sikker", "Beklager, jeg kender ikke svaret."],
    "no": ["Det vet jeg ikke.", "Aner ikke", "Beklager, jeg kan ikke svare på det."],
    "fi": ["En tiedä.", "Valitettavasti en osaa sanoa.", "Ei aavistustakaan"],
    "hu": ["Nem tudom.", "Fogalmam sincs.", "Sajnos nem ismerem a választ."],
    "ro": ["Nu știu.", "Habar n-am.", "Din păcate, nu cunosc răspunsul."],
    "el": ["Δεν ξέρω.", "Λυπάμαι, δεν γνωρίζω την απάντηση.", "Δεν είμαι σίγουρος"],
    "he": ["אני לא יודע.", "אין לי מושג", "מצטער, אני לא יודע את התשובה."],
    "fa": ["نمی‌دانم.", "متاسفم، نمی‌دانم.", "مطمئن نیستم"],
    "th": ["ฉันไม่รู้", "ไม่ทราบ", "ขอโทษค่ะ ไม่ทราบค่ะ"],
    "bn": ["আমি জানি না।", "দুঃখিত, আমি নিশ্চিত নই।"],
}
ANSWERS = [
    "I Don't Know How to Love Him",
    "I Can't Tell You Why",
    "I Know Him So Well",
    "I Can't Help Falling in Love",
    "I'm Not the Only One",
    "No Sé Tú",
    "Je ne sais pas choisir",
    "Sorry Seems to Be the Hardest Word",
    "Sorry",
    "No",
    "No Doubt",
    "North Dakota",
    "The Unknown Soldier",
    "Unknown Pleasures",
    "Nobody",
    "Niemand",
    "不知火",
    "Nevada",
    "Enontekiö",
    "Nemo",
    "Nu metal",
    "Δένδρο",
    "לאה",
    "ไม่เมือง",
    "Paris",
    "1972",
    "",
]
GUESSES = [
    "I don't know, maybe Paris",
    "I'm not sure, but I think it's Lyon.",
    "No sé, quizás Madrid",
    "Paris. I don't know.",
    "我不知道，可能是巴黎",
    "I'm not sure. The answer is Paris.",
    "I can't say for certain. Paris.",
    "I don't know the exact day, it was in 1914",
    "I don't know: Paris",
    "Je ne sais pas. Paris",
    "No lo sé. Es Madrid.",
]


LABELLED = yaml.safe_load(
    (Path(__file__).parent / "data" / "refusals_held_out.yaml").read_text(encoding="utf-8")
)


def labelled(*groups: str) -> list[tuple[str, str]]:
    return [(code, text) for group in groups for code, texts in LABELLED[group].items() for text in texts]


@pytest.mark.parametrize(("language", "text"), labelled("review", "refusals", "others", "third"))
def test_refusals_that_were_once_missed(language: str, text: str) -> None:
    assert stance(text, language) == "refuses"


def test_recall_of_refusals_that_were_held_out(capsys: pytest.CaptureFixture[str]) -> None:
    texts = labelled("held_out")
    stances = Counter(stance(text, code) for code, text in texts)
    told, kept = stances["refuses"], stances["refuses"] + stances["guesses"]
    with capsys.disabled():
        print(f"\nheld-out refusals: {told} of {len(texts)} told, {kept} kept from the negatives")
    assert told / len(texts) >= 0.55
    assert kept / len(texts) >= 0.9


@pytest.mark.parametrize(("language", "text"), labelled("answers"))
def test_what_only_begins_as_refusals_do_is_none(language: str, text: str) -> None:
    assert stance(text, language) != "refuses"


def test_guesses_are_told_by_words_of_the_question_s_language_and_english() -> None:
    assert stance("I'm not sure who the men were.", "en") == "refuses"
    assert stance("Jag vet inte men Lund", "sv") != "refuses"
    assert stance("I don't know who, but Ada", "sv") == "guesses"


def test_refusals_are_known_in_more_than_ten_languages() -> None:
    assert set(languages()) == set(REFUSALS)
    assert len(languages()) >= 10


@pytest.mark.parametrize(
    ("language", "text"), [(code, text) for code, texts in REFUSALS.items() for text in texts]
)
def test_refusals(language: str, text: str) -> None:
    assert stance(text) == "refuses"


@pytest.mark.parametrize("text", ANSWERS)
def test_answers_that_sound_like_refusals(text: str) -> None:
    assert stance(text) == "answers"


@pytest.mark.parametrize("text", GUESSES)
def test_guesses_are_neither(text: str) -> None:
    assert stance(text) == "guesses"


@pytest.mark.parametrize("language", languages())
def test_what_is_written_is_recognised(language: str) -> None:
    assert stance(refusal(language)) == "refuses"


def test_an_unknown_language_is_answered_in_english() -> None:
    assert refusal("xx") == refusal("en")


@pytest.mark.parametrize("name", ["answers", "refusals"])
def test_every_word_is_a_text(name: str) -> None:
    """An unquoted "no" or "on" would be a truth value in YAML."""
    for kinds in load(name).values():
        for kind, entries in kinds.items():
            assert isinstance(kind, str)
            assert all(isinstance(entry, str) for entry in ([entries] if kind == "say" else entries))
