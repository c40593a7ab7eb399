"""The rules for what is no content: what each finds, and what may go wrong."""

from __future__ import annotations

from typing import Final

from ocrfix.model import Rule, Safety

__all__ = ["MODEL_CHATTER", "PAGE_NUMBER", "RUNNING_HEADER", "TEMPLATE_PLACEHOLDER", "WEB_CHROME"]

PAGE_NUMBER: Final = Rule(
    "NOI001",
    "page-number",
    "A page number that stands in the text",
    Safety.SAFE,
    """\
## What it finds
A line that holds a page number and nothing else: `12`, `- 12 -`, `Trang 3`, `Trang 3/10`, `Page 3 of 10`,
`3/10`, `<page_number>3</page_number>`. What speaks for it is weighed: numbers that go up with the pages
(form feeds are page breaks) or a page's text apart, the edge of a page, a sentence that goes on behind the
number, a running header beside it, the way it is written. Small Roman numbers count as numbers.

## Example
Before:

    Hội nghị đã nghe báo cáo của các huyện, thị xã và

    - 12 -

    thành phố về kết quả sản xuất vụ mùa.

After:

    Hội nghị đã nghe báo cáo của các huyện, thị xã và

    thành phố về kết quả sản xuất vụ mùa.

## Fix safety
Safe where the numbers go up with the pages, where a sequence stands in the middle of sentences, or where a
number is written as a page number is (`Trang 3/10`, `- 12 -`) at the edge of a page or inside a sentence.
Unsafe where only the place speaks for it. Numbers beside short lines (tables, lists of contents) are left
alone.

## Risk
Numbers of chapters or verses that stand alone in their line and go up by one look the same as page numbers;
they are only shown unless sentences go on behind them or they keep step with the pages. """,
)

RUNNING_HEADER: Final = Rule(
    "NOI002",
    "running-header",
    "A header or footer that comes back on every page",
    Safety.SAFE,
    """\
## What it finds
A short line that comes back at the top or the bottom of three pages or more, or, in a text without form
feeds, at about a page's distance in the middle of sentences. Copies are compared with marks and digits
folded (rapidfuzz ratio of 90 % or more, as Marker does), since each copy was read with errors of its own.
Numbers in them must stay the same or go up with the pages. Lines that stand together between two pages are
judged together: what speaks for one (a number that goes up, a broken sentence) speaks for the others.

## Example
Before:

    Các hộ trong thôn đã tự nguyện hiến đất, tháo dỡ tường rào để

    Báo Quê Hương - Số 1.208

    mở rộng đường liên xã, đường ra đồng.

After (when the line comes on the other pages too):

    Các hộ trong thôn đã tự nguyện hiến đất, tháo dỡ tường rào để

    mở rộng đường liên xã, đường ra đồng.

## Fix safety
Safe where the line is the outermost of most pages in its stretch, or stands in the middle of sentences
several times; unsafe where it recurs less regularly. A title that opens the document and then runs along as
a header stays where it stands first; a masthead that comes once is no finding.

## Risk
Headings that repeat on every page of a form, refrains, and sub-headings that repeat in a legal text. Lines
such as `Điều 5`, national mottoes, form fields, list items, credits and whole sentences are left alone, and
so are pages whose inner lines repeat too. """,
)

TEMPLATE_PLACEHOLDER: Final = Rule(
    "NOI003",
    "template-placeholder",
    "A placeholder that a template left unfilled",
    Safety.SAFE,
    """\
## What it finds
`{name}`, `{{ title }}`, `${user}`, `[[name]]`, `{% if %}`, `<%= title %>`, `%s`, `[object Object]`, a lone
`undefined`, and filler text (Lorem ipsum).

## Example
Before:

    Ảnh: Cán bộ xã thăm mô hình trồng nấm.

    {author_name} - {post_date}

After:

    Ảnh: Cán bộ xã thăm mô hình trồng nấm.

## Fix safety
Safe for a line that holds nothing but placeholders. A label with one (`Tác giả: {author}`) is unsafe. A
placeholder inside a sentence is only shown, since the sentence needs a word there.

## Risk
Texts about programming, templates and mathematics. Lines with signs of code or formulas in them or beside
them are left alone, and `{x}`, `{0}`, `%s` and `[[name]]` are never safe. """,
)

WEB_CHROME: Final = Rule(
    "NOI004",
    "web-chrome",
    "A button, form, counter or notice of a web page",
    Safety.SAFE,
    """\
## What it finds
Whole lines such as `Chia sẻ bài viết`, `BÌNH LUẬN (0)`, `Lượt xem: 123`, `Theo dõi chúng tôi trên
Facebook`, `Leave a comment`, cookie notices, breadcrumbs (`Trang chủ > Tin tức > Xã hội`), copyright lines
and requests to log in, in Vietnamese and English. Known phrases are in `dictionaries/vi/web-chrome.txt`; a
line in another phrasing is found when it is made of nothing but the words of web pages
(`dictionaries/vi/web-words.txt`), a row of buttons (`Thích 24 | Chia sẻ 5`) when all its parts are. Any
other line is judged by a small learned network: by its words and form, where it stands, whether the text
speaks of the same, and what is said of the lines beside it. So headlines of other articles go where they
stand among such lines behind the text.

## Example
Before:

    Bài, ảnh: Thu Hà

    Chia sẻ bài viết

    BÌNH LUẬN

After:

    Bài, ảnh: Thu Hà

## Why it is safe
A phrase is compared with the whole line, never with a part of one. Phrases that could be a heading or a
word of the text (`Bình luận`, `Facebook`, `In`) count only beside a phrase that is sure, in a menu, or as
the last line; an unmistakable one (`Quảng cáo`) also between paragraphs that do not speak of it. Pointers to
other articles (`Xem thêm: …`) are safe with a whole headline behind them, unsafe else. What the network
finds goes from a probability of 0.96 and is unsafe from 0.8; in 25 MB of right text it took three lines,
two of which send readers to a web page. In a text about web pages and apps, words alone make nothing
safe. A text that is nothing but such phrases, a form, a table and a glossary are left alone.

## Risk
A glossary of a user interface, or a guide that gives the name of a button in a line of its own.
""",
)

MODEL_CHATTER: Final = Rule(
    "NOI005",
    "model-chatter",
    "What a vision or language model says about the document",
    Safety.SAFE,
    """\
## What it finds
Talk of the model that read the page: `Here is the transcription:`, `Text naming the officials and the
school.`, `The text continues on the next page.`, `[illegible]`, `Dưới đây là nội dung được trích
xuất từ hình ảnh:`, `[Hình ảnh: …]`, `<image>`, `<|im_end|>`, a Markdown fence round the whole text. An
English sentence inside a Vietnamese document is found by the way it begins and its vocabulary (text, image,
transcription, describing, continues …), not by being English.

## Example
Before:

    Ông Trần Văn Bình, Chủ tịch Hội Nông dân xã. Text describing his visit to the
harvest.

After:

    Ông Trần Văn Bình, Chủ tịch Hội Nông dân xã.

## Fix safety
Safe for phrases that only a model says of the picture before it. Unsafe where other English prose stands in
the document, for `[illegible]` inside a sentence (a word is missing there), and for polite phrases at the
end.

## Risk
English captions and abstracts in bilingual papers, and articles that quote what a model answered. Quoted
sentences are left alone. """,
)
