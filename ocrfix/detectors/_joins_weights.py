"""How much each thing counts that speaks for or against two halves of a sentence.

Learned by logistic regression (scikit-learn, C = 1) from 151,000 pairs of paragraphs: 15,600 documents made
of 1,000 news paragraphs, one or two of them broken at a chance place (next to each other, around captions,
headlines and side boxes, over columns, up to ten blocks apart) or without their first letter, and 1,500 right
documents (news, laws, papers of universities) that have headings, captions and entries without a full stop.
The numbers are log-odds, in nats, for each unit of a thing.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ALONE", "RIVALS", "THRESHOLDS"]

ALONE: Final = {
    "small": 3.98,
    "figure": 3.72,
    "seam": 0.91,
    "small seam": -0.36,
    "open": 0.24,
    "quotes": 2.55,
    "never closed": -0.6,
    "never opened": -1.95,
    "distance": -0.86,
    "length": 1.46,
    "more length": -0.05,
    "heading": -0.55,
    "rest closed": -0.19,
    "rest length": -0.54,
    "headings between": 0.03,
    "comma": 0.38,
    "orphan": 0.63,
    "echo": 3.02,
    "names": 1.02,
    "always": -5.85,
}
"""A pair taken by itself, see `_joins_pairs.features`."""

RIVALS: Final = {
    "far capital": {
        "alone": 1.07,
        "left rival": -0.24,
        "left rival seam": -0.26,
        "right rival": -0.21,
        "right rival fit": 0.05,
        "no left rival": -0.09,
        "no right rival": 0.01,
        "small rivals": -0.88,
        "strong": -0.25,
        "heading": -0.01,
        "seam": -0.07,
        "quotes": 0.08,
        "always": -0.17,
    },
    "far small": {
        "alone": 1.49,
        "left rival": -0.34,
        "left rival seam": -0.01,
        "right rival": -0.81,
        "right rival fit": 0.01,
        "no left rival": -1.06,
        "no right rival": -0.75,
        "small rivals": -0.02,
        "strong": -0.86,
        "heading": -0.61,
        "seam": -0.22,
        "quotes": -2.27,
        "always": 1.25,
    },
    "near capital": {
        "alone": 0.78,
        "left rival": -0.28,
        "left rival seam": -0.01,
        "right rival": -0.27,
        "right rival fit": 0.03,
        "no left rival": 0.32,
        "no right rival": 0.09,
        "small rivals": -1.32,
        "strong": -1.19,
        "heading": -1.83,
        "seam": 0.09,
        "quotes": 1.08,
        "always": -1.72,
    },
    "near small": {
        "alone": 1.64,
        "left rival": -0.59,
        "left rival seam": 0.25,
        "right rival": -0.59,
        "right rival fit": -0.0,
        "no left rival": 0.37,
        "no right rival": 0.56,
        "small rivals": -0.11,
        "strong": -2.97,
        "heading": -4.24,
        "seam": -0.28,
        "quotes": 0.15,
        "always": -0.44,
    },
}
"""A pair among all others, see `_joins_pairs.rival_features`, for neighbours ("near") or not and a rest that
begins with a small letter or not."""

THRESHOLDS: Final = {
    ("near small", True): (0.0, -1.0),
    ("near small", False): (1.5, 0.0),
    ("far small", True): (0.0, -1.5),
    ("far small", False): (0.0, -1.0),
    ("near capital", True): (3.0, 0.5),
    ("near capital", False): (4.0, 1.0),
    ("far capital", True): (1.5, 0.5),
    ("far capital", False): (3.5, 1.5),
}
"""The scores from which a pair is safe and unsafe, by class and by whether the first half is surely none of
heading, caption and entry. Of the pairs that were chosen in the documents above, about 85 % and 65 % of
those just over the thresholds are right, and 98 % of all that are safe; the weights were
learned from these very documents."""
