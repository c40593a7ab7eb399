"""Marks at the start and the end of paragraphs, and capitals at the start of sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._punctuation_gaps import CAPITAL, Noise, noise_of
from ocrfix.detectors._punctuation_rules import LOST_CAPITAL, MISREAD_STOP, SPECKLE
from ocrfix.detectors._spacing_language import log_probabilities_of_ids
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
_SMALL_START: Final = re.compile(rf"\. (?![{CAPITAL}])(?<=[^\W\d_]\. )([^\W\d_]+)(?= [^\W_])")
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
        doubtful = [place for place, block in enumerate(blocks) if _looks_odd(text, block)]
        starts = list(_small_starts(text))
        if not doubtful and not starts:
            return
        noise = noise_of(text, context.language)
        ends = _ends(text, blocks, doubtful, context.language)
        for place in doubtful:
            yield from _head(text, blocks, place, noise, context.language)
            yield from _tail(text, blocks[place], noise)
            yield from ends.get(place, ())
        for start in _sentence_starts(text, starts, context.language):
            yield _capital(text, start, "after a full stop")


def _looks_odd(text: str, block: Block) -> bool:
    """Whether a block begins or ends with anything but a word or capital, and a sentence's end."""
    first, last = text[block.span.start], text[block.span.end - 1]
    return last not in '.?!…:;”")' or first.islower() or not (first.isalnum() or first in "-–—+*•(“\"'‘[")


def _prose(text: str, block: Block) -> bool:
    content = text[block.span.slice]
    return len(content.split()) >= _PROSE_WORDS and _SENTENCE.search(content) is not None


def _head(
    text: str, blocks: Sequence[Block], place: int, noise: Noise, language: LanguageModel
) -> Iterator[Finding]:
    block, before = blocks[place], blocks[place - 1] if place else None
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


def _ends(
    text: str, blocks: Sequence[Block], places: Sequence[int], language: LanguageModel
) -> dict[int, list[Finding]]:
    """The full stops that blocks lost at their end, by the place of the block among all."""
    asked: list[tuple[int, list[int]]] = []
    for place in places:
        context = _before_end(text, blocks, place, language)
        if context is not None:
            asked.append((place, context))
    if not asked:
        return {}
    stop, comma = language.word_id("."), language.word_id(",")
    readings = [([*context, mark], len(context)) for _, context in asked for mark in (stop, comma)]
    found = [float(one[0]) for one in log_probabilities_of_ids(language, readings)]
    return {
        place: list(_end(text, blocks, place, stop, comma))
        for (place, _), stop, comma in zip(asked, found[::2], found[1::2], strict=True)
    }


def _before_end(text: str, blocks: Sequence[Block], place: int, language: LanguageModel) -> list[int] | None:
    """Ids of the last words of a block that may have lost its full stop; None for other blocks."""
    block = blocks[place]
    end = block.span.end
    last = text[end - 1]
    if not (last == "," or last.islower()) or not _prose(text, block):
        return None
    if place + 1 < len(blocks) and not text[blocks[place + 1].span.start].isupper():
        return None
    bare = end - 1 if last == "," else end
    context: list[int] = language.token_ids(text[max(block.span.start, bare - _WINDOW) : bare])[-3:].tolist()
    if len(context) < 3 or context[-1] <= UNKNOWN_ID or in_address(text, bare - 1):
        return None
    return context


def _end(text: str, blocks: Sequence[Block], place: int, stop: float, comma: float) -> Iterator[Finding]:
    """The full stop that a block lost, where the log-probabilities (nats) of the two marks say so."""
    end = blocks[place].span.end
    if text[end - 1] != ",":
        if stop >= _LIKELY_END:
            yield _stop(LOST_CAPITAL, end, end, 0.8, safe=False)
    elif stop >= _PLAIN_END and stop - comma >= _RATHER_STOP:
        sure = place + 1 < len(blocks) or len(blocks) == 1
        yield _stop(MISREAD_STOP, end - 1, end, 0.96 if sure else 0.75, safe=sure)


def _small_starts(text: str) -> Iterator[tuple[int, int]]:
    for match in _SMALL_START.finditer(text):
        if match.group(1).islower() and is_syllable(match.group(1)):
            yield match.span(1)


def _sentence_starts(text: str, starts: Sequence[tuple[int, int]], language: LanguageModel) -> Iterator[int]:
    """The small words after a full stop that rather start a sentence than go on with the one before."""
    asked: list[tuple[int, list[int], list[int]]] = []
    for start, end in starts:
        before = text[max(0, start - 2 - _WINDOW) : start - 2].rpartition("\n\n")[2]
        left = before.rsplit(maxsplit=1)[-1] if before else ""
        if len(left) < 2 or not left.islower() or not is_syllable(left) or in_address(text, start - 2):
            continue
        ids = language.token_ids(before)[-3:].tolist()
        words = language.token_ids(text[start : end + 40].partition("\n")[0])[:3].tolist()
        if len(ids) == 3 and len(words) == 3:
            asked.append((start, ids, words))
    if not asked:
        return
    between: list[list[int]] = [[language.word_id(".")], [], [language.word_id(",")]]
    readings = [([*ids, *marks, *words], 3) for _, ids, words in asked for marks in between]
    sums = [float(found.sum()) for found in log_probabilities_of_ids(language, readings)]
    for (start, _, _), stop, nothing, comma in zip(asked, sums[::3], sums[1::3], sums[2::3], strict=True):
        if stop - max(nothing, comma) > _SENTENCE_GAIN:
            yield start


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
