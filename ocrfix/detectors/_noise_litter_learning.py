"""Learns what litter looks like: the words of its lines, then all that speaks for a line on its page.

``python -m ocrfix.detectors._noise_litter_learning news.txt.xz law.txt.xz … -o dictionaries/vi``
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocrfix._network import F64, Network
from ocrfix._network_learning import fit_several, write_network
from ocrfix.detectors._noise_chrome import tiers_of
from ocrfix.detectors._noise_learning import read_lines, word_weights
from ocrfix.detectors._noise_lines import Sheet
from ocrfix.detectors._noise_litter_pages import Page, hands, pages, read_right
from ocrfix.detectors._noise_traits import AGAIN, TRAITS, LineTraits
from ocrfix.detectors._noise_weights import KINDS, Weigher, Weights
from ocrfix.document import Document

__all__ = ["Judged", "judged", "learn_networks", "main"]

_PAGES: Final = 1500
"""Pages made of the articles of files for each hand; as many more are made without litter or of documents."""
_LONGEST: Final = 20_000
"""Characters of the longest page."""
_SEVERAL: Final = 3  # networks, whose mean is asked
_ROUND: Final = 2
"""Parts of the pages: what is said of one, to be heard in the second asking, is learned from the other."""
_NOTE: Final = "How likely a line is litter; learned from the lists of ocrfix laid into right text."


class Judged(NamedTuple):
    """The lines of a page that may be litter: what speaks for each, and whether it is."""

    traits: LineTraits
    rows: F64
    litter: NDArray[np.bool_]


def judged(page: Page, weigher: Weigher) -> Judged:
    """What speaks for the lines of a page, by the word weights of those that do not know them."""
    sheet = Sheet(Document(page.text[:_LONGEST]))
    traits = LineTraits(sheet, tiers_of(sheet), frozenset(), weigher)
    litter = [sheet.lines[number].start in page.litter for number in traits.places]
    return Judged(traits, traits.rows(), np.array(litter, dtype=bool))


def learn_networks(found: Sequence[Judged]) -> tuple[Network, Network]:
    """The network that is asked once, and the one that is asked again."""
    rows, litter = np.vstack([one.rows for one in found]), np.concatenate([one.litter for one in found])
    part = np.repeat(np.arange(len(found)) % _ROUND, [len(one.rows) for one in found])
    said = np.zeros(len(rows))
    for number in range(_ROUND):
        other = part != number
        said[~other] = _fit(rows[other], litter[other], TRAITS)(rows[~other])
    ends = np.cumsum([len(one.rows) for one in found])
    heard = [
        one.traits.again(one.rows, said[end - len(one.rows) : end].tolist())
        for one, end in zip(found, ends.tolist(), strict=True)
    ]
    return _fit(rows, litter, TRAITS), _fit(np.vstack(heard), litter, AGAIN)


def _fit(rows: F64, litter: NDArray[np.bool_], names: Sequence[str]) -> Network:
    return fit_several(rows, litter, names, _SEVERAL)


def _write_weights(path: Path, kinds: Iterable[tuple[str, Weights]]) -> None:
    body = {
        kind: {
            "bias": round(100 * weights.bias),
            "weights": {f: round(100 * w) for f, w in weights.words.items()},
        }
        for kind, weights in kinds
    }
    text = json.dumps({"kinds": body}, ensure_ascii=False, indent=0, sort_keys=True)
    path.write_text(text + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn all from files of right text and write it into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder")
    parser.add_argument("--pages", type=int, default=_PAGES, help="made of articles for each hand")
    options = parser.parse_args(arguments)
    right = read_right(options.files)
    lines = {kind: read_lines(kind, right) for kind in KINDS}
    _write_weights(
        options.output / "litter-weights.json", ((kind, word_weights(one)) for kind, one in lines.items())
    )
    found: list[Judged] = []
    for number, hand in enumerate(hands(), 1):
        weigher = Weigher({kind: word_weights(one, left_out=number) for kind, one in lines.items()})
        rng = Random(number)  # noqa: S311  (nothing secret)
        some = (judged(page, weigher) for page in pages(hand, right, rng, options.pages))
        found += [one for one in some if len(one.rows)]
    once, again = learn_networks(found)
    write_network(options.output / "litter-once.json", once, _NOTE)
    write_network(options.output / "litter-again.json", again, _NOTE)


if __name__ == "__main__":
    main()
