"""Marks at the start and the end of paragraphs, and capitals at the start of sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from ocrfix.detectors._punctuation_gaps import Noise, noise_of
from ocrfix.detectors._punctuation_rules import LOST_CAPITAL, MISREAD_STOP, SPECKLE
from ocrfix.detectors._spacing_text import in_address
from ocrfix.detectors.base import Context
from ocrfix.document import Block, Document
from ocrfix.language_model.model import UNKNOWN_ID
from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from ocrfix.language_model import LanguageModel

__all__ = ["Edges"]

_TAIL: Final = re.compile(r"(?<=[.?!…])( ?)([-–—:;,_`´¬~|ˆ^·][-–—:;,_`´¬~|ˆ^·. ]{0,3})\Z")
_STAIN: Final = re.compile(r"(?<=[^\W_]) ?([¬~|ˆ^`´_])\Z")
_HEAD: Final = re.compile(r"[:.,;_`´¬~|ˆ^]{1,2} {1,2}(?=[^\W\d_])")
_SMALL_START: Final = re.compile(r"(?<=[^\W\d_]\. )[^\W\d_]+(?= [^\W_])")
_SENTENCE: Final = re.compile(r"[.?!…][\"”’)]? ")
_PROSE_WORDS: Final = 15
"""Words from which a block counts as running text rather than a heading or a caption."""
_PLAIN_END: Final = -4.0
"""Least log-probability (nats) of a full stop after the last words; 93 % of the lost ones have it."""
_LIKELY_END: Final = -3.0
"""The same without any mark: 79 % of the paragraphs that lost theirs, 11 % of those cut anywhere."""
_RATHER_STOP: Final = -1.0
"""Least gain (nats) of a full stop over a comma: 90 % of the misread, 46 % of the real commas."""
_STARTER: Final = -4.2
"""Least log-probability (nats) of a word that often starts sentences."""
_WINDOW: Final = 90


class Edges:
    """NOI006, WRD009, WRD011: the starts and ends of paragraphs and sentences."""

    rules = (SPECKLE, MISREAD_STOP, LOST_CAPITAL)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """What stands wrongly at the edges."""
        text, blocks = document.text, document.blocks
        doubtful = [b for b in blocks if _looks_odd(text, b)]
        starts = list(_small_starts(text))
        if not doubtful and not starts:
            return
        noise = noise_of(text, context.language)
        following = {a.span.start: b for a, b in pairwise(blocks)}
        previous = {b.span.start: a for a, b in pairwise(blocks)}
        for block in doubtful:
            yield from _head(text, block, previous.get(block.span.start), noise, context.language)
            yield from _tail(text, block, noise)
            yield from _end(text, block, following.get(block.span.start), len(blocks), context.language)
        for start, end in starts:
            if _starts_sentence(text, start, end, context.language):
                yield _capital(text, start, "after a full stop")


def _looks_odd(text: str, block: Block) -> bool:
    """Whether a block begins or ends with anything but a word or capital, and a sentence's end."""
    first, last = text[block.span.start], text[block.span.end - 1]
    return last not in '.?!…:;”")' or first.islower() or not (first.isalnum() or first in "-–—+*•(“\"'‘[")


def _prose(text: str, block: Block) -> bool:
    content = text[block.span.slice]
    return len(content.split()) >= _PROSE_WORDS and _SENTENCE.search(content) is not None


def _head(
    text: str, block: Block, before: Block | None, noise: Noise, language: LanguageModel
) -> Iterator[Finding]:
    start = block.span.start
    match = _HEAD.match(text, start)
    if match and _prose(text, block) and text[match.end()].isupper():
        yield _remove(match.start(), match.end(), "at the start of a paragraph", 0.95, safe=noise.high)
    elif text[start].islower() and before and text[before.span.end - 1] in ".?!" and _prose(text, block):
        word = text[start : start + 12].split(maxsplit=1)[0]
        if is_syllable(word) and _prose(text, before) and float(language.score([word])[0]) > _STARTER:
            yield _capital(text, start, "at the start of a paragraph")


def _tail(text: str, block: Block, noise: Noise) -> Iterator[Finding]:
    end = block.span.end
    least = max(block.span.start, end - 12)
    piece = text[least:end]
    match = _TAIL.search(piece) or _STAIN.search(piece)
    if match is None or not _prose(text, block) or in_address(text, end - 1) or piece.endswith("./."):
        return
    start = least + match.start()
    glued = text[start] != " "
    yield _remove(
        start, end, "at the end of a paragraph", 0.97 if not glued else 0.95, safe=noise.high or not glued
    )


def _end(
    text: str, block: Block, after: Block | None, blocks: int, language: LanguageModel
) -> Iterator[Finding]:
    end = block.span.end
    last = text[end - 1]
    if not (last == "," or last.islower()) or not _prose(text, block):
        return
    if after is not None and not text[after.span.start].isupper():
        return
    bare = end - 1 if last == "," else end
    context = language.token_ids(text[max(block.span.start, bare - _WINDOW) : bare])[-3:]
    if len(context) < 3 or int(context[-1]) <= UNKNOWN_ID or in_address(text, bare - 1):
        return
    marks = np.array([language.word_id("."), language.word_id(",")], dtype=np.int64)
    stop, comma = language.logp(marks, [np.full(2, c) for c in context]).tolist()
    if last == ",":
        if stop >= _PLAIN_END and stop - comma >= _RATHER_STOP:
            sure = after is not None or blocks == 1
            yield _stop(MISREAD_STOP, bare, end, 0.96 if sure else 0.75, safe=sure)
    elif stop >= _LIKELY_END:
        yield _stop(LOST_CAPITAL, end, end, 0.8, safe=False)


def _small_starts(text: str) -> Iterator[tuple[int, int]]:
    for match in _SMALL_START.finditer(text):
        if match.group().islower() and is_syllable(match.group()):
            yield match.span()


def _starts_sentence(text: str, start: int, end: int, language: LanguageModel) -> bool:
    """Whether a small word after a full stop rather starts a sentence than goes on with the one before."""
    before = text[max(0, start - 2 - _WINDOW) : start - 2].rpartition("\n\n")[2]
    left = before.rsplit(maxsplit=1)[-1] if before else ""
    if len(left) < 2 or not left.islower() or not is_syllable(left) or in_address(text, start - 2):
        return False
    ids = language.token_ids(before)[-3:]
    words = language.token_ids(text[start : end + 40].partition("\n")[0])[:3]
    if len(ids) < 3 or len(words) < 3:
        return False
    readings = [[*ids, language.word_id("."), *words], [*ids, *words], [*ids, language.word_id(","), *words]]
    found = [float(language.score_ids(np.array(r, dtype=np.int64))[3:].sum()) for r in readings]
    return found[0] - max(found[1:]) > _SENTENCE_GAIN


_SENTENCE_GAIN: Final = 3.0
"""Nats by which the full stop must fit better than a comma or nothing."""


def _remove(start: int, end: int, where: str, chance: float, *, safe: bool) -> Finding:
    span = Span(start, end)
    safety = Safety.SAFE if safe else Safety.UNSAFE
    return Finding(SPECKLE, span, f"a stain {where}", (Edit(span, ""),), chance if safe else 0.8, safety)


def _stop(rule: Rule, start: int, end: int, chance: float, *, safe: bool) -> Finding:
    message = "the full stop that ends the paragraph was " + ("read as a comma" if end > start else "lost")
    edits = (Edit(Span(start, end), "."),)
    return Finding(rule, Span(start - 1, end), message, edits, chance, Safety.SAFE if safe else Safety.UNSAFE)


def _capital(text: str, start: int, where: str) -> Finding:
    span = Span(start, start + 1)
    message = f'a capital is lost {where}: "{text[start : start + 15].split(maxsplit=1)[0]}"'
    return Finding(LOST_CAPITAL, span, message, (Edit(span, text[start].upper()),), 0.75, Safety.UNSAFE)
