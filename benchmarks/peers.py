"""Other correctors, each behind the same interface: a function from text to text.

A peer that is not installed, or that lacks the data it needs, is skipped with the reason. Peers that
look at one word at a time get runs of letters with letter case put back and a cache, as a careful user
would run them; punctuation and spaces stay as they are.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ocrfix._corpus import lines

__all__ = ["Peer", "Skipped", "letters_only", "load_peers", "train_counts"]

_RUN = re.compile(r"[^\W\d_]+")
LEAST_SEEN = 5
"""A word seen fewer times in the training text is no part of a peer's vocabulary (it is a typo too often)."""


class Skipped(Exception):  # noqa: N818  (not an error)
    """A peer that cannot be run here; the message says why."""


@dataclass(frozen=True)
class Peer:
    """A corrector: its name with version and settings, and a function from text to text."""

    name: str
    correct: Callable[[str], str]


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "?"


def _import(module: str, package: str) -> object:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Skipped(f"not installed (pip install {package})") from None


def like(word: str, model: str) -> str:
    """The word in the letter case of another.

    >>> like("vì", "Vi"), like("triệu", "TRIEU")
    ('Vì', 'TRIỆU')
    """
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


def _keep(suggest: Callable[[str], str], word: str) -> str:
    """The suggestion in the word's letter case; the word itself, whatever its case, when it stays."""
    lower = word.lower()
    found = suggest(lower)
    return word if found == lower else like(found, word)


def letters_only(suggest: Callable[[str], str | None]) -> Callable[[str], str]:
    """Make a corrector of texts from one of lower-case words.

    >>> letters_only({"vi": "vì"}.get)("Quỹ “Vi người nghèo”")
    'Quỹ “Vì người nghèo”'
    """
    cached = lru_cache(maxsize=200_000)(lambda word: suggest(word) or word)

    def correct(text: str) -> str:
        return _RUN.sub(lambda m: _keep(cached, m.group()), text)

    return correct


def train_counts(paths: Iterable[Path], *, most: int) -> Counter[str]:
    """How often each lower-case word stands in text files, which may be compressed.

    Parameters: ``most``, characters to read from each file.
    """
    counts: Counter[str] = Counter()
    for line in lines(paths, most):
        counts.update(_RUN.findall(line.lower()))
    return Counter({word: n for word, n in counts.items() if n >= LEAST_SEEN})


def _need(counts: Counter[str]) -> None:
    if not counts:
        raise Skipped("needs a vocabulary: give --train FILE")


def _symspell(counts: Counter[str]) -> Peer:
    symspellpy = _import("symspellpy", "symspellpy")
    _need(counts)
    speller = symspellpy.SymSpell(max_dictionary_edit_distance=1, prefix_length=7)  # type: ignore[attr-defined]
    for word, number in counts.items():
        speller.create_dictionary_entry(word, number)
    top = symspellpy.Verbosity.TOP  # type: ignore[attr-defined]

    def suggest(word: str) -> str:
        found = speller.lookup(word, top, max_edit_distance=1)
        return str(found[0].term) if found else word

    return Peer(f"symspellpy {_version('symspellpy')}, lookup, distance 1", letters_only(suggest))


def _pyspellchecker(counts: Counter[str]) -> Peer:
    module = _import("spellchecker", "pyspellchecker")
    _need(counts)
    speller = module.SpellChecker(language=None, distance=1)  # type: ignore[attr-defined]
    speller.word_frequency.load_json(dict(counts))
    name = f"pyspellchecker {_version('pyspellchecker')}, distance 1"
    return Peer(name, letters_only(lambda word: speller.correction(word) or word))


def _jamspell(model: Path | None) -> Peer:
    module = _import("jamspell", "jamspell")
    if model is None:
        raise Skipped("needs a trained model: give --jamspell-model FILE")
    speller = module.TSpellCorrector()  # type: ignore[attr-defined]
    if not speller.LoadLangModel(str(model)):
        raise Skipped(f"cannot load {model}")
    return Peer(f"JamSpell {_version('jamspell')}", speller.FixFragment)


def _hunspell(dictionary: Path | None) -> Peer:
    module = _import("spylls.hunspell", "spylls")
    if dictionary is None:
        raise Skipped("needs a dictionary: give --hunspell PATH (without .dic)")
    speller = module.Dictionary.from_files(str(dictionary))  # type: ignore[attr-defined]

    def suggest(word: str) -> str:
        return word if speller.lookup(word) else next(iter(speller.suggest(word)), word)

    return Peer(f"hunspell (spylls {_version('spylls')}), first suggestion", letters_only(suggest))


def load_peers(
    counts: Counter[str], *, jamspell: Path | None = None, hunspell: Path | None = None
) -> tuple[list[Peer], list[str]]:
    """The peers that can be run here, and a line for each that cannot.

    Parameters: ``counts``, word counts for those that need a vocabulary.
    """
    makers: dict[str, Callable[[], Peer]] = {
        "JamSpell": lambda: _jamspell(jamspell),
        "symspellpy": lambda: _symspell(counts),
        "pyspellchecker": lambda: _pyspellchecker(counts),
        "hunspell": lambda: _hunspell(hunspell),
    }
    peers, skipped = [], []
    for name, make in makers.items():
        try:
            peers.append(make())
        except Skipped as reason:
            skipped.append(f"{name}: {reason}")
    return peers, skipped
