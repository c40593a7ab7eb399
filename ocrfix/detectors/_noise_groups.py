"""Lines that come back through a document: which can be headers, which are alike, what their numbers do."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from ocrfix.detectors._noise_lines import Sheet, skeleton
from ocrfix.detectors._noise_numbers import numbers_of

__all__ = ["Group", "alike", "formal", "is_heading", "numbers_agree", "possible", "signs", "strong_signs"]

SIMILAR: Final = 90
"""Least rapidfuzz ratio, in per cent, of two copies of one header with folded digits (as in Marker)."""
LONGEST: Final = 110
"""Characters of the longest line that can be a header."""
_SHORTEST: Final = 5
_SEEDS: Final = 64  # headers looked for at most, so that comparing stays linear in the lines
_SCREEN: Final = 400  # different lines up to which every pair is compared

_MISREAD: Final = 3  # digits of a constant number for each one that may be misread

_NUMBERS: Final = re.compile(r"#[#.,/ -]*#|#")
_HEADING: Final = re.compile(
    r"(?:phần|chương|mục|điều|khoản|điểm|bài|phụ lục|câu|tiết|hồi|quyển|tập|bước|tiểu mục|đề|mẫu số|biểu"
    r"|bảng|hình|ví dụ|bài tập|câu hỏi|tình huống|tuần|buổi|nhóm|vòng|lớp|tổ|vụ)"
    r"\s+(?:(?:thứ|số)\s+)?(?:\d|[IVXivx]+\b|\w{1,5}(?:$|[.:]))|(?:chương|phần|bài|mục|câu|hồi|quyển)$|ngày\s+(?:thứ\s+)?\w{1,4}$"
    r"|[-–—•*+▪●]\s|\d{1,3}[.)](?:\s|$)|[a-zđ][.)]\s|[ivxlc]+[.)]\s|#{1,6}\s",
    re.IGNORECASE,
)
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
_SIGNS: Final = re.compile(
    r"\b(?:báo|tạp chí|công báo|bản tin|đặc san|tập san|nhật báo|tuần báo|nxb|nhà xuất bản|www|http|issn|số"
    r"|trang|kỳ|chuyên trang|nội bộ|giấy phép|xuất bản|phát hành|in tại|tổng biên tập|biên tập viên|trình bày"
    r"|chịu trách nhiệm|tòa soạn|toà soạn|điện thoại|đt|fax|e-?mail|hotline|đường dây nóng|giá bán)\b"
    r"|\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*(?:19|20)\d\d|\b(?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)\b"
    r"|\.(?:vn|com|org)\b|\||©|@",
    re.IGNORECASE,
)
_STRONG: Final = re.compile(
    r"\bwww\.|https?://|\w@\w|\bissn\b|©|\b(?:tòa soạn|toà soạn|hotline|bản quyền|lưu hành nội bộ"
    r"|đường dây nóng|giấy phép xuất bản|tổng biên tập|nxb)\b"
    r"|\b(?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)\b.{0,12}\d{1,2}\s*[-/.]\s*\d{1,2}"
    r"|\b(?:báo|tạp chí|công báo|bản tin|đặc san|tập san|nhật báo|tuần báo|thời báo|nxb|nhà xuất bản"
    r"|in tại|người ký|số)\b.*"
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
        and sum(map(str.isalpha, text)) >= 2
        and sum(map(str.isalnum, text)) >= _SHORTEST - 1
    )


def is_heading(text: str) -> bool:
    """Whether the line names a part of a book with its number: a heading, or a header made of one.

    >>> is_heading("Phần II: Những năm kháng chiến"), is_heading("Phần thưởng")
    (True, False)
    """
    return bool(_HEADING.match(text) and _TITLED.match(text))


def formal(key: str) -> bool:
    """Whether a skeleton begins as the fixed parts of office papers and forms do."""
    return _FORMAL.match(key) is not None


def signs(text: str) -> bool:
    """Whether the line looks like furniture by itself: name of a paper, issue, date, address of a site."""
    return _SIGNS.search(text) is not None


def strong_signs(text: str) -> bool:
    """Whether the line can hardly be anything but a paper's head or imprint.

    >>> strong_signs("Tạp chí Nông thôn - Số 8 (2023)"), strong_signs("Số hộ nghèo")
    (True, False)
    """
    return _STRONG.search(text) is not None


def _key(text: str) -> str:
    return _NUMBERS.sub("#", skeleton(text))


def alike(sheet: Sheet, lines: Sequence[int], least: int) -> list[Group]:
    """Lines that are alike, ``least`` or more of them, biggest group first."""
    exact: dict[str, list[int]] = defaultdict(list)
    for index in lines:
        exact[_key(sheet.lines[index].text)].append(index)
    keys = sorted(exact, key=lambda k: (-len(exact[k]), k))
    seeds = keys if len(keys) <= _SCREEN else [k for k in keys[:_SEEDS] if len(exact[k]) > 1]
    if not seeds:
        return []
    scores = process.cdist(seeds, keys, scorer=fuzz.ratio, score_cutoff=SIMILAR)
    kin = (scores > 0).sum(axis=1).tolist()
    given: set[str] = set()
    found = []
    for row, seed in enumerate(seeds):
        if kin[row] == 1:  # itself
            if len(exact[seed]) >= least:
                found.append(Group(seed, exact[seed]))
            continue
        if seed in given:
            continue
        same = [keys[column] for column in scores[row].nonzero()[0] if keys[column] not in given]
        given.update(same)
        copies = sorted(i for k in same for i in exact[k])
        if len(copies) >= least:
            found.append(Group(seed, copies))
    return sorted(found, key=lambda g: (-len(g.lines), g.key))


def numbers_agree(sheet: Sheet, group: Group, ordinal: dict[int, int]) -> tuple[bool, bool]:
    """Whether the numbers in the copies are all the same or go up as pages do, and whether some go up.

    ``ordinal`` is the page, or the rank, of each copy.
    """
    rows = [numbers_of(sheet.lines[i].text) for i in group.lines]
    joined = Counter("".join(map(str, row)) for row in rows)
    usual, _ = joined.most_common(1)[0]
    near = sum(n for text, n in joined.items() if Levenshtein.distance(text, usual, score_cutoff=2) <= 2)
    if len(usual) >= _MISREAD * 2 and near >= 0.7 * len(rows) and joined[usual] > 1:
        return True, False
    size, common = Counter(map(len, rows)).most_common(1)[0]
    if common < 0.6 * len(rows):
        return False, False
    kept = [(ordinal[i], row) for i, row in zip(group.lines, rows, strict=True) if len(row) == size]
    rising = False
    for column in range(size):
        values = [row[column] for _, row in kept]
        if Counter(values).most_common(1)[0][1] >= 0.7 * len(values):
            continue
        offsets = Counter(row[column] - place for place, row in kept)
        if offsets.most_common(1)[0][1] < 0.7 * len(kept):
            return False, False
        rising = True
    return True, rising
