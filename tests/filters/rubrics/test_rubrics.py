from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from filters.rubrics import BadRubric, Rubric, load_rubric

OWN = {
    "name": "own",
    "keep": "clear >= 3 and score > 0.5",
    "criteria": [
        {"name": "clear", "question": "Is it clear?", "anchors": {1: "no", 3: "half", 5: "yes"}},
        {"name": "new", "question": "Is it new?", "anchors": {1: "no", 5: "yes"}, "weight": 3},
    ],
}


def written(folder: Path, content: Any) -> str:
    path = folder / "rubric.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return str(path)


def test_the_one_that_comes_with_assay() -> None:
    rubric = load_rubric()
    assert rubric.names == (
        "problem_self_contained",
        "solution_correct",
        "solution_complete",
        "matches_problem",
        "educational_level",
        "clean_text",
    )
    assert all(criterion.anchors.keys() == {1, 2, 3, 4, 5} for criterion in rubric.criteria)
    assert load_rubric("scp116k") == rubric


def test_one_of_ones_own(tmp_path: Path) -> None:
    rubric = load_rubric(written(tmp_path, OWN))
    assert rubric.names == ("clear", "new")
    assert rubric.criteria[0].weight == 1
    assert rubric.criteria[0].anchors == {1: "no", 3: "half", 5: "yes"}


def test_the_overall_score_is_weighted(tmp_path: Path) -> None:
    rubric = load_rubric(written(tmp_path, OWN))
    assert rubric.overall({"clear": 5, "new": 1}) == 0.25
    assert rubric.overall({"clear": 3}) == 0.5  # of what is known
    assert rubric.overall({"clear": 1, "new": 5}) == 0.75


@given(st.lists(st.floats(1, 5), min_size=6, max_size=6))
def test_the_overall_score_lies_between_the_lowest_and_the_highest(scores: list[float]) -> None:
    rubric = load_rubric()
    overall = rubric.overall(dict(zip(rubric.names, scores, strict=True)))
    assert (min(scores) - 1) / 4 - 1e-9 <= overall <= (max(scores) - 1) / 4 + 1e-9


def test_whatever_changes_gives_another_id(tmp_path: Path) -> None:
    changed = copy.deepcopy(OWN)
    changed["criteria"][1]["anchors"][5] = "certainly"  # type: ignore[index]
    ids = {
        load_rubric(written(tmp_path, content)).id for content in (OWN, changed, {**OWN, "keep": "clear > 3"})
    }
    assert len(ids) == 3
    assert all(one.startswith("own:") for one in ids)
    assert Rubric.model_validate(OWN).id in ids


def damaged(where: tuple[Any, ...], value: Any) -> dict[str, Any]:
    content: Any = copy.deepcopy(OWN)
    place = content
    for step in where[:-1]:
        place = place[step]
    place[where[-1]] = value
    return content  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "no YAML: "),
        ("!!python/object/apply:os.system [ls]", "no YAML: could not determine a constructor"),
        ("&a [*a]", "Input should be a valid dictionary"),
        ("- a", "Input should be a valid dictionary"),
        ("", "Input should be a valid dictionary"),
        ("name: a", "criteria: Field required"),
        (damaged(("name",), "Two words"), "name: String should match pattern"),
        (damaged(("criteria",), []), "criteria: Tuple should have at least 1 item"),
        (damaged(("kepe",), "x"), "kepe: Extra inputs are not permitted"),
        (damaged(("keep",), "clean >= 3"), "keep: unknown name 'clean'; there are: clear, new, min_score, "),
        (damaged(("keep",), "clear"), "keep: 'clear' is no comparison"),
        (damaged(("criteria", 0, "name"), "new"), "criteria: 'new' is there twice"),
        (
            damaged(("criteria", 0, "name"), "min_score"),
            "criteria: 'min_score' means something else in a rule",
        ),
        (damaged(("criteria", 0, "name"), "max"), "criteria: 'max' means something else"),
        (damaged(("criteria", 0, "name"), "not"), "criteria: 'not' means something else"),
        (
            damaged(("criteria", 0, "question"), " "),
            "criteria.0.question: String should have at least 1 character",
        ),
        (damaged(("criteria", 0, "anchors"), {1: "no"}), "criteria.0.anchors: must say what 1 and 5 mean"),
        (damaged(("criteria", 0, "anchors"), {0: "no", 1: "a", 5: "b"}), "criteria.0.anchors.0"),
        (
            damaged(("criteria", 0, "weight"), -1),
            "criteria.0.weight: Input should be greater than or equal to 0",
        ),
        (
            damaged(("criteria", 0, "weight"), float("inf")),
            "criteria.0.weight: Input should be a finite number",
        ),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, content: Any, said: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(BadRubric) as caught:
        load_rubric(path)
    assert str(caught.value).startswith(f"rubric {path}: {said}")
    assert "\n" not in str(caught.value)


def test_some_criterion_has_to_weigh(tmp_path: Path) -> None:
    content: Any = copy.deepcopy(OWN)
    for criterion in content["criteria"]:
        criterion["weight"] = 0
    with pytest.raises(BadRubric, match="criteria: one of them needs a weight above 0"):
        load_rubric(written(tmp_path, content))


def test_there_is_no_such_file(tmp_path: Path) -> None:
    for path in (str(tmp_path / "none.yaml"), "no_such", "../rubrics/scp116k", str(tmp_path)):
        with pytest.raises(BadRubric, match=r"^rubric .*: (No such file|Is a directory)"):
            load_rubric(path)
