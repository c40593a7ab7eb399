"""The rules of duplicates across documents, which ``ocrfix duplicates`` looks for in a corpus."""

from __future__ import annotations

from typing import Final

from ocrfix.model import Rule, Safety

__all__ = ["CORPUS_RULES"]

BLOCK: Final = Rule(
    "DUP101",
    "block-of-earlier-document",
    "A block that an earlier document of the corpus has",
    Safety.SAFE,
    """## What it finds
For `ocrfix duplicates` alone: a paragraph of 12 words or more that stands word for word in an earlier
document: an agency's report in several papers, a notice, a masthead. The first copy, in the order of the
inputs, is kept, and every finding names it.

## Example
In the first document:

    Bão số 4 đã suy yếu thành áp thấp nhiệt đới, gây mưa vừa đến mưa to ở các huyện ven biển trong đêm nay.

In a later one, before:

    Xã Hải Đông họp bàn việc gia cố đê trước ngày 15/9.

    Bão số 4 đã suy yếu thành áp thấp nhiệt đới, gây mưa vừa đến mưa to ở các huyện ven biển trong đêm nay.

After, with --unsafe, for it is short:

    Xã Hải Đông họp bàn việc gia cố đê trước ngày 15/9.

## Fix safety
Safe from 40 words on, unsafe for shorter ones.

## Risk
Formulas that every paper of a kind has, and laws that are quoted, are part of each. In 17 MB of right news,
Wikipedia and laws no paragraph of 40 words stood in two documents that were not copies.
""",
)
NEAR_BLOCK: Final = Rule(
    "DUP102",
    "near-block-of-earlier-document",
    "A block that an earlier document of the corpus has, read differently",
    Safety.UNSAFE,
    """## What it finds
For `ocrfix duplicates` alone: the same as DUP101 with reading errors in either copy. Nearly all letters are
the same when marks are set aside, and words differ only as misread ones do; other numbers and other names
make another paragraph.

## Example
In the first document:

    Hội Chữ thập đỏ huyện kêu gọi mỗi gia đình góp một suất quà cho học sinh vùng lũ trước ngày khai giảng.

In a later one:

    Hội Chữ thập đỏ huyện kêu gọi mỗi gia đinh góp một suất quà cho học sinh vùng Iũ trước ngày khai giảng.

## Fix safety
Unsafe from 25 words on; shorter ones are displayed.

## Risk
Two papers made after one pattern, where what differs looks like a misread word.
""",
)
COPY: Final = Rule(
    "DUP103",
    "copy-of-earlier-document",
    "A document that comes twice in the corpus",
    Safety.SAFE,
    """## What it finds
For `ocrfix duplicates` alone: a document whose whole text is that of an earlier one, white space aside. Its
text is emptied; its row, or file, stays.

## Example
Before, the second of two files that both hold:

    Chiều 3/10, đoàn công tác của huyện đã đến thăm và tặng quà các gia đình chính sách ở xã Minh Tân.

After, in the second file: nothing.

## Fix safety
Safe.

## Risk
Forms without entries, which are meant to be the same.
""",
)
NEAR_COPY: Final = Rule(
    "DUP104",
    "near-copy-of-earlier-document",
    "A document that comes twice in the corpus, read differently",
    Safety.UNSAFE,
    """## What it finds
For `ocrfix duplicates` alone: the same as DUP103 with reading errors in one copy or both: a page that was
scanned twice, or read by two engines. A few words may be others.

## Example
The first document:

    Chiều 3/10, đoàn công tác của huyện đã đến thăm và tặng quà các gia đình chính sách ở xã Minh Tân.

A later one:

    Chiều 3/10, đoàn công tác cùa huyện đã đến thăm và tăng quà các gia đình chính sách ở xã Minh Tân.

## Fix safety
Unsafe.

## Risk
Two editions of one notice with a change of a few words.
""",
)
CORPUS_RULES: Final = (BLOCK, NEAR_BLOCK, COPY, NEAR_COPY)
