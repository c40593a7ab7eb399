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
Safe for sentences of 8 words directly one after the other, and of 12 words within 3,000 words; without a
stop at the end 12 and 20 words. Unsafe for shorter ones and for those further apart: reports repeat their
own paragraphs in a summary. Left alone: verse, lists and tables, what stands among numbered clauses, and
copies that end with other signs, as a heading and a sentence do.

## Risk
A refrain or a formula that the writer repeats on purpose. In 19 MB of news, Wikipedia and laws, paragraphs
of 12 words and a stop came twice where a caption was doubled, a lede was the end of the article, and in
an address.
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
Safe from 12 words side by side and 15 words within 3,000; below 25 words only where most differences are
words that are no syllables in one copy. Another number (also in "200km", "Khu vực II"), another name or
another word makes them two texts, unless much else is misread; a word that only the copy to be removed has
makes the fix unsafe. A block that is a part of another goes where two of its words are misread.

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
a vision model slipped back. For both copies a small network weighs how the words fit around them, how the
text reads without them, letter case, stops and misread words: the copy that was glued in goes, cut where the
rest reads best. It was learned from right articles with passages glued in, and from what comes twice rightly.

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
From 12 words on, safe with a probability of 0.9, and of 0.5 where no writer repeats himself so: words are
misread, or 20 words begin and end inside sentences and hold the end of one. Unsafe from 0.4 and 0.35, and
from 80 words on in any place. Never in laws, contracts, lists and verse, whose clauses rightly recur.

## Risk
News repeats its lede and the names of offices, laws and cups in the body; most such copies fit where they
stand. In 20 MB of news and Wikipedia that the network had not seen, nine passages went by default: about half
of them stood twice by mistake (captions, leads run together), the others were said again on purpose.
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
Safe where speech cannot repeat so: a phrase with a grammar word 4 to 6 times over, other phrases 5 to 8
times, 10 and more where commas part them (6 from four words on); sentences of three words 5 times, other
short lines 8 times, between paragraphs of prose 5, lines of twelve words twice. Rounds may be misread if
half of them are not, or, in twice as many, if each word stands in most of them. A number 16 times over
inside a sentence, one digit or letter 32 times. Numbered lines of eight words that say the same 16 times.
Fewer rounds are unsafe, and so is what counts up inside a sentence. A row of 60 signs inside a sentence of
prose goes whole. Reduplication (dần dần, luôn luôn), laughter and song (ha ha ha, la la la), other counting,
figures in tables, rows of dots in forms and the rules of tables are left alone.

## Risk
Chants and refrains, where they run longer than that.
""",
)
