"""The rules of misread punctuation and letter case, with their doc blocks."""

from __future__ import annotations

from typing import Final

from ocrfix.model import Rule, Safety

__all__ = ["LOST_CAPITAL", "MISREAD_QUOTE", "MISREAD_STOP", "ODD_CASE", "SPECKLE"]

SPECKLE: Final = Rule(
    "NOI006",
    "speckle",
    "A stain read as a mark",
    Safety.SAFE,
    """What it finds
    A mark or a few (' _ - : . , | ~ ˆ ¬ …) between two words that belong together, at the start of a
    paragraph, or after the full stop that ends it.

Example
    before: Đoàn kiểm tra đã làm việc _ với lãnh đạo : xã về công tác bảo vệ - rừng. ¬
    after:  Đoàn kiểm tra đã làm việc với lãnh đạo xã về công tác bảo vệ rừng.

Fix safety
    A small network, trained on pairs of OCR output and truth and on right text, tells how likely the text
    has no mark there: by what the language model gains without it, how strongly the two words call for
    each other, the blanks beside the mark, and how badly the document is read. SAFE from an expected
    precision of 0.95, UNSAFE from 0.7.
    Numbers of list items, abbreviations, initials, codes, bullets and pairs of quotation marks stay, and
    so do blanks to fill in, leaders and pauses (..., __). Where the words are well read, marks that come
    again with a blank on each side, labels with their colon and names such as .docx stay, too.

Risk
    A dash or colon that the author set against custom.
""",
)
ODD_CASE: Final = Rule(
    "WRD008",
    "odd-letter-case",
    "A capital inside a word, or a small letter inside capitals",
    Safety.SAFE,
    """What it finds
    A Vietnamese syllable with a capital after a small letter, or with one small letter among capitals.

Example
    before: Công an đang tÌm người thân của nạn nhân ở HÀ NộI.
    after:  Công an đang tìm người thân của nạn nhân ở HÀ NỘI.

Why it is safe
    Only words that are Vietnamese syllables with a mark of their own (tone, breve, circumflex, horn, đ), that
    the language model knows, and that stand alone. A word with most letters large, or beside words in
    capitals, gets capitals; else small letters. Words without marks (iPhone, YouTube, ThS, kWh, TPHCM) are
    left alone, and so is a spelling that the document repeats.

Risk
    Wordplay and brand names with Vietnamese marks.
""",
)
MISREAD_STOP: Final = Rule(
    "WRD009",
    "misread-stop",
    "A full stop read for a comma, or a comma for a full stop",
    Safety.SAFE,
    """What it finds
    A comma where a sentence ends (a word follows that has a capital only at the start of a sentence), a
    full stop inside a sentence, and a comma at the end of the last sentence of a paragraph.

Example
    before: Xã đã xây mới hai trường học, Ngoài ra, trạm y tế cũng được nâng cấp.
    after:  Xã đã xây mới hai trường học. Ngoài ra, trạm y tế cũng được nâng cấp.

Fix safety
    The network described at NOI006, with what the language model gains by the other mark and how often the
    next word has a capital inside a sentence. SAFE from an expected precision of 0.95, UNSAFE from
    0.7. Abbreviations (TP., ThS.), initials and numbers stay. A comma at the end of a text of several
    paragraphs is unsafe: the sentence may go on elsewhere.

Risk
    Titles of works and names of offices listed with commas, whose first words are common words.
""",
)
MISREAD_QUOTE: Final = Rule(
    "WRD010",
    "misread-quote",
    "A quotation mark read as another sign",
    Safety.SAFE,
    """What it finds
    A pair of quotation marks of which one was read as ', * or +, in the style of its other half.

Example
    before: Phong trào 'Toàn dân đoàn kết” được nhân rộng.
    after:  Phong trào “Toàn dân đoàn kết” được nhân rộng.

Fix safety
    Safe where the other half is a curly quotation mark, or a + is its opening half (some engines read “
    so), and for a straight half where the text has more of them. Otherwise unsafe, or only shown: the
    style of the paper is a guess. Pairs of ' may be what was printed and stay, as apostrophes, feet and
    minutes do.

Risk
    A quotation that was never closed, followed by an apostrophe.
""",
)
LOST_CAPITAL: Final = Rule(
    "WRD011",
    "lost-sentence-boundary",
    "A sentence that lost its full stop or its first capital",
    Safety.UNSAFE,
    """What it finds
    A word with a capital that only starts sentences, with no mark before it; a long paragraph without its
    last full stop; a small letter after a full stop or at the start of a paragraph after a whole one.

Example
    before: Các đối tượng bị bắt giữ ngay trong đêm Hiện vụ án đang được tiếp tục điều tra.
    after:  Các đối tượng bị bắt giữ ngay trong đêm. Hiện vụ án đang được tiếp tục điều tra.

Fix safety
    The lost full stop inside a paragraph is judged by the network described at NOI006, and safe only in a
    text that is badly read elsewhere too; in a well read text it more often parts a heading from its
    text. The other ones are unsafe.

Risk
    A heading or a caption that runs into the text.
""",
)
