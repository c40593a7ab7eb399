"""The rules of the family `JOI`, with what `ocrfix rules CODE` prints of them."""

from __future__ import annotations

from typing import Final

from ocrfix.model import Rule, Safety

__all__ = [
    "BROKEN_BLOCK",
    "BROKEN_HYPHEN",
    "DETACHED_INITIAL",
    "DISPLACED_CONTINUATION",
    "LOST_INITIAL",
    "RULES",
    "SOFT_WRAP",
]

BROKEN_HYPHEN: Final = Rule(
    "JOI001",
    "broken-hyphen",
    "A word or name parted at a line end by a hyphen",
    Safety.SAFE,
    """\
What it finds
    A line that ends with a hyphen right after a letter or figure, and a next line that goes on. The hyphen
    vanishes inside one foreign word (inter-national) or one syllable, stays where it belongs to a name, a
    number or a code (Mát-xcơ-va, COVID-19, NĐ-CP), and gives way to a space between two Vietnamese syllables
    that go together (quy-định), unless the document writes hyphens between syllables elsewhere.

Example
    before: chuyến thăm Mát-xcơ-
            va của đoàn
    after:  chuyến thăm Mát-xcơ-va của đoàn

Fix safety
    Safe where the form or the vocabulary decides; unsafe where a hyphen and no hyphen are both likely.

Risk
    A name that is written both ways may keep or lose its hyphen wrongly. Dashes with a space before them are
    never touched.
""",
)

SOFT_WRAP: Final = Rule(
    "JOI002",
    "soft-wrap",
    "Lines of one paragraph, broken at the edge of a column",
    Safety.SAFE,
    """\
What it finds
    Paragraphs that were typeset over several lines. A column gives itself away: most of its lines end in
    the middle of a sentence, and they are full, that is, the next word would not have fitted. Paragraphs
    are told apart by short last lines, indents, list marks and blank lines.

Example
    before: Quỹ đã hỗ trợ các hộ nghèo
            xây mới nhiều ngôi nhà.
    after:  Quỹ đã hỗ trợ các hộ nghèo xây mới nhiều ngôi nhà.

Why it is safe
    In 18 MB of right text with a paragraph, a list item or a table row on each line it joins next to nothing.
    Verse (lines of a metre), tables, list items, lines in capitals and lines that stop short stay.

Risk
    Lists without marks whose entries begin with small letters and have one length; free verse in small
    letters that fills its column. A heading as wide as the column may be drawn into the paragraph below it.
""",
)

BROKEN_BLOCK: Final = Rule(
    "JOI003",
    "broken-block",
    "A sentence broken over two blocks",
    Safety.SAFE,
    """\
What it finds
    A paragraph without a closing sign whose sentence goes on after a blank line or a page break. The next
    block begins with a small letter, or closes a quotation or bracket that the first one opened, or fits so
    well that a name must have been cut in two.

Example
    before: phục vụ các kỳ họp của Đảng bộ tỉnh, Ban

            Thường vụ Tỉnh ủy và hội nghị cán bộ chủ chốt.
    after:  phục vụ các kỳ họp của Đảng bộ tỉnh, Ban Thường vụ Tỉnh ủy và hội nghị cán bộ chủ chốt.

Fix safety
    Safe where a small letter and the language model agree, where quotes agree, or, before a capital, where
    the model is overwhelmingly sure; else unsafe. A page break in between moves behind the joined paragraph.

Risk
    Entries of lists without marks, and an opening paragraph without a full stop before one that takes up its
    last words.
""",
)

DISPLACED_CONTINUATION: Final = Rule(
    "JOI004",
    "displaced-continuation",
    "The rest of a sentence stands after a caption, a heading or a side box",
    Safety.SAFE,
    """\
What it finds
    A paragraph without a closing sign and, further down, a block that begins in the middle of a sentence.
    Halves are matched one to one over the whole text: by the language model, by open quotes and brackets, by
    what the paragraphs around both are about, by form and by distance; what is surely a first half has a
    greater claim than a heading, which needs no rest. The rest may begin with a capital or a figure
    when nobody ends a sentence as the first half ends. The rest is moved up to the first half.

Example
    before: Công việc nhiều, vì vậy chúng tôi

            Các đại biểu dự lớp bồi dưỡng nghiệp vụ.

            thường làm hết việc chứ không hết giờ.
    after:  Công việc nhiều, vì vậy chúng tôi thường làm hết việc chứ không hết giờ.

            Các đại biểu dự lớp bồi dưỡng nghiệp vụ.

Fix safety
    Safe when the match is good and to match the halves otherwise would be clearly worse; much surer it must
    be after a headline and before a capital. Else unsafe.

Risk
    Two sentences broken on one page whose halves fit crosswise. A text in which pieces are missing: the rest
    of one sentence may go to the beginning of another.
""",
)

DETACHED_INITIAL: Final = Rule(
    "JOI005",
    "detached-initial",
    "The large first letter of a paragraph, apart from its word",
    Safety.SAFE,
    """\
What it finds
    A drop cap that was read as a word or a line of its own, or that was put in front of the second line of
    its paragraph.

Example
    before: T rong những năm qua, tỉnh đã quan tâm
    after:  Trong những năm qua, tỉnh đã quan tâm

Fix safety
    Safe when letter and rest make a syllable that fits what follows far better than the rest alone; else
    unsafe.

Risk
    A person named by one letter at the start of a paragraph (K yêu), where letter and word happen to make
    a syllable.
""",
)

LOST_INITIAL: Final = Rule(
    "JOI006",
    "lost-initial",
    "The first letter of a paragraph was lost",
    Safety.SAFE,
    """\
What it finds
    A paragraph whose first word lacks its large first letter: with one letter put back, and no other, it
    fits what follows. The next letter may have been taken for the capital (Hát huy for Phát huy).

Example
    before: goài ra, tỉnh còn hỗ trợ vốn cho các hộ nghèo.
    after:  Ngoài ra, tỉnh còn hỗ trợ vốn cho các hộ nghèo.

Fix safety
    Safe when one letter alone fits by far, and by more where a capital stands there already; else unsafe.

Risk
    A paragraph that begins with an unusual word.
""",
)

RULES: Final = (
    BROKEN_HYPHEN,
    SOFT_WRAP,
    BROKEN_BLOCK,
    DISPLACED_CONTINUATION,
    DETACHED_INITIAL,
    LOST_INITIAL,
)
