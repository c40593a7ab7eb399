"""The rules of the family DUP."""

from __future__ import annotations

from typing import Final

from ocrfix.model import Rule, Safety

__all__ = ["EXACT_BLOCK", "LOOP", "NEAR_BLOCK", "REPEATED_SPAN"]

EXACT_BLOCK: Final = Rule(
    "DUP001",
    "exact-block",
    "A paragraph, or a run of them, that comes twice in the same words",
    Safety.SAFE,
    """## What it finds
A block, or several in a row, that comes again letter for letter (white space aside): a page read twice,
a caption that a web page holds both as text and as a label. The first copy stays.

## Example
Before:

    Đoàn công tác kiểm tra tiến độ thi công tuyến đê biển tại xã Đông Minh chiều 12/5.

    Đoàn công tác kiểm tra tiến độ thi công tuyến đê biển tại xã Đông Minh chiều 12/5.

After:

    Đoàn công tác kiểm tra tiến độ thi công tuyến đê biển tại xã Đông Minh chiều 12/5.

## Fix safety
Safe for copies of 12 words directly one after the other, and of 40 words within 1,500 words. Unsafe for
shorter ones (5 and 25 words) and for those further apart: reports repeat their own paragraphs in a summary.
Left alone: verse, lists and tables, and clauses of laws and contracts unless they follow each other
directly.

## Risk
A refrain or a formula that the writer repeats on purpose. In 20 MB of news, whole paragraphs of 40 words
came twice four times, each time a caption that the page had doubled.
""",
)

NEAR_BLOCK: Final = Rule(
    "DUP002",
    "near-duplicate-block",
    "A paragraph that comes twice, read differently",
    Safety.SAFE,
    """## What it finds
A block that comes again with reading errors in one of the copies or in both: other tone marks,
letters that look
alike, words run together. The copy that the language model finds better read stays; where it cannot
tell, the first.
When the better copy stands further on, it takes the place of the first. The matching is seed-and-
extend over words
without marks, as BLAST aligns sequences (Altschul et al. 1990).

## Example
Before:

    Hội Nông dân xã phối hợp mở lớp tập huấn kỹ thuật trồng khoai tây vụ đông cho 60 hội viên.

    Hôi Nông dân xã phối họp mở lớp tâp huấn kỹ thuật trồng khoai tây vụ đông cho 60 hội viên.

After:

    Hội Nông dân xã phối hợp mở lớp tập huấn kỹ thuật trồng khoai tây vụ đông cho 60 hội viên.

## Fix safety
As for exact-block. The copies may differ only as readings of the same words do; another number or another
word makes them two texts, and a word that only the copy to be removed has makes the fix unsafe.

## Risk
Two paragraphs made after one pattern, as in lists of decisions. Their names and numbers differ,
which rules them out.
""",
)

REPEATED_SPAN: Final = Rule(
    "DUP003",
    "repeated-span",
    "A passage that comes again inside another paragraph",
    Safety.SAFE,
    """## What it finds
A run of words that comes a second time in the middle of other text, because a reader of columns or
a vision model
slipped back. The copy that fits its surroundings worse goes: its sentence is broken before or after it,
as the language model tells. Where both fit alike, the later one goes.

## Example
Before:

    Xã đã vận động nhân dân hiến đất, góp công làm đường. Nhờ đó, đến cuối năm toàn xã có thêm 6 km
    đường bê tông,
    việc đi lại, vận chuyển nông sản thuận lợi hơn trước.

    Chị Mai mua thêm hai con bò để nuôi góp công làm đường. Nhờ đó, đến cuối năm toàn xã có thêm 6
    km đường bê tông,
    việc đi lại, vận chuyển nông sản thuận lợi hơn trước.

After:

    Xã đã vận động nhân dân hiến đất, góp công làm đường. Nhờ đó, đến cuối năm toàn xã có thêm 6 km
    đường bê tông,
    việc đi lại, vận chuyển nông sản thuận lợi hơn trước.

    Chị Mai mua thêm hai con bò để nuôi

## Fix safety
Safe from 20 words on when one copy is plainly glued in and the other is not, and from 100 words on within
1,500 words. Unsafe from 60 words on. Never in laws, contracts, lists and verse, whose clauses
rightly recur.

## Risk
News repeats its lede of 20 to 60 words in the body; such copies fit where they stand and are left alone.
""",
)

LOOP: Final = Rule(
    "DUP004",
    "recognition-loop",
    "The same words or signs many times over",
    Safety.SAFE,
    """## What it finds
A phrase, a line or a sign that a recogniser put out over and over, as vision models do at a stain
or an empty
margin. One copy stays, and with it whatever the last, unfinished round leads over to.

## Example
Before:

    Đại diện các của các của các của các của các của các của các của các sở, ngành dự hội nghị.

After:

    Đại diện các của các sở, ngành dự hội nghị.

## Fix safety
Safe where speech cannot repeat so: a phrase with a grammar word 5 times over, other phrases 10 times,
lines of three words and more 8 times, of twelve words 3 times. Fewer rounds are unsafe. Reduplication
(dần dần, luôn luôn), laughter and song (ha ha ha, la la la), counting, figures, rows of dots in forms
and the rules of tables are left alone.

## Risk
Chants and refrains, where they run longer than that.
""",
)
