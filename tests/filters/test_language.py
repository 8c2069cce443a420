from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.kinds import verdict
from filters.language import KIND, LanguageOptions
from filters.words import Texts

GERMAN = "Die Geschwindigkeit des Autos wächst in jeder Sekunde um zwei Meter in der Sekunde."


def decided(text: str, **options: object) -> tuple[str, str]:
    """Returns the language of a text, and the reason of its rejection."""
    chosen = LanguageOptions.model_validate(options)
    label, score = KIND.open(chosen)(Texts({"text": text}, ("text",)))
    return str(label), verdict(KIND, chosen, {"label": label, "score": score}).reason


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (GERMAN, "de"),
        ("The speed of the car grows by two metres a second in every second.", "en"),
        ("La vitesse de la voiture augmente de deux mètres par seconde chaque seconde.", "fr"),
        ("Скорость автомобиля растёт каждую секунду на два метра в секунду.", "ru"),
        ("汽车的速度每秒钟增加两米每秒，求汽车的加速度是多少，并画出图像。", "zh"),
    ],
)
def test_formulas_do_not_hide_the_language(text: str, label: str) -> None:
    formula = (
        r"$$\int_0^\infty \frac{\sin x}{x}\,dx = \frac{\pi}{2}$$ $a_{n+1}=\sqrt{a_n}$ `for i in range(n)` "
    )
    assert decided(text)[0] == label
    assert decided(formula * 3 + text + formula * 3)[0] == label


def test_what_is_kept() -> None:
    assert decided(GERMAN) == ("de", "")
    assert decided(GERMAN, keep=["en", "fr"])[1] == "other_language"
    assert decided(GERMAN, keep=["de"])[1] == ""
    assert decided("Die Katze, the dog et le chat и собака", min_score=0.99)[1] == "unsure_language"
    assert decided("$x=2$", min_score=None) == ("und", "no_language")
    assert decided("$x=2$", keep_unknown=True)[1] == ""
    assert decided("", keep_unknown=False)[1] == "no_language"


def test_languages_that_there_are_not_are_said() -> None:
    KIND.check(LanguageOptions(keep=("en", "zh")))
    with pytest.raises(ValueError, match=r"keep english: no language of the model, .* such as en"):
        KIND.check(LanguageOptions(keep=("en", "english")))


def test_a_model_that_is_none_is_said() -> None:
    with pytest.raises(ValueError, match=r"model none\.bin: no such file"):
        KIND.check(LanguageOptions(model="none.bin"))


def test_a_file_that_is_no_model_is_said(tmp_path: object) -> None:
    path = f"{tmp_path}/a.ftz"
    with open(path, "w") as file:
        file.write("no model")
    with pytest.raises(ValueError, match="fastText can't read it"):
        KIND.check(LanguageOptions(model=path))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_has_a_score(text: str) -> None:
    label, score = KIND.open(LanguageOptions())(Texts({"text": text}, ("text",)))
    assert isinstance(label, str)
    assert isinstance(score, float)
    assert 0 <= score <= 1.001
