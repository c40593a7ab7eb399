"""What a model says about the document it reads, in place of or beside reading it."""

from __future__ import annotations

import re
from typing import Final

from ocrfix.detectors._noise_concepts import Talk, chinese_talk, is_label, vietnamese_talk
from ocrfix.detectors._noise_english import english_marks, english_remarks
from ocrfix.detectors._noise_lines import LONG, Mark, Sheet
from ocrfix.detectors._noise_rules import MODEL_CHATTER
from ocrfix.detectors._noise_talk import only_talk, remark_weight, talk_weight
from ocrfix.model import Safety, Span
from ocrfix.vietnamese.letters import letter

__all__ = ["chatter"]

_VIETNAMESE: Final = 0.02
"""Share of letters with marks from which on a document is Vietnamese; running text has over 0.2."""


_TAG: Final = re.compile(
    r"<\|ref\|>[^<>\n]{0,60}<\|/ref\|>(?:<\|det\|>[\[\]\d, ]{2,200}<\|/det\|>)?"
    r"|<!--\s*(?:image|picture|figure|table|chart|formula|page|missing|text|header|footer|end|start|ocr)\w{0,12}\b"
    r"[^<>\n]{0,120}-->|\[MISSING_PAGE_[A-Z]{2,12}(?::\d{1,4})?\]|</?(?:start_of_image|end_of_image|think"
    r"|transcription|transcript|ocr_text|page_text|page|output|answer)>"
    r"|</?(?:table|page|image|figure|column|section|text|header|footer|doc|document|ocr|line|block)[_-]?"
    r"(?:start|end|break|begin|sep)/?>"
    r"|<\|/?[a-z_]{2,30}\|>|</s>|<(?:image|img|pad|unk|bos|eos|start_of_turn|end_of_turn|image_placeholder"
    r"|ocr)\s*/?>"
    r"|<(?P<tag>img|figure_description|watermark|image_description)>[^<\n]{0,400}</(?P=tag)>"
    r"|!\[(?:(?:image|img|picture|photo|figure|hình ảnh|hình|ảnh)?[ _\d.-]*|img-\d+\.\w{3,4})\]"
    r"\((?P<target>[^()\s]{0,120})\)",
    re.IGNORECASE,
)
_NOWHERE: Final = re.compile(
    r"#?|(?:image|img|picture|photo|url|link|path|placeholder|image_url|src)", re.IGNORECASE
)
_UNREAD: Final = re.compile(
    r"[\[(](?:illegible|unreadable|unclear|illegible text|text illegible|unreadable text|unclear text"
    r"|indecipherable|"
    r"not legible|cut off|text cut off|text continues|continued|continues|blank|blank page|empty page"
    r"|no text|image|photo|picture|logo|signature|stamp|seal|"
    r"handwritten(?: (?:text|signature|note))?|không đọc được|không đọc rõ|không rõ chữ|chữ không rõ|khó đọc"
    r"|không thể đọc|bị cắt|"
    r"văn bản bị cắt|trang trống|trang trắng|hình ảnh|logo|chữ viết tay|văn bản tiếp tục)[\])]",
    re.IGNORECASE,
)
_SURE_UNREAD: Final = re.compile(
    r"[\[(](?:illegible.*|unreadable.*|unclear.*|indecipherable|not legible|text .*|cut off|blank page"
    r"|empty page|no text|image|picture|hình ảnh|không đọc được|"
    r"không thể đọc|văn bản .*)[\])]",
    re.IGNORECASE,
)
_PICTURE: Final = re.compile(
    r"[\[(*_]{1,3}(?:hình ảnh|mô tả hình ảnh|mô tả ảnh|image|image description|picture|photo|photograph"
    r"|figure|logo|signature|stamp|seal|"
    r"chart|diagram|con dấu|chữ ký|biểu đồ|ảnh chụp)\s*:[^\[\]\n]{2,400}[\])*_]{1,3}",
    re.IGNORECASE,
)
_BRACKET: Final = 420  # characters of the longest description in brackets
_LABEL: Final = 60  # characters of the longest title of a transcription
_OPENING: Final = 200  # characters of the longest line that opens a model's answer
_REMARK: Final = 500  # characters of the longest remark of one line
_FENCE: Final = re.compile(r"(?:```|~~~)\s*([A-Za-z]{0,12})")
_TEXT_FENCES: Final = frozenset(
    ("", "text", "txt", "markdown", "md", "plaintext", "plain", "vietnamese", "vi", "html")
)
_RULE: Final = re.compile(r"(?:[-*_=]\s?){3,}")

_SOURCE: Final = (
    r"(?:hình ảnh|bức ảnh|ảnh|tấm ảnh|hình|tệp|file|bản quét|bản scan|trang scan|ảnh chụp|trang tài liệu"
    r"|tài liệu scan|"
    r"tài liệu (?:bạn|được|đã) (?:cung cấp|gửi|tải lên)|văn bản (?:bạn|được|đã) (?:cung cấp|gửi|tải lên))"
)
_READ: Final = (
    r"(?:trích xuất|nhận dạng|nhận diện|phiên âm|chép lại|chuyển đổi|chuyển thành văn bản|đọc được|ocr"
    r"|sao chép|gõ lại|bóc tách|"
    r"số hóa|số hoá|phiên bản văn bản)"
)
_VI_OPEN: Final = re.compile(
    r"(?:(?:chắc chắn rồi|chắc chắn|tất nhiên(?: rồi)?|vâng|được rồi|dạ|ok|rồi)[,!.:]?\s+)?(?:dưới đây là"
    r"|sau đây là|đây là|kết quả|nội dung|văn bản|"
    r"toàn bộ)\b"
)
_VI_NOTE: Final = re.compile(r"\(?\*{0,2}(?:lưu ý|ghi chú|chú ý|chú thích)\s*:\*{0,2}\s+")
_VI_REFUSE: Final = re.compile(
    r"(?:(?:rất tiếc|xin lỗi|thật tiếc)[,.!:]?\s+(?:nhưng\s+)?)?(?:tôi|mình)\s+(?:không thể"
    r"|không có khả năng|chưa thể)\s+"
    r"(?:đọc|xem|nhận dạng|nhận diện|trích xuất|truy cập|phân tích|xử lý|nhìn thấy)\b"
)
_VI_OFFER: Final = re.compile(
    r"(?:nếu (?:bạn|anh/chị|quý vị) (?:cần|muốn|có)|bạn có muốn tôi|bạn có cần tôi|hãy cho tôi biết nếu"
    r"|hy vọng (?:điều này|bản|nội dung|thông tin này))\b"
)
_VI_HELP: Final = re.compile(
    r"\b(?:hãy (?:cho tôi biết|báo cho tôi|nói với tôi)|tôi (?:sẽ|có thể) (?:giúp|hỗ trợ)|hữu ích cho bạn"
    r"|giúp ích cho bạn|tôi (?:dịch|tóm tắt|trích xuất|định dạng))\b"
)
_VI_POLITE: Final = ("chắc chắn", "tất nhiên", "vâng", "được rồi", "dạ")
_VI_MATTER: Final = re.compile(r"\b(?:văn bản|nội dung|tài liệu|trang)\b")
_VI_FROM: Final = re.compile(r"(?:nội dung|văn bản|toàn bộ).{0,40}\b(?:trong|từ|của|trên)\b")
_VI_READ_TEXT: Final = re.compile(rf"(?:nội dung|văn bản)\b.{{0,20}}\b{_READ}")
_VI_THIS_TEXT: Final = re.compile(
    r"\b(?:văn bản|nội dung|bản (?:dịch|chép|trích))\b.{0,40}\b(?:trên|này|được)\b"
)
_HAS_SOURCE: Final = re.compile(rf"\b{_SOURCE}\b")
_HAS_READ: Final = re.compile(rf"\b{_READ}\b")
_CJK: Final = re.compile(
    r"[\[(（【*_]{0,3}[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]"
    r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af\uff00-\uffef\u2010-\u2026"
    r"\w \t,.:;!?()\[\]*-]*"
)
_FOREIGN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]")
_EASTERN: Final = 12
"""Lines of Chinese (Japanese, Korean) up to which a document is not one that has them as its own."""
_WRAPPED: Final = re.compile(r"[\[(（*_].{4,}[\])）*_:]", re.DOTALL)
_LIST_MARKS: Final = "*_# >[]()（）~`"
_VI_META: Final = re.compile(
    r"(?!.*\b(?:phần mềm|công nghệ|hệ thống|camera)\b)"
    r"(?:lưu ý|ghi chú|chú ý|dưới đây|sau đây|trên đây|đây là|hy vọng|hi vọng|rất tiếc|xin lỗi|tiếp tục"
    r"|kết thúc|hết|toàn bộ|nội dung|văn bản|phần|một số|các|kết quả)\b"
)
_WELL: Final = re.compile(
    r"(?:chắc chắn|tất nhiên|vâng|dạ|được|ok|rất tiếc|xin lỗi|cảm ơn)[^.!?…]{0,20}[.!?…]\s+"
)
_SENTENCES: Final = re.compile(r"[^\W\d_][.!?…]\s+[^\W\d_]")
_ENDED: Final = re.compile(
    r"\[(?:hết|kết thúc|bắt đầu|cuối|tiếp theo)"
    r"(?: (?:của|nội dung|phần|đoạn|cột|trang|văn bản|tài liệu|báo|này)){1,4}\]"
)
_GLUED: Final = re.compile(
    r"(?<=[.!?…:;”\"»])[ \t]+"
    r"(?P<remark>\[[^\[\]\n]{4,200}\]|\([^()\n]{4,200}\)|[^\W\d_][^.!?…:;\n]{10,200}:)$"
)
_CUT: Final = re.compile(r"[.!?…;:”\"»)][ \t]+(?=[^\W\d_a-z])")
_WEIGHT: Final = 5
"""Weight from which on a line is a model's; 12 lines of 63 million characters of right text reach it."""
_EDGE_WEIGHT: Final = 4
_FIRST_NOTE: Final = 2
_AT_EDGE: Final = 3  # lines from which on a document has an edge and a middle
_AROUND: Final = 60  # lines that are looked at to see what a text is about
_FAR: Final = 600  # characters of each of them
_ASK: Final = re.compile(r"\b(?:bạn|anh/chị|quý vị)\b")
_SELF: Final = re.compile(r"\b(?:tôi|mình)\b")


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
    remarks = english_remarks(sheet)
    if (remarks or found) and not _is_vietnamese(text):
        return [m for m in found if m.evidence.get("kind") in ("tag", "fence")]
    found += english_marks(sheet, remarks)
    if "```" in text or "~~~" in text:
        found += _fences(sheet)
    return found + _rules_beside(sheet, found)


_Grade = tuple[float, Safety]


def _mark(message: str, kind: str, grade: _Grade, place: int | tuple[int, ...] | Span) -> Mark:
    confidence, safety = grade
    if isinstance(place, Span):
        return Mark(MODEL_CHATTER, message, confidence, safety, (), place, {"kind": kind})
    lines = (place,) if isinstance(place, int) else place
    return Mark(MODEL_CHATTER, message, confidence, safety, lines, None, {"kind": kind})


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f'"{text}"' if len(text) <= 70 else f'"{text[:67]}..."'


def _label(sheet: Sheet, index: int) -> Mark | None:
    """An English title or note of the transcription itself."""
    text = sheet.lines[index].text
    marked = text[0] in "[(*_#-=" or text[-1] in ":."
    if not marked or len(text) > _LABEL or not is_label(text.strip(_LIST_MARKS)):
        return None
    return _mark(f"a model's remark {_short(text)}", "label", (0.96, Safety.SAFE), index)


def _eastern(sheet: Sheet) -> list[Mark]:
    """Chinese, Japanese or Korean in which a model speaks of the Vietnamese page before it."""
    if not _FOREIGN.search(sheet.text):
        return []
    places = [i for i, line in enumerate(sheet.lines) if _FOREIGN.search(line.text)]
    if len(places) > _EASTERN:
        return []
    found = []
    for index in places:
        line = sheet.lines[index]
        for run in _CJK.finditer(line.text):
            words = chinese_talk(run.group())
            if not words:
                continue
            whole = run.end() - run.start() == len(line.text)
            edge = index <= 1 or index >= len(sheet.lines) - 2
            sure = words >= 2 or (whole and edge) or run.group()[0] in "[(（【"
            grade = (0.95, Safety.SAFE) if sure and not _quoted(line.text, run) else (0.75, Safety.UNSAFE)
            place = index if whole else Span(line.start + run.start(), line.start + run.end())
            found.append(_mark(f"a model's remark {_short(run.group())}", "chinese", grade, place))
    return found


def _quoted(text: str, run: re.Match[str]) -> bool:
    return text[run.start() - 1 : run.start()] in ("“", '"', "‘", "「", "《") and run.start() > 0


def _lines(sheet: Sheet) -> list[Mark]:
    """Chatter that is known by a whole line or by a sign inside one."""
    found: list[Mark] = _eastern(sheet)
    for index, line in enumerate(sheet.lines):
        text = line.text
        if "<" in text or "![" in text or "[MISSING" in text:
            found += _tags(sheet, index)
        if "[" in text or "(" in text or text[0] in "*_":
            found += _brackets(sheet, index)
        mark = _vietnamese(sheet, index) if len(text) <= _REMARK else None
        if mark := mark or _label(sheet, index) or _glued(sheet, index):
            found.append(mark)
    return found


def _tags(sheet: Sheet, index: int) -> list[Mark]:
    line = sheet.lines[index]
    matches = list(_TAG.finditer(line.text))
    if not matches:
        return []
    if not _TAG.sub("", line.text).strip():
        picture = any(m.group().startswith("![") and not _NOWHERE.fullmatch(m["target"]) for m in matches)
        grade = (0.8, Safety.UNSAFE) if picture else (0.97, Safety.SAFE)
        return [_mark(f"a model's tag {_short(line.text)}", "tag", grade, index)]
    return [
        _mark(
            f"a model's tag {_short(m.group())}",
            "tag",
            (0.96, Safety.SAFE) if m.group().startswith("<|") else (0.75, Safety.UNSAFE),
            Span(line.start + m.start(), line.start + m.end()),
        )
        for m in matches
    ]


def _brackets(sheet: Sheet, index: int) -> list[Mark]:
    line = sheet.lines[index]
    text = line.text
    if len(text) <= _BRACKET and (picture := _PICTURE.fullmatch(text) or _UNREAD.fullmatch(text)):
        sure = text[0] == "[" and (picture.re is _PICTURE or _SURE_UNREAD.fullmatch(text))
        grade = (0.95, Safety.SAFE) if sure else (0.75, Safety.UNSAFE)
        return [_mark(f"a model's remark {_short(text)}", "bracket", grade, index)]
    return [
        _mark(
            f"a model's remark {_short(m.group())}, where a word is missing",
            "bracket",
            (0.75, Safety.UNSAFE),
            Span(line.start + m.start(), line.start + m.end()),
        )
        for m in _UNREAD.finditer(text)
        if m.group()[0] == "[" and _SURE_UNREAD.fullmatch(m.group())
    ]


def _vietnamese(sheet: Sheet, index: int) -> Mark | None:
    """A Vietnamese line in which the model speaks of the picture or the file it was given."""
    line = sheet.lines[index]
    text = line.text.strip("*_# ").lower()
    if not text:
        return None
    if (weighed := _weighed(sheet, index)) and weighed[1] is Safety.SAFE:
        return _mark(f"a model's remark {_short(line.text)}", "vietnamese", weighed, index)
    edge = index in (0, len(sheet.lines) - 1) or sheet.alone(index)
    grade: _Grade | None = None
    if text[0] not in "cdđhklmnrstvxo(":
        pass
    elif _VI_OPEN.match(text):
        grade = _grade_opening(text, first=index == 0)
    elif _VI_NOTE.match(text):
        grade = _grade_note(text, edge=edge)
    elif _VI_REFUSE.match(text) and (_HAS_SOURCE.search(text) or _VI_MATTER.search(text)):
        sure = edge and _HAS_SOURCE.search(text)
        grade = (0.95, Safety.SAFE) if sure else (0.75, Safety.UNSAFE)
    elif index >= len(sheet.lines) - 2 and edge and _VI_OFFER.match(text) and _VI_HELP.search(text):
        grade = (0.85, Safety.UNSAFE)
    if (grade is None or grade[1] < Safety.SAFE) and (talk := _grade_talk(sheet, index, text)):
        grade = talk
    grade = grade or weighed
    return grade and _mark(f"a model's remark {_short(line.text)}", "vietnamese", grade, index)


def _weighed(sheet: Sheet, index: int) -> _Grade | None:
    """How sure a Vietnamese line by itself is a model's, by the weight of its words and by its place."""
    line = sheet.lines[index]
    last = len(sheet.lines) - 1
    if len(line.text) > _OPENING or not (sheet.alone(index) or index in (0, last)):
        return None
    if line.text[0] in "[(（" and line.text[-1] in "])）.":
        return _unread(sheet, index)
    weight, told = remark_weight(line.text.strip("*_# "))
    if weight < _EDGE_WEIGHT:
        return None
    edge = last >= _AT_EDGE and index in (0, last)
    sure = weight >= _WEIGHT + 1 or (told and (edge or weight >= _WEIGHT))
    if not sure:
        return (0.75, Safety.UNSAFE) if weight >= _WEIGHT else None
    return (0.75, Safety.UNSAFE) if _speaks_of_pictures(sheet, index) else (0.95, Safety.SAFE)


def _unread(sheet: Sheet, index: int) -> _Grade | None:
    """How sure a Vietnamese note in brackets is a model's on what it could not read."""
    line = sheet.lines[index]
    text = line.text.strip(_LIST_MARKS + ".")
    if not _FIRST_NOTE <= len(text) <= _LABEL or any(c.isdigit() for c in text):
        return None
    weight, classes = talk_weight(text.casefold())
    if "defect" not in classes or (weight <= _FIRST_NOTE and line.text[0] != "["):
        return None
    return (0.75, Safety.UNSAFE) if _speaks_of_pictures(sheet, index) else (0.95, Safety.SAFE)


def _speaks_of_pictures(sheet: Sheet, index: int) -> bool:
    """Whether other lines of the document weigh like remarks, too, so that they are what it is about."""
    own = sheet.lines[index].block
    last = len(sheet.lines) - 1
    near = range(max(0, index - _AROUND), min(last, index + _AROUND) + 1)
    like = 0
    for place in near:
        line = sheet.lines[place]
        if line.block == own or place in (0, last):
            continue
        low = line.text[:_FAR].casefold()
        like += "reading" in talk_weight(low)[1] or "given" in talk_weight(low)[1]
    return like > 1


def _glued_sentence(sheet: Sheet, index: int) -> Mark | None:
    """A Vietnamese sentence of a model behind the last one of a paragraph."""
    line = sheet.lines[index]
    if len(line.text) < LONG or line.text[-1] not in ".!?":
        return None
    cut = 0
    for match in _CUT.finditer(line.text, max(0, len(line.text) - _OPENING)):
        cut = match.end()
    if not cut:
        return None
    weight, told = remark_weight(line.text[cut:])
    if not told or weight <= _WEIGHT or _speaks_of_pictures(sheet, index):
        return None
    place = Span(line.start + cut, line.end)
    return _mark(f"a model's remark {_short(line.text[cut:])}", "vietnamese", (0.95, Safety.SAFE), place)


def _glued(sheet: Sheet, index: int) -> Mark | None:
    """A Vietnamese remark behind the last sentence of a paragraph."""
    line = sheet.lines[index]
    if line.text[-1] not in "]):":
        return _glued_sentence(sheet, index)
    match = _GLUED.search(line.text, max(0, len(line.text) - _OPENING))
    if match is None:
        return None
    remark = match["remark"]
    talk = vietnamese_talk(remark.casefold())
    opened = remark[0] in "[(" or (talk.persons and _VI_META.match(remark.casefold()))
    if not (talk.sure and talk.things and opened):
        return None
    grade = (0.75, Safety.UNSAFE) if remark[0] == "(" else (0.95, Safety.SAFE)
    place = Span(line.start + match.start("remark"), line.end)
    return _mark(f"a model's remark {_short(remark)}", "vietnamese", grade, place)


def _grade_talk(sheet: Sheet, index: int, text: str) -> _Grade | None:
    """How sure a Vietnamese line is a model's, by what it speaks of and where it stands."""
    line = sheet.lines[index]
    if len(text) > _OPENING or not (sheet.alone(index) or index in (0, len(sheet.lines) - 1)):
        return None
    talk = vietnamese_talk(text)
    top, end = index <= 1, index >= len(sheet.lines) - 2
    sure = _wrapped_talk(line.text, talk)
    if not sure and not _SENTENCES.search(_WELL.sub("", text, count=1)):
        sure = _opens_talk(text, talk, top=top) or ((top or end) and _edge_talk(text, talk, end=end))
    return (0.95, Safety.SAFE) if sure else None


def _wrapped_talk(line: str, talk: Talk) -> bool:
    """Whether a note in brackets or stars is a model's."""
    if line[0] not in "[(（*_" or not _WRAPPED.fullmatch(line):
        return False
    if line[0] == "[" and (talk.sure or _ENDED.fullmatch(line.lower())):
        return True
    return talk.things > 0 and (talk.sure > 0 or (talk.reading > 0 and talk.things >= 2))


def _opens_talk(text: str, talk: Talk, *, top: bool) -> bool:
    """Whether a line with a colon at its end opens what a model has read."""
    if text[-1] != ":" or not talk.persons or not talk.things:
        return False
    polite = top and text.startswith(_VI_POLITE) and talk.persons >= 2
    return polite or (talk.sure > 0 and (top or talk.things >= 2))


def _edge_talk(text: str, talk: Talk, *, end: bool) -> bool:
    """Whether a line at the document's begin or end is a model's word to its reader.

    A letter has the speaker and the reader, too, but neither reading nor the text as a thing.
    """
    ask, self_ = _ASK.search(text) is not None, _SELF.search(text) is not None
    if end and talk.reading and ask and self_ and _VI_OFFER.match(text):
        return True
    if not talk.things:
        return False
    meta = _VI_META.match(text) is not None
    opened = meta or text.startswith(("tôi đã ", *_VI_POLITE))
    if talk.reading and talk.persons >= 2 and self_ and (ask or opened):
        return True
    return (talk.sure > 0 and meta and only_talk(text)) or (
        end and ask and talk.persons >= 3 and text[0] in "hn"
    )


def _grade_opening(text: str, *, first: bool) -> _Grade | None:
    """How sure a line such as "Dưới đây là nội dung …:" is a model's."""
    if not text.endswith(":") or len(text) > _OPENING:
        return None
    source, read = _HAS_SOURCE.search(text), _HAS_READ.search(text)
    polite = text.startswith(_VI_POLITE)
    if source and (read or polite or _VI_FROM.search(text)):
        return 0.96, Safety.SAFE
    if read and _VI_READ_TEXT.search(text) and (first or polite):
        return 0.95, Safety.SAFE
    if read and _VI_MATTER.search(text):
        return 0.75, Safety.UNSAFE
    return None


def _grade_note(text: str, *, edge: bool) -> _Grade | None:
    """How sure a line such as "Lưu ý: Văn bản trên được …" is a model's."""
    if not _HAS_READ.search(text):
        return None
    source = _HAS_SOURCE.search(text)
    if not source and not _VI_THIS_TEXT.search(text):
        return None
    sure = edge and (source or "văn bản trên được" in text or "nội dung trên được" in text)
    return (0.95, Safety.SAFE) if sure else (0.8, Safety.UNSAFE)


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
        if first in (0, len(sheet.lines) - 1) and sheet.lines[first].text[0] == "`":
            return [_mark("a Markdown fence without its other half", "fence", (0.95, Safety.SAFE), first)]
        return []
    outside = [*range(first), *range(last + 1, len(sheet.lines))]
    if last - first < 2 or len(outside) > 4 or fences[1][1]:
        return []
    if any(len(sheet.lines[i].text) > _OPENING for i in outside):
        return []
    grade = (0.97, Safety.SAFE) if len(outside) <= 2 else (0.8, Safety.UNSAFE)
    return [_mark("a Markdown fence round the whole text", "fence", grade, (first, last))]


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
                        _mark("a separator beside a model's remark", "separator", (0.95, Safety.SAFE), place)
                    )
    return extra
