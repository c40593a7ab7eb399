"""Clean a column of a Ray Data set: python ray_data.py IN.parquet OUT/"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ocrfix.scale import clean_batch


def clean_rows(batch: dict[str, Any]) -> dict[str, Any]:
    """The batch with cleaned texts, and their findings as JSON lines."""
    done = clean_batch(batch["text"])
    batch["text"] = np.array([item.text for item in done], dtype=object)
    batch["findings"] = np.array([item.findings for item in done], dtype=object)
    return batch


if __name__ == "__main__":
    import ray

    # ocrfix must be installed on every node (or named in the runtime environment)
    ray.data.read_parquet(sys.argv[1]).map_batches(clean_rows, batch_size=64).write_parquet(sys.argv[2])
