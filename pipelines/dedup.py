"""Near duplicates as a stage: in a collection, and against an existing dataset.

Records go through four steps, of which only the last one sees texts again, and only of records that
may be duplicates at all:
1. batches of records -> two numbers a band, in arrays, for each part of the range of keys;
2. each part of that range -> pairs of records that have a key in common;
3. all pairs -> groups of records that are linked, divided into shares of the work (a side input);
4. records of a share -> what is kept. Records that are in no group are kept without being moved.

A record is known to these steps by a 64-bit hash of its id and texts. Where two are the same by chance, the
records are compared and found to differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import apache_beam as beam
from apache_beam.pvalue import AsSingleton, TaggedOutput
from apache_beam.transforms.window import GlobalWindow
from apache_beam.typehints.native_type_compatibility import convert_to_beam_type
from apache_beam.utils.windowed_value import WindowedValue

from filters.minhash import Lsh
from inference.errors import Fatal
from pipelines.stages import REJECTED, Split, Stage, Tally
from schemas.verdict import Rejected

if TYPE_CHECKING:
    from filters.near_duplicates import Duplicate, Groups

NEAR_DUPLICATE = "near_duplicate"
KNOWN = "near_duplicate_of_existing"
"""Reasons: it is similar to a record of this run, or of an existing dataset."""

_GROUPED = "grouped"
_RANGES = 64  # parts of the range of keys
_SHARE = 2_000  # records that are compared at a time
_BATCH_CHARACTERS = 1 << 20


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared of a record.

    Attributes:
      texts: one or several, of each record as many; duplicates are similar in all of them.
      apart: what has to be the same in duplicates, such as the numbers of a problem.
    """

    texts: tuple[str, ...]
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A record of an existing dataset: never rejected, but others are because of it."""

    id: str
    uri: str
    compared: Compared


class NearDuplicates(beam.PTransform):
    """Keeps one of several records whose texts are similar.

    A reject names the one that was kept, the Jaccard similarity of the two, and where that is below the
    threshold a record that links them.

    Args:
      stage: the name its counts have in run.json.
      compared: record -> what is compared. Where it raises, that record alone is rejected as `error`.
      order: record -> its place in a total order; of similar records the first is kept.
      lsh: threshold, shingles and bands.
      known: records of an existing dataset, if any.
    """

    def __init__(
        self,
        stage: str,
        compared: Callable[[Any], Compared],
        order: Callable[[Any], Any],
        lsh: Lsh,
        known: beam.PCollection[Known] | None = None,
    ):
        super().__init__(label=stage)
        self.stage, self.compared, self.order, self.lsh, self.known = stage, compared, order, lsh, known

    def expand(self, records: beam.PCollection[Any]) -> Split:
        kind = records.element_type
        sides = {"records": (records, self.compared), "known": (self.known, _compared)}
        sides = {name: side for name, side in sides.items() if side[0] is not None}
        keys = tuple[int, Any]
        sketched = [
            side | f"sketch {name}" >> beam.ParDo(_Sketch(of, self.lsh)).with_output_types(keys)
            for name, (side, of) in sides.items()
        ]
        plan = AsSingleton(
            sketched
            | "sketches" >> beam.Flatten()
            | beam.GroupByKey()
            | "link" >> beam.Map(_link).with_output_types(Any)
            | beam.combiners.ToList()
            | "plan" >> beam.Map(_plan)
        )
        routed = records | "route" >> beam.ParDo(_Route(self.stage, self.compared), plan).with_outputs(
            REJECTED, _GROUPED, main="kept"
        )
        routed.kept.element_type, routed[REJECTED].element_type = kind, Rejected
        grouped = [routed[_GROUPED]]
        if self.known is not None:
            grouped += [self.known | "route known" >> beam.FlatMap(_to_share, plan)]
        for side in grouped:
            side.element_type = convert_to_beam_type(keys)
        settled = (
            grouped
            | "groups" >> beam.Flatten()
            | "shares" >> beam.GroupByKey()
            | Stage(_Settle(self.stage, self.compared, self.order, self.lsh), "settle", kind)
        )
        return Split(
            (routed.kept, settled.kept) | "kept" >> beam.Flatten(),
            (routed[REJECTED], settled.rejected) | "rejected" >> beam.Flatten(),
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    groups: Groups
    shares: Any  # of the labels of the groups

    def place(self, record: Any, compared: Compared) -> tuple[int, int] | None:
        """Returns share and label of a record; None if it is alone."""
        label = self.groups.label(_node(record, compared))
        return None if label is None else (int(self.shares[label]), label)


def _compared(known: Known) -> Compared:
    return known.compared


def _node(record: Any, compared: Compared) -> int:
    """Returns the number of a record: that of no other, though it may have the same id and the same texts."""
    from filters.near_duplicates import node_of

    side = "known" if _is_known(record) else "record"
    place = (str(getattr(record, name, "")) for name in ("uri", "number"))
    return node_of(side, record.id, *place, *compared.texts)


class _Sketch(beam.DoFn):
    """Records -> (part of the range, array of keys and nodes); what raises is rejected by `_Route`."""

    def __init__(self, compared: Callable[[Any], Compared], lsh: Lsh):
        self.compared, self.lsh = compared, lsh

    def start_bundle(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self.batch: list[Compared] = []
        self.nodes: list[int] = []
        self.size = 0

    def process(self, record: Any) -> Iterable[tuple[int, Any]]:
        try:
            compared = self.compared(record)
            self.nodes.append(_node(record, compared))
        except (ImportError, Fatal):
            raise
        except Exception:
            return ()
        self.batch.append(compared)
        self.size += sum(map(len, compared.texts))
        return self._flush() if self.size >= _BATCH_CHARACTERS else ()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        for element in self._flush():
            yield WindowedValue(element, GlobalWindow().max_timestamp(), [GlobalWindow()])

    def _flush(self) -> list[tuple[int, Any]]:
        import numpy as np

        from filters.near_duplicates import sketch

        if not self.batch:
            return []
        texts, apart = [one.texts for one in self.batch], [one.apart for one in self.batch]
        keys, owners = sketch(texts, self.lsh, apart)
        both = np.stack((keys, np.array(self.nodes, np.uint64)[owners]))
        self._clear()
        ranges = (both[0] % np.uint64(_RANGES)).astype(np.int64)
        return [(number, both[:, ranges == number]) for number in np.unique(ranges).tolist()]


def _link(part: tuple[int, Iterable[Any]]) -> Any:
    import numpy as np

    from filters.near_duplicates import links

    return links(*np.concatenate(list(part[1]), axis=1))


def _plan(pairs: Sequence[Any]) -> _Plan:
    from filters.near_duplicates import groups, shares

    found = groups(pairs)
    return _Plan(found, shares(found.labels, _SHARE))


class _Route(beam.DoFn):
    """Keeps records that are alone; others go to the share of their group, as (share, (label, record))."""

    def __init__(self, stage: str, compared: Callable[[Any], Compared]):
        self.tally, self.compared = Tally(stage), compared

    def process(self, record: Any, plan: _Plan) -> Iterator[Any]:
        self.tally.seen()
        try:
            place = plan.place(record, self.compared(record))
        except (ImportError, Fatal):
            raise
        except Exception as error:
            yield self.tally.fail(record, error)
            return
        if place is None:
            self.tally.kept()
            yield record
        else:
            yield TaggedOutput(_GROUPED, (place[0], (place[1], record)))


def _to_share(known: Known, plan: _Plan) -> Iterator[tuple[int, tuple[int, Known]]]:
    if place := plan.place(known, known.compared):
        yield place[0], (place[1], known)


class _Settle(beam.DoFn):
    """The records of a share -> those that are kept."""

    def __init__(
        self, stage: str, compared: Callable[[Any], Compared], order: Callable[[Any], Any], lsh: Lsh
    ):
        self.tally, self.compared, self.order, self.lsh = Tally(stage), compared, order, lsh

    def process(self, share: tuple[int, Iterable[tuple[int, Any]]]) -> Iterator[Any]:
        labelled = list(share[1])
        try:
            members, found = self._duplicates(labelled)
        except (ImportError, Fatal):
            raise
        except Exception as error:
            yield from (self.tally.fail(record, error) for _, record in labelled if not _is_known(record))
            return
        out = {duplicate.index: duplicate for duplicate in found}
        for index, record in enumerate(members):
            if index in out:
                kept = members[out[index].kept]
                reason = KNOWN if _is_known(kept) else NEAR_DUPLICATE
                yield self.tally.reject(record, reason, _detail(out[index], members))
            elif not _is_known(record):
                self.tally.kept()
                yield record

    def _duplicates(self, labelled: list[tuple[int, Any]]) -> tuple[list[Any], list[Duplicate]]:
        import numpy as np

        from filters.near_duplicates import duplicates

        known = sorted(
            (one for one in labelled if _is_known(one[1])), key=lambda one: (one[1].uri, one[1].id)
        )
        ours = sorted((one for one in labelled if not _is_known(one[1])), key=lambda one: self.order(one[1]))
        members = [record for _, record in known + ours]
        texts = [record.compared.texts for _, record in known] + [self.compared(r).texts for _, r in ours]
        labels = np.array([label for label, _ in known + ours])
        return members, duplicates(texts, labels, self.lsh, np.arange(len(members)) < len(known))


def _is_known(record: Any) -> bool:
    return isinstance(record, Known)


def _detail(duplicate: Duplicate, members: Sequence[Any]) -> str:
    """Returns which record was kept and how similar it is: "0.912 similar to ID"."""
    detail = f"{duplicate.similarity:.3f} similar to {_named(members[duplicate.kept])}"
    if duplicate.link != duplicate.kept:
        detail += f", {duplicate.link_similarity:.3f} similar to {_named(members[duplicate.link])}"
    return detail


def _named(record: Any) -> str:
    return f"{record.id} of {record.uri}" if _is_known(record) else record.id
