"""Archives that would unpack to more than a document are refused before they are unpacked."""

from __future__ import annotations

import pytest

from extractors.documents.limits import Limits, UnreadableDocument
from extractors.documents.zips import MAX_ENTRIES, archive_text, check_archive
from tests.extractors.documents.archives import zipped


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"a": b"\0" * 20_000_000}, "too_large"),
        ({f"{i}": "" for i in range(MAX_ENTRIES + 1)}, "too_large"),
    ],
)
def test_bombs(files: dict[str, str | bytes], reason: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        check_archive(zipped(files), Limits())
    assert refused.value.reason == reason


def test_size_when_unpacked_is_bounded() -> None:
    data = zipped({"a": bytes(range(256)) * 8000})
    check_archive(data, Limits(max_megabytes=3))
    with pytest.raises(UnreadableDocument) as refused:
        check_archive(data, Limits(max_megabytes=2))
    assert refused.value.reason == "too_large"


def test_password() -> None:
    data = bytearray(zipped({"a": "x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the directory that says an entry is encrypted
    with pytest.raises(UnreadableDocument) as refused:
        check_archive(bytes(data), Limits())
    assert refused.value.reason == "encrypted"


def test_entry_that_is_missing_reads_as_empty() -> None:
    data = zipped({"a": "some words"})
    assert archive_text(data, "a") == "some words"
    assert archive_text(data, "a", most=4) == "some"
    assert archive_text(data, "b") == ""


def test_entry_that_is_damaged() -> None:
    with pytest.raises(UnreadableDocument) as refused:
        archive_text(zipped({"a": "some words"}).replace(b"PK\x03\x04", b"PK\x03\x05"), "a")
    assert refused.value.reason == "damaged"
