"""Lines of web pages that are known by their form: stamps of time, counters, players, numbers to call."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["form_tier"]

_LONGEST: Final = 140
_CLOCK: Final = r"\d{1,2}\s?(?:[:h]|giờ)\s?\d{2}(?:[:']\d{2})?(?:\s?(?:AM|PM|phút))?"
_DATE: Final = r"\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:19|20)?\d\d"
_DAY: Final = r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|cn|t[2-7]|hôm nay|hôm qua)"
_ZONE: Final = r"[\[(]?(?:GMT|UTC)\s?\+?\d{0,2}(?::00)?[\])]?"
_MADE: Final = (
    r"(?:cập nhật|đăng|đăng tải|xuất bản|ngày đăng|đăng lúc|đăng ngày|ngày|ngày tạo|ngày cập nhật"
    r"|lần cập nhật cuối|cập nhật lúc|cập nhật ngày|updated|last updated|published|posted|posted on|posted at"
    r"|published on|date|lúc)"
)
_SEP: Final = r"[\s,|•·–—-]*"
_FORMS: Final = tuple(
    (tier, re.compile(pattern, re.IGNORECASE))
    for tier, pattern in (
        ("near", (
            rf"{_MADE}\s*:?\s*{_DAY}?{_SEP}(?:ngày\s)?(?:{_CLOCK}{_SEP}(?:ngày\s)?{_DATE}"
            rf"|{_DATE}{_SEP}{_CLOCK}){_SEP}(?:{_ZONE})?"
        )),
        ("near", rf"{_MADE}\s*:?\s*{_DATE}"),
        ("near", (
            r"(?:khoảng )?\d{1,3}\s(?:giây|phút|giờ|ngày|tuần|tháng|năm) trước"
            r"|\d{1,3}\s?(?:seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?) ago"
        )),
        ("weak", r"\d{1,2}:\d{2}(?:\s?/\s?-?\d{1,2}:\d{2})?|\d(?:[.,]\d{1,2})?x"),
        ("near", (
            r"(?:(?:«|‹|<<?|←|trước|đầu|trang đầu|prev(?:ious)?|trang)\s*){0,2}\d{1,4}(?:\s*["
            r"|,]?\s*(?:\d{1,4}|\.\.\.|…)){2,9}(?:\s*(?:»|›|>>?|→|sau|cuối|tiếp|trang cuối|next"
            r"|last)){1,2}"
        )),
        ("weak", r"(?:[^\W\d_]+ ){0,3}[^\W\d_]+:? -?\d{1,2}(?:\s?[-–]\s?\d{1,2})?\s?°\s?C?"),
        ("weak", (
            r"(?:[^\W\d_][\w-]*[ :]){1,4}[ ]?\d{1,3}(?:[.,]\d{1,3})+(?:["
            r" ]\d{1,3}(?:[.,]\d{1,3})+){0,3}(?:\s*\(?[+-]\s?\d[\d.,]*%?\)?)?"
        )),
        ("weak", (
            r"(?:hôm nay|hôm qua|tuần này|tháng này|tháng trước|năm nay|tổng cộng|tổng số|tất cả"
            r"|hits|visits|today|total|yesterday|this week|this month)\s*:?\s*\d[\d.,]*"
        )),
        ("weak", (
            r"(?:hotline|đường dây nóng|điện thoại|đt|tel|phone|zalo|fax|liên hệ|liên hệ quảng"
            r" cáo|quảng cáo|tổng đài|hỗ trợ|tư vấn|call|mobile|di động)\s*:?\s*\(?\+?\d[\d"
            r" .()-]{6,16}\d(?:\s?[-–/,;]\s?\(?\+?\d[\d .()-]{6,16}\d)?"
        )),
        ("near", (
            r"(?:tệp|tập tin|file|tài liệu|văn bản)(?: tin)? (?:đính kèm|kèm theo)\s*:?.{0,90}"
            r"|(?:tải|xem) (?:tệp|tập tin|file|văn bản|tài liệu)(?: tại đây| về| đính kèm)?\s*:?"
            r"|[\w.()-]{1,60}\.(?:pdf|docx?|xlsx?|zip|rar|pptx?)"
        )),
        ("built", r"https?://\S*(?:sharer|share\?|/share|intent/tweet|utm_|/feed)\S*"),
        ("weak", r"(?:https?://|www\.)\S+|[\w.-]+@[\w-]+(?:\.\w{2,10}){1,3}"),
        ("built", r"[★☆✩✭⭐ ]{3,11}(?:\s*\(?\d[\d.,/ ]*.{0,30}\)?)?"),
        ("near", (
            r"\d(?:[.,]\d)?\s?/\s?(?:5|10)\s?[-–(]{1,3}\s?\d[\d.,]*\s(?:bình chọn|đánh giá|phiếu"
            r"|lượt.{0,12}|votes?|ratings?|reviews?)\)?"
        )),
        ("built", r"(?:proudly )?(?:powered|designed|developed|created|hosted) (?:and \w+ )?by\b.{1,60}"),
        ("near", (
            r"(?:thiết kế|phát triển|vận hành|xây dựng)(?: (?:và|web|website|giao diện|phát triển"
            r"|vận hành|bởi)){1,4}\b.{1,60}|bản quyền (?:©|thuộc (?:về )?)(?:báo|tạp chí|cổng"
            r"|trang|công ty|đài|sở|trung tâm|website|chúng tôi).{0,80}"
        )),
        ("near", r"[-–—]{1,3}\s?(?:chọn|lựa chọn|select|choose)\s(?:[^\W\d_]+\s?){1,4}[-–—]{1,3}"),
        ("weak", r"(?:ảnh|hình|photo|image|slide)\s\d{1,3}\s?/\s?\d{1,3}"),
        ("near", r".{3,30}\[\s?(?:ẩn|hiện|hide|show|đóng|mở)\s?\]"),
    )
)  # fmt: skip
_WORDS: Final = 22


def form_tier(text: str) -> str | None:
    """What a line is by its form, as the tiers of the phrase list say; None if it has none of the forms.

    >>> form_tier("Cập nhật lúc: 08:15, 12/05/2023"), form_tier("USD 24.350 24.700"), form_tier("3 giờ trước")
    ('near', 'weak', 'near')
    >>> form_tier("Ngày 12/5/2023, huyện đã họp.") is None
    True
    """
    if len(text) > _LONGEST or text.count(" ") > _WORDS or text[-1] in ".!?;,":
        return None
    if not _SIGNS.search(text):
        return None
    return next((tier for tier, form in _FORMS if form.fullmatch(text)), None)


_SIGNS: Final = re.compile(
    r"[\d@★☆✩✭⭐\[]|https?:|www\.|[-–—]{2}|\bby\b|đính kèm|kèm theo|tệp|tập tin|[Tt]hiết kế|[Pp]hát triển"
    r"|[Vv]ận hành"
    r"|[Bb]ản quyền|[Xx]ây dựng|\.\w{3,4}$|văn bản|tài liệu"
)
