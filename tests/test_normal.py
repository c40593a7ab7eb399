"""Composed form: the same as Unicode's, also where marks stand in long rows."""

from __future__ import annotations

import random
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ocrfix.vietnamese.normal import nfc

MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u0327\u0344\u0340\u0345\u05b0\u0e38\u1dce\U0001d167"


@given(st.text())
def test_any_text(text):
    assert nfc(text) == unicodedata.normalize("NFC", text)


@given(st.integers(0, 10**6))
def test_long_rows_of_marks(seed):
    rng = random.Random(seed)
    pieces = []
    for _ in range(rng.randint(1, 4)):
        pieces.append(rng.choice(("a", "ô", "ợ", "\u0e01", "가", "ᄀ", "", "xã ", "क", "ﬁ")))
        pieces += rng.choices(MARKS, k=rng.choice((0, 3, 63, 64, 65, 200)))
    text = "".join(pieces)
    assert nfc(text) == unicodedata.normalize("NFC", text)
