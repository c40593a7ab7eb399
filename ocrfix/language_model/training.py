"""`ocrfix learn CORPUS…`: from plain text to a model file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["learn"]


def learn(
    paths: Sequence[Path],
    output: Path,
    progress: Callable[[str], None] = lambda _: None,
    *,
    order: int = 4,
    size: float = 24.0,
    min_count: int = 10,
    held_out: Sequence[str] = (),
) -> None:
    """Build a language model from plain text files and write it.

    Parameters: ``paths``, UTF-8 text, also .xz, .gz or .bz2, one paragraph a line; ``output``, the file to
    write; ``progress``, called with a line for people; ``order``, the longest n-gram (2 to 4);
    ``size``, megabytes (10**6 bytes) that the file may take; ``min_count``, how often a word must come
    to enter the vocabulary; ``held_out``, texts whose paragraphs are left out (those that share twelve
    words in a row with one), so that they can serve to calibrate and to measure.
    Raises ValueError when the text has no words, OSError on files.
    """
    from ocrfix.language_model.counting import choose_vocabulary, encode, without  # noqa: PLC0415
    from ocrfix.language_model.estimation import estimate  # noqa: PLC0415
    from ocrfix.language_model.storage import COST, write  # noqa: PLC0415

    if not 2 <= order <= 4:
        raise ValueError(f"the order of a model is 2, 3 or 4, not {order}")
    tokens, forms = encode(paths, progress)
    if held_out:
        kept = without(tokens, forms, held_out)
        progress(f"left out {len(tokens) - len(kept)} words held out for measuring")
        tokens = kept
    ids, words = choose_vocabulary(tokens, forms, min_count)
    del tokens
    if len(words) <= 4 or len(ids) < 8:
        raise ValueError("the text holds too few words to learn from")
    cost = {n: COST[n] for n in range(2, order + 1)}
    cost[order] = COST[4]
    fixed = 20 * len(words) + 100_000
    orders = estimate(ids, len(words), order, cost, size * 1e6 - fixed, progress)
    progress("writing")
    meta = {
        "tokens": len(ids),
        "sources": sorted(p.name for p in paths),
        "ngrams": [len(o.keys) for o in orders],
        "min_count": min_count,
    }
    write(output, words, orders, meta)
