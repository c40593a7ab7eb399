"""Vietnamese lines and sentences in which a model speaks of the page before it."""

from __future__ import annotations

import re
from typing import Final

from ocrfix.detectors._noise_concepts import Talk, vietnamese_talk
from ocrfix.detectors._noise_lines import LONG, Mark, Sheet
from ocrfix.detectors._noise_remarks import LABEL, LIST_MARKS, OPENING, Grade, marked, short
from ocrfix.detectors._noise_talk import only_talk, remark_weight, strangeness, talk_weight
from ocrfix.detectors._noise_weights import line_weight
from ocrfix.model import Safety, Span

__all__ = ["LIST_STARTS", "REMARK_STARTS", "glued_remark", "vietnamese_remark"]

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
_MAY_OPEN: Final = re.compile(
    r"[*_# ]*(?:\(?\*{0,2}(?:lưu|ghi|chú)\b|(?:rất tiếc|xin lỗi|thật tiếc|tôi|mình)\b)", re.IGNORECASE
)
"""How a note or a refusal begins: a screen before the patterns themselves."""
REMARK_STARTS: Final = frozenset(("lưu", "ghi", "chú", "rất", "xin", "thậ", "tôi", "mìn"))
"""The first letters of notes and refusals."""
LIST_STARTS: Final = "[(（*_# "
"""What may stand before them, and notes in brackets and stars begin with."""
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
_WRAPPED: Final = re.compile(r"[\[(（*_].{4,}[\])）*_:]", re.DOTALL)
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
_CUT: Final = re.compile(r".*[.!?…;:”\"»)][ \t]+(?=[^\W\d_a-z])", re.DOTALL)
_WEIGHT: Final = 5
"""Weight from which on a line is a model's; 12 lines of 63 million characters of right text reach it."""
_GLUED_WEIGHT: Final = 6.0
"""Learned weight from which on a paragraph's last sentence is a model's; no right one of 90,000 has it."""
_ADDRESSING: Final = frozenset(("model", "self", "you", "given", "source"))
"""Classes of which a remark known by its learned weight alone has a word: who reads, to whom, of what."""
_STRANGE: Final = 0.25
"""Share of words that speak neither of pages nor of reading up to which a line may be a remark."""
_EDGE_WEIGHT: Final = 4
_FIRST_NOTE: Final = 2
_AT_EDGE: Final = 3  # lines from which on a document has an edge and a middle
_AROUND: Final = 60  # lines that are looked at to see what a text is about
_FAR: Final = 600  # characters of each of them
_ASK: Final = re.compile(r"\b(?:bạn|anh/chị|quý vị)\b")
_SPEAKERS: Final = ("bạn", "anh/chị", "quý vị", "tôi", "mình")
_SELF: Final = re.compile(r"\b(?:tôi|mình)\b")


def vietnamese_remark(sheet: Sheet, index: int) -> Mark | None:
    """A Vietnamese line in which the model speaks of the picture or the file it was given."""
    line = sheet.lines[index]
    edge = index in (0, len(sheet.lines) - 1) or sheet.alone(index)
    weighed = _weighed(sheet, index) if edge else None
    placed = edge and (index <= 1 or index >= len(sheet.lines) - 2 or line.text[0] in "[(（*_")
    if not (weighed or placed or _MAY_OPEN.match(line.text) or line.text.rstrip("*_# ").endswith(":")):
        return None
    text = line.text.strip("*_# ").lower()
    if not text:
        return None
    if weighed and weighed[1] is Safety.SAFE:
        return marked(f"a model's remark {short(line.text)}", "vietnamese", weighed, index)
    grade: Grade | None = None
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
    return grade and marked(f"a model's remark {short(line.text)}", "vietnamese", grade, index)


def _weighed(sheet: Sheet, index: int) -> Grade | None:
    """How sure a Vietnamese line by itself is a model's, by the weight of its words and by its place.

    The line is a block of its own, or the document's first or last.
    """
    if len(sheet.lines[index].text) > OPENING or not sheet.lines[index].text.strip("*_# "):
        return None
    return _by_classes(sheet, index)


def _by_classes(sheet: Sheet, index: int) -> Grade | None:
    """How sure a Vietnamese line by itself is a model's, by the classes of its words."""
    line = sheet.lines[index]
    last = len(sheet.lines) - 1
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


def _unread(sheet: Sheet, index: int) -> Grade | None:
    """How sure a Vietnamese note in brackets is a model's on what it could not read."""
    line = sheet.lines[index]
    text = line.text.strip(LIST_MARKS + ".")
    if not _FIRST_NOTE <= len(text) <= LABEL or any(c.isdigit() for c in text):
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
    match = _CUT.match(line.text, max(0, len(line.text) - OPENING))
    if match is None:
        return None
    cut = match.end()
    sentence = line.text[cut:]
    if strangeness(sentence, _STRANGE) > _STRANGE:
        return None
    weight, told = remark_weight(sentence)
    if not (told and weight > _WEIGHT) and (
        line_weight(sentence, "remark") < _GLUED_WEIGHT
        or talk_weight(sentence.casefold())[1].isdisjoint(_ADDRESSING)
    ):
        return None
    if _speaks_of_pictures(sheet, index):
        return None
    place = Span(line.start + cut, line.end)
    return marked(f"a model's remark {short(sentence)}", "vietnamese", (0.95, Safety.SAFE), place)


def glued_remark(sheet: Sheet, index: int) -> Mark | None:
    """A Vietnamese remark behind the last sentence of a paragraph."""
    line = sheet.lines[index]
    if line.text[-1] not in "]):":
        return _glued_sentence(sheet, index)
    match = _GLUED.search(line.text, max(0, len(line.text) - OPENING))
    if match is None:
        return None
    remark = match["remark"]
    talk = vietnamese_talk(remark.casefold())
    opened = remark[0] in "[(" or (talk.persons and _VI_META.match(remark.casefold()))
    if not (talk.sure and talk.things and opened):
        return None
    grade = (0.75, Safety.UNSAFE) if remark[0] == "(" else (0.95, Safety.SAFE)
    place = Span(line.start + match.start("remark"), line.end)
    return marked(f"a model's remark {short(remark)}", "vietnamese", grade, place)


def _grade_talk(sheet: Sheet, index: int, text: str) -> Grade | None:
    """How sure a Vietnamese line is a model's, by what it speaks of and where it stands."""
    line = sheet.lines[index]
    if len(text) > OPENING or not (sheet.alone(index) or index in (0, len(sheet.lines) - 1)):
        return None
    top, end = index <= 1, index >= len(sheet.lines) - 2
    if not (line.text[0] in "[(（*_" or text[-1] == ":" or ((top or end) and _may_be_edge_talk(text))):
        return None
    talk = vietnamese_talk(text)
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


def _may_be_edge_talk(text: str) -> bool:
    """A screen before `_edge_talk`: who speaks to whom, or nothing but words of pages and of reading."""
    return any(map(text.__contains__, _SPEAKERS)) or (_VI_META.match(text) is not None and only_talk(text))


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


def _grade_opening(text: str, *, first: bool) -> Grade | None:
    """How sure a line such as "Dưới đây là nội dung …:" is a model's."""
    if not text.endswith(":") or len(text) > OPENING:
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


def _grade_note(text: str, *, edge: bool) -> Grade | None:
    """How sure a line such as "Lưu ý: Văn bản trên được …" is a model's."""
    if not _HAS_READ.search(text):
        return None
    source = _HAS_SOURCE.search(text)
    if not source and not _VI_THIS_TEXT.search(text):
        return None
    sure = edge and (source or "văn bản trên được" in text or "nội dung trên được" in text)
    return (0.95, Safety.SAFE) if sure else (0.8, Safety.UNSAFE)
