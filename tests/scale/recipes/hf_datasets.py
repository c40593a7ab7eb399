"""Clean a column of a Hugging Face data set: python hf_datasets.py IN.jsonl OUT.jsonl"""

from __future__ import annotations

import sys
from typing import Any

from ocrfix.scale import clean_batch


def clean_rows(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Cleaned texts, and their findings as JSON lines."""
    done = clean_batch(batch["text"])
    return {"text": [item.text for item in done], "findings": [item.findings for item in done]}


if __name__ == "__main__":
    from datasets import load_dataset

    rows = load_dataset("json", data_files=sys.argv[1], split="train")
    rows.map(clean_rows, batched=True, batch_size=64, num_proc=2).to_json(sys.argv[2], force_ascii=False)
