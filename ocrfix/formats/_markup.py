"""XML and HTML as text: decoded, checked, and cut into tags with their places, so that it can be spliced.

A parsed tree forgets what a file looked like (quotes, references, comments, white space). These functions
keep the places in the text instead, and whatever is not replaced stays as it was. Nothing is ever
fetched, and no entity is expanded but the five of XML, characters by number, and those of HTML.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html import unescape as html_unescape
from html.entities import html5
from typing import Final, NamedTuple
from xml.parsers import expat

from ocrfix.formats.encodings import decode
from ocrfix.formats.errors import FormatError

__all__ = [
    "Markup",
    "Tag",
    "attribute",
    "attributes",
    "decode_markup",
    "escape",
    "line_of",
    "set_attribute",
    "tags",
    "unescape",
]

_MARKS: Final = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
_DECLARED: Final = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_META: Final = re.compile(rb"""(?i)<meta\s[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""")
_LOSSLESS: Final = frozenset(("utf-8", "ascii", "iso8859-1", "utf-16-le", "utf-16-be"))
_TAG: Final = re.compile(r"<(/?)([A-Za-z_][^\s/>]*+)((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_ATTRIBUTE: Final = re.compile(r"([^\s=/>\"'<]++)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++))?")
_REFERENCE: Final = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{0,30}));")
_XML_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_RAW_TEXT: Final = frozenset(("script", "style", "textarea", "title"))
_CHUNK: Final = 1 << 20


class Markup(NamedTuple):
    """A file of tags: its ``text``, the codec's name ``encoding`` and the byte order ``mark`` it had;
    ``html`` says that it is HTML and no XML (tags may be left open, letter case does not count).
    """

    text: str
    encoding: str
    mark: bytes
    html: bool

    def encode(self, text: str) -> bytes:
        """The bytes of a changed text, in the file's own encoding; other characters by number."""
        return self.mark + text.encode(self.encoding, "xmlcharrefreplace")


class Tag(NamedTuple):
    """A tag or CDATA section at ``[start, end)``; ``kind`` is "open", "close", "empty" or "cdata".

    ``name`` is without a prefix.
    """

    kind: str
    name: str
    start: int
    end: int


def decode_markup(data: bytes, name: str, encoding: str | None = None) -> Markup:
    """Read the bytes of an XML or HTML file.

    Parameters: ``data``; ``name``, the file's, for messages; ``encoding``, to be used instead of what the
    file says. The encoding is that of the byte order mark, of the XML declaration, of the HTML meta tag,
    else UTF-8. Raises FormatError for bytes in another encoding, XML that is not well-formed, and XML that
    declares entities.

    >>> decode_markup("<p>Vì người nghèo</p>".encode(), "a.hocr").html
    True
    """
    mark = next((m for m in sorted(_MARKS.values(), key=len, reverse=True) if data.startswith(m)), b"")
    if encoding is None and not mark:
        head = data[:4096]
        declared = _DECLARED.match(head.lstrip()) or _META.search(head)
        if declared:
            encoding = declared[1].decode("ascii")
        elif b"\0" not in head:
            encoding = "utf-8"
    read = decode(data, name, encoding)
    if encoding is None and not read.encoding.startswith(("utf-", "ascii")):
        raise FormatError(
            f"{name}: it names no encoding and is not in UTF-8; name the right one with --encoding"
        )
    mark = next((m for c, m in _MARKS.items() if c == read.encoding and data.startswith(m)), b"")
    text = read.text.removeprefix("\ufeff") if mark else read.text
    if read.encoding not in _LOSSLESS and mark + text.encode(read.encoding, "replace") != data:
        raise FormatError(
            f"{name}: {read.encoding} cannot be written back exactly; convert the file to UTF-8"
        )
    html = not text.lstrip().startswith("<?xml") and not _is_xml(text)
    if not html:
        _check_xml(text, name)
    return Markup(text, read.encoding, mark, html)


def _is_xml(text: str) -> bool:
    """Whether text without an XML declaration is XML all the same: its root element is not html."""
    for tag in tags(text, 0, min(len(text), 1 << 16), html=True):
        if tag.kind in ("open", "empty"):
            return tag.name.lower() not in ("html", "head", "body", "div", "span", "p", "meta", "title")
    return False


def _check_xml(text: str, name: str) -> None:
    """See that the text is well-formed XML without entities of its own."""

    def refuse(entity: str, *_: object) -> None:
        raise FormatError(
            f"{name}: line {parser.CurrentLineNumber}: declares an entity, {entity!r}; for safety such are "
            "not expanded. Resolve it first, with xmllint --noent for instance"
        )

    parser = expat.ParserCreate("utf-8")
    parser.EntityDeclHandler = refuse
    try:
        for start in range(0, len(text), _CHUNK):
            parser.Parse(text[start : start + _CHUNK].encode("utf-8", "surrogatepass"), False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        cut = error.code in _CUT_OFF
        what = "the file ends too early" if cut else f"not well-formed XML: {expat.ErrorString(error.code)}"
        raise FormatError(
            f"{name}: line {error.lineno}, column {error.offset + 1}: {what}; "
            "get the file again from where it came, or mend it there"
        ) from None


_CUT_OFF: Final = frozenset(
    expat.errors.codes[text]
    for text in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
)


def tags(text: str, start: int, end: int, *, html: bool) -> Iterator[Tag]:
    """The tags and CDATA sections of a stretch of markup, in order; comments and the like are passed over.

    >>> [(t.kind, t.name) for t in tags('<p>Vì <b id="1"/><!-- <i> --></p>', 0, 34, html=False)]
    [('open', 'p'), ('empty', 'b'), ('close', 'p')]
    """
    position = start
    while True:
        at = text.find("<", position, end)
        if at < 0:
            return
        match = _TAG.match(text, at, end)
        if match is None:
            position, cdata = _skip(text, at, end, html)
            if cdata:
                yield Tag("cdata", "", at, position)
            continue
        name = match[2]
        colon = name.rfind(":")
        if colon >= 0:
            name = name[colon + 1 :]
        if html:
            name = name.lower()
        position = match.end()
        kind = "close" if match[1] else "empty" if match[3].endswith("/") else "open"
        yield Tag(kind, name, at, position)
        if html and kind == "open" and name in _RAW_TEXT:
            close = re.compile(rf"(?i)</{name}").search(text, position, end)
            position = close.start() if close else end


def _skip(text: str, at: int, end: int, html: bool) -> tuple[int, bool]:
    """The end of what begins with "<" at a place and is no tag, and whether it is a CDATA section."""
    instruction = "?>" if not html or text.startswith("<?xml", at) else ">"
    for opener, closer in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", instruction), ("<!", ">")):
        if text.startswith(opener, at):
            if opener == "<!" and "[" in text[at : (stop := text.find(">", at, end)) + 1]:
                subset = text.find("]", at, end)
                stop = text.find(">", subset, end) if subset >= 0 else stop
                return (stop + 1 or end), False
            found = text.find(closer, at + len(opener), end)
            return (end if found < 0 else found + len(closer)), opener == "<![CDATA["
    return at + 1, False


def attributes(tag: str) -> Iterator[tuple[str, str, int, int]]:
    """Name, value (references resolved), start and end of every attribute of a tag, with its quotes."""
    match = _TAG.match(tag)
    if match is None:
        return
    for found in _ATTRIBUTE.finditer(tag, match.start(3), match.end(3)):
        yield found[1], _value(found), found.start(), found.end()


def _value(found: re.Match[str]) -> str:
    """The value that an attribute has, references resolved."""
    value = found[2] or ""
    return unescape(value[1:-1] if value[:1] in ("'", '"') else value)


def attribute(tag: str, name: str) -> str | None:
    """The value of an attribute of a tag, references resolved; None when the tag has none of the name.

    >>> attribute("<String CONTENT='Vì &quot;người' WC='0.9'/>", "CONTENT")
    'Vì "người'
    """
    match = _TAG.match(tag) if name in tag else None
    if match is None:
        return None
    for found in _ATTRIBUTE.finditer(tag, match.start(3), match.end(3)):
        if found[1] == name:
            return _value(found)
    return None


def set_attribute(tag: str, name: str, value: str | None) -> str:
    """A tag with an attribute set, in the quotes that it had, or taken out (None); the rest as it was.

    >>> set_attribute("<String  CONTENT='Vi' WC='0.9' />", "CONTENT", "Vì")
    "<String  CONTENT='Vì' WC='0.9' />"
    >>> set_attribute("<String CONTENT='Vi' WC='0.9' />", "WC", None)
    "<String CONTENT='Vi' />"
    """
    for key, _, start, end in attributes(tag):
        if key != name:
            continue
        if value is None:
            return tag[:start].rstrip() + tag[end:]
        quote = tag[end - 1] if tag[end - 1] in "'\"" else '"'
        return f"{tag[:start]}{name}={quote}{escape(value, quote)}{quote}{tag[end:]}"
    if value is None:
        return tag
    match = _TAG.match(tag)
    assert match is not None
    place = match.end(3) - match[3].endswith("/")
    while tag[place - 1].isspace():
        place -= 1
    return f'{tag[:place]} {name}="{escape(value, chr(34))}"{tag[place:]}'


def escape(text: str, quote: str = "") -> str:
    """Text as it stands in markup; with ``quote``, as it stands in an attribute in those quotes.

    >>> escape('"Anh & em"'), escape('"Anh & em"', '"')
    ('"Anh &amp; em"', '&quot;Anh &amp; em&quot;')
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if quote:
        text = text.replace(quote, "&quot;" if quote == '"' else "&#39;")
        text = text.replace("\n", "&#10;").replace("\t", "&#9;")
    return text


def unescape(text: str, *, html: bool = False) -> str:
    """The text that markup stands for, in XML or (also without semicolons) in HTML.

    >>> unescape("Vì &amp; ng&#432;&#x1edd;i")
    'Vì & người'
    """
    if "&" not in text:
        return text
    return html_unescape(text) if html else _REFERENCE.sub(_resolve, text)


def _resolve(match: re.Match[str]) -> str:
    if match[3]:
        return _XML_ENTITIES.get(match[3]) or html5.get(match[3] + ";", match[0])
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]


def line_of(text: str, offset: int) -> int:
    """The line of an offset, counted from 1."""
    return text.count("\n", 0, offset) + 1
