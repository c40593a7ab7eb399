"""How much each thing counts that speaks for or against two halves of a sentence.

Learned by logistic regression (scikit-learn, C = 1) from 125,000 pairs of paragraphs: 15,600 documents made
of 1,000 news paragraphs, one or two of them broken at a chance place (next to each other, around captions,
headlines and side boxes, over columns, up to ten blocks apart) or without their first letter, and 1,500 right
documents (news, laws, papers of universities) that have headings, captions and entries without a full stop.
The numbers are log-odds, in nats, for each unit of a thing.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ALONE", "RIVALS", "THRESHOLDS"]

ALONE: Final = {
    "small": 3.99,
    "figure": 3.57,
    "seam": 0.92,
    "small seam": -0.36,
    "open": 0.24,
    "quotes": 2.55,
    "never closed": -0.63,
    "never opened": -2.03,
    "distance": -0.87,
    "length": 1.38,
    "more length": 0.0,
    "heading": -0.59,
    "rest closed": -0.2,
    "rest length": -0.52,
    "headings between": 0.04,
    "comma": 0.38,
    "orphan": 0.67,
    "echo": 2.88,
    "names": 1.02,
    "always": -5.78,
}
"""A pair taken by itself, see `_joins_pairs.features`."""

RIVALS: Final = {
    "far capital": {
        "alone": 1.08,
        "left rival": -0.23,
        "left rival seam": -0.26,
        "right rival": -0.21,
        "right rival fit": 0.05,
        "small rivals": -0.88,
        "strong": -0.26,
        "heading": 0.0,
        "seam": -0.09,
        "quotes": 0.08,
        "always": -0.17,
    },
    "far small": {
        "alone": 1.44,
        "left rival": -0.21,
        "left rival seam": -0.04,
        "right rival": -0.75,
        "right rival fit": 0.01,
        "small rivals": 0.14,
        "strong": -0.83,
        "heading": -0.65,
        "seam": -0.2,
        "quotes": -2.31,
        "always": 0.9,
    },
    "near capital": {
        "alone": 0.8,
        "left rival": -0.35,
        "left rival seam": 0.02,
        "right rival": -0.3,
        "right rival fit": 0.04,
        "small rivals": -1.23,
        "strong": -1.19,
        "heading": -1.82,
        "seam": 0.06,
        "quotes": 0.56,
        "always": -1.81,
    },
    "near small": {
        "alone": 1.6,
        "left rival": -0.63,
        "left rival seam": 0.26,
        "right rival": -0.64,
        "right rival fit": -0.0,
        "small rivals": -0.19,
        "strong": -2.91,
        "heading": -4.18,
        "seam": -0.28,
        "quotes": 0.13,
        "always": -0.31,
    },
}
"""A pair among all others, see `_joins_pairs.rival_features`, for neighbours ("near") or not and a rest that
begins with a small letter or not."""

THRESHOLDS: Final = {
    ("near small", True): (1.0, -1.0),
    ("near small", False): (2.0, 0.0),
    ("far small", True): (0.5, -1.0),
    ("far small", False): (1.0, -0.5),
    ("near capital", True): (3.5, 0.5),
    ("near capital", False): (4.0, 1.0),
    ("far capital", True): (2.0, 0.5),
    ("far capital", False): (4.0, 1.5),
}
"""The scores from which a pair is safe and unsafe, by class and by whether the first half is surely none of
heading, caption and entry. Of the pairs that were chosen in the documents above, more than 90 % and 70 % of
those just over the thresholds are right, and 99 % of all that are safe."""
