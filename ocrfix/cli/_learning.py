"""What `ocrfix learn` does: a function for each of the files under ``dictionaries/``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from ocrfix import Config, clean, language_model
from ocrfix._corpus import lines
from ocrfix._pairs import paragraphs, read_pairs
from ocrfix.correction.candidates import Candidates
from ocrfix.correction.channel import load_channel
from ocrfix.correction.channel_counts import learn_channel
from ocrfix.correction.confidence import UNFITTED
from ocrfix.correction.context import load_context
from ocrfix.correction.context_learning import learn_context
from ocrfix.correction.corrector import Corrector
from ocrfix.correction.learning import learn_confidence
from ocrfix.detectors._duplicates_learning import learn_repeats
from ocrfix.detectors._joins_learning import learn_joins
from ocrfix.detectors._punctuation_capitals import count_capitals, write_capitals
from ocrfix.detectors._punctuation_learning import learn_punctuation, write_punctuation

__all__ = [
    "LEARNERS",
    "learn_capitals",
    "learn_joins",
    "learn_marks",
    "learn_model",
    "learn_surroundings",
    "learn_words",
]

_CHARACTERS: Final = 60_000_000
_RIGHT_CHARACTERS: Final = 1_500_000
"""Of each file, from its start."""
_WITHOUT_MARKS: Final = Config(ignore=("NOI006", "WRD008", "WRD009", "WRD010", "WRD011"))


def learn_model(
    paths: Sequence[Path],
    output: Path,
    held_out: Sequence[Path],
    order: int,
    size: float,
    progress: Callable[[str], None],
) -> None:
    """Build a language model from right text and write it.

    Parameters: ``paths`` of the text; ``output``; ``held_out``, pairs whose paragraphs are left out;
    ``order``, the longest n-gram; ``size`` in megabytes; ``progress`` takes what there is to tell. Raises
    ValueError for too little text, OSError on files.
    """
    left_out = _truths(held_out)
    language_model.learn(paths, output, progress, order=order, size=size, held_out=left_out)


def _truths(held_out: Sequence[Path]) -> list[str]:
    return [p.gold for p in paragraphs(p for path in held_out for p in read_pairs(path))]


def learn_surroundings(
    paths: Sequence[Path],
    output: Path,
    held_out: Sequence[Path],
    places: int,
    progress: Callable[[str], None],
) -> None:
    """Learn the context model for the language model that ocrfix carries, and write it.

    Parameters: ``paths`` of right text; ``output``; ``held_out``, pairs whose paragraphs are left out;
    ``places``, how many words are learned from; ``progress`` takes what there is to tell. Raises ImportError
    without PyTorch, ValueError for too little text, OSError on files.
    """
    model = language_model.load()
    learn_context(
        paths,
        output,
        model,
        Candidates(model, load_channel()),
        held_out=_truths(held_out),
        places=places,
        progress=progress,
    )


def learn_words(paths: Sequence[Path], output: Path, *, context: bool = True) -> None:
    """Fit how sure a change of a word is on files of pairs, and write it.

    ``context``: whether the context model is asked too. Raises ValueError for pairs too few or none, OSError
    on files.
    """
    model = language_model.load()
    sentence = load_context(model) if context else None
    learn_confidence(paths, output, Corrector(model, Candidates(model, load_channel()), UNFITTED, sentence))


def learn_capitals(paths: Sequence[Path], output: Path) -> None:
    """Count in right text how often words are written with a capital, and write the table.

    Raises OSError on files, UnicodeDecodeError for a text that is not UTF-8.
    """
    write_capitals(output, count_capitals(lines(paths, _CHARACTERS)))


def learn_marks(paths: Sequence[Path], right: Sequence[Path], output: Path) -> None:
    """Fit how sure a change of a mark is, on pairs as read and as repaired so far, and on right text.

    Parameters: ``paths`` of the pairs, ``right`` of the text; ``output``. Raises ValueError for a file that
    holds no pairs, OSError on files.
    """
    pairs = [(p.gold, p.ocr) for p in paragraphs(p for path in paths for p in read_pairs(path))]
    if not pairs:
        raise ValueError("the files hold no pairs to learn from")

    def both() -> Iterator[tuple[str, str]]:
        for gold, ocr in pairs:
            yield gold, clean(ocr, _WITHOUT_MARKS).text
            yield gold, ocr

    texts = (line.strip() for line in lines(right, _RIGHT_CHARACTERS))
    model, places = learn_punctuation(both(), filter(None, texts), language_model.load())
    write_punctuation(output, model, places)


LEARNERS: Final[dict[str, Callable[[Sequence[Path], Path], object]]] = {
    "pairs": learn_channel,
    "capitals": learn_capitals,
    "repeats": learn_repeats,
}
"""What is learned from files alone, by the command's option."""
