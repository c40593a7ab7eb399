"""Clean a corpus and take near-duplicate documents away, with datatrove.

    python datatrove_pipeline.py local corpus/ work/ --tasks 16
    python datatrove_pipeline.py slurm s3://bucket/corpus s3://bucket/work --tasks 500 --partition cpu
    python datatrove_pipeline.py ray corpus/ work/ --tasks 64

A run that was cut off goes on when the same command is given again, with the same number of tasks.
"""

from __future__ import annotations

import argparse
from typing import Any

from ocrfix.scale.datatrove import PipelineStage, stages


def executor(kind: str, stage: PipelineStage, folder: str, given: argparse.Namespace, before: Any) -> Any:
    """The executor of a stage, which waits for the one ``before``."""
    common = {"pipeline": stage.pipeline, "tasks": stage.tasks, "logging_dir": f"{folder}/logs/{stage.name}"}
    if kind == "slurm":
        from datatrove.executor import SlurmPipelineExecutor

        return SlurmPipelineExecutor(
            **common,
            time=given.time,
            partition=given.partition,
            job_name=f"ocrfix-{stage.name}",
            depends=before,
        )
    if kind == "ray":
        from datatrove.executor.ray import RayPipelineExecutor

        return RayPipelineExecutor(**common, workers=given.workers, depends=before)
    from datatrove.executor import LocalPipelineExecutor

    return LocalPipelineExecutor(**common, workers=given.workers, depends=before)


def main() -> None:
    """Run all stages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=["local", "slurm", "ray"])
    parser.add_argument("source", help='folder of JSON lines with "text" and "id"')
    parser.add_argument("folder", help="what the stages write")
    parser.add_argument("--tasks", type=int, default=2)
    parser.add_argument("--workers", type=int, default=-1)
    parser.add_argument("--partition", default="cpu")
    parser.add_argument("--time", default="24:00:00")
    given = parser.parse_args()
    last = None
    for stage in stages(given.source, given.folder, given.tasks):
        last = executor(given.kind, stage, given.folder, given, last)
    assert last is not None
    last.run()  # and those before it, which it waits for


if __name__ == "__main__":
    main()
