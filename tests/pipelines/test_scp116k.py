"""The recipe with stand-ins for what finds and pairs items, so that each way out is taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.execute import build, execute
from pipelines.manifest import discrepancies, stage_counts
from pipelines.parsing import parse
from pipelines.reader import Reader, ReaderError
from pipelines.recipe import Run
from pipelines.scp116k import RECIPE
from schemas.document import Document
from schemas.ids import record_id
from schemas.problems import Found, Item, MatchedPair, Matching
from tests.filters.trained import trained
from tests.pipelines.records import item


def lines(document: Document) -> list[tuple[str, str]]:
    """What the stand-in sees: one "kind: text" a paragraph."""
    pairs = [block.text.split(": ", 1) for block in document.blocks]
    return [(kind, text) for kind, text in pairs if kind in ("problem", "solution", "possible")]


def find_items(document: Document) -> Found:
    if "explode" in document.text:
        raise ZeroDivisionError("in find_items")
    items, possible = [], []
    for n, (kind, text) in enumerate(lines(document)):
        made = item("solution" if kind == "solution" else "problem", text, uri=document.uri,
                    sha256=document.sha256, span=(n, n + 1), id=record_id(document.sha256, n), title="",
                    label=str(n))  # fmt: skip
        (possible if kind == "possible" else items).append(made)
    return Found(document.uri, document.sha256, tuple(items), tuple(possible))


def match_items(found: Sequence[Found]) -> Matching:
    """Pairs the nth problem with the nth solution of the folder, in the order given."""
    assert list(found) == sorted(found, key=lambda f: f.uri)
    items = [item for one in found for item in one.items]
    if any("no match" in item.text for item in items):
        raise LookupError("in match_items")
    solutions: list[Item] = [i for i in items if i.kind == "solution"]
    problems: list[Item] = [i for i in items if i.kind == "problem"]
    problems += [i for one in found for i in one.possible][: max(0, len(solutions) - len(problems))]
    n = min(len(problems), len(solutions))
    pairs = [MatchedPair(p, s, "inline", 0.99) for p, s in zip(problems, solutions, strict=False)]
    return Matching(tuple(pairs), tuple(problems[n:]), tuple(solutions[n:]))


def in_reader(function: Callable[[Any], Any]) -> Callable[[Reader, Any], Any]:
    """Returns a stand-in for a method of `Reader`, which hands on what its process raises."""

    def method(_: Reader, argument: Any) -> Any:
        try:
            return function(argument)
        except Exception as error:
            raise ReaderError(f"{type(error).__name__}: {error}") from None

    return method


Result = tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, dict[str, Any]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setattr(Reader, "find", in_reader(find_items))
    monkeypatch.setattr(Reader, "match", in_reader(match_items))

    def go(documents: dict[str, str], *arguments: str) -> Result:
        for name, text in documents.items():
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        uris = sorted(str(tmp_path / "in" / name) for name in documents)
        out = tmp_path / "out"
        options = parse(
            ["--input", str(tmp_path / "in"), "--output", str(out), "--runner=FnApiRunner", *arguments],
            RECIPE.options,
        )
        pipeline, outcome = build(RECIPE, Run(uris, options, str(out)))
        stages = [stage for stage in RECIPE.stages if stage.name not in outcome.without]
        funnel = stage_counts(execute(pipeline), stages)
        rows = pq.read_table(out / "data").to_pylist()
        rejects = pq.read_table(out / "rejected").to_pylist()
        assert discrepancies(funnel, len(uris), len(rows), len(rejects)) == []
        return rows, rejects, {stage["stage"]: stage for stage in funnel}

    return go


def reasons(rejects: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((r["stage"], r["reason"]) for r in rejects)


def test_every_way_out_has_its_reason(run: Callable[..., Result]) -> None:
    rows, rejects, funnel = run(
        {
            "a/1.md": "problem: What is one and one?\n\nproblem: What is a figure?\n\nproblem: Unsolved?",
            "a/2.md": "solution: It is two.\n\nsolution: See page 3.",
            "b/1.md": "solution: Of nothing at all.",
            "b/2.md": "nothing: Only prose here.",
            "c/1.md": "problem: WHAT is one  and one?\n\nsolution: It is two.",
            "d/1.md": "explode: now",
            "e/1.md": "problem: no match\n\nsolution: here",
        }
    )
    assert [(r["problem"], r["solution"]) for r in rows] == [("What is one and one?", "It is two.")]
    assert rows[0]["source"]["uri"].endswith("a/1.md")
    assert rows[0]["source"]["solution_uri"].endswith("a/2.md")
    assert reasons(rejects) == [
        ("completeness", "only_reference"),
        ("duplicates", "duplicate"),
        ("extract", "error"),
        ("extract", "no_problems_found"),
        ("pair", "error"),
        ("pair", "error"),
        ("pair", "unpaired_problem"),
        ("pair", "unpaired_solution"),
    ]
    details = {(r["stage"], r["reason"]): r["detail"] for r in rejects}
    assert details["extract", "error"] == "ZeroDivisionError: in find_items"
    assert details["pair", "error"] == "LookupError: in match_items"
    assert details["pair", "unpaired_problem"] == "labelled 2"
    assert details["duplicates", "duplicate"] == f"same as {rows[0]['id']}"
    assert (funnel["extract"]["failed"], funnel["pair"]["failed"]) == (1, 2)
    assert funnel["pair"]["kept"] == 2 * funnel["confidence"]["in"] == 6


def test_what_may_be_a_problem_counts_where_it_is_answered(run: Callable[..., Result]) -> None:
    rows, rejects, funnel = run(
        {
            "a/1.md": "possible: What is it?\n\npossible: And that?",
            "a/2.md": "solution: This it is.",
            "b/1.md": "possible: Unanswered?",
            "b/2.md": "possible: no match\n\nproblem: Unanswered as well?",
            "c/1.md": "possible: Who?",
            "c/2.md": "problem: no match",
        }
    )
    assert [(r["problem"], r["solution"]) for r in rows] == [("What is it?", "This it is.")]
    assert reasons(rejects) == [
        ("pair", "error"),
        ("pair", "error"),
        ("pair", "no_problems_found"),
        ("pair", "unpaired_problem"),
    ]
    assert (funnel["extract"]["kept"], funnel["pair"]["in"], funnel["pair"]["kept"]) == (6, 6, 2)


def test_folders_are_paired_apart(run: Callable[..., Result]) -> None:
    rows, rejects, _ = run({"a/p.md": "problem: What is it?", "b/s.md": "solution: This it is."})
    assert rows == []
    assert reasons(rejects) == [("pair", "unpaired_problem"), ("pair", "unpaired_solution")]


@pytest.mark.parametrize(("figures", "kept"), [("keep", 2), ("drop", 1)])
def test_the_option_figures(run: Callable[..., Result], figures: str, kept: int) -> None:
    rows, rejects, _ = run(
        {
            "a.md": "problem: Find the angle in Figure 3.\n\nsolution: It is 30 degrees.\n\n"
            "problem: Find the root of two.\n\nsolution: It is 1.41."
        },
        f"--figures={figures}",
    )
    assert len(rows) == kept
    assert {r["problem"]: r["needs_figure"] for r in rows}["Find the root of two."] is False
    assert reasons(rejects) == [("figure", "needs_figure")] * (2 - kept)


def test_the_same_document_twice_gives_its_pairs_once(run: Callable[..., Result]) -> None:
    text = "problem: What is one and one?\n\nsolution: It is two."
    rows, rejects, _ = run({"a/x.md": text, "b/x.md": text})
    assert [r["source"]["uri"][-6:] for r in rows] == ["a/x.md"]
    assert reasons(rejects) == [("duplicates", "duplicate")]


def test_what_a_file_cannot_hold_is_rejected_where_it_is_written(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(document: Document) -> Found:
        found = find_items(document)
        changed = [item(i.kind, i.text + "\ud800", id=i.id, uri=i.uri, span=i.span) for i in found.items]
        return Found(found.uri, found.sha256, tuple(changed))

    monkeypatch.setattr(Reader, "find", in_reader(broken))
    rows, rejects, _ = run({"a.md": "problem: What is it?\n\nsolution: This it is."})
    assert rows == []
    assert reasons(rejects) == [("write", "error")]
    assert "UnicodeEncodeError" in rejects[0]["detail"]
    assert json.loads(rejects[0]["record"])["problem"] == "What is it??"


def test_a_pair_that_is_not_sure_enough_is_dropped(run: Callable[..., Result]) -> None:
    rows, rejects, _ = run({"a.md": "problem: What is it?\n\nsolution: This."}, "--min_pairing_score=0.999")
    assert rows == []
    assert [r["stage"] for r in rejects] == ["confidence"]


def test_classifiers_fill_the_columns_of_field_and_level(run: Callable[..., Result]) -> None:
    documents = {
        "1.md": "problem: Derive the velocity.\n\nsolution: Hence, therefore, substitute the energy."
    }
    rows, _, funnel = run(documents, "--domain_classifier", str(trained()), "--min_label_score", "0")
    assert [(row["domain"], row["subdomain"], row["level"]) for row in rows] == [("keep", None, None)]
    assert (funnel["labels"]["in"], funnel["labels"]["kept"]) == (1, 1)
