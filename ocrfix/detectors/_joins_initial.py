"""Drop caps: the large first letter of a paragraph, read apart from its word or not at all."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache, lru_cache
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ocrfix.detectors._joins_rules import DETACHED_INITIAL, LOST_INITIAL
from ocrfix.language_model.model import UNKNOWN_ID
from ocrfix.layout import Kind, line_kind
from ocrfix.model import Edit, Finding, Safety, Span
from ocrfix.vietnamese.letters import SHAPES, TONES, compose, is_vietnamese_letter, strip_tone
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ocrfix.detectors._joins_lines import Line
    from ocrfix.detectors.base import Context
    from ocrfix.language_model import LanguageModel

    Ids = NDArray[np.int64]

__all__ = ["Gain", "best_initials", "initial_findings", "initials", "is_sure", "lost_initials"]

_APART: Final = re.compile(r"([\"“'‘(]?)([^\W\d_])[ \u00a0]{1,3}([^\W\d_]+)(?![\w.])")
_ALONE: Final = re.compile(r"[\"“'‘]?([^\W\d_])")
_WORD: Final = re.compile(r"[^\W\d_]+")
_LINE_INITIAL: Final = re.compile(r"([^\W\d_])[ \u00a0]+(?=[^\W_])")
_HEAD: Final = 60
"""Characters at the start of a paragraph that its first words are taken from."""
_TWO_WORDS: Final = 24
"""Characters that hold two words and the beginning of a third, as a rule."""
_AFTER: Final = 3
"""Words after the first one that tell whether it fits."""
_BEGINNING: Final = 3
"""Letters at the beginning of a word that tell whether the model may know it."""
_DROP_LINES: Final = 3
"""Lines beside a drop cap; it may be read in front of the last of them."""
LEAST_GAIN: Final = 2.0
SURE_GAIN: Final = 3.0
SURE_LEAD: Final = 1.0
"""What a letter put back must gain, to be shown and to be sure, and by how much it must beat the next best
letter, in nats. Of 2,554 sentences of the news without their first letter 94 % pass, 99.4 % of them with the
right letter; of 11,418 texts cut in the middle of a sentence 0.1 %."""
CAPITAL_GAIN: Final = 3.0
CAPITAL_SURE: Final = (8.0, 2.0)
UNKNOWN_SURE: Final = (4.5, 1.5)
"""The same where the next letter was taken for the capital, and gain and lead with which it is sure, for a
word that may be a name (Hường) and for one that the model does not know. None of 2,554 right sentences passes
the first."""
UNKNOWN_COST: Final = 3.0
"""What a first word that the model does not know costs, in nats, since any such word counts as one."""
ASKED_DRAWN: Final = 1.0
ASKED_RARE: Final = -9.5
"""First words are asked about that draw the second word by less than this, or are as rare, in nats."""
_NEARBY: Final = 3000
"""Characters on each side in which a first word that stands inside a line as well is right as it is."""
_PARAGRAPH: Final = 60
"""The least length of a paragraph, in characters, that has a drop cap."""
_start: Final = attrgetter("start")


class Gain(NamedTuple):
    """What a changed beginning gains, in nats, and by how much it beats the next best change."""

    word: str
    gain: float
    lead: float


def lost_initials(lines: list[Line], groups: list[Span], language: LanguageModel) -> dict[int, Gain | None]:
    """What the paragraphs that begin with a small letter may have lost, by the number of the paragraph."""
    found = [
        number
        for number, group in enumerate(groups)
        if lines[group.start].case == "lower" and lines[group.start].text[0].isalpha()
    ]
    if not found:
        return {}
    texts = [lines[groups[number].start].text[:_HEAD] for number in found]
    return dict(zip(found, best_initials(texts, language), strict=True))


def initial_findings(
    lines: list[Line], groups: list[Span], lost: Mapping[int, Gain | None], context: Context
) -> Iterator[Finding]:
    """Detached and lost initials at the beginnings of paragraphs.

    Parameters: ``lines`` and ``groups`` as from `_joins_lines`; ``lost`` as from `lost_initials`;
    ``context``, whose language model is asked where a paragraph begins with one letter or a small letter.
    """
    capitals: list[Line] = []
    alone = False
    for number, group in enumerate(groups):
        head = lines[group.start]
        below, alone = alone, len(head.text) == 1 and head.case == "upper"
        if alone:
            if number + 1 < len(groups):
                yield from _alone(head, lines[group.end], context)
            continue
        if below:
            continue
        if head.case == "upper":
            found = list(_apart(head, context)) if " " in head.text[1:3] else []
            yield from found
            if not found and lines[group.end - 1].end - head.start >= _PARAGRAPH and not head.item:
                capitals.append(head)
        elif head.case == "lower" and _begins_anew(lines, groups, number):
            found = list(_misplaced(lines, group.start, context))
            yield from found or _lost(lines, group, lost.get(number), context)
    if capitals:
        yield from _lost_before_capital(capitals, lines, context.language)


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
    return language.token_ids(text[:_HEAD])[:_AFTER]


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
    language = context.language
    if not (is_syllable(whole) or (len(whole) >= 5 and not language.known(rest))):
        return
    following = _following(after, language)
    gain = _score((whole,), following, language) - _score((letter, rest), following, language)
    # One word fewer gains about the price of a word; a letter that is a word of its own must gain more.
    # A rest that is no word (A nh) leaves nothing else.
    word = is_syllable(rest) and language.known(rest)
    least = 3.0 if not word else 10.0 if is_syllable(letter) else 5.0
    if not language.known(whole) or gain < least:
        return
    safe = gain >= least + (3 if word else 0) and len(following) > 0
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


@cache
def initials() -> tuple[str, ...]:
    """The small letters that a Vietnamese word may have lost at its beginning."""
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


@lru_cache(maxsize=20_000)
def _wholes(word: str, language: LanguageModel) -> list[str]:
    """The words that the model knows which are ``word`` with a letter before it."""
    letters = _letters_before(word[: _BEGINNING - 1], language)
    return [letter + word for letter in letters if language.known(letter + word)]


@lru_cache(maxsize=20_000)
def _letters_before(begin: str, language: LanguageModel) -> list[str]:
    """The letters after which a word that the model knows may go on with ``begin``."""
    begun = _beginnings(language)
    return [letter for letter in initials() if _beginning(letter + begin) in begun]


def _beginning(word: str) -> str:
    """The first letters of a word without tone marks, which its other spellings have as well."""
    return strip_tone(word[:_BEGINNING])[0]


@lru_cache(maxsize=4)
def _beginnings(language: LanguageModel) -> frozenset[str]:
    """How the words begin that the model knows: most letters make no word with what follows."""
    return frozenset(map(_beginning, {word[:_BEGINNING] for word in language.words}))


@lru_cache(maxsize=20_000)
def _whole_ids(word: str, language: LanguageModel) -> list[int]:
    """The numbers of the words that `_wholes` gives."""
    return language.word_ids(_wholes(word, language))


def best_initials(texts: Sequence[str], language: LanguageModel) -> list[Gain | None]:
    """The letter that, put before the first word of each text, makes a syllable that fits best.

    Parameters: ``texts``, beginnings of paragraphs; ``language``, asked once for all of them. None for a text
    that does not begin with a word, or whose word is none with any letter before it.
    """
    firsts: list[int] = []
    afters: list[list[int]] = []
    sizes: list[int] = []
    wholes: list[list[str]] = []
    for text in texts:
        word = _WORD.match(text)
        lower = word.group().lower() if word else ""
        found = _wholes(lower, language) if lower else []
        wholes.append(found)
        if found:
            after = language.ids_of(text[len(lower) :][:_HEAD])[:_AFTER]
            firsts.append(language.word_id(lower))
            firsts += _whole_ids(lower, language)
            afters.append(after + [-1] * (_AFTER - len(after)))
            sizes.append(1 + len(found))
    if not firsts:
        return [None] * len(texts)
    table = np.empty((len(firsts), 1 + _AFTER), dtype=np.int64)
    table[:, 0] = firsts
    table[:, 1:] = np.repeat(np.array(afters, dtype=np.int64), sizes, axis=0)
    scores = _row_scores(table, language)
    out: list[Gain | None] = []
    place = 0
    for found in wholes:
        if not found:
            out.append(None)
            continue
        own = scores[place + 1 : place + 1 + len(found)]
        if table[place, 0] == UNKNOWN_ID:
            scores[place] -= UNKNOWN_COST
        order = np.argsort(-own, kind="stable")
        best = int(order[0])
        lead = float(own[best] - own[order[1]]) if len(order) > 1 else 99.0
        out.append(Gain(found[best], float(own[best] - scores[place]), lead))
        place += 1 + len(found)
    return out


def _row_scores(table: Ids, language: LanguageModel) -> NDArray[np.float64]:
    """Log-probability of each row of words at the start of a sentence; -1 stands for no word."""
    reach = language.order - 1
    padded = np.concatenate((np.zeros((len(table), reach), dtype=np.int64), np.maximum(table, 0)), axis=1)
    width = table.shape[1]
    words = padded[:, reach:].ravel()
    scores = language.logp(words, [padded[:, k : k + width].ravel() for k in range(reach)])
    there: NDArray[np.float64] = np.where(table >= 0, scores.reshape(table.shape), 0.0).sum(axis=1)
    return there


def is_sure(best: Gain | None, language: LanguageModel) -> bool:
    """Whether a paragraph has surely lost the letter."""
    return (
        best is not None and best.gain >= SURE_GAIN and best.lead >= SURE_LEAD and language.known(best.word)
    )


def _lost(lines: list[Line], group: Span, best: Gain | None, context: Context) -> Iterator[Finding]:
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
    if best is None or best.gain < LEAST_GAIN or best.lead < SURE_LEAD:
        return
    if len(_following(after, context.language)) < 2:
        return
    safe = is_sure(best, context.language)
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


def _stands_nearby(word: str, head: Line, lines: list[Line]) -> bool:
    """Whether a word with a capital stands inside a line nearby too, as a name does that is told of."""
    inside = re.compile(rf"\S [\"“‘(]?{word}(?!\w)")
    place = bisect_left(lines, head.start, key=_start)
    before = lines[max(0, bisect_left(lines, head.start - _NEARBY, key=_start) - 1) : place]
    after = lines[place : bisect_left(lines, head.start + _NEARBY, key=_start)]
    ends = chain((line.text[-_NEARBY:] for line in before), (line.text[:_NEARBY] for line in after))
    return any(map(inside.search, ends))


def _lost_before_capital(heads: list[Line], lines: list[Line], language: LanguageModel) -> Iterator[Finding]:
    """Paragraphs whose next letter was taken for the capital (Hát huy for Phát huy)."""
    heads = [h for h in heads if (m := _WORD.match(h.text)) and _wholes(m.group().lower(), language)]
    if not heads:
        return
    table = np.zeros((len(heads), 2), dtype=np.int64)
    for row, head in enumerate(heads):
        ids = language.token_ids(head.text[:_TWO_WORDS])
        if len(ids) < 3:  # the second word may be cut
            ids = language.token_ids(head.text[:_HEAD])
        table[row, : len(ids)] = ids[:2]
    none = np.zeros(len(heads), dtype=np.int64)
    # How much the first word draws the second: next to nothing where it is not the word that was meant.
    drawn = (
        language.logp(table[:, 1].copy(), [none, none, table[:, 0].copy()]) - language.unigram[table[:, 1]]
    )
    asked = (drawn < ASKED_DRAWN) | (language.unigram[table[:, 0]] < ASKED_RARE)
    doubtful = [heads[row] for row in map(int, np.flatnonzero(asked))]
    for head, best in zip(doubtful, best_initials([h.text for h in doubtful], language), strict=True):
        word = _WORD.match(head.text)
        if word is None or not head.text.startswith(" ", word.end()):
            continue
        if best is None or best.gain < CAPITAL_GAIN or best.lead < SURE_LEAD or not language.known(best.word):
            continue
        if _stands_nearby(word.group(), head, lines):
            continue
        least = CAPITAL_SURE if language.known(word.group()) else UNKNOWN_SURE
        safe = best.gain >= least[0] and best.lead >= least[1]
        letter = len(word.group()) == 1
        if letter and not safe:
            continue  # Ở may begin any sentence
        safe = safe and not letter
        whole = (
            best.word.upper()
            if word.group().isupper() and not letter
            else best.word[0].upper() + best.word[1:]
        )
        yield Finding(
            LOST_INITIAL,
            Span(head.start, head.start + word.end()),
            f'the first letter may be lost: "{whole}"',
            (Edit(Span(head.start, head.start + word.end()), whole),),
            0.95 if safe else 0.8,
            Safety.SAFE if safe else Safety.UNSAFE,
            {"gain": round(best.gain, 2), "lead": round(best.lead, 2)},
        )
