"""Clean a column of a Spark frame: spark-submit spark_map_in_pandas.py IN.parquet OUT/"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any


def clean_frames(frames: Iterator[Any]) -> Iterator[Any]:
    """The pandas frames with cleaned texts, and their findings as JSON lines."""
    from ocrfix.scale import clean_batch

    for frame in frames:
        done = clean_batch(frame["text"])
        yield frame.assign(text=[item.text for item in done], findings=[item.findings for item in done])


if __name__ == "__main__":
    from pyspark.sql import SparkSession
    from pyspark.sql.types import StringType, StructType

    spark = SparkSession.builder.getOrCreate()
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "64")
    corpus = spark.read.parquet(sys.argv[1])
    schema = StructType([*corpus.schema.fields]).add("findings", StringType())
    # no row may lack a text here: dropna(subset=["text"]) first where some do
    corpus.mapInPandas(clean_frames, schema).write.parquet(sys.argv[2])
