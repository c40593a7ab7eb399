"""Counts of how letters and words get misread: made from pairs, stored as a table that people can review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ocrfix._pairs import read_pairs
from ocrfix.correction.alignment import align_letters, align_words
from ocrfix.vietnamese.syllable import canonical

__all__ = ["Counts", "count_pairs", "learn_channel", "read_counts", "write_counts"]

_OUTER: Final = ".,;:!?()\"“”'’…-"


@dataclass(frozen=True)
class Counts:
    """What was counted in pairs. Keys of ``confusions`` are (meant, read) letters; "" for none."""

    letters: Counter[str]
    confusions: Counter[tuple[str, str]]
    events: Counter[str]
    """Words in all ("words"), and of these misread, merged with the next, split, lost, added."""
    words: Counter[str]
    """How often each word stood in the truth and one word was read for it."""
    readings: Counter[tuple[str, str]]
    """(meant, read) words, the misread ones."""


def count_pairs(pairs: Iterable[tuple[str, str]]) -> Counts:
    """Count letters and confusions in (truth, reading) pairs.

    >>> counts = count_pairs([("Quỹ Vì người nghèo", "Quỹ Vi người nghèo")])
    >>> counts.confusions["ì", "i"], counts.letters["g"]
    (1, 2)
    """
    letters, confusions, events = Counter[str](), Counter[tuple[str, str]](), Counter[str]()
    words, readings = Counter[str](), Counter[tuple[str, str]]()
    for gold, read in pairs:
        for meant, seen in align_words(gold, read):
            events["words"] += len(meant)
            if not seen:
                events["lost"] += len(meant)
            elif not meant:
                events["added"] += len(seen)
            else:
                if len(meant) > len(seen):
                    events["merged"] += len(meant) - len(seen)
                elif len(seen) > len(meant):
                    events["split"] += len(seen) - len(meant)
                _count_word("".join(meant).lower(), "".join(seen).lower(), letters, confusions, events)
                if len(meant) == len(seen) == 1:
                    a, b = _core(meant[0]), _core(seen[0])
                    if a.isalpha() and b.isalpha():
                        words[a] += 1
                        if a != b:
                            readings[a, b] += 1
    return Counts(letters, confusions, events, words, readings)


def _core(word: str) -> str:
    return canonical(word.strip(_OUTER))


def _count_word(
    gold: str, read: str, letters: Counter[str], confusions: Counter[tuple[str, str]], events: Counter[str]
) -> None:
    if gold == read:
        letters.update(gold)
        return
    aligned = align_letters(gold, read)
    kept = sum(a == b for a, b in aligned)
    if len(gold) > 2 and kept * 3 < len(gold):
        return  # another word altogether: the alignment tells nothing
    events["misread"] += 1
    for a, b in aligned:
        if a:
            letters[a] += 1
        if a != b:
            confusions[a, b] += 1


def write_counts(path: Path, counts: Counts, note: str) -> None:
    """Write counts as a table that people can read and review; ``note`` says what they were counted in.

    What was seen once or twice and tells little is left out. The same counts give the same bytes. Raises
    OSError.
    """
    lines = [
        "# How letters get misread: counts from aligned pairs of truth and OCR reading (lower case).",
        f"# {note}",
        "# Licence: Apache-2.0. Rebuild: ocrfix learn --pairs FILE… -o channel.tsv",
        "# event<TAB>name<TAB>count · letter<TAB>meant<TAB>count · misread<TAB>meant<TAB>read<TAB>count",
        "# word<TAB>meant<TAB>count · reading<TAB>meant<TAB>read<TAB>count (whole words)",
    ]
    lines += [f"event\t{name}\t{counts.events[name]}" for name in sorted(counts.events)]
    lines += [f"letter\t{c}\t{n}" for c, n in sorted(counts.letters.items()) if n >= 3]
    order = sorted(counts.confusions.items(), key=lambda item: (-item[1], item[0]))
    lines += [f"misread\t{a}\t{b}\t{n}" for (a, b), n in order if n >= 2]
    lines += [f"word\t{w}\t{n}" for w, n in sorted(counts.words.items()) if n >= 5]
    order_words = sorted(counts.readings.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    lines += [f"reading\t{a}\t{b}\t{n}" for (a, b), n in order_words if n >= 2 and counts.words[a] >= 5]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_counts(path: Path) -> Counts:
    """Read a table of counts. Raises ValueError, naming the line, when it is not one."""
    letters, confusions, events = Counter[str](), Counter[tuple[str, str]](), Counter[str]()
    words, readings = Counter[str](), Counter[tuple[str, str]]()
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        try:
            kind, *fields, count = line.split("\t")
            if kind == "event":
                events[fields[0]] = int(count)
            elif kind == "letter":
                letters[fields[0]] = int(count)
            elif kind == "word":
                words[fields[0]] = int(count)
            elif kind == "reading":
                readings[fields[0], fields[1]] = int(count)
            else:
                confusions[fields[0], fields[1]] = int(count)
        except (ValueError, IndexError):
            raise ValueError(f"{path}, line {number}: not a line of a channel table: {line!r}") from None
    return Counts(letters, confusions, events, words, readings)


def learn_channel(paths: Sequence[Path], output: Path) -> Counts:
    """`ocrfix learn --pairs`: count misreadings in JSON lines with ``gold`` and ``ocr`` and write the table.

    Parameters: ``paths``, bare or compressed files; ``output``, the table. Returns all that was counted.
    Raises ValueError, naming file and line, for a line that is no pair, OSError on files.
    """
    counts = count_pairs((p.gold, p.ocr) for path in paths for p in read_pairs(path))
    names = ", ".join(sorted(p.name for p in paths))
    write_counts(output, counts, f"Learned from {names}: {counts.events['words']} words.")
    return counts
