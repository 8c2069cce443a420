"""Archives that are documents: what is in them is looked at before anything unpacks them."""

from __future__ import annotations

import io
import struct
import zipfile

from extractors.documents.limits import Limits, UnreadableDocument

MAX_ENTRIES = 20_000
MAX_RATIO = 200
"""Text and XML compress 5 to 20 times; a bomb more than a thousand times."""
_SMALL = 10_000_000


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Returns the archive.

    Raises:
      UnreadableDocument: damaged.
    """
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (
        zipfile.BadZipFile,
        ValueError,
        OSError,
        NotImplementedError,
        struct.error,
    ) as error:
        raise UnreadableDocument("damaged", f"not a whole zip archive: {error}") from None


def check_archive(data: bytes, limits: Limits) -> None:
    """Refuses an archive that would unpack to more than a document holds.

    Raises:
      UnreadableDocument: damaged, encrypted, too_large.
    """
    # Every entry of the directory starts so; opening the archive makes an object of each.
    count = data.count(b"PK\x01\x02")
    if count > MAX_ENTRIES:
        raise UnreadableDocument("too_large", f"{count} files in the archive, at most {MAX_ENTRIES}")
    with open_archive(data) as archive:
        entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableDocument("encrypted", "the archive needs a password")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > limits.max_megabytes * 1_000_000:
        raise UnreadableDocument("too_large", f"unpacks to {unpacked // 1_000_000} MB")
    if unpacked > _SMALL and unpacked > MAX_RATIO * max(packed, 1):
        raise UnreadableDocument("too_large", f"unpacks to {unpacked // max(packed, 1)} times its size")


def archive_names(data: bytes) -> set[str]:
    """Returns the names in an archive.

    Raises:
      UnreadableDocument: damaged.
    """
    with open_archive(data) as archive:
        return set(archive.namelist())


def read_member(archive: zipfile.ZipFile, name: str, most: int = -1) -> bytes:
    """Returns one file of an archive, at most its first bytes.

    Raises:
      UnreadableDocument: damaged.
    """
    try:
        with archive.open(name) as member:
            return member.read(most)
    except Exception as error:  # zipfile and its decompressors raise whatever their input makes them
        raise UnreadableDocument("damaged", f"{name} in the archive: {error}") from error


def archive_text(data: bytes, name: str, most: int = 1_000_000) -> str:
    """Returns the first characters of one file of an archive; empty if it is not there.

    Raises:
      UnreadableDocument: damaged.
    """
    with open_archive(data) as archive:
        return (
            read_member(archive, name, most).decode("utf-8", "replace") if name in archive.namelist() else ""
        )
