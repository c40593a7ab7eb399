"""Lines that come back through a document: which can be headers, which are alike, what their numbers do."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from ocrfix.detectors._noise_lines import Sheet, bare_skeleton, skeleton
from ocrfix.detectors._noise_numbers import numbers_of

__all__ = [
    "Group",
    "alike",
    "core",
    "counted",
    "formal",
    "is_heading",
    "numbers_agree",
    "opens_part",
    "possible",
    "signs",
    "strong_signs",
]

SIMILAR: Final = 90
"""Least rapidfuzz ratio, in per cent, of two copies of one header with folded digits (as in Marker)."""
LONGEST: Final = 110
"""Characters of the longest line that can be a header."""
_SHORTEST: Final = 5
_SEEDS: Final = 64  # headers looked for at most, so that comparing stays linear in the lines
_SCREEN: Final = 400  # different lines up to which every pair is compared

_YEARS: Final = range(1800, 2101)  # numbers that are more often years than pages
_STEPS: Final = 3  # pages from one copy of a line to the next, at most, where its number goes up
_LEFT: Final = 1.5  # numbers of a line, on the average, that are not its own
_MISREAD: Final = 3  # digits of a constant number for each one that may be misread

_DIGIT: Final = re.compile("[0-9]")
_NUMBERS: Final = re.compile(r"#[#.,/ -]*#|#")
_FIRST: Final = re.compile(r"[^\w#]{0,6}#{1,4}(?!#)(?![.,:/–—-]#)(?=\W)[^\w#]{0,6}")
_LAST: Final = re.compile(r"[^\w#]{0,6}(?<!#)(?<!#[.,:/–—-])#{1,4}(?:\s*/\s*#{1,4})?[^\w#]{0,6}$")
_TAIL: Final = 24  # characters of the longest number at the end of a skeleton, blanks and signs beside it
_HEADING: Final = re.compile(
    r"(?:phần|chương|mục|điều|khoản|điểm|bài|phụ lục|câu|tiết|hồi|quyển|tập|bước|tiểu mục|đề|mẫu số|biểu"
    r"|bảng|hình|ví dụ|bài tập|câu hỏi|tình huống|tuần|buổi|nhóm|vòng|lớp|tổ|vụ)"
    r"\s+(?:(?:thứ|số)\s+)?(?:\d|[IVXivx]+\b|\w{1,5}(?:$|[.:]))|(?:chương|phần|bài|mục|câu|hồi|quyển)$|ngày\s+(?:thứ\s+)?\w{1,4}$"
    r"|[-–—•*+▪●]\s|\d{1,3}[.)](?:\s|$)|[a-zđ][.)]\s|[ivxlc]+[.)]\s|#{1,6}\s",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"\W*(?!(?:trang|tờ|page|tr|pg|p)\b)[^\W\d_]+(?: [^\W\d_]+){0,2}(?: số)? \d{1,4}[.:]?\W*"
    r"|\W*\d{1,3} (?:tuổi|ngày|tuần|tháng|năm|giờ|phút|điểm|người|m|km|kg|ha)\W*",
    re.IGNORECASE,
)
_OF_ITS_OWN: Final = re.compile(r" số \d{1,4}\W*$|^\W*(?:số|kỳ)\b", re.IGNORECASE)
_TITLED: Final = re.compile(r"(?:phần|chương|mục|bài|hồi|quyển|tập)\s+(?:thứ\s+)?\w{1,6}\b", re.IGNORECASE)
_CREDIT: Final = re.compile(
    r"\(?(?:ảnh|nguồn|theo|tin|bài|tin, ảnh|bài, ảnh|tin, bài|clip|video|đồ họa|minh họa|trong ảnh"
    r"|phóng viên|pv|hỏi|đáp|tác giả)(?:\s*[:(/]|\s*$|\s+(?!\w+\s*[-–|]))",
    re.IGNORECASE,
)
_FORMAL: Final = re.compile(
    r"cong hoa xa hoi chu nghia|doc lap ?[-–—]? ?tu do|dang cong san viet nam$|quyet dinh|bien ban|to trinh"
    r"|cong van"
    r"|giay (?:chung nhan|xac nhan|moi|de nghi|bao|phep(?! xuat ban)|khai|uy quyen|gioi thieu|ra vao)"
    r"|thong bao|bao cao$"
    r"|noi nhan"
    r"|kinh gui|can cu|nguoi lap|ky ten|xac nhan|ho va ten|ngay sinh|dia chi ?:|stt\b|so tt|don vi tinh|dvt\b"
)
_ISSUE: Final = r"số(?=\s{0,3}[:.]?\s{0,3}[lIOQ]?\d|\s+(?:đặc biệt|tết|xuân|báo|tháng)\b)"
_SIGNS: Final = re.compile(
    r"\b(?:báo|tạp chí|công báo|bản tin|đặc san|tập san|nhật báo|tuần báo|nxb|nhà xuất bản|www|http|issn"
    rf"|{_ISSUE}|kỳ|chuyên trang|nội bộ|giấy phép|xuất bản|phát hành|in tại|tổng biên tập"
    r"|biên tập viên|trình bày|chịu trách nhiệm|tòa soạn|toà soạn|điện thoại|đt|fax|e-?mail|hotline"
    r"|đường dây nóng|giá bán)\b"
    r"|\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*(?:19|20)\d\d|\b(?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)\b"
    r"|\.(?:vn|com|org)\b|\||©|@",
    re.IGNORECASE,
)
_LEAF: Final = re.compile(r"\btrang\b|\bT(?:rang|RANG)\b(?=.*\d)|^(?=(?:\S+ +){4}).*\bT(?:rang|RANG)\b")
"""The word for a page, where it is no person's name ("Trang Phạm", "THU TRANG")."""
_STRONG: Final = re.compile(
    r"\bwww\.|https?://|\w@\w|\bissn\b|©|\b(?:tòa soạn|toà soạn|hotline|bản quyền|lưu hành nội bộ"
    r"|đường dây nóng|giấy phép xuất bản|tổng biên tập|nxb)\b"
    r"|\b(?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)\b.{0,12}\d{1,2}\s*[-/.]\s*\d{1,2}"
    r"|\b(?:báo|tạp chí|công báo|bản tin|đặc san|tập san|nhật báo|tuần báo|thời báo|nxb|nhà xuất bản"
    rf"|in tại|người ký|{_ISSUE})\b.*"
    r"(?:\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*(?:19|20)\d\d|\b(?:19|20)\d\d\b|số\s*\d|\||tập\s*\d)"
    r"|^(?:bản quyền|in tại|người ký|nhà xuất bản|nxb|chuyên trang|tạp chí)\b",
    re.IGNORECASE,
)


class Group(NamedTuple):
    """The copies of one line: line numbers in order, and the shared skeleton."""

    key: str
    lines: list[int]


def possible(text: str) -> bool:
    """Whether a line can be a header or a footer by its form; headings and whole sentences cannot.

    >>> possible("BÁO QUÊ HƯƠNG - Số 12"), possible("Điều 5. Phạm vi"), possible("Ông nói vậy!")
    (True, False, False)
    """
    return (
        _SHORTEST <= len(text) <= LONGEST
        and (text[-1] not in ".!?:;,…" or (text[-1] == "." and len(text) <= LONGEST // 2))
        and (not _HEADING.match(text) or (is_heading(text) and text[-1] != "."))
        and not _CREDIT.match(text)
        and (
            text[: _SHORTEST - 1].isalpha()
            or (sum(map(str.isalpha, text)) >= 2 and sum(map(str.isalnum, text)) >= _SHORTEST - 1)
        )
    )


def opens_part(text: str) -> bool:
    """Whether the line begins as a heading, an item of a list or a caption does, with its number.

    >>> opens_part("Điều 12"), opens_part("Trang 12")
    (True, False)
    """
    return _HEADING.match(text.lstrip("“\"'(")) is not None


def is_heading(text: str) -> bool:
    """Whether the line names a part of a book with its number: a heading, or a header made of one.

    >>> is_heading("Phần II: Những năm kháng chiến"), is_heading("Phần thưởng")
    (True, False)
    """
    return bool(_HEADING.match(text) and _TITLED.match(text))


def counted(texts: Sequence[str]) -> bool:
    """Whether lines are some words with a number behind, as things that are told of in a row are named.

    >>> counted(["Đội 4", "Đội 5"]), counted(["Thửa số 4"]), counted(["6 tuổi", "7 tuổi"])
    (True, True, True)
    >>> counted(["Báo Xuân số 4", "Báo Xuân số 5"]), counted(["Tờ 4"])
    (False, False)
    """
    return all(map(_COUNTED.fullmatch, texts)) and not any(signs(_OF_ITS_OWN.sub("", t)) for t in texts)


def formal(key: str) -> bool:
    """Whether a skeleton begins as the fixed parts of office papers and forms do."""
    return _FORMAL.match(key) is not None


def signs(text: str) -> bool:
    """Whether the line looks like furniture by itself: name of a paper, issue, date, address of a site."""
    return _SIGNS.search(text) is not None or _LEAF.search(text) is not None


def strong_signs(text: str) -> bool:
    """Whether the line can hardly be anything but a paper's head or imprint.

    >>> strong_signs("Tạp chí Nông thôn - Số 8 (2023)"), strong_signs("Số hộ nghèo")
    (True, False)
    """
    return _STRONG.search(text) is not None


def _key(text: str) -> str:
    return _NUMBERS.sub("#", skeleton(text))


def core(text: str) -> str:
    """What copies of a header share: its skeleton without blanks and without a page number at its ends.

    >>> core("12  BÁO SÔNG HẬU"), core("Báo Sông Hậu | 13"), core("[3]")
    ('baosonghau', 'baosonghau', '[#]')
    """
    if not _DIGIT.search(text):
        return bare_skeleton(text)
    folded = skeleton(text)
    first = _FIRST.match(folded)
    start = first.end() if first else 0
    last = _LAST.search(folded, max(start, len(folded) - _TAIL))
    bare = folded[start : last.start() if last else len(folded)]
    if sum(map(str.isalpha, bare)) < _SHORTEST:
        bare = folded
    return _NUMBERS.sub("#", bare).replace(" ", "")


def alike(sheet: Sheet, lines: Sequence[int], least: int, similar: int = SIMILAR) -> list[Group]:
    """Lines that are alike, ``least`` or more of them, biggest group first.

    Blanks, and numbers at the ends of a line, make no difference. Parameters: ``similar``, the least
    likeness, a rapidfuzz ratio in per cent.
    """
    exact: dict[str, list[int]] = defaultdict(list)
    for index in lines:
        exact[core(sheet.lines[index].text)].append(index)
    keys = sorted(exact, key=lambda k: (-len(exact[k]), k))
    seeds = keys if len(keys) <= _SCREEN else [k for k in keys[:_SEEDS] if len(exact[k]) > 1]
    if not seeds:
        return []
    scores = process.cdist(seeds, keys, scorer=fuzz.ratio, score_cutoff=similar)
    kin = (scores > 0).sum(axis=1).tolist()
    given: set[str] = set()
    found = []
    for row, seed in enumerate(seeds):
        if kin[row] == 1:  # itself
            if len(exact[seed]) >= least:
                found.append(Group(_key(sheet.lines[exact[seed][0]].text), exact[seed]))
            continue
        if seed in given:
            continue
        same = [keys[column] for column in scores[row].nonzero()[0] if keys[column] not in given]
        given.update(same)
        copies = sorted(i for k in same for i in exact[k])
        if len(copies) >= least:
            found.append(Group(_key(sheet.lines[exact[seed][0]].text), copies))
    return sorted(found, key=lambda g: (-len(g.lines), g.key))


def numbers_agree(texts: Sequence[str]) -> tuple[bool, bool]:
    """Whether the numbers in copies of a line are the same or go up as pages do, and whether some go up.

    Numbers that most copies share are the line's own; what is left over is a page's when it goes up by
    one to three from copy to copy.

    >>> numbers_agree(["Báo Xuân, số 5 | 11", "12 | Báo Xuân, số 5", "Báo Xuân, số 5 | 13"])
    (True, True)
    >>> numbers_agree(["Số 5 năm 1999"] * 3), numbers_agree(["Bảng 4 năm 1999", "Bảng 2 năm 2003"])
    ((True, False), (False, False))
    """
    rows = [numbers_of(text) for text in texts]
    joined = Counter("".join(map(str, row)) for row in rows)
    usual, times = joined.most_common(1)[0]
    near = sum(n for text, n in joined.items() if Levenshtein.distance(text, usual, score_cutoff=2) <= 2)
    if len(usual) >= _MISREAD * 2 and near >= 0.7 * len(rows) and times > 1:
        return True, False
    count = Counter(number for row in rows for number in set(row))
    shared = {number for number, n in count.items() if n >= 0.6 * len(rows)}
    rest = [[number for number in dict.fromkeys(row) if number not in shared] for row in rows]
    if sum(not row for row in rest) >= 0.7 * len(rows):
        return True, False
    steps = fits = 0
    for one, two in pairwise(row for row in rest if row):
        steps += 1
        fits += any(1 <= b - a <= _STEPS for a in one for b in two if b not in _YEARS)
    left = sum(map(len, rest)) / len(rows)
    rising = steps > 0 and left <= _LEFT and steps + 1 >= 0.5 * len(rows) and fits >= 0.6 * steps
    return rising, rising
