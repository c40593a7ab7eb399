"""What a model's remark is about, in any phrasing: reading, the page before it, the person it answers."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["Talk", "chinese_talk", "english_talk", "is_label", "vietnamese_talk"]


class Talk(NamedTuple):
    """How many words of a sentence speak of reading, of a page or text, of the speaker and the reader.

    ``sure``: how many of the first are said of nothing but the reading of pictures.
    """

    reading: int
    things: int
    persons: int
    sure: int


_EN_READING: Final = re.compile(
    r"\b(?:transcri\w+|extract\w*|ocr\w*|recogni[sz]\w*|legib\w+|illegib\w+|unreadable|readable|reads?|visible"
    r"|blurr\w*|cut off|cuts off|cropped|truncated|obscured|unclear|faded|handwrit\w+|translat\w+|format\w*"
    r"|proofread\w*|correct(?:ed|ions?)|preserv\w+|spelling|punctuation|layout|verbatim|markdown|diacritic\w*"
    r"|clean(?:ed)?-?(?: ?up)?|typed|digiti[sz]\w+|output|continu\w+|moving (?:on )?to|turning to"
    r"|proceeding to|summari[sz]\w+|describ\w+|depict\w*"
    r"|moved|omit\w*|removed?|ignored|blank|spanning|consists?|guess\w*|smudged|damaged|missing|incomplete"
    r"|uncertain|discern\w*|decipher\w*|make out|made out|interpret\w*|detected|identified|captur\w+"
    r"|contains?|displays?|displayed|quality|resolution|scanned|marked with|arranged)\b",
    re.IGNORECASE,
)
_EN_SURE: Final = re.compile(
    r"\b(?:transcri\w+|extracted|ocr\w*|legib\w+|illegib\w+|unreadable|blurr\w*|cut off|cuts off"
    r"|cropped|obscured|verbatim|markdown|omitted|cleaned-?(?: ?up)?|diacritic\w*)\b",
    re.IGNORECASE,
)
_EN_THINGS: Final = re.compile(
    r"\b(?:texts?|images?|pictures?|photos?|photographs?|scans?|scanned|documents?|pages?|columns?|paragraphs?"
    r"|sections?|captions?|newspapers?|files?|pdf|screenshots?|contents?|passages?|titles?|headlines?|tables?"
    r"|watermarks?|logos?|stamps?|signatures?|words?|characters?|lines?|original|vietnamese|version|result"
    r"|footnotes?|footers?|headers?|sidebars?|layout|margins?|corner|edges?|seal|bullet points?|formatting"
    r"|portions?|diacritics?|accents?|tone marks?|figures?|charts?|articles?|translation|transcription"
    r"|attachment|handwriting|line breaks?|headings?|language)\b",
    re.IGNORECASE,
)
_EN_PERSONS: Final = re.compile(
    r"\b(?:i|i['’](?:ll|ve|m|d)|me|you|your|please|note|here(?:['’]s)?|below|above|following|follows|sure|certainly"
    r"|of course|let me know|hope|would you like|feel free|happy to|glad|sorry|unable|cannot|can['’]t"
    r"|apologi[sz]e|help|helps|assist\w*|need|provided|requested|uploaded|next|end of|start of|rest of"
    r"|remaining|other side|as requested|this)\b",
    re.IGNORECASE,
)
_EN_VERB: Final = re.compile(
    r"\b(?:is|are|was|were|has|have|be|been|contains?|shows?|continues?|appears?|reads|follows|seems|ends|begins"
    r"|starts|continuing|moving|turning|proceeding|may|might|could|can|consists?|includes?|spans?|displays?|omits?|features|must|should|did|do|does)\b",
    re.IGNORECASE,
)

_VI_READING: Final = re.compile(
    r"\b(?:trích xuất|nhận dạng|nhận diện|phiên âm|chép lại|chuyển đổi|chuyển thành|ocr|đọc được"
    r"|không đọc|mờ|nhòe|nhoè|không rõ|bị cắt|bị che|che khuất|định dạng|dịch|tóm tắt|chỉnh sửa"
    r"|chính tả|bản ghi|bóc tách|số hóa|số hoá|gõ lại|giữ nguyên|markdown|diễn giải|sắp xếp lại"
    r"|bên phải|bên trái|phía trên|phía dưới|góc (?:trên|dưới|trái|phải))\b"
)
_VI_SURE: Final = re.compile(
    r"\b(?:trích xuất|nhận dạng|nhận diện|phiên âm|ocr|bị mờ|mờ|nhòe|nhoè|không đọc được|không thể đọc"
    r"|đọc không rõ|không rõ chữ|bị cắt|bị che|che khuất|bản quét|bản scan|bóc tách|số hóa|số hoá"
    r"|gõ lại|chép lại)\b"
)
_VI_THINGS: Final = re.compile(
    r"\b(?:văn bản|hình ảnh|bức ảnh|tấm ảnh|ảnh|trang báo|trang sách|trang|tài liệu|bản quét|bản scan"
    r"|file|tệp|cột|đoạn|phần|nội dung|kết quả|chữ|dòng|từ ngữ|chú thích|tiêu đề|bảng|con dấu|chữ ký"
    r"|hình|phiên bản)\b"
)
_VI_PERSONS: Final = re.compile(
    r"\b(?:tôi|mình|bạn|anh/chị|quý vị|dưới đây|sau đây|như sau|trên đây|ở trên|bên dưới|hy vọng|hi vọng"
    r"|vui lòng|lưu ý|ghi chú|chú ý|chắc chắn|tất nhiên|vâng|dạ|được rồi|tiếp tục|tiếp theo|xin lỗi|rất tiếc"
    r"|hữu ích|giúp ích|cần thêm|giúp|hỗ trợ|yêu cầu|đã gửi|cung cấp|tải lên|toàn bộ|kết thúc|hết|bắt đầu"
    r"|còn lại|đây là)\b"
)
_ZH: Final = re.compile(
    r"图片|图像|图中|图里|图上|这张图|照片|文字|识别|提取|内容|文本|原文|翻译|转录|转写|本页|此页|下一页|上一页|页面"
    r"|模糊|无法|不清|以下|以上|如有|如果|需要|希望|帮助|格式|注意|备注|越南|排版|继续|文档|扫描|部分|省略|可以将"
    r"|您|请|抱歉|结果|辨认|字迹|印章|底部|顶部|右侧|左侧|右上角|左上角|右下角|左下角|表格|标题|段落|清晰|完整|准确|错误"
    r"|语言|总结|概括|描述|显示|包含|报纸|保留|版本|助手|模型|截图|更多|没有|如下|上述|手写|符号|输出"
    r"|栏|第.[页段列行]|接下来|下面|看不清|辨识|原图|原件|译文|注[：:]|説明|备考"
    r"|圖片|圖像|識別|擷取|內容|無法|轉錄|頁面|需要|翻譯|画像|テキスト|抽出|이미지|텍스트|추출"
)

_LABEL_WORDS: Final = (
    "a an and at begin beginning by clean cleaned column complete content continued continues document end "
    "from full handwriting image in is of original output page part plain raw rest result results section "
    "start table text the this to vietnamese"
)
_ENDED: Final = re.compile(
    r"(?:end|start|beginning) of (?:the )?(?:document|page|text|image|file|transcri\w+|ocr|column|article)"
)
_LABEL: Final = re.compile(r"[a-z][a-z'’-]*", re.IGNORECASE)
_LABEL_LENGTH: Final = 6


def english_talk(sentence: str, *, note: bool = False) -> Talk | None:
    """What an English sentence speaks of, if it has a verb or speaks to somebody; None for a mere title.

    A ``note`` in brackets needs neither.

    >>> english_talk("Some words could not be read because the image is blurry.").sure
    1
    >>> english_talk("Handwritten text recognition") is None
    True
    """
    persons = len(_EN_PERSONS.findall(sentence))
    if not note and not persons and not _EN_VERB.search(sentence):
        return None
    return Talk(
        len(_EN_READING.findall(sentence)),
        len(_EN_THINGS.findall(sentence)),
        persons,
        len(_EN_SURE.findall(sentence)),
    )


def is_label(text: str) -> bool:
    """Whether a short English line only names a transcription: its beginning, its end, its title.

    >>> is_label("[End of transcription]"), is_label("**Extracted Text:**"), is_label("The Voice Kids")
    (True, True, False)
    """
    words = _LABEL.findall(text)
    if not words or len(words) > _LABEL_LENGTH or not text.isascii():
        return False
    known = _LABEL_WORDS.split()
    if _ENDED.fullmatch(text.strip("-=_*# []()\t").lower()):
        return True
    sure = [w for w in words if _EN_SURE.fullmatch(w)]
    return bool(sure) and all(w.lower() in known or _EN_SURE.fullmatch(w) for w in words)


def vietnamese_talk(sentence: str) -> Talk:
    """What a Vietnamese sentence in small letters speaks of.

    >>> vietnamese_talk("tiếp tục trích xuất văn bản từ hình ảnh:")
    Talk(reading=1, things=2, persons=1, sure=1)
    """
    return Talk(
        len(_VI_READING.findall(sentence)),
        len(_VI_THINGS.findall(sentence)),
        len(_VI_PERSONS.findall(sentence)),
        len(_VI_SURE.findall(sentence)),
    )


def chinese_talk(text: str) -> int:
    """How many words of a Chinese (Japanese, Korean) text are a model's about a picture or a text.

    >>> chinese_talk("以上是图片中的全部文字。"), chinese_talk("春眠不觉晓")
    (3, 0)
    """
    return len(set(_ZH.findall(text)))
