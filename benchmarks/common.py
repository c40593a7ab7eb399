"""What the gate and the comparison share, so that they cannot drift apart."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrfix import Document
from ocrfix.config import Config
from ocrfix.correction.corrector import in_case_of
from ocrfix.correction.decoder import Decoded
from ocrfix.correction.reading import Reading, read
from ocrfix.evaluation import (
    CleanCounts,
    Measured,
    Pair,
    corrector,
    evaluate_clean,
    measure,
    read_pairs,
    read_paragraphs,
)
from ocrfix.language_model import LanguageModel

HERE = Path(__file__).parent
OWN_PAIRS = HERE / "own" / "ocr.jsonl"
OWN_TEXT = HERE / "own" / "paragraphs.txt"

MODES = {"default": Config(), "unsafe": Config(unsafe=True)}
"""The ways to run ocrfix that are gated and published."""


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def own_paragraphs() -> list[str]:
    """The right paragraphs of our own set."""
    return [line.split("\t", 1)[1] for line in OWN_TEXT.read_text("utf-8").splitlines()]


@dataclass(frozen=True)
class DataSet:
    """A file to measure on: pairs (``kind`` "pairs") or right text ("clean")."""

    name: str
    path: Path
    kind: str

    @property
    def key(self) -> str:
        """Kind and hash: floors belong to the data, wherever the file lies."""
        return f"{self.kind}:{sha256(self.path)}"

    def pairs(self) -> list[Pair]:
        """The pairs of the file."""
        return list(read_pairs(self.path))

    def paragraphs(self) -> list[str]:
        """The right paragraphs of the file."""
        return own_paragraphs() if self.path == OWN_TEXT else read_paragraphs(self.path)


OWN = (DataSet("own pages", OWN_PAIRS, "pairs"), DataSet("own right text", OWN_TEXT, "clean"))


def data_sets(pairs: list[Path], clean: list[Path]) -> list[DataSet]:
    """Our own set, then the files given."""
    return [
        *OWN,
        *(DataSet(path.name, path, "pairs") for path in pairs),
        *(DataSet(path.name, path, "clean") for path in clean),
    ]


def run_pairs(data: DataSet, config: Config, *, limit: int | None = None) -> Measured:
    """Scores of ocrfix on pairs, its findings judged."""
    return measure(data.pairs()[:limit], config, judged=True)


def run_clean(data: DataSet, correct: Callable[[str], str], *, limit: int | None = None) -> CleanCounts:
    """What a corrector does to right text."""
    return evaluate_clean(data.paragraphs()[:limit], correct)


def by_posterior(
    model: LanguageModel, decode: Callable[[Reading], Decoded], sure: float
) -> Callable[[str], str]:
    """A corrector of words that follows a decoder's probabilities alone, from ``sure`` on."""

    def correct(text: str) -> str:
        reading = read(Document(text), model)
        pieces, end = [], 0
        for place in decode(reading).places:
            best = int(place.posterior.argmax())
            if best and place.posterior[best] > sure:
                start, surface = int(reading.starts[place.at]), reading.surfaces[place.at]
                pieces += [text[end:start], in_case_of(model.words[int(place.options[best])], surface)]
                end = start + len(surface)
        return "".join(pieces) + text[end:]

    return correct


def figures(data: DataSet, config: Config) -> dict[str, Any]:
    """All figures of ocrfix on one data set."""
    if data.kind == "clean":
        return run_clean(data, corrector(config)).figures()
    measured = run_pairs(data, config)
    calibration = measured.calibration()
    return {
        **measured.evaluation.total.figures(),
        "calibration_error": calibration["calibration_error"],
    }


def load_json(path: Path) -> dict[str, Any]:
    """A JSON file's content; an empty dict when there is none."""
    content: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return content


def say(text: str) -> None:
    """A line of progress, on standard error."""
    print(text, file=sys.stderr, flush=True)
