"""The confidence of changed marks: learned from pairs of truth and OCR output, kept in a small file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrfix._network_learning import fit_several, write_network
from ocrfix.detectors._punctuation_features import NAMES, features
from ocrfix.detectors._punctuation_gaps import Option, gaps, noise_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ocrfix._network import Network
    from ocrfix.language_model import LanguageModel

__all__ = ["examples", "learn_punctuation", "write_punctuation"]

_NETWORKS: Final = 6
"""Networks whose mean is taken."""
_DIGITS: Final = (4, 4)
_TOKEN: Final = re.compile(r"[^\W_]+|[^\w\s]|_")


def _twins(seen: list[str], gold: list[str]) -> dict[int, int]:
    """For the words among the tokens of a reading, by place, the place of the same word in the truth."""
    seen_words = [k for k, token in enumerate(seen) if token.isalnum()]
    gold_words = [k for k, token in enumerate(gold) if token.isalnum()]
    twins: dict[int, int] = {}
    for op in Levenshtein.opcodes(
        [seen[k].lower() for k in seen_words], [gold[k].lower() for k in gold_words]
    ):
        if op.tag in ("equal", "replace"):
            pairs = zip(
                seen_words[op.src_start : op.src_end], gold_words[op.dest_start : op.dest_end], strict=False
            )
            twins.update(pairs)
    return twins


def examples(
    text: str, truth: str, language: LanguageModel
) -> tuple[list[Option], NDArray[np.float64], NDArray[np.bool_]]:
    """What may be changed in a text, with its features, and whether the truth has it so.

    Parameters: ``text`` as it was read, and its ``truth``; ``language``, the model that is asked. Gaps whose
    words cannot be found in the truth are left out.
    """
    noise = noise_of(text, language)
    options = list(gaps(text, noise))
    rows = features(text, options, noise, language)
    if not options:
        return [], rows, np.zeros(0, dtype=bool)
    places = [(m.start(), m.group()) for m in _TOKEN.finditer(text)]
    gold = _TOKEN.findall(truth)
    twins = _twins([token for _, token in places], gold)
    starting = {start: k for k, (start, _) in enumerate(places)}
    ending = {start + len(token): k for k, (start, token) in enumerate(places)}
    kept, right = [], []
    for k, option in enumerate(options):
        left = twins.get(ending.get(option.gap.start, -1))
        after = twins.get(starting.get(option.gap.end, -1))
        if left is None or after is None or after <= left:
            continue
        between = gold[left + 1 : after]
        marks = "".join(between)
        word, meant = gold[after], option.gap.right
        same_case = word[0] == meant[0] or word.lower() != meant.lower()
        kept.append(k)
        right.append(marks == option.meant.strip() and same_case)
    return [options[k] for k in kept], rows[kept], np.array(right, dtype=bool)


def learn_punctuation(
    pairs: Iterable[tuple[str, str]], right: Iterable[str], language: LanguageModel
) -> tuple[Network, int]:
    """Fit the confidence; returns it and the number of possible changes it saw.

    Parameters: ``pairs`` of truth and reading, each also taken with the truth as a reading; ``right``,
    paragraphs of right text, where no change is right.
    """
    rows, answers = [], []
    texts = ((text, gold) for gold, ocr in pairs for text in (ocr, gold))
    for text, gold in (*texts, *((text, text) for text in right)):
        _, x, y = examples(text, gold, language)
        rows.append(x)
        answers.append(y)
    x, y = np.concatenate(rows), np.concatenate(answers)
    return fit_several(x, y, NAMES, _NETWORKS), len(y)


def write_punctuation(path: Path, network: Network, places: int) -> None:
    """Write the network, learned from so many places, as `load_punctuation` reads it. Raises OSError."""
    write_network(path, network, f"chances of a changed mark, learned from {places} places", digits=_DIGITS)
