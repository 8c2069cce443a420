from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from filters.classifier import Classifier
from pipelines.errors import UsageError
from pipelines.labelled import Columns, Examples, labelled_files
from pipelines.train_classifier import PRECISIONS, train_classifier
from schemas.arrow import arrow_schema
from schemas.verdict import Rejected
from tests.filters.trained import QUICK, rows, written

COLUMNS = Columns(("problem", "solution"), "judge.verdict")


def examples(*paths: Path, columns: Columns = COLUMNS, share: float = 0.2, seed: int = 0) -> Examples:
    found = Examples(columns, share, seed)
    found.read(labelled_files([str(path) for path in paths]))
    return found


def reject(record: dict[str, Any], stage: str = "judge", reason: str = "judge") -> dict[str, Any]:
    return {
        "id": record["id"],
        "stage": stage,
        "reason": reason,
        "detail": "",
        "source_uri": "a.pdf",
        "record": json.dumps(record),
    }


def run_output(folder: Path, records: list[dict[str, Any]], rejects: list[dict[str, Any]]) -> Path:
    """Writes what a run leaves: rows, rejects, a ledger, and files that are none of these."""
    for name in ("data", "rejected", "ledger", ".hidden"):
        (folder / name).mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(records), folder / "data/part-00000-of-00001.parquet")
    table = pa.Table.from_pylist(rejects, schema=arrow_schema(Rejected))
    pq.write_table(table, folder / "rejected/part-00000-of-00001.parquet")
    (folder / "ledger/x.jsonl.gz").write_bytes(gzip.compress(b'{"key": "no row"}\n'))
    (folder / ".hidden/x.jsonl").write_text("no JSON\n")
    (folder / "run.json").write_text("{}")
    return folder


def test_a_folder_of_model_and_card(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = written(tmp_path / "rows.jsonl", rows(600))
    arguments = ["--input", str(data), *QUICK]
    assert train_classifier([*arguments, "--output", str(tmp_path / "one")]) == 0
    said = capfd.readouterr().out
    assert "accuracy 0.9" in said
    assert "at a precision of 0.95" in said
    card = json.loads((tmp_path / "one/card.json").read_text())
    assert sum(n for counts in card["counts"].values() for n in counts.values()) == 600
    assert card["label_column"] == "judge.verdict"
    assert card["measured"]["accuracy"] > card["measured"]["always_the_commonest"] + 0.1
    assert card["measured"]["log_loss"] <= card["measured"]["log_loss_before_calibration"] + 1e-9
    readme = (tmp_path / "one/README.md").read_text()
    for wanted in PRECISIONS:
        assert f"| keep | {wanted} |" in readme
    for line in (
        "| drop |",
        "accuracy",
        "## Precision and recall",
        "fasttext-community",
        card["model_sha256"],
    ):
        assert line in readme

    assert train_classifier([*arguments, "--output", str(tmp_path / "two")]) == 0
    for name in ("model.ftz", "card.json", "README.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == [
        "README.md",
        "card.json",
        "model.ftz",
    ]

    with pytest.raises(UsageError, match="holds a classifier; pass --overwrite"):
        train_classifier([*arguments, "--output", str(tmp_path / "one")])
    assert (
        train_classifier([*arguments, "--output", str(tmp_path / "one"), "--overwrite", "--seed", "1"]) == 0
    )
    assert (tmp_path / "one/model.ftz").read_bytes() != (tmp_path / "two/model.ftz").read_bytes()


def test_more_labels_in_another_column(tmp_path: Path) -> None:
    fields = {"physics": "force energy mass", "maths": "prime proof set", "chemistry | x": "acid ion bond"}
    records = (
        {
            "text": f"{words} {i} {' '.join(words.split()[::-1])} {chr(97 + i % 26) * 3}",
            "meta": {"field": name},
        }
        for i in range(120)
        for name, words in fields.items()
    )
    data = written(tmp_path / "rows.jsonl", records)
    output = tmp_path / "model"
    arguments = ["--input", str(data), "--output", str(output), "--text_column", "text", *QUICK]
    assert train_classifier([*arguments, "--label_column", "meta.field"]) == 0
    classifier = Classifier(str(output))
    assert set(classifier.labels) == set(fields)
    for name, words in fields.items():
        assert classifier.guess({"text": f"{words} {words}"}).label == name
    assert "| chemistry \\| x |" in (output / "README.md").read_text()


def test_the_output_of_a_run_with_its_rejects(tmp_path: Path) -> None:
    records = [{**row, "judge": {"verdict": "keep", "model": "m"}} for row in rows(30, seed=1)]
    dropped = [{**row, "judge": {"verdict": "drop", "model": "m"}} for row in rows(20, seed=2)]
    judged_by_classifier = [
        {**row, "judge": {"verdict": "drop", "model": "fasttext:0123"}} for row in rows(5, seed=3)
    ]
    unjudged = [{**row, "judge": None} for row in rows(7, seed=4)]
    rejects = [
        *(reject(row) for row in dropped + judged_by_classifier),
        *(reject(row, "score", "timeout") for row in unjudged),
        reject({"id": "d", "uri": "a.pdf", "sha256": ""}, "read", "damaged"),
    ]
    found = examples(run_output(tmp_path / "out", records, rejects))
    assert {label: sum(counts) for label, counts in found.counts().items()} == {"drop": 20, "keep": 30}
    assert found.skipped == {"decided by a classifier": 5}


def test_files_of_all_kinds_give_the_same(tmp_path: Path) -> None:
    records = list(rows(40))
    plain = written(
        tmp_path / "a/rows.jsonl" if (tmp_path / "a").mkdir() is None else tmp_path, iter(records)
    )
    packed = tmp_path / "rows.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    table = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_pylist(records), table)
    lines = [list(examples(path).lines(validation=False)) for path in (plain, packed, table)]
    assert lines[0] == lines[1] == lines[2]
    assert examples(plain, packed, table).skipped == {"same as another": 80}


def test_no_near_copy_is_on_both_sides_and_the_order_tells_nothing(tmp_path: Path) -> None:
    records = []
    for i, row in enumerate(rows(300)):
        for copy in range(3):  # other numbers, other case, other signs
            problem = row["problem"].upper() if copy else row["problem"]
            records.append({**row, "id": f"{i}-{copy}", "problem": f"{copy}) {problem} ({copy * 17})"})
    found = examples(written(tmp_path / "rows.jsonl", iter(records)))

    def groups(validation: bool) -> set[str]:
        lines = (line.split(" == ")[0] for _, line in found.lines(validation=validation))
        return {" ".join(word for word in line.split() if word.isalpha()) for line in lines}

    assert not groups(True) & groups(False)
    share = sum(counts[1] for counts in found.counts().values()) / 900
    assert 0.12 < share < 0.28
    labels = [label for label, _ in found.lines(validation=False)]
    first = labels[: len(labels) // 2].count("keep") / (len(labels) // 2)
    assert abs(first - labels.count("keep") / len(labels)) < 0.1
    backwards = examples(written(tmp_path / "backwards.jsonl", iter(records[::-1])))
    assert list(backwards.lines(validation=True)) == list(found.lines(validation=True))


def few(n: int, **fields: Any) -> Any:
    return ({"problem": f"p{i}", "solution": "s", "judge": {"verdict": "keep"}, **fields} for i in range(n))


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("", [], "no row has the column problem"),
        ("no JSON\n", [], "line 1 holds no JSON object"),
        ("{}\n[1]\n", [], "line 2 holds no JSON object"),
        (few(30), [], "only the label 'keep' in the input, two are needed"),
        (
            few(30),
            ["--label_column", "level"],
            "no row has the column level; there are: judge, problem, solution",
        ),
        (few(30), ["--text_column", "body"], "no row has the column body"),
        (
            few(30, judge={"verdict": None}),
            [],
            "no label in the input, two are needed; 30 rows left out: no label",
        ),
        (few(30, problem="", solution=" "), [], "30 rows left out: no text"),
        (rows(40), [], r"label 'drop' has \d+ examples, 20 are needed"),
        (rows(40), ["--validation_share", "2"], "must be a number from 0 to 1"),
        (rows(40), ["--epochs", "0"], "must be a whole number from 1"),
        (rows(40), ["--learning_rate", "nan"], "must be a number above 0, 100 at most, not 'nan'"),
        (rows(40), ["--learning_rate", "1e30"], "must be a number above 0, 100 at most"),
        (rows(40), ["--seed", str(2**31)], "must be a whole number from 0 to 2,147,483,647"),
        (rows(40), ["--dimensions", "20000"], "must be a whole number from 1 to 1,000"),
        (rows(40), ["--validation_share", "0", "--min_examples", "1"], "has no example for validation"),
        (rows(40), ["--frobnicate"], "frobnicate"),
    ],
)
def test_what_cannot_be_trained_is_one_clear_line(
    content: Any, options: list[str], said: str, tmp_path: Path
) -> None:
    data = tmp_path / "rows.jsonl"
    data.write_text(content) if isinstance(content, str) else written(data, content)
    with pytest.raises(UsageError, match=said) as error:
        train_classifier(["--input", str(data), "--output", str(tmp_path / "model"), *options])
    assert "\n" not in str(error.value)
    assert not (tmp_path / "model").exists()


def test_inputs_and_outputs_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--input .*nowhere: no file or folder"):
        train_classifier(["--input", str(tmp_path / "nowhere"), "--output", str(tmp_path / "model")])
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and no more")
    with pytest.raises(UsageError, match=r"broken\.parquet: can't be read"):
        train_classifier(["--input", str(broken), "--output", str(tmp_path / "model")])
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(b'{"problem": "a"}\n' * 500)[:-20])
    with pytest.raises(UsageError, match=r"cut\.jsonl\.gz: can't be read"):
        train_classifier(["--input", str(cut), "--output", str(tmp_path / "model")])
    data = written(tmp_path / "rows.jsonl", rows(40))
    (tmp_path / "full").mkdir()
    (tmp_path / "full/notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"full: holds notes\.txt; choose an empty folder"):
        train_classifier(["--input", str(data), "--output", str(tmp_path / "full")])


def test_it_is_a_command(beam: Any, tmp_path: Path) -> None:
    done = beam("train-classifier", "--input", tmp_path / "nowhere", "--output", tmp_path / "model")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no file or folder" in done.stderr
