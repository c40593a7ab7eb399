"""How often words are capitalised inside a sentence: counting and reading the table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from ocrfix._data import data_path
from ocrfix.vietnamese.syllable import canonical

__all__ = ["Capitals", "count_capitals", "load_capitals", "write_capitals"]

_INSIDE: Final = re.compile(r"(?:(?<=[^\W\d_] )|(?<=[^\W\d_], ))([^\W\d_]+)(?= ([^\W\d_])?)")
"""A word after a word, or after a word and a comma, and the letter that the next word starts with."""
_PRIOR: Final = 20.0
"""Weight, in places seen, of the belief that half of the places of an unknown word are capitals."""


class Capitals(NamedTuple):
    """Places of a word inside a sentence: before a lower-case word, and before anything else.

    ``plain`` and ``other`` count the places, ``plain_capital`` and ``other_capital`` those with a capital.
    """

    plain: int
    plain_capital: int
    other: int
    other_capital: int

    def share(self, *, before_lower: bool) -> float:
        """Share of capitals in [0, 1] in such places, drawn towards a half where few were seen.

        >>> round(Capitals(980, 0, 10, 0).share(before_lower=True), 2)
        0.01
        """
        if before_lower:
            return (self.plain_capital + _PRIOR / 2) / (self.plain + _PRIOR)
        return (self.other_capital + _PRIOR / 2) / (self.other + _PRIOR)


def count_capitals(lines: Iterable[str], least: int = 30) -> dict[str, Capitals]:
    """Count the capitals of words inside sentences.

    Parameters: ``lines``, paragraphs of right text; ``least``, places that a word must have been seen in.

    >>> count_capitals(["Sáng nay, bà Lan đến sớm hơn mọi ngày."], 1)["lan"]
    Capitals(plain=1, plain_capital=1, other=0, other_capital=0)
    """
    seen: Counter[tuple[str, bool, bool]] = Counter()
    for line in lines:
        for match in _INSIDE.finditer(line):
            before = line[match.start() - 2] if line[match.start() - 2] != "," else line[match.start() - 3]
            if before.islower():
                after = match.group(2)
                seen[match.group(1), after is not None and after.islower(), match.group(1)[0].isupper()] += 1
    rows: dict[str, list[int]] = {}
    for (surface, plain, capital), number in seen.items():
        row = rows.setdefault(canonical(surface), [0, 0, 0, 0])
        row[0 if plain else 2] += number
        row[1 if plain else 3] += number * capital
    return {word: Capitals(*row) for word, row in sorted(rows.items()) if row[0] + row[2] >= least}


def write_capitals(path: Path, table: Mapping[str, Capitals]) -> None:
    """Write a table as ``word, places before a lower-case word, capitals, other places, capitals``."""
    rows = ["\t".join((word, *map(str, row))) for word, row in table.items()]
    path.write_text("\n".join(rows) + "\n", "utf-8")


@lru_cache(maxsize=1)
def load_capitals() -> dict[str, Capitals]:
    """The table that ocrfix carries, by canonical lower-case word.

    >>> load_capitals()["nhưng"].share(before_lower=True) < 0.05
    True
    """
    table = {}
    with data_path("vi", "capitals.tsv").open(encoding="utf-8") as file:
        for line in file:
            word, *numbers = line.rstrip("\n").split("\t")
            table[word] = Capitals(*map(int, numbers))
    return table
