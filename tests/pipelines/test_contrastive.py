from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.questions import Columns, primary_subtag, question_key, to_question, to_recording
from pipelines.stages import Refused
from schemas.row import Row
from synth.question_language import guessed_language
from synth.refusals import refusal
from tests.conftest import Beam
from tests.inference.stub import MODEL, Reply, Stub

GOLDEN = Path(__file__).parent / "golden" / "contrastive.json"
IDK = refusal("en")
QUESTIONS = [
    {"id": "a", "question": "what is the capital of france", "answer": ["Paris"]},
    {"id": "b", "question": "who wrote emma", "answer": "Jane Austen"},
    {"id": "c", "question": "how many legs has a spider", "answer": ["8", "eight"]},
    {"id": "d", "question": "who was the first king of atlantis", "answer": ["Atlas"]},
    {"id": "e", "question": "which river flows through cairo", "answer": ["Nile"]},
    {"id": "f", "question": "Which river flows  through Cairo", "answer": ["the Nile"]},
    {"id": "g", "question": " ", "answer": ["nothing"]},
    {"id": "h", "question": "what is the answer to nothing", "answer": []},
    {"id": "i", "question": "who is never sampled", "answer": ["nobody"]},
]
SAMPLES = [
    {"question": "what is the capital of france", "samples": ["Paris", "paris.", "It is Paris."]},
    {
        "question": "who wrote emma",
        "samples": ["Jane Austen", "Charlotte Brontë", "Charlotte Brontë", "George Eliot"],
    },
    {
        "question": "how many legs has a spider",
        "samples": ["six", "6", "ten", "I don't know", "seven"],
    },
    {
        "question": "who was the first king of atlantis",
        "samples": ["I don't know", "No idea", "Unknown", "I'm not sure"],
    },
    {
        "question": "Which river flows through Cairo",
        "samples": [{"text": "the Nile"}, {"text": "Blocked.", "grade": "refused"}],
    },
    {"question": "what nobody asked", "samples": ["x"]},
    {"question": "who wrote emma"},
]


BAD = {"temperature": "hot", "top_p": 1, "max_tokens": 1, "seed": 0, "prompt": ""}


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return path


def read(out: Path, folder: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(out / folder).to_pylist()
    return sorted(found, key=lambda row: row["id"])


def stages(out: Path) -> dict[str, dict[str, Any]]:
    return {stage["stage"]: stage for stage in json.loads((out / "run.json").read_text())["stages"]}


def without_places(row: Any) -> Any:
    """Returns a row without what depends on the folder of a test."""
    return {k: v for k, v in row.items() if k != "source"} if isinstance(row, dict) else row


@pytest.fixture(scope="module")
def replayed(beam: Beam, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replayed")
    questions, samples = write(folder / "q.jsonl", QUESTIONS), write(folder / "s.jsonl", SAMPLES)
    done = beam("run", "contrastive", "--input", questions, "--samples", samples, "--output", folder / "out")
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_rows_and_exports_are_as_reviewed(replayed: Path) -> None:
    folders = ("data", "exports/samples", "exports/preference", "exports/contrastive")
    made = {folder: list(map(without_places, read(replayed, folder))) for folder in folders}
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(
            json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
        )
    assert made == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_every_question_is_in_a_zone_or_a_reject(replayed: Path) -> None:
    rows, rejects = read(replayed, "data"), read(replayed, "rejected")
    assert {row["source"]["id"]: row["zone"] for row in rows} == {
        "a": "known",
        "b": "uncertain",
        "c": "unknown",
        "e": "uncertain",
    }
    reasons = sorted((reject["stage"], reject["reason"]) for reject in rejects)
    assert reasons == [
        ("choose", "no_negative"),
        ("duplicates", "duplicate"),
        ("matched", "no_such_question"),
        ("questions", "no_answer"),
        ("questions", "no_question"),
        ("recorded", "no_samples"),
        ("samples", "no_samples"),
    ]
    [king] = [json.loads(r["record"]) for r in rejects if r["reason"] == "no_negative"]
    assert (king["zone"], king["n_refused"], king["n_wrong"], king["n_unclear"]) == ("unknown", 4, 0, 0)
    told = stages(replayed)
    assert all(stage["in"] == stage["kept"] + stage["rejected"] for stage in told.values())
    assert (told["read"]["in"], told["samples"]["in"], told["write"]["kept"]) == (9, 6, 4)


def test_the_metrics_are_in_run_json_and_in_the_card(replayed: Path) -> None:
    measures = json.loads((replayed / "run.json").read_text())["measures"]
    assert measures["questions"] == {"known": 1, "uncertain": 2, "unknown": 2}
    assert measures["answers"] == {
        "ik_ik": 3 + 1 + 1,
        "ik_idk": 1 + 4,
        "idk_ik": 0,
        "idk_idk": 3 + 4,
        "uncertain_refused": 1,
    }
    assert measures["shares"]["truthful"] == pytest.approx(10 / 18)
    card = (replayed / "README.md").read_text()
    for name in ("Ik-Ik", "Ik-Idk", "Idk-Ik", "Idk-Idk", "Truthful"):
        assert f"| {name} | " in card


def test_the_dataset_and_its_exports_load(replayed: Path) -> None:
    from datasets import load_dataset

    pairs = load_dataset(str(replayed), "preference", split="train")
    assert pairs.column_names == ["id", "prompt", "chosen", "rejected"]
    for pair in pairs:
        assert [m["role"] for name in ("prompt", "chosen", "rejected") for m in pair[name]] == [
            "user",
            "assistant",
            "assistant",
        ]
        assert pair["chosen"] != pair["rejected"]
    assert load_dataset(str(replayed), "contrastive", split="train").num_rows == 4
    assert load_dataset(str(replayed), split="train").num_rows == 4


def test_the_order_of_rows_and_a_replay_of_the_export_change_nothing(
    beam: Beam, replayed: Path, tmp_path: Path
) -> None:
    questions = write(tmp_path / "q.jsonl", QUESTIONS)
    done = beam(
        *("run", "contrastive", "--input", questions, "--samples", replayed / "exports/samples"),
        *("--output", tmp_path / "out", "--workers", 2),
    )
    assert done.returncode == 0, done.stderr
    for folder in ("data", "exports/samples", "exports/preference", "exports/contrastive"):
        rows = [list(map(without_places, read(out, folder))) for out in (replayed, tmp_path / "out")]
        assert rows[0] == rows[1]
    turned = write(tmp_path / "turned.jsonl", [SAMPLES[i] for i in (4, 2, 0, 3, 1)])
    done = beam(
        *("run", "contrastive", "--input", questions, "--samples", turned, "--output", tmp_path / "turned"),
    )
    assert done.returncode == 0, done.stderr
    assert read(tmp_path / "turned", "data") == read(tmp_path / "out", "data")


def test_balance_keeps_equally_many_of_each_zone(beam: Beam, replayed: Path, tmp_path: Path) -> None:
    questions = write(tmp_path / "q.jsonl", QUESTIONS)
    command = [
        "run",
        "contrastive",
        "--input",
        questions,
        "--samples",
        replayed / "exports/samples",
        "--balance",
    ]
    kept = []
    for name in ("one", "two"):
        done = beam(*command, "--output", tmp_path / name)
        assert done.returncode == 0, done.stderr
        kept.append(read(tmp_path / name, "data"))
    assert kept[0] == kept[1]
    assert sorted(row["zone"] for row in kept[0]) == ["known", "uncertain", "unknown"]
    assert stages(tmp_path / "one")["balance"]["reasons"] == {"balanced_out": 1}


SAID = ["Paris", "Lyon", "I don't know", "The capital is Paris.", "a city that nobody can name"]


def says(body: dict[str, Any], number: int) -> Reply:
    """Answers by the seed; one of its answers is a refusal that no rule knows."""
    if "response_format" in body:
        asked = body["messages"][-1]["content"]
        return Reply(json.dumps({"stance": "refuses" if "nobody can name" in asked else "answers"}))
    seed = body["seed"]
    return Reply("It is", finish="length") if seed == 105 else Reply(SAID[seed - 100])


def test_answers_are_drawn_once_each_with_a_seed_of_its_own(beam: Beam, tmp_path: Path) -> None:
    questions, out = write(tmp_path / "q.jsonl", QUESTIONS[:1]), tmp_path / "out"
    with Stub(says) as stub:
        command = ["run", "contrastive", "--input", questions, "--output", out, "--llm_url", stub.url]
        command += ["--llm_model", MODEL, "--n_samples", 6, "--sample_seed", 100, "--temperature", 0.7]
        done = beam(*command, "--refusal_engine", "default")
        assert done.returncode == 0, done.stderr
        drawn = [body for _, _, body in stub.requests if "response_format" not in body]
        assert sorted(body["seed"] for body in drawn) == [100, 101, 102, 103, 104, 105]
        assert {body["temperature"] for body in drawn} == {0.7}
        assert len(stub.requests) == 6 + 2  # and what rules find wrong, each once
        [row] = read(out, "data")
        assert (row["n_correct"], row["n_refused"], row["n_wrong"], row["n_unclear"]) == (2, 2, 2, 1)
        assert (row["positives"], row["negatives"]) == (["Paris"], ["Lyon", IDK])
        assert (row["model"], row["sampling"]["seed"]) == (MODEL, 100)
        assert row["sampling"]["prompt"].startswith("short_answer@1:")
        files = {path: path.read_bytes() for path in out.rglob("*.parquet")}
        again = beam(*command, "--refusal_engine", "default", "--resume")
        assert again.returncode == 0, again.stderr
        assert len(stub.requests) == 8
        assert {path: path.read_bytes() for path in out.rglob("*.parquet")} == files
        assert json.loads((out / "run.json").read_text())["llm"]["from_ledger"] == 8


@pytest.mark.parametrize(
    ("options", "telling"),
    [
        ([], "needs a model to ask (--llm_url or --llm_engine), or its answers (--samples)"),
        (["--samples", "no/such.jsonl"], "--samples no/such.jsonl"),
        (["--samples", "{s}", "--ik", "0"], "--ik has to be above 0"),
        (["--samples", "{s}", "--ik", "0.3", "--idk", "0.5"], "not below --idk"),
        (["--samples", "{s}", "--ik", "1.5"], "must be a number from 0 to 1"),
        (["--samples", "{s}", "--temperature", "-1"], "must be a number from 0 to 2"),
        (["--samples", "{s}", "--language", "klingon"], "--language klingon: no such language"),
        (["--samples", "{s}", "--refusal_engine", "x"], "--refusal_engine needs"),
    ],
)
def test_wrong_options_are_one_line_before_any_work(
    beam: Beam, tmp_path: Path, options: list[str], telling: str
) -> None:
    questions, samples = write(tmp_path / "q.jsonl", QUESTIONS), write(tmp_path / "s.jsonl", SAMPLES)
    given = [option.replace("{s}", str(samples)) for option in options]
    done = beam("run", "contrastive", "--input", questions, "--output", tmp_path / "out", *given)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert telling in done.stderr
    assert not (tmp_path / "out").exists()


def row(**values: Any) -> Row:
    return Row("1", "q.jsonl", "ab", 0, values)


def test_questions_and_answers_of_many_forms() -> None:
    plain = to_question(Columns(), row(question=" who? ", answer="A"))
    assert (plain.question, plain.gold_aliases) == ("who?", ("A",))
    nested = to_question(
        Columns("q.text", "a.aliases"), row(q={"text": "who?"}, a={"aliases": ["A", "B", "A", "", None]})
    )
    assert nested.gold_aliases == ("A", "B")
    assert nested.id == plain.id
    assert to_question(Columns(), row(question="how many", answer=7)).gold_aliases == ("7",)
    assert to_question(Columns(), row(question="half \ud800", answer="\udfff")).question == "half ?"
    assert to_question(Columns(language="de"), row(question="who?", answer="A")).language == "de"
    assert to_question(Columns(), row(question="who?", answer="A", language="fr")).language == "fr"
    assert to_question(Columns(), row(question="法国的首都是哪里", answer="巴黎")).language == "zh"
    assert (
        to_question(Columns(), row(question="welcher Fluss fließt durch Köln", answer="Rhein")).language
        == "de"
    )
    for values in (
        {"answer": "A"},
        {"question": ["who?"], "answer": "A"},
        {"question": "who?"},
        {"question": "who?", "answer": [True]},
    ):
        with pytest.raises(Refused):
            to_question(Columns(), row(**values))


def test_samples_of_many_forms() -> None:
    assert [s.text for s in to_recording("question", row(question="q", samples="A")).samples] == ["A"]
    mixed = to_recording(
        "question", row(question="q", samples=["A", {"text": "B", "grade": "refused"}, None, 7])
    )
    assert [(s.text, s.grade) for s in mixed.samples] == [
        ("A", "unclear"),
        ("B", "refused"),
        ("", "unclear"),
        ("7", "unclear"),
    ]
    for samples in ([], None, [["A"]]):
        with pytest.raises(Refused):
            to_recording("question", row(question="q", samples=samples))


def test_questions_that_say_the_same_are_one() -> None:
    assert question_key("Who  wrote\tÉmile") == question_key("who wrote emile")


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Hauptstadt von Bayern?", "de"),
        ("Wie schilderde De Nachtwacht?", "nl"),
        ("Wanneer viel de Muur?", "nl"),
        ("¿Capital de Perú?", "es"),
        ("Capitale du Canada ?", "fr"),
        ("Quando è nato Dante?", "it"),
        ("Capital do Brasil?", "pt"),
        ("Stolica Polski?", "pl"),
        ("Sveriges huvudstad?", "sv"),
        ("Ibu kota Indonesia?", "id"),
        ("Kim yazdı?", "tr"),
        ("Ai viết Truyện Kiều?", "vi"),
        ("Столица Франции?", "ru"),
        ("Хто написав «Кобзар»?", "uk"),
        ("ما عاصمة فرنسا؟", "ar"),
        ("चाँद पर कौन गया?", "hi"),
        ("Ποιος έγραψε την Οδύσσεια;", "el"),
        ("OSとは何ですか", "ja"),
        ("iPhone是谁发明的?", "zh"),
        ("who wrote 源氏物語", "en"),
        ("largest lake in germany", "en"),
        ("capital of peru?", "en"),
    ],
)
def test_languages_of_short_questions(question: str, language: str) -> None:
    assert guessed_language(question)[0] == language


@pytest.mark.parametrize("question", ["Ж?", "ы", "¿X?", "ק", "ไ", "ۀ", "ξ?", "가?", "ア"])
def test_no_other_alphabet_is_taken_for_english(question: str) -> None:
    assert guessed_language(question)[0] != "en"


@pytest.mark.parametrize("question", ["7?", "zzxq", ""])
def test_what_tells_nothing_of_its_language_is_unsure(question: str) -> None:
    assert guessed_language(question) == ("en", False)


def test_equal_questions_have_the_right_answers_of_all(beam: Beam, tmp_path: Path) -> None:
    rows = [
        {"question": "Who sang it?", "answer": ["Ada", "Ben"], "samples": ["Ada", "Cleo"]},
        {"question": "who  sang it?", "answer": ["Cleo", "Ada"], "samples": ["Ben", "Dora"]},
    ]
    for name, order in (("a", rows), ("b", rows[::-1])):
        questions = write(tmp_path / f"{name}.jsonl", order)
        beam("run", "contrastive", "--input", questions, "--samples", questions, "--output", tmp_path / name)
        [row] = read(tmp_path / name, "data")
        assert set(row["gold_aliases"]) == {"Ada", "Ben", "Cleo"}
        assert (row["n_correct"], row["n_wrong"]) == (3, 1)
        assert row["negatives"][0] == "Dora"
        [reject] = read(tmp_path / name, "rejected")
        assert reject["reason"] == "duplicate"
        assert json.loads((tmp_path / name / "run.json").read_text())["measures"]["unsure_languages"] == 0


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("EN", "en"),
        ("en-US", "en"),
        ("de_DE", "de"),
        (" fr ", "fr"),
        ("zh-Hant-TW", "zh"),
        ("xx", ""),
        ("", ""),
    ],
)
def test_codes_of_languages_are_primary_subtags(given: str, code: str) -> None:
    assert primary_subtag(given) == code
    assert to_question(Columns(), row(question="who?", answer="A", language=given)).language == (code or "en")


def test_recordings_of_two_models_are_not_mixed_and_a_run_is_replayed(
    beam: Beam, replayed: Path, tmp_path: Path
) -> None:
    questions = write(tmp_path / "q.jsonl", QUESTIONS[:2])
    said = [
        {"question": QUESTIONS[0]["question"], "samples": [text], "model": model}
        for text, model in (("Paris", "m0"), ("Lyon", "m1"))
    ]
    mixed = write(tmp_path / "mixed.jsonl", [*said, SAMPLES[1], {**SAMPLES[2], "sampling": BAD}])
    done = beam("run", "contrastive", "--input", questions, "--samples", mixed, "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    reasons = {reject["reason"]: reject["stage"] for reject in read(tmp_path / "out", "rejected")}
    assert reasons == {"mixed_samples": "samples", "bad_sampling": "recorded"}
    assert [row["zone"] for row in read(tmp_path / "out", "data")] == ["uncertain"]
    again = beam(
        "run", "contrastive", "--input", questions, "--samples", replayed, "--output", tmp_path / "re"
    )
    assert again.returncode == 0, again.stderr
    assert sorted(row["zone"] for row in read(tmp_path / "re", "data")) == ["known", "uncertain"]
