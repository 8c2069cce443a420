from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
import yaml
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.card import card, reproduce
from pipelines.manifest import manifest, stage_counts
from pipelines.report import report
from pipelines.scp116k import RECIPE
from pipelines.sink import WriteRows, encode
from pipelines.stages import rejected
from schemas.scp116k import Pair
from schemas.verdict import Rejected
from tests.pipelines.records import item, pair

EVIL = "![x](https://host.invalid/p.png) <script>alert(1)</script> | `x` {{ 7 * 7 }} </table>"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """A folder as a run leaves it, and its run.json."""
    out = tmp_path_factory.mktemp("out")
    evil_source = item(uri=f"docs/{EVIL}.pdf", title=EVIL)
    rows = [pair(f"{EVIL} {n}", f"$\\frac{{{n}}}{{2}}$ {EVIL}", id=f"{n:032x}") for n in range(25)]
    rows = [replace(row, source=replace(row.source, title=EVIL)) for row in rows]
    rejects = [rejected(evil_source, "pair", "unpaired_problem", EVIL) for _ in range(5)]
    with beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([])) as pipeline:
        for name, records, cls in (("data", rows, Pair), ("rejected", rejects, Rejected)):
            made = pipeline | f"create {name}" >> beam.Create(records)
            made | f"encode {name}" >> beam.Map(encode) | name >> WriteRows(str(out / name), cls)
    counters = {
        "read/in": 1,
        "read/kept": 1,
        "pair/in": 55,
        "pair/kept": 50,
        "pair/rejected/unpaired_problem": 5,
    }
    options = {
        "input": ["docs", "more docs/*.pdf"],
        "output": "/home/me/out",
        "figures": "drop",
        "workers": 2,
    }
    options |= {"overwrite": True, "config": None, "experiments": ["a", "b"], "some_token": "***"}
    run = manifest(RECIPE, options, stage_counts(counters, RECIPE.stages), {"total": 12.345}, [], counters)
    run["rows"] = 25
    return str(out), run


def test_the_card_loads_nothing_that_a_document_names(finished: tuple[str, dict[str, Any]]) -> None:
    out, run = finished
    text = card(RECIPE, run, out)
    assert "\\!\\[x\\](https://host.invalid/p.png)" in text
    assert "![x]" not in text
    assert "\\`x\\`" in text


def test_the_header_says_where_the_files_are(finished: tuple[str, dict[str, Any]]) -> None:
    out, run = finished
    text = card(RECIPE, run, out)
    _, header, body = text.split("---\n", 2)
    values = yaml.safe_load(header)
    assert values["configs"] == [
        {"config_name": "default", "data_files": "data/*.parquet", "default": True},
        {"config_name": "rejected", "data_files": "rejected/*.parquet"},
    ]
    assert values["size_categories"] == ["n<1K"]
    assert "| `source.problem_boxes[].x0` | double |" in body
    assert "| pair | items | 55 | 50 | 5 | unpaired_problem 5 |" in body
    assert "unknown |" in body


def test_text_of_documents_cannot_break_the_card(finished: tuple[str, dict[str, Any]]) -> None:
    out, run = finished
    text = card(RECIPE, run, out)
    assert "<script>" not in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in tables)


def test_the_command_makes_it_again(finished: tuple[str, dict[str, Any]]) -> None:
    command = reproduce(finished[1])
    assert command == (
        "beam run scp116k --input docs 'more docs/*.pdf' --output DIR "
        "--figures=drop --experiments=a --experiments=b"
    )


class Outline(HTMLParser):
    """Collects the tags and the addresses that a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "action", "srcset")]


def test_the_report_is_one_file_that_loads_and_runs_nothing(finished: tuple[str, dict[str, Any]]) -> None:
    out, run = finished
    html = report(RECIPE, run, out)
    page = Outline()
    page.feed(html)
    assert page.loads == []
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert "url(" not in html
    assert "@import" not in html
    assert "49" not in re.findall(r"\d+", html.split("<article", 1)[1].split("</article>")[0])


def test_the_report_shows_rows_rejects_and_their_reasons(finished: tuple[str, dict[str, Any]]) -> None:
    out, run = finished
    html = report(RECIPE, run, out)
    assert html.count("<article") == 20
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 40
    assert "unpaired_problem" in html
    assert html.count('<div class="card">') == 3
    assert "$\\frac{3}{2}$" in html


def test_only_run_json_holds_times(finished: tuple[str, dict[str, Any]]) -> None:
    out, run = finished
    later = {**run, "seconds": {"total": 99.0}}
    assert card(RECIPE, later, out) == card(RECIPE, run, out)
    assert report(RECIPE, later, out) == report(RECIPE, run, out)


def test_counts_that_do_not_add_up_are_shown(finished: tuple[str, dict[str, Any]]) -> None:
    out, run = finished
    html = report(RECIPE, {**run, "discrepancies": ["read: in 3, but kept 1 + rejected 1"]}, out)
    assert "The counts don&#39;t add up" in html or "The counts don't add up" in html
    assert "read: in 3, but kept 1 + rejected 1" in html


def test_an_empty_dataset_has_a_card_and_a_report(tmp_path: Path) -> None:
    with beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([])) as pipeline:
        for name, cls in (("data", Pair), ("rejected", Rejected)):
            none = pipeline | f"none {name}" >> beam.Create([])
            none | name >> WriteRows(str(tmp_path / name), cls)
    run = manifest(RECIPE, {"input": ["a"]}, stage_counts({}, RECIPE.stages), {"total": 0.0}, [], {})
    assert "\nNone.\n" in card(RECIPE, run, str(tmp_path))
    html = report(RECIPE, run, str(tmp_path))
    assert "The dataset is empty." in html
    assert "Nothing was rejected." in html


def test_the_card_names_the_models_and_what_they_did(finished: tuple[str, dict[str, Any]]) -> None:
    out, run = finished
    run["models"] = {"a": "org/large", "b": "org/`small`"}
    run["transcribed"] = {"used": 1200}
    run["options"] |= {
        "transcriber_engine": "b",
        "judge": None,
        "judge_engines": ["a", "b"],
        "judge_rubric": "scp116k",
        "judge_keep": "score >= 0.8",
        "answer_engines": ["a"],
    }
    text = card(RECIPE, run, out)
    assert "transcribed 1,200 pages of PDFs." in text
    assert "`org/large`" in text
    assert "judged the pairs by the rubric `scp116k` and the rule `score >= 0.8`" in text
    assert "`org/large` solved the problems: column `answers`." in text
    run["options"] |= {"judge": "rules", "answer_engines": None}
    text = card(RECIPE, run, out)
    assert "judged the pairs" not in text
    assert "solved the problems" not in text
