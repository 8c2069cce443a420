"""The filters of datatrove on the documents of `benchmarks.filters`; runs in a Python that has datatrove.

PYTHON filters_datatrove.py run INPUT OUTPUT LID CLASSIFIER WORKERS
PYTHON filters_datatrove.py verdicts FILE LID
"""

import json
import sys

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FastTextClassifierFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LanguageFilter,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter


def language(lid: str, **options: object) -> LanguageFilter:
    """Returns the filter with a model that lies here instead of one that it downloads."""
    found = LanguageFilter("en", **options)
    found.model.MODEL_URL = lid
    return found


def run(source: str, output: str, lid: str, classifier: str, workers: str) -> None:

    def rejects(name: str) -> JsonlWriter:
        return JsonlWriter(f"{output}/rejected/{name}", compression=None)

    steps = [
        JsonlReader(source),
        language(lid, exclusion_writer=rejects("language")),
        GopherRepetitionFilter(exclusion_writer=rejects("gopher_repetition")),
        GopherQualityFilter(exclusion_writer=rejects("gopher_quality")),
        C4QualityFilter(exclusion_writer=rejects("c4")),
    ]
    if classifier:
        steps.append(FastTextClassifierFilter(classifier, keep_labels=[("0", 0.0), ("1", 0.0)]))
    steps.append(ParquetWriter(f"{output}/data", compression="zstd"))
    executor = LocalPipelineExecutor(
        steps, tasks=int(workers), workers=int(workers), logging_dir=f"{output}/logs", skip_completed=False
    )
    stats = executor.run()
    kept = {
        stat.name.split(" ", 1)[-1]: stat.stats["forwarded"].total
        for stat in stats.stats
        if "forwarded" in stat.stats
    }
    print(json.dumps(kept))


def verdicts(file: str, lid: str) -> None:
    filters = {
        "language": language(lid),
        "gopher_repetition": GopherRepetitionFilter(),
        "gopher_quality": GopherQualityFilter(),
        "c4": C4QualityFilter(),
        "fineweb": FineWebQualityFilter(),
    }
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found = {}
            for name, one in filters.items():
                try:
                    result = one.filter(Document(text=row["text"], id=row["id"]))
                except (ZeroDivisionError, ValueError) as error:  # of a document without words
                    result = (False, type(error).__name__)
                keep, reason = result if isinstance(result, tuple) else (result, "dropped")
                found[name] = "" if keep else reason
            print(json.dumps(found))


if __name__ == "__main__":
    {"run": run, "verdicts": verdicts}[sys.argv[1]](*sys.argv[2:])
