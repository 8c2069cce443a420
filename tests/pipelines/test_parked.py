from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.parked import Lot, fetch, is_local
from pipelines.parked_rows import ParkedValues


@given(st.lists(st.binary(max_size=200), max_size=20), st.integers(0, 20))
def test_what_was_parked_comes_back(
    tmp_path_factory: pytest.TempPathFactory, datas: list[bytes], closed: int
) -> None:
    folder = str(tmp_path_factory.mktemp("lot") / "new")
    lot, places = Lot(folder), []
    for number, data in enumerate(datas):
        if number == closed:
            lot.close()
        places.append(lot.park(data))
    lot.close()
    assert [fetch(folder, place) for place in places] == datas
    files = list(Path(folder).iterdir()) if datas else []
    assert len(files) == bool(datas) + (0 < closed < len(datas))


def test_nothing_parked_leaves_nothing(tmp_path: Path) -> None:
    Lot(str(tmp_path / "new")).close()
    assert not (tmp_path / "new").exists()


def test_values_travel_as_their_place(tmp_path: Path) -> None:
    lot = Lot(str(tmp_path))
    values = {"text": "é" * 10_000, "n": [1, None, {"a": 2.5}], "half": "\ud83d"}
    data = json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass")
    parked = ParkedValues(lot.folder, lot.park(data), values)
    lot.close()
    sent = pickle.dumps(parked)
    assert len(sent) < 300
    back = pickle.loads(sent)
    assert (dict(back), len(back), back["n"], "text" in back) == (values, 3, values["n"], True)


def test_only_local_folders_park() -> None:
    found = [is_local(folder) for folder in ("/a/b", "a", "gs://bucket/a", "s3://a")]
    assert found == [True, True, False, False]
