"""Drop caps: the large first letter of a paragraph, read apart from its word or not at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ocrfix.detectors._joins_rules import DETACHED_INITIAL, LOST_INITIAL
from ocrfix.layout import Kind, line_kind
from ocrfix.model import Edit, Finding, Safety, Span
from ocrfix.vietnamese.letters import SHAPES, TONES, compose, is_vietnamese_letter
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ocrfix.detectors._joins_lines import Line
    from ocrfix.detectors.base import Context
    from ocrfix.language_model import LanguageModel

    Ids = NDArray[np.int64]

__all__ = ["initial_findings"]

_APART: Final = re.compile(r"([\"“'‘(]?)([^\W\d_])[ \u00a0]{1,3}([^\W\d_]+)(?![\w.])")
_ALONE: Final = re.compile(r"[\"“'‘]?([^\W\d_])")
_WORD: Final = re.compile(r"[^\W\d_]+")
_LINE_INITIAL: Final = re.compile(r"([^\W\d_])[ \u00a0]+(?=[^\W_])")
_HEAD: Final = 60
"""Characters at the start of a paragraph that its first words are taken from."""
_DROP_LINES: Final = 3
"""Lines beside a drop cap; it may be read in front of the last of them."""
SURE_GAIN: Final = 5.0
SURE_LEAD: Final = 2.0
"""What a letter put back must gain, and by how much it must beat the next best, in nats. Of 1,173 news
paragraphs without their first letter 1,010 pass, all of them with the right letter; of 1,138 texts cut in the
middle of a sentence 4."""
CAPITAL_GAIN: Final = 5.0
CAPITAL_SURE: Final = (9.0, 4.0)
"""The same where the next letter was taken for the capital, to be shown and to be sure. Of 36,040 right
paragraphs one passes the first, none the second; of 2,472 with a lost letter 1,783 and 1,426."""
_PARAGRAPH: Final = 60
"""The least length of a paragraph, in characters, that has a drop cap."""


class _Gain(NamedTuple):
    """What a changed beginning gains, in nats, and by how much it beats the next best change."""

    word: str
    gain: float
    lead: float


def initial_findings(lines: list[Line], groups: list[Span], context: Context) -> Iterator[Finding]:
    """Detached and lost initials at the beginnings of paragraphs.

    Parameters: ``lines`` and ``groups`` as from `_joins_lines`; ``context``, whose language model is asked
    where a paragraph begins with one letter or a small letter.
    """
    capitals: list[Line] = []
    for number, group in enumerate(groups):
        head = lines[group.start]
        if len(head.text) == 1 and head.case == "upper":
            if number + 1 < len(groups):
                yield from _alone(head, lines[group.end], context)
            continue
        if head.case == "upper":
            if " " in head.text[1:3]:
                yield from _apart(head, context)
            elif lines[group.end - 1].end - head.start >= 2 * _PARAGRAPH and not head.item:
                capitals.append(head)
        elif head.case == "lower" and _begins_anew(lines, groups, number):
            found = list(_misplaced(lines, group.start, context))
            yield from found or _lost(lines, group, context)
    if capitals:
        yield from _lost_before_capital(capitals, context.language)


def _begins_anew(lines: list[Line], groups: list[Span], number: int) -> bool:
    """Whether the paragraph cannot be the rest of the one before it."""
    head = lines[groups[number].start]
    if head.item or not is_vietnamese_letter(head.text[0]):
        return False
    if number == 0:
        return True
    before = lines[groups[number].start - 1]
    return before.closed or line_kind(before.text) not in (Kind.PARAGRAPH, Kind.LIST_ITEM)


def _score(words: tuple[str, ...], after: Ids, language: LanguageModel) -> float:
    """Log-probability of words and of what follows them, at the start of a sentence, in nats."""
    ids = np.array([language.word_id(word) for word in words], dtype=np.int64)
    return float(language.score_ids(np.concatenate((ids, after))).sum())


def _following(text: str, language: LanguageModel) -> Ids:
    """The first three tokens of a text, as the language model counts them."""
    return language.token_ids(text[:_HEAD])[:3]


def _apart(head: Line, context: Context) -> Iterator[Finding]:
    match = _APART.match(head.text)
    if match is None or len(head.text) < _PARAGRAPH // 3 or not match[2].isupper():
        return
    start = head.start + match.end(2)
    yield from _detached(
        match[2], match[3], head.text[match.end(3) :], Span(start, head.start + match.start(3)), context
    )


def _alone(letter_line: Line, rest: Line, context: Context) -> Iterator[Finding]:
    match = _WORD.match(rest.text)
    if match is None or rest.gap > 3 or rest.pages or rest.item or len(rest.text) < 12:
        return
    yield from _detached(
        letter_line.text, match.group(), rest.text[match.end() :], Span(letter_line.end, rest.start), context
    )


def _detached(letter: str, rest: str, after: str, gap: Span, context: Context) -> Iterator[Finding]:
    if not (rest.islower() or (rest.isupper() and len(rest) > 1)):
        return
    whole = letter + (rest.lower() if rest.islower() else rest)
    if not is_syllable(whole):
        return
    language = context.language
    following = _following(after, language)
    gain = _score((whole,), following, language) - _score((letter, rest), following, language)
    # One word fewer gains about the price of a word; a letter that is a word of its own must gain more.
    least = 10.0 if is_syllable(letter) else 5.0
    if not language.known(whole) or gain < least:
        return
    safe = gain >= least + 3 and len(following) > 0
    yield Finding(
        DETACHED_INITIAL,
        Span(gap.start - 1, gap.end + len(rest)),
        f'the first letter stands apart: "{whole}"',
        (Edit(gap, ""),),
        0.97 if safe else 0.8,
        Safety.SAFE if safe else Safety.UNSAFE,
        {"gain": round(gain, 2)},
    )


def _misplaced(lines: list[Line], first: int, context: Context) -> Iterator[Finding]:
    """A paragraph without its initial, which stands in front of one of the next lines."""
    head = lines[first]
    word = _WORD.match(head.text)
    if word is None:
        return
    for line in lines[first + 1 : first + 1 + _DROP_LINES]:
        match = _LINE_INITIAL.match(line.text)
        if line.gap > 2 or line.pages:
            return
        if match is None or not match[1].isupper() or not is_syllable(match[1] + word.group()):
            continue
        language = context.language
        following = _following(head.text[word.end() :], language)
        whole = match[1] + word.group()
        gain = _score((whole,), following, language) - _score((word.group(),), following, language)
        if gain < 2.0:
            continue
        safe = gain >= 4.0
        place = line.start
        yield Finding(
            DETACHED_INITIAL,
            Span(head.start, place + 1),
            f'the first letter stands before another line: "{whole}"',
            (
                Edit(Span(head.start, head.start), match[1], source=Span(place, place + 1)),
                Edit(Span(place, place + match.end()), ""),
            ),
            0.96 if safe else 0.8,
            Safety.SAFE if safe else Safety.UNSAFE,
            {"gain": round(gain, 2)},
        )
        return


def _letters() -> tuple[str, ...]:
    consonants = tuple("bcdđghklmnpqrstvx")
    vowels = tuple(
        compose(base, shape, tone)
        for base, shapes in (
            ("a", (0, 1, 2)),
            ("e", (0, 2)),
            ("i", (0,)),
            ("o", (0, 2, 3)),
            ("u", (0, 3)),
            ("y", (0,)),
        )
        for shape in shapes
        for tone in range(len(TONES))
    )
    assert len(SHAPES) == 5
    return consonants + vowels


def _best(word: str, following: Ids, language: LanguageModel) -> _Gain | None:
    """The letter that, put before ``word``, makes a syllable that fits best."""
    wholes = [c + word for c in _letters() if is_syllable(c + word)]
    if not wholes:
        return None
    base = _score((word,), following, language)
    scores = np.array([_score((whole,), following, language) for whole in wholes])
    order = np.argsort(-scores)
    best = int(order[0])
    lead = float(scores[best] - scores[order[1]]) if len(order) > 1 else 99.0
    return _Gain(wholes[best], float(scores[best]) - base, lead)


def _lost(lines: list[Line], group: Span, context: Context) -> Iterator[Finding]:
    head = lines[group.start]
    length = lines[group.end - 1].end - head.start
    word = _WORD.match(head.text)
    if (
        word is None
        or length < _PARAGRAPH
        or not word.group().islower()
        or head.text[word.end() : word.end() + 1] == "."
    ):
        return
    after = head.text[word.end() :]
    if not after.startswith((" ", ",")):
        return
    language = context.language
    following = _following(after, language)
    if len(following) < 2:
        return
    best = _best(word.group(), following, language)
    if best is None or best.gain < 4.0 or best.lead < 1.5:
        return
    safe = best.gain >= SURE_GAIN and best.lead >= SURE_LEAD and language.known(best.word)
    whole = best.word[0].upper() + best.word[1:]
    yield Finding(
        LOST_INITIAL,
        Span(head.start, head.start + word.end()),
        f'the first letter is lost: "{whole}"',
        (Edit(Span(head.start, head.start + word.end()), whole),),
        0.95 if safe else 0.75,
        Safety.SAFE if safe else Safety.UNSAFE,
        {"gain": round(best.gain, 2), "lead": round(best.lead, 2)},
    )


def _lost_before_capital(heads: list[Line], language: LanguageModel) -> Iterator[Finding]:
    """Paragraphs whose next letter was taken for the capital (Hát huy for Phát huy)."""
    table = np.zeros((len(heads), 4), dtype=np.int64)
    for row, head in enumerate(heads):
        ids = language.token_ids(head.text[:_HEAD])[:4]
        table[row, : len(ids)] = ids
    none = np.zeros(len(heads), dtype=np.int64)
    # How much the first word draws the second: next to nothing where it is not the word that was meant.
    drawn = (
        language.logp(table[:, 1].copy(), [none, none, table[:, 0].copy()]) - language.unigram[table[:, 1]]
    )
    for row in map(int, np.flatnonzero(drawn < 0.5)):
        head = heads[row]
        word = _WORD.match(head.text)
        if word is None or not head.text.startswith(" ", word.end()):
            continue
        best = _best(word.group().lower(), table[row, 1:], language)
        if best is None or best.gain < CAPITAL_GAIN or best.lead < SURE_LEAD or not language.known(best.word):
            continue
        safe = best.gain >= CAPITAL_SURE[0] and best.lead >= CAPITAL_SURE[1]
        whole = best.word.upper() if word.group().isupper() else best.word[0].upper() + best.word[1:]
        yield Finding(
            LOST_INITIAL,
            Span(head.start, head.start + word.end()),
            f'the first letter may be lost: "{whole}"',
            (Edit(Span(head.start, head.start + word.end()), whole),),
            0.95 if safe else 0.8,
            Safety.SAFE if safe else Safety.UNSAFE,
            {"gain": round(best.gain, 2), "lead": round(best.lead, 2)},
        )
