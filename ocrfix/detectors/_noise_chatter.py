"""What a model says about the document it reads, in place of or beside reading it."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from ocrfix._data import data_path
from ocrfix.detectors._noise_lines import Mark, Sheet
from ocrfix.detectors._noise_rules import MODEL_CHATTER
from ocrfix.model import Safety, Span
from ocrfix.vietnamese.letters import letter
from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["chatter", "is_english"]

_SENTENCE: Final = 600  # characters of the longest sentence that is looked at
_VIETNAMESE: Final = (
    0.02  # share of letters with marks from which on a document is Vietnamese; running text has over 0.2
)

_FUNCTION: Final = frozenset(
    "the a an of and or to in on at by for with from as is are was were be been being it its this that these those their "
    "there here his her he she they we you i not no but if which who whose what when where while into about above below "
    "after before between through during under over also only some any each other more most all both such than then so "
    "can cannot could will would should may might must has have had do does did am me my your our us them".split()
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

_PARTS: Final = {
    "<model>": r"(?:transcri(?:bed|ption|be)|extract(?:ed|ion)?|OCR|image|picture|photo|scan(?:ned)?|document|text|page|content)",
    "<art>": r"(?:the|a|an|your|my|all|full|complete|raw|plain|clean|cleaned|extracted|transcribed|accurate|verbatim"
    r"|exact|requested|vietnamese|ocr|markdown|image|of)",
    "<whole>": r"(?:the|this|(?:the )?(?:rest|remainder) of the|(?:the )?(?:remaining|provided|visible|extracted|original)"
    r"|some|parts? of the|all|no)\s(?:vietnamese\s)?(?:text|image|picture|scan|scanned (?:page|image|document)"
    r"|transcription|handwriting|caption|column|page|document)s?",
    "<state>": r"(?:(?:is|are) (?:partially |partly )?(?:cut off|illegible|unclear|truncated|incomplete|missing|blurry"
    r"|blurred|obscured|unreadable|in vietnamese|not (?:visible|legible|readable|clear|provided|shown)|too \w+"
    r"|written in|from a|about|a (?:newspaper|scan|page|photo|continuation))|cuts off|ends (?:here|abruptly|mid)"
    r"|(?:has|have) been (?:transcribed|extracted|translated|cut)|was (?:transcribed|extracted|cut))",
}


@cache
def _remark() -> re.Pattern[str]:
    """What a model's English remarks begin with, from the data file."""
    lines = data_path("vi", "model-remarks.txt").read_text("utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    for name, part in _PARTS.items():
        joined = joined.replace(name, part)
    return re.compile(joined, re.IGNORECASE)


# What can open such a sentence: a screen for long texts before the pattern itself is tried.
_OPENING: Final = re.compile(
    r"(?:\A|(?<=[.!?:;…”\"’)\]*_>]\s)|(?<=\n)|(?<=[.!?:;]))(?:[(\[*_>#\-]{1,4} ?)?"
    r"(?=(?:Here|Below|The|This|Sure|Certainly|Of course|Absolutely|O[Kk]|Okay|Text|Image|Picture|Photo|Photograph|Figure|Logo"
    r"|Chart|Table|Visual|An?|Description|Note|NOTE|Please|Disclaimer|I|I['’]m|Transcri|Extracted|OCR|Let|Feel|If"
    r"|Unfortunately|Continue[sd]|End|As|Some|Parts?|Rest|Remain|All|No)[a-z'’]*[ :,!])"
)
_END: Final = re.compile(r"[.!?…]+[\"”’)\]*_]*(?=\s|\Z)|:(?=\s*(?:\n|\Z))|\n(?=\s*[^\sa-z])|\n[ \t]*\n")
_QUOTES: Final = "\"“”‘'«"

_TAG: Final = re.compile(
    r"<\|[a-z_]{2,30}\|>|</?s>|<(?:image|img|pad|unk|bos|eos|start_of_turn|end_of_turn|image_placeholder|ocr)\s*/?>"
    r"|<(?P<tag>img|figure_description|watermark|image_description)>[^<\n]{0,400}</(?P=tag)>"
    r"|!\[(?:img-\d+\.\w{3,4}|image)?\]\((?:img-\d+\.\w{3,4}|_page_\d+_\w+\.\w{3,4}|data:image/[^)\s]{0,40}[^)\s]*)\)",
    re.IGNORECASE,
)
_UNREAD: Final = re.compile(
    r"[\[(](?:illegible|unreadable|unclear|illegible text|text illegible|unreadable text|unclear text|indecipherable|"
    r"not legible|cut off|text cut off|text continues|continued|continues|blank|blank page|empty page|no text|image|photo|picture|logo|signature|stamp|seal|"
    r"handwritten(?: (?:text|signature|note))?|không đọc được|không đọc rõ|không rõ chữ|chữ không rõ|khó đọc|không thể đọc|bị cắt|"
    r"văn bản bị cắt|trang trống|trang trắng|hình ảnh|logo|chữ viết tay|văn bản tiếp tục)[\])]",
    re.IGNORECASE,
)
_SURE_UNREAD: Final = re.compile(
    r"[\[(](?:illegible.*|unreadable.*|unclear.*|indecipherable|not legible|text .*|cut off|blank page|empty page|no text|không đọc được|"
    r"không thể đọc|văn bản .*)[\])]",
    re.IGNORECASE,
)
_PICTURE: Final = re.compile(
    r"[\[(*_]{1,3}(?:hình ảnh|mô tả hình ảnh|mô tả ảnh|image|image description|picture|photo|photograph|figure|logo|signature|stamp|seal|"
    r"chart|diagram|con dấu|chữ ký|biểu đồ|ảnh chụp)\s*:[^\[\]\n]{2,400}[\])*_]{1,3}",
    re.IGNORECASE,
)
_FENCE: Final = re.compile(r"(?:```|~~~)\s*([A-Za-z]{0,12})")
_TEXT_FENCES: Final = frozenset(
    ("", "text", "txt", "markdown", "md", "plaintext", "plain", "vietnamese", "vi", "html")
)
_RULE: Final = re.compile(r"(?:[-*_=]\s?){3,}")

_SOURCE: Final = (
    r"(?:hình ảnh|bức ảnh|ảnh|tấm ảnh|hình|tệp|file|bản quét|bản scan|trang scan|ảnh chụp|trang tài liệu|tài liệu scan|"
    r"tài liệu (?:bạn|được|đã) (?:cung cấp|gửi|tải lên)|văn bản (?:bạn|được|đã) (?:cung cấp|gửi|tải lên))"
)
_READ: Final = (
    r"(?:trích xuất|nhận dạng|nhận diện|phiên âm|chép lại|chuyển đổi|chuyển thành văn bản|đọc được|ocr|sao chép|gõ lại|bóc tách|"
    r"số hóa|số hoá|phiên bản văn bản)"
)
_VI_OPEN: Final = re.compile(
    r"(?:(?:chắc chắn rồi|chắc chắn|tất nhiên(?: rồi)?|vâng|được rồi|dạ|ok|rồi)[,!.:]?\s+)?(?:dưới đây là|sau đây là|đây là|kết quả|nội dung|văn bản|"
    r"toàn bộ)\b"
)
_VI_NOTE: Final = re.compile(r"\(?\*{0,2}(?:lưu ý|ghi chú|chú ý|chú thích)\s*:\*{0,2}\s+")
_VI_REFUSE: Final = re.compile(
    r"(?:(?:rất tiếc|xin lỗi|thật tiếc)[,.!:]?\s+(?:nhưng\s+)?)?(?:tôi|mình)\s+(?:không thể|không có khả năng|chưa thể)\s+"
    r"(?:đọc|xem|nhận dạng|nhận diện|trích xuất|truy cập|phân tích|xử lý|nhìn thấy)\b"
)
_VI_OFFER: Final = re.compile(
    r"(?:nếu (?:bạn|anh/chị|quý vị) (?:cần|muốn|có)|bạn có muốn tôi|bạn có cần tôi|hãy cho tôi biết nếu|hy vọng (?:điều này|bản|nội dung|thông tin này))\b"
)
_VI_HELP: Final = re.compile(
    r"\b(?:hãy (?:cho tôi biết|báo cho tôi|nói với tôi)|tôi (?:sẽ|có thể) (?:giúp|hỗ trợ)|hữu ích cho bạn|giúp ích cho bạn|tôi (?:dịch|tóm tắt|trích xuất|định dạng))\b"
)
_HAS_SOURCE: Final = re.compile(rf"\b{_SOURCE}\b")
_HAS_READ: Final = re.compile(rf"\b{_READ}\b")
_CHINESE: Final = re.compile(
    r"(?:以下是|这是|图片中|图中|该图|这张图|抱歉|无法识别|根据图片|提取的?文[字本])"
)


def is_english(sentence: str) -> bool:
    """Whether a sentence is English, names in another language left out of account.

    Four words or more, two function words, no small-letter word with Vietnamese marks, and most
    small-letter words are function words or no Vietnamese syllables.

    >>> is_english("Text describing their roles and the support provided to the poor.")
    True
    >>> is_english("Chi in ba ban to an do con to the la.")
    False
    """
    words = _WORD.findall(sentence[:_SENTENCE])
    small = [w for i, w in enumerate(words) if w[0].islower() or i == 0]
    if len(words) < 3 or any(not w.isascii() and "’" not in w for w in small if w[0].islower()):
        return False
    lowered = [w.lower() for w in small]
    function = sum(w in _FUNCTION for w in lowered)
    english = sum(w in _FUNCTION or not is_syllable(w) for w in lowered)
    return len(small) >= 2 and function >= min(2, len(small) - 1) and english >= 0.7 * len(lowered)


def _is_vietnamese(text: str) -> bool:
    sample = text if len(text) < 20000 else text[:10000] + text[len(text) // 2 : len(text) // 2 + 10000]
    letters = [c for c in sample if c.isalpha()]
    marked = sum(1 for c in letters if not c.isascii() and (letter(c).tone or letter(c).shape))
    return bool(letters) and marked >= _VIETNAMESE * len(letters)


def chatter(sheet: Sheet) -> list[Mark]:
    """Every place where a model speaks in its own voice."""
    text = sheet.text
    if not sheet.lines:
        return []
    found = _lines(sheet)
    candidates = _sentences(sheet)
    if (candidates or found) and not _is_vietnamese(text):
        return [m for m in found if m.evidence.get("kind") in ("tag", "fence")]
    found += _judged(sheet, candidates)
    if "```" in text or "~~~" in text:
        found += _fences(sheet)
    return found + _rules_beside(sheet, found)


def _mark(
    message: str,
    confidence: float,
    safety: Safety,
    kind: str,
    lines: tuple[int, ...] = (),
    span: Span | None = None,
) -> Mark:
    return Mark(MODEL_CHATTER, message, confidence, safety, lines, span, {"kind": kind})


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f'"{text}"' if len(text) <= 70 else f'"{text[:67]}..."'


def _lines(sheet: Sheet) -> list[Mark]:
    """Chatter that is known by a whole line or by a sign inside one."""
    found: list[Mark] = []
    for index, line in enumerate(sheet.lines):
        text = line.text
        if "<" in text or "![" in text:
            found += _tags(sheet, index)
        if "[" in text or "(" in text or text[0] in "*_":
            found += _brackets(sheet, index)
        if len(text) <= 500 and (mark := _vietnamese(sheet, index)):
            found.append(mark)
        elif "\u4e00" <= text[0] <= "\u9fff" and _CHINESE.search(text[:80]):
            found.append(_mark(f"a model's remark {_short(text)}", 0.95, Safety.SAFE, "chinese", (index,)))
    return found


def _tags(sheet: Sheet, index: int) -> list[Mark]:
    line = sheet.lines[index]
    matches = list(_TAG.finditer(line.text))
    if not matches:
        return []
    if not _TAG.sub("", line.text).strip():
        picture = all(m.group().startswith("![") for m in matches)
        return [
            _mark(f"a model's tag {_short(line.text)}", 0.8 if picture else 0.97,
                  Safety.UNSAFE if picture else Safety.SAFE, "tag", (index,))
        ]  # fmt: skip
    return [
        _mark(
            f"a model's tag {_short(m.group())}", 0.96 if m.group().startswith("<|") else 0.75,
            Safety.SAFE if m.group().startswith("<|") else Safety.UNSAFE, "tag",
            span=Span(line.start + m.start(), line.start + m.end()),
        )
        for m in matches
    ]  # fmt: skip


def _brackets(sheet: Sheet, index: int) -> list[Mark]:
    line = sheet.lines[index]
    text = line.text
    whole = len(text) <= 420
    if whole and _UNREAD.fullmatch(text):
        safe = text[0] == "[" and bool(_SURE_UNREAD.fullmatch(text))
        return [
            _mark(f"a model's remark {_short(text)}", 0.96 if safe else 0.75,
                  Safety.SAFE if safe else Safety.UNSAFE, "unread", (index,))
        ]  # fmt: skip
    if whole and _PICTURE.fullmatch(text):
        safe = text[0] == "["
        return [
            _mark(f"a model's description of a picture {_short(text)}", 0.95 if safe else 0.75,
                  Safety.SAFE if safe else Safety.UNSAFE, "picture", (index,))
        ]  # fmt: skip
    return [
        _mark(f"a model's remark {_short(m.group())}", 0.75, Safety.UNSAFE, "unread",
              span=Span(line.start + m.start(), line.start + m.end()))
        for m in _UNREAD.finditer(text)
        if m.group()[0] == "[" and _SURE_UNREAD.fullmatch(m.group())
    ]  # fmt: skip


def _vietnamese(sheet: Sheet, index: int) -> Mark | None:
    """A Vietnamese line in which the model speaks of the picture or the file it was given."""
    line = sheet.lines[index]
    text = line.text.strip("*_# ").lower()
    if not text or text[0] not in "cdđgknstvbtrhmxo(*" or text[0] in _QUOTES:
        return None
    source, read = _HAS_SOURCE.search(text), _HAS_READ.search(text)
    safety, confidence = None, 0.0
    if _VI_OPEN.match(text) and text.endswith(":") and len(text) <= 200:
        opened = text.startswith(("chắc chắn", "tất nhiên", "vâng", "được rồi", "dạ"))
        if source and (
            read or opened or re.search(r"(?:nội dung|văn bản|toàn bộ).{0,40}\b(?:trong|từ|của|trên)\b", text)
        ):
            safety, confidence = Safety.SAFE, 0.96
        elif read and re.search(r"(?:nội dung|văn bản)\b.{0,20}\b" + _READ, text) and (index == 0 or opened):
            safety, confidence = Safety.SAFE, 0.95
        elif read and re.search(r"(?:nội dung|văn bản)\b", text):
            safety, confidence = Safety.UNSAFE, 0.75
    elif _VI_NOTE.match(text):
        if read and (
            source
            or re.search(
                r"\b(?:văn bản|nội dung|bản (?:dịch|chép|trích))\b.{0,40}\b(?:trên|này|được)\b", text
            )
        ):
            sure = bool(source) or "văn bản trên được" in text or "nội dung trên được" in text
            edge = index in (0, len(sheet.lines) - 1) or sheet.alone(index)
            safety, confidence = (Safety.SAFE, 0.95) if sure and edge else (Safety.UNSAFE, 0.8)
    elif _VI_REFUSE.match(text):
        if source or re.search(r"\b(?:văn bản|nội dung|tài liệu|trang)\b", text):
            edge = sheet.alone(index) and bool(source)
            safety, confidence = (Safety.SAFE, 0.95) if edge else (Safety.UNSAFE, 0.75)
    elif (
        _VI_OFFER.match(text)
        and _VI_HELP.search(text)
        and index >= len(sheet.lines) - 2
        and sheet.alone(index)
    ):
        safety, confidence = Safety.UNSAFE, 0.85
    if safety is None:
        return None
    return _mark(f"a model's remark {_short(line.text)}", confidence, safety, "vietnamese", (index,))


class _Candidate(NamedTuple):
    start: int
    end: int
    block: int


def _sentences(sheet: Sheet) -> list[_Candidate]:
    """English sentences that begin as a model's remark does."""
    text = sheet.text
    found: list[_Candidate] = []
    block, last = 0, -1
    ranges = sheet.ranges
    for opening in _OPENING.finditer(text):
        start = opening.start()
        if start < last:
            continue
        match = _remark().match(text, opening.end(), opening.end() + 300)
        if match is None:
            continue
        while block + 1 < len(ranges) and sheet.lines[ranges[block + 1].start].start <= opening.end():
            block += 1
        limit = min(sheet.lines[ranges[block].stop - 1].end, start + _SENTENCE)
        end = _sentence_end(text, match.end(), limit, start)
        if is_english(text[opening.end() : end]) or match.group().rstrip().endswith(":"):
            found.append(_Candidate(start, end, block))
            last = end
    return found


def _sentence_end(text: str, place: int, limit: int, start: int) -> int:
    for match in _END.finditer(text, place, limit):
        if match.group().startswith("\n"):
            return match.start()
        before = text[max(start, match.start() - 3) : match.start()]
        if match.group().startswith(".") and re.search(r"(?:^|[\s(])(?:Mr|Dr|Ms|No|St|[A-ZĐ])$", before):
            continue
        return match.end()
    return limit


def _other_english(sheet: Sheet, candidates: list[_Candidate]) -> int:
    """Number of longer lines of English prose that are no chatter, up to five."""
    spans = {c.block for c in candidates}
    count = 0
    for line in sheet.lines:
        if len(line.text) < 30 or not line.text[:200].isascii():
            continue
        if line.block in spans and any(c.start < line.end and line.start < c.end for c in candidates):
            continue
        if is_english(line.text):
            count += 1
            if count == 5:
                break
    return count


def _judged(sheet: Sheet, candidates: list[_Candidate]) -> list[Mark]:
    if not candidates:
        return []
    text = sheet.text
    other = _other_english(sheet, candidates[:200])
    found = []
    for number, one in enumerate(candidates):
        first, end = one.start, one.end
        own = sheet.ranges[one.block]
        left = text[max(0, first - 200) : first].rstrip()
        before = re.split(r"(?<=[.!?:…])\s|\n", left)[-1] if left else ""
        follow = text[end : end + 300].lstrip(" \t")
        after = re.split(r"(?<=[.!?:…])\s|\n", follow, maxsplit=1)[0]
        joined_before = number and candidates[number - 1].end >= first - 2
        joined_after = number + 1 < len(candidates) and candidates[number + 1].start <= end + 2
        foreign = (bool(before) and not joined_before and is_english(before)) + (
            bool(after) and not follow.startswith("\n") and not joined_after and is_english(after)
        )
        if _quoted(text, first, end):
            continue
        about = re.compile(r"\b(?:transcri|extracted|ocr\b|image|illegible|text\b)", re.IGNORECASE).search(
            text, first, end
        )
        sure = not foreign and other <= (1 if about else 0) and bool(about)
        safety, confidence = (Safety.SAFE, 0.96) if sure else (Safety.UNSAFE, 0.75)
        if foreign or other >= 3:
            safety, confidence = Safety.DISPLAY, 0.4
        message = f"a model's remark {_short(text[first:end])}"
        covered = _whole_lines(sheet, own, first, end)
        if covered:
            found.append(_mark(message, confidence, safety, "english", covered))
        else:
            found.append(_mark(message, confidence, safety, "english", span=Span(first, end)))
    return found


def _quoted(text: str, start: int, end: int) -> bool:
    """Whether the sentence stands in quotation marks, or a quotation opened before it is not closed."""
    if start and text[start - 1] in _QUOTES:
        return True
    left = text[max(0, start - 400) : start].rsplit("\n\n", 1)[-1]
    open_curly = left.count("“") > left.count("”")
    return open_curly or (left.count('"') % 2 == 1 and '"' in text[start : end + 200])


def _whole_lines(sheet: Sheet, own: range, start: int, end: int) -> tuple[int, ...]:
    """The lines that a sentence fills wholly, or none if it fills one in part."""
    lines = sheet.lines
    inside = (
        [i for i in own if lines[i].start < end and start < lines[i].end]
        if len(own) < 64
        else _near(sheet, own, start, end)
    )
    if inside and lines[inside[0]].start >= start and lines[inside[-1]].end <= end:
        return tuple(inside)
    return ()


def _near(sheet: Sheet, own: range, start: int, end: int) -> list[int]:
    low, high = own.start, own.stop
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if sheet.lines[middle].start <= start else (low, middle)
    found = []
    while low < own.stop and sheet.lines[low].start < end:
        if sheet.lines[low].end > start:
            found.append(low)
        low += 1
    return found


def _fences(sheet: Sheet) -> list[Mark]:
    """A fence round the whole text, or an opening one without its end."""
    fences = [
        (i, m.group(1).lower())
        for i, line in enumerate(sheet.lines)
        if line.text[0] in "`~" and (m := _FENCE.fullmatch(line.text))
    ]
    if not fences or len(fences) > 2 or fences[0][1] not in _TEXT_FENCES:
        return []
    first, last = fences[0][0], fences[-1][0]
    if len(fences) == 1:
        if first in (0, len(sheet.lines) - 1):
            return [_mark("a Markdown fence without its other half", 0.95, Safety.SAFE, "fence", (first,))]
        return []
    outside = first + len(sheet.lines) - 1 - last
    if last - first < 2 or outside > 4 or fences[1][1]:
        return []
    if any(len(sheet.lines[i].text) > 200 for i in (*range(first), *range(last + 1, len(sheet.lines)))):
        return []
    safety, confidence = (Safety.SAFE, 0.97) if outside <= 2 else (Safety.UNSAFE, 0.8)
    return [_mark("a Markdown fence round the whole text", confidence, safety, "fence", (first, last))]


def _rules_beside(sheet: Sheet, found: list[Mark]) -> list[Mark]:
    """Separators ("---") that part a model's remark from the text: they go with it."""
    gone = {i for m in found if m.safety is Safety.SAFE for i in m.lines}
    extra = []
    for index in sorted(gone):
        for place in (index - 1, index + 1):
            if (
                0 <= place < len(sheet.lines)
                and place not in gone
                and _RULE.fullmatch(sheet.lines[place].text[:80])
            ):
                at_edge = place in (0, len(sheet.lines) - 1) or index in (0, len(sheet.lines) - 1)
                if at_edge and sheet.lines[place].text[0] in "-*_=":
                    extra.append(
                        _mark("a separator beside a model's remark", 0.95, Safety.SAFE, "separator", (place,))
                    )
    return extra
