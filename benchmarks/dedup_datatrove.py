"""datatrove's MinHash deduplication of a folder of Parquet files; run by a Python that has datatrove.

Words are what white space separates, which is its fastest tokenizer; by default English goes through spaCy,
which takes several times as long as all the rest.
"""

import sys

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import ParquetWriter

BY_WHITE_SPACE = "chr_Cher"


def main(documents: str, out: str, workers: int, ngram: int, bands: int, rows: int, files: int) -> None:
    config = MinhashConfig(n_grams=ngram, num_buckets=bands, hashes_per_bucket=rows)
    signed = [ParquetReader(documents), MinhashDedupSignature(f"{out}/signed", config, BY_WHITE_SPACE)]
    kept = [
        ParquetReader(documents),
        MinhashDedupFilter(f"{out}/removed", exclusion_writer=ParquetWriter(f"{out}/rejected")),
        ParquetWriter(f"{out}/data"),
    ]
    steps = [
        (signed, files),
        ([MinhashDedupBuckets(f"{out}/signed", f"{out}/buckets", config=config)], bands),
        ([MinhashDedupCluster(f"{out}/buckets", f"{out}/removed", config=config)], 1),
        (kept, files),
    ]
    for number, (pipeline, tasks) in enumerate(steps):
        logs = f"{out}/logs/{number}"
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=min(workers, tasks), logging_dir=logs).run()


if __name__ == "__main__":
    documents, out, *numbers = sys.argv[1:]
    main(documents, out, *map(int, numbers))
