"""A step for datatrove, and the stages of a pipeline with its near-duplicate removal (``ocrfix[datatrove]``).

The stages run on one machine, on Slurm or on Ray, with datatrove's executors: see
tests/scale/recipes/datatrove_pipeline.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ocrfix.config import Config
from ocrfix.scale.batch import clean_text
from ocrfix.scale.counts import Counts

try:
    from datatrove.io import get_datafolder
    from datatrove.pipeline.base import PipelineStep
    from datatrove.utils.word_tokenizers import WordTokenizer
except ImportError as error:
    _missing: ImportError | None = error
    PipelineStep = WordTokenizer = object
else:
    _missing = None

__all__ = ["Cleaner", "PipelineStage", "SyllableTokenizer", "stages"]

_WORD: Final = re.compile(r"\w+")


def _need_datatrove() -> None:
    if _missing is not None:
        message = 'datatrove is not here, or not whole: pip install "ocrfix[datatrove]"'
        raise ImportError(message) from _missing


class Cleaner(PipelineStep):  # type: ignore[misc,unused-ignore]  # datatrove has no type information
    """Clean the documents that pass.

    Parameters: ``config``, as for `ocrfix.clean`; ``findings``, a folder (anything that datatrove takes for
    one) that gets one file of findings for each task, as JSON lines with the document's id, or None;
    ``markdown``, whether the texts are Markdown. A document that fails passes as it is, and its error
    stands among the findings. Counts go to datatrove's statistics. Raises ImportError when datatrove is not
    installed.
    """

    type = "✂️ - FORMAT"
    name = "🔎 ocrfix"

    def __init__(
        self,
        config: Config | None = None,
        findings: Any = None,  # noqa: ANN401  (a path, or what else datatrove takes for a folder)
        *,
        markdown: bool = False,
    ) -> None:
        _need_datatrove()
        super().__init__()
        self.config = config or Config()
        self.markdown = markdown
        self.findings = None if findings is None else get_datafolder(findings)

    def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Iterator[Any]:  # noqa: ANN401
        """The documents, cleaned; ``rank`` names the file of findings."""
        del world_size
        file = (
            None if self.findings is None else self.findings.open(f"{rank:05d}.jsonl", "wt", encoding="utf-8")
        )
        try:
            for document in data:
                with self.track_time():
                    done = clean_text(document.text, self.config, str(document.id), markdown=self.markdown)
                    counts = Counts(errors=1) if done.report is None else Counts.of(done.report)
                    document.text = done.text
                    self._count(counts)
                    if file is not None:
                        file.write(done.findings_of(str(document.id)))
                yield document
        finally:
            if file is not None:
                file.close()

    def _count(self, counts: Counts) -> None:
        self.stat_update("documents", value=1)
        for name in ("changed", "errors", "words"):
            if value := getattr(counts, name):
                self.stat_update(name, value=value)
        for code, (found, applied) in counts.rules.items():
            self.stat_update(f"{code} found", value=found)
            if applied:
                self.stat_update(f"{code} repaired", value=applied)


class SyllableTokenizer(WordTokenizer):  # type: ignore[misc,unused-ignore]
    """Syllables for datatrove's MinHash: datatrove's own way with Vietnamese needs spaCy and pyvi, and what
    they take for words depends on marks, which misreading loses.
    """

    def word_tokenize(self, text: str) -> list[str]:
        """The runs of letters and digits."""
        return _WORD.findall(text)

    def sent_tokenize(self, text: str) -> list[str]:
        """The lines."""
        return text.splitlines()

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        """Where the lines stand."""
        return [match.span() for match in re.finditer(r"[^\n]+", text)]


class PipelineStage(NamedTuple):
    """One stage: its ``name``, the steps of its ``pipeline``, and in how many ``tasks`` it runs."""

    name: str
    pipeline: list[Any]
    tasks: int


def stages(source: str, folder: str, tasks: int, config: Config | None = None) -> list[PipelineStage]:
    """The stages of a corpus run: clean, then take near-duplicate documents away by MinHash.

    Parameters: ``source``, a folder of JSON lines with "text" and "id"; ``folder``, which gets
    "clean", "findings", "removed", "output" and what the stages hand on; ``tasks``, for the stages that
    read documents: no more than there are files, and the same when a run goes on; ``config``. Each stage
    needs the one before it to be done. Marks and letter case are set aside for MinHash, so lost marks do
    not hide a copy; misread letters do more than for `ocrfix duplicates`, which compares what it finds.
    """
    _need_datatrove()
    from datatrove.pipeline.dedup import (  # noqa: PLC0415
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig  # noqa: PLC0415
    from datatrove.pipeline.readers import JsonlReader  # noqa: PLC0415
    from datatrove.pipeline.writers import JsonlWriter  # noqa: PLC0415

    minhash = MinhashConfig()
    clean, signatures, buckets, remove = (
        f"{folder}/{n}" for n in ("clean", "signatures", "buckets", "remove")
    )
    return [
        PipelineStage(
            "clean",
            [JsonlReader(source), Cleaner(config, f"{folder}/findings"), JsonlWriter(clean)],
            tasks,
        ),
        PipelineStage(
            "signatures",
            [JsonlReader(clean), MinhashDedupSignature(signatures, minhash, SyllableTokenizer())],
            tasks,
        ),
        PipelineStage(
            "buckets", [MinhashDedupBuckets(signatures, buckets, config=minhash)], minhash.num_buckets
        ),
        PipelineStage("cluster", [MinhashDedupCluster(buckets, remove, minhash)], 1),
        PipelineStage(
            "filter",
            [
                JsonlReader(clean),
                MinhashDedupFilter(remove, JsonlWriter(f"{folder}/removed")),
                JsonlWriter(f"{folder}/output"),
            ],
            tasks,
        ),
    ]
