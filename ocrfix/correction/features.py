"""What speaks for and against a change: the named features of the confidence model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocrfix.correction.decoder import Decoded, Place
from ocrfix.correction.reading import Reading
from ocrfix.language_model import LanguageModel
from ocrfix.language_model.model import UNKNOWN_ID
from ocrfix.vietnamese.letters import strip_marks, strip_tone
from ocrfix.vietnamese.syllable import canonical, is_syllable

__all__ = ["NAMES", "NARROW", "Change", "changes", "features", "is_name", "noise_level"]

NARROW: Final = (
    "margin", "margin_3", "margin_8",  # log-odds of the change against the reading, nats, in hinges
    "rival", "rival_2",  # log-odds against the next best candidate
    "cost", "cost_6",  # channel cost, nats
    "gain",  # what the model gains in the window, nats
    "fit",  # log-probability of the window after the change, nats
    "unknown", "syllable", "foreign",  # what the reading looks like
    "stands", "stands_meant",  # how often the reading stands unchallenged, and the other word at all (log)
    "repeats",  # how often the same change is proposed elsewhere (log)
    "name", "name_near", "capitals",  # letter case: capital inside a sentence, beside one, all capitals
    "noise",  # log of the document's share of misread words
    "common", "common_meant",  # unigram log-probabilities, nats
    "crowd",  # doubtful places decoded together
    "length", "short",  # letters of the reading; two or fewer
    "tone_only", "marks_only", "digits",
    "words",  # log of the document's number of words
    "quoted",  # right after a quotation mark
    "held", "held_meant",  # lengths of the n-grams that both rest on
)  # fmt: skip
"""Without the context model."""
NAMES: Final = (
    *NARROW,
    "narrow_margin",  # log-odds before the context model was asked
    "sentence",  # what the context model says of the change against the reading, nats
    "sentence_meant", "sentence_own",  # log-probability of each, by the context model alone
    "asked",
)  # fmt: skip
_ENDS: Final = frozenset({"", ".", "?", "!", ":", "...", "…", "-", "–"})
_PRIOR_WORDS: Final = 100.0
_PRIOR_MISREAD: Final = 0.3


@dataclass(frozen=True)
class Change:
    """The best change at a place: ``pick``, its index in the place's options; ``reading``, canonical."""

    place: Place
    pick: int
    reading: str
    meant: str


def changes(reading: Reading, decoded: Decoded, model: LanguageModel, least: float = 0.2) -> list[Change]:
    """The best change of every place where one has a posterior of at least ``least``."""
    found = []
    for place in decoded.places:
        if len(place.options) < 2:
            continue
        pick = 1 + int(place.posterior[1:].argmax())
        if place.posterior[pick] >= least:
            word = model.words[int(place.options[pick])]
            found.append(Change(place, pick, canonical(reading.surfaces[place.at]), word))
    return found


def noise_level(reading: Reading, decoded: Decoded) -> float:
    """Share of the document's words that are thought to be misread, with a prior of 0.3 % on 100 words."""
    words = int(reading.words.sum())
    misread = sum(
        1.0 - float(p.posterior[0]) for p in decoded.places if len(p.options) > 1 and p.posterior[0] < 0.5
    )
    return (misread + _PRIOR_MISREAD) / (words + _PRIOR_WORDS)


def is_quoted(reading: Reading, at: int) -> bool:
    """Whether a word stands right after a quotation mark."""
    before, starts = reading.surfaces[at - 1], reading.starts
    return bool(before) and int(starts[at] - starts[at - 1]) > len(before) + 1


def is_name(reading: Reading, at: int) -> bool:
    """Whether a word has a capital where no sentence or title begins."""
    capital = reading.surfaces[at][:1].isupper()
    return capital and reading.surfaces[at - 1] not in _ENDS and not is_quoted(reading, at)


def features(
    reading: Reading,
    decoded: Decoded,
    found: list[Change],
    model: LanguageModel,
    names: Sequence[str] = NAMES,
) -> NDArray[np.float64]:
    """One row a change, one column a name of ``names``, some of `NAMES`."""
    rows = np.zeros((len(found), len(NAMES)))
    columns = [NAMES.index(name) for name in names]
    if not found:
        return rows[:, columns]
    stands = Counter(reading.ids.tolist())
    unknown_stands = Counter(reading.surfaces[i] for i in (reading.ids == UNKNOWN_ID).nonzero()[0].tolist())
    repeats = Counter((c.reading, c.meant) for c in found)
    challenged = Counter(c.reading for c in found)
    noise = float(np.log(noise_level(reading, decoded)))
    words = float(np.log1p(reading.words.sum()))
    for row, change in zip(rows, found, strict=True):
        row[:] = _row(reading, change, model, stands, unknown_stands, repeats, challenged, noise, words)
    return rows[:, columns]


def _row(  # noqa: PLR0913, PLR0917
    reading: Reading,
    change: Change,
    model: LanguageModel,
    stands: Counter[int],
    unknown_stands: Counter[str],
    repeats: Counter[tuple[str, str]],
    challenged: Counter[str],
    noise: float,
    words: float,
) -> list[float]:
    place, pick = change.place, change.pick
    posterior = place.posterior.astype(float)
    tiny = 1e-12
    margin = float(np.clip(np.log((posterior[pick] + tiny) / (posterior[0] + tiny)), -4, 20))
    others = posterior.copy()
    others[[0, pick]] = 0
    rival = float(np.clip(np.log((posterior[pick] + tiny) / (others.max() + tiny)), -2, 12))
    cost = float(place.costs[pick])
    surface = reading.surfaces[place.at]
    before, after = reading.surfaces[place.at - 1], reading.surfaces[place.at + 1]
    own, meant = int(place.options[0]), int(place.options[pick])
    unknown = own == UNKNOWN_ID
    elsewhere = (unknown_stands[surface] if unknown else stands[own]) - challenged[change.reading]
    syllable = is_syllable(surface)
    quoted, name = is_quoted(reading, place.at), is_name(reading, place.at)
    # A capital after a sentence end says nothing about names.
    near = after[:1].isupper() or (before[:1].isupper() and reading.surfaces[place.at - 2] not in _ENDS)
    same_skeleton = strip_marks(change.reading) == strip_marks(change.meant)
    tone_only = strip_tone(change.reading)[0] == strip_tone(change.meant)[0]
    return [
        margin, max(margin - 3, 0), max(margin - 8, 0),
        rival, max(rival - 2, 0),
        cost, max(cost - 6, 0),
        float(np.clip(place.lm[pick] - place.lm[0], -5, 40)),
        float(place.lm[pick]),
        unknown, syllable, not syllable and change.reading.isascii(),
        float(np.log1p(max(0, elsewhere))), float(np.log1p(stands[meant])),
        float(np.log(repeats[change.reading, change.meant])),
        name, near, surface.isupper(),
        noise,
        float(model.unigram[own]), float(model.unigram[meant]),
        float(np.log(place.crowd)),
        len(surface), len(surface) <= 2,
        tone_only, same_skeleton, any(c.isdigit() for c in surface),
        words, quoted,
        int(place.held[0]), int(place.held[pick]),
        *_sentence(place, pick, margin),
    ]  # fmt: skip


def _sentence(place: Place, pick: int, margin: float) -> list[float]:
    """What the context model says, 0 where it was not asked."""
    if place.context is None or place.narrow is None:
        return [margin, 0.0, 0.0, 0.0, 0.0]
    scores = place.context.astype(float)
    narrow = np.log(place.narrow[[pick, 0]].astype(float) + 1e-12)
    alone = scores - scores.max()
    alone -= np.log(np.exp(alone).sum())
    return [
        float(np.clip(narrow[0] - narrow[1], -4, 20)),
        float(np.clip(scores[pick] - scores[0], -8, 15)),
        float(max(alone[pick], -10)),
        float(max(alone[0], -10)),
        1.0,
    ]
