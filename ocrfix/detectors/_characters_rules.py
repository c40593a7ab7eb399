"""The rules of the character family."""

from __future__ import annotations

from typing import Final

from ocrfix.model import Rule, Safety

__all__ = ["RULES"]

MOJIBAKE: Final = Rule(
    "ENC001",
    "mojibake",
    "UTF-8 that was read as another character set",
    Safety.SAFE,
    """\
What it finds
    Letters whose UTF-8 bytes were read as Latin-1, Windows-1252, Windows-1258, Mac Roman or another
    character set, once or several times over. A letter of which a byte was lost on the way is restored
    when one letter alone makes a syllable; when several would, the likeliest is offered as unsafe.

Example
    before: á»¦y ban nhÃ¢n dÃ¢n tá»‰nh
    after:  Ủy ban nhân dân tỉnh

Fix safety
    The bytes decode as UTF-8 only if they were UTF-8: chance agreement of three characters is about one
    in a thousand. Detection is ftfy's (Robyn Speer, ftfy 6); quotes, ligatures and line ends stay. What
    decodes to letters foreign to Vietnamese from two-character sequences is unsafe.

Risk
    Text about encodings that shows mojibake on purpose.
""",
)

LEGACY: Final = Rule(
    "ENC002",
    "legacy-charset",
    "Text in an old Vietnamese character set (TCVN3, VNI, VISCII, Windows-1258, VIQR)",
    Safety.SAFE,
    """\
What it finds
    Stretches in TCVN3 (ABC), VNI-Windows, VISCII or Windows-1258 that were read as Latin-1 or
    Windows-1252, VIQR in ASCII, and the letters that some PDF producers shift into the Cyrillic block
    ("ViӋt"). Words among capitals are capitals: TCVN3 has no codes for most of them.

Example
    before: Céng hßa x· héi chñ nghÜa ViÖt Nam
    after:  Cộng hòa xã hội chủ nghĩa Việt Nam

Why it is safe
    A stretch is converted when at least four different words become Vietnamese syllables that were none
    before, and four in five of its marked words are syllables afterwards. Shorter stretches follow the
    rest of their document. A short stretch on its own is unsafe.

Risk
    Capitals that a TCVN3 text had at the start of a sentence come out small. Where a filter has removed
    the soft hyphen, which is ư in TCVN3, the letter is put back only in words that are none without it.
""",
)

NOT_NFC: Final = Rule(
    "ENC003",
    "not-nfc",
    "Letters that are not in Unicode's composed form (NFC)",
    Safety.SAFE,
    """\
What it finds
    Letters written as a base letter and combining marks, where Unicode has one character for both;
    tone and shape marks in an order that does not compose; the same mark twice.

Example
    before: Việt (i, e, combining dot below, combining circumflex)
    after:  Việt (one character ệ)

Why it is safe
    The two forms are canonically equivalent (Unicode Standard Annex #15): they look and mean the same.

Risk
    None known for text that is to be read; a text about Unicode may show the parts on purpose.
""",
)

LOOK_ALIKE: Final = Rule(
    "ENC004",
    "look-alike-letter",
    "A letter of another alphabet in the place of one that looks like it",
    Safety.SAFE,
    """\
What it finds
    ð and Ð (Icelandic eth), ƣ and Ƣ (gha), ǎ, ı, ď, ₫ in Vietnamese words for đ, Đ, ư, Ư, ă, i, đ; Cyrillic
    and Greek letters inside Latin words.

Example
    before: Ðiều 12. Người lao động ðược nghỉ; trƣờng hợp khác
    after:  Điều 12. Người lao động được nghỉ; trường hợp khác

Fix safety
    Safe where the word becomes a Vietnamese syllable among Vietnamese words, an abbreviation in capitals
    (QĐ-UBND), or a word whose other letters are Latin. A word all of whose letters could be Cyrillic or
    Greek is unsafe, and is left alone where the line holds words that are plainly of that alphabet.

Risk
    Icelandic or Turkish names that happen to be Vietnamese syllables.
""",
)

CONTROL: Final = Rule(
    "ENC005",
    "control-character",
    "A control character in running text",
    Safety.SAFE,
    """\
What it finds
    Control characters other than tab, line end and page break; terminal colour codes; Word's soft line
    break and the separators U+2028 and U+2029 (which become line ends); C1 controls that are quotes and
    dashes of Windows-1252.

Example
    before: ông \\x08H không có mặt
    after:  ông H không có mặt

Fix safety
    These characters have no meaning in text. Between two words that would be glued, a space is put and
    the edit is unsafe; C1 controls that would be letters are unsafe too.

Risk
    Data formats that part their fields with control characters.
""",
)

ZERO_WIDTH: Final = Rule(
    "ENC006",
    "zero-width-character",
    "A zero-width character, soft hyphen or byte order mark that does nothing",
    Safety.SAFE,
    """\
What it finds
    Zero-width spaces, joiners, directional marks and byte order marks in Latin text, and soft hyphens
    inside a line.

Example
    before: kiến\\u200b thức
    after:  kiến thức

Fix safety
    They cannot be seen and break search and counting. Joiners in emoji and in scripts that need them,
    and directional marks near right-to-left text, stay. A soft hyphen at a line end stays: it joins a
    word. Between two words that would be glued, a space is put and the edit is unsafe.

Risk
    A zero-width space that marks where a long web address may break is lost.
""",
)

ODD_SPACE: Final = Rule(
    "ENC007",
    "odd-space",
    "A no-break, thin or wide space in the place of an ordinary one",
    Safety.SAFE,
    """\
What it finds
    No-break spaces and the typographic spaces of Unicode.

Example
    before: tỉnh\\u00a0Bến Tre
    after:  tỉnh Bến Tre

Why it is safe
    One space takes the place of each; nothing that can be read changes. Wide spaces beside Chinese or
    Japanese characters stay.

Risk
    Fine typography loses its no-break spaces.
""",
)

FORM: Final = Rule(
    "ENC008",
    "presentation-form",
    "A ligature, full-width sign or letter styled by code point",
    Safety.SAFE,
    """\
What it finds
    Ligatures as single characters (ﬁ), full-width letters and signs outside Chinese or Japanese text, the
    bold and italic letters of Unicode's mathematical block in words, and the no-break hyphen.

Example
    before: Hà Nội，ngày 5/6 （thứ hai）
    after:  Hà Nội, ngày 5/6 (thứ hai)

Why it is safe
    Unicode gives each a compatibility mapping to the ordinary characters. Single mathematical letters
    stay: in a formula the style has a meaning.

Risk
    A text about typography may show the forms on purpose.
""",
)

ENTITY: Final = Rule(
    "ENC009",
    "html-entity",
    "An HTML entity left in the text",
    Safety.SAFE,
    """\
What it finds
    Named and numbered entities such as &nbsp;, &ecirc; and &#7879; in lines without tags.

Example
    before: Vi&ecirc;n chức &amp; người lao động
    after:  Viên chức & người lao động

Fix safety
    Lines that hold tags or code marks, quoted entities and web addresses stay. &lt; and &gt; are only shown.

Risk
    A text about HTML that names entities without quotes.
""",
)

LINE_ENDS: Final = Rule(
    "ENC010",
    "mixed-line-ends",
    "Line ends of several kinds, or a carriage return alone",
    Safety.SAFE,
    """\
What it finds
    Carriage returns without a line feed, doubled ones, and the rarer kind of line end where a text has
    both Windows' and Unix'.

Example
    before: dòng một\\r\\ndòng hai\\ndòng ba\\r\\n
    after:  dòng một\\r\\ndòng hai\\r\\ndòng ba\\r\\n

Why it is safe
    Lines stay the same lines. A text all of whose line ends are "\\r\\n" is left as it is.

Risk
    A lone carriage return that was meant to overwrite a line (terminal output) becomes a line end.
""",
)

LOST: Final = Rule(
    "ENC011",
    "lost-character",
    "A character that was lost, or that only one font knows",
    Safety.DISPLAY,
    """\
What it finds
    The replacement character U+FFFD, lone surrogates, object marks and private characters. Word's bullets at
    the start of a line (private characters of the Symbol font) are read; the others are only shown.

Example
    before: Ngh\\ufffd quyết của Hội đồng
    after:  (shown: the letter cannot be known from the character)

Fix safety
    Bullets are safe; what was lost is never guessed here.

Risk
    None: nothing else is changed.
""",
)

RULES: Final = (
    MOJIBAKE, LEGACY, NOT_NFC, LOOK_ALIKE, CONTROL, ZERO_WIDTH, ODD_SPACE, FORM, ENTITY, LINE_ENDS, LOST,
)  # fmt: skip
