"""Furniture of pages in files that know where every line stands: hOCR pages with boxes.

    python benchmarks/pages.py                                development data
    python benchmarks/pages.py --split held-out --documents 60
    python benchmarks/pages.py --lines headers.txt            other headers: entries parted by blank lines
    python benchmarks/pages.py --show 5                       furniture that stays, right lines that are lost

Right articles are set in pages of 2 to 12, with running headers, footers and page numbers of many kinds,
a part of them badly read, and with what looks like them and must stay: headings at the tops of pages,
captions, tables, footnotes and signatures at their ends, title pages. The files are read and cleaned as
the command does it, with every rule. A piece of furniture is removed when no letter of it is left; a right
line is lost when more than half of its letters are gone.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from random import Random
from typing import Final

from _structure.litter import date_of, filled, first_page, issue_of
from _structure.noise import misread
from _structure.texts import Article, Phrases, bundled_articles, load_phrases

from ocrfix import Config, clean
from ocrfix.document import SourceMap
from ocrfix.formats import read_data
from ocrfix.model import Span

DATA: Final = Path(__file__).parent / "structure-data"
PAGES: Final = (2, 2, 3, 4, 5, 6, 8, 12)
WIDTH: Final = 1600
HEIGHT: Final = 2300
"""Pixels of a page."""
LINE: Final = 44
"""Pixels from line to line; letters are 30 high."""
LETTER: Final = 18
SIGNED: Final = (
    ("TM. BAN CHẤP HÀNH", "CHỦ TỊCH", "Đoàn Thị Hậu"),
    ("NGƯỜI LẬP BIỂU", "Kiều Văn Nhạ"),
    ("Nơi nhận:", "- Như trên;", "- Lưu: VT."),
    ("Bến Lội, ngày 2 tháng 5", "Mai Khắc Trường"),
)
NOTES: Final = (
    "1. Số liệu của phòng nông nghiệp, tính đến hết quý ba.",
    "(*) Tên nhân vật trong bài đã được thay đổi.",
    "2. Xem thêm chương trước, phần nói về đê bao.",
    "* Giá tại ruộng, chưa gồm công vận chuyển.",
)
FURNITURE: Final = ("header", "footer", "page-number", "header+number", "footer+number", "header+footer")


@dataclass(frozen=True)
class Set:
    """A line on its page: ``kind`` is "text" or one of furniture; the box is in pixels."""

    text: str
    kind: str
    left: int
    top: int
    block: int
    """Lines of one number are one paragraph."""
    table: bool = False


@dataclass
class Pages:
    """A document of pages: ``way`` says how it was set."""

    way: str
    pages: list[list[Set]] = field(default_factory=list)

    def hocr(self) -> bytes:
        """The pages as an hOCR file."""
        out = ["<!DOCTYPE html><html><head><meta name='ocr-system' content='tesseract 5'/></head><body>"]
        for number, page in enumerate(self.pages):
            out.append(f"<div class='ocr_page' title='bbox 0 0 {WIDTH} {HEIGHT}; ppageno {number}'>")
            last = None
            for line in page:
                if line.block != last:
                    out.append("</p></div>" if last is not None else "")
                    name = "ocr_table" if line.table else "ocr_carea"
                    out.append(f"<div class='{name}'><p class='ocr_par'>")
                    last = line.block
                out.append(_line(line))
            out.append(("</p></div>" if last is not None else "") + "</div>")
        return "\n".join([*out, "</body></html>"]).encode()


def _line(line: Set) -> str:
    words, left = [], line.left
    for word in re.findall(r"\S+|\s+", line.text):
        right = left + LETTER * len(word)
        if not word.isspace():
            place = f"bbox {left} {line.top} {right} {line.top + 30}; x_wconf 91"
            words.append(f"<span class='ocrx_word' title='{place}'>{escape(word)}</span>")
        left = right
    around = f"bbox {line.left} {line.top} {left} {line.top + 30}"
    return f"<span class='ocr_line' title='{around}'>{' '.join(words)}</span>"


def _stock(rng: Random, phrases: Phrases, entries: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """Templates, or rows of lines, of one header, one footer and one page number."""
    header = list(rng.choice(entries)) if entries else [rng.choice(phrases.headers)]
    if not entries and rng.random() < 0.3:
        header.append(rng.choice(phrases.headers))
    found = {"header": header}
    return found | {
        "footer": [rng.choice(phrases.footers)],
        "page-number": [rng.choice(phrases.page_numbers)],
    }


def _body(articles: Sequence[Article], rng: Random) -> Iterator[tuple[str, str]]:
    """Paragraphs of articles with their kind, "head" for a headline."""
    for article in rng.sample(articles, len(articles)):
        for number, paragraph in enumerate(article.paragraphs):
            yield ("text" if number else "head"), paragraph


def make(
    articles: Sequence[Article], phrases: Phrases, rng: Random, entries: Sequence[Sequence[str]] = ()
) -> Pages:
    """Articles set in pages, in one way of many."""
    kinds = rng.choice(FURNITURE)
    count = rng.choice(PAGES)
    glued, bad, columns = rng.random() < 0.3, rng.random() < 0.4, rng.random() < 0.25
    stock = _stock(rng, phrases, entries)
    issue, date = issue_of(rng), date_of(rng)
    first = first_page(filled(stock["page-number"][0], 0, issue, date), count, rng)
    bare = rng.random() < 0.4
    height = rng.randint(12, 34)
    way = f"{'2 pages' if count == 2 else '3-5' if count < 6 else '6-12'}, {'glued' if glued else 'apart'}"
    done = Pages(f"{kinds}; {way}{', misread' if bad else ''}")
    body = _body(articles, rng)
    spare = _Spare(phrases, rng)
    rest: list[str] = []
    block = 0
    width = 34 if columns else 70
    for number in range(count):
        block += 1
        page: list[Set] = []
        if number == 0 and rng.random() < 0.25:
            titles = [spare.take("headings").upper(), date]
            page += [Set(t, "text", 500, 700 + 120 * i, block) for i, t in enumerate(titles)]
        else:
            lines, rest, block = _column(body, rest, height * (1 + columns), width, block, spare)
            for at, (text, own, table) in enumerate(lines):
                side, row = divmod(at, height)
                page.append(Set(text, "text", 150 + 680 * side, 250 + LINE * row, own, table))
            last = page[-1].top if not columns else 250 + LINE * height
            page += _ending(last + LINE, block + 1, spare, final=number + 1 == count)
            block = page[-1].block
        furnished: list[Set] = []
        for kind in FURNITURE[:3]:
            if kind.removeprefix("page-") not in kinds or (bare and number == 0 and kind != "footer"):
                continue
            rows = stock[kind]
            text = filled(
                rows[(number if len(rows) > 2 else first + number) % len(rows)], first + number, issue, date
            )
            text = misread(text, rng, 0.04) if bad and rng.random() < 0.6 and _letters(text) else text
            top = kind == "header" or (kind == "page-number" and kinds == "page-number" and first % 3 == 0)
            own = (page[0] if top else page[-1]).block if glued else 10_000 + len(furnished)
            left = (150, 640, 1200)[first % 3] if kind == "page-number" else 150
            low = max(2120, page[-1].top + 2 * LINE) + (LINE if kind == "page-number" else 0)
            place = (130 if kind == "header" else 180) if top else low
            furnished.append(Set(text, kind, left, place, own))
        above = [s for s in furnished if s.top < 250]
        done.pages.append(above + page + [s for s in furnished if s.top >= 250])
    return done


class _Spare:
    """Lines that belong to the text, each taken once."""

    def __init__(self, phrases: Phrases, rng: Random) -> None:
        self.rng = rng
        stock = {"headings": phrases.headings, "captions": phrases.captions, "notes": NOTES}
        self._left = {name: rng.sample(lines, len(lines)) for name, lines in stock.items()}

    def take(self, name: str) -> str:
        """A line of "headings", "captions" or "notes"; "" when none is left."""
        return self._left[name].pop() if self._left[name] else ""


def _letters(text: str) -> bool:
    return any(map(str.isalnum, text))


def _column(
    body: Iterator[tuple[str, str]], rest: list[str], room: int, width: int, block: int, spare: _Spare
) -> tuple[list[tuple[str, int, bool]], list[str], int]:
    """The lines of a page's text with their blocks, and what goes over to the next page."""
    rng = spare.rng
    lines = [(text, block, False) for text in rest[:room]]
    rest = rest[room:]
    if not lines and rng.random() < 0.3 and (heading := spare.take("headings")):
        lines.append((heading, block, False))
    whole = rng.random() < 0.3
    while len(lines) < room and not rest:
        kind, paragraph = next(body, ("", ""))
        if not paragraph:
            break
        block += 1
        wrapped = textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)
        if whole and len(lines) + len(wrapped) > room and len(lines) > room // 2:
            break
        left = room - len(lines)
        lines += [(text, block, False) for text in wrapped[:left]]
        rest = wrapped[left:]
        if kind == "text" and rng.random() < 0.04 and room - len(lines) > 5:
            block += 1
            table = rng.random() < 0.5
            rows = (
                f"{i} {rng.choice(SIGNED)[-1]} {rng.randint(10, 99)} {rng.randint(100, 999)}"
                for i in range(1, 5)
            )
            lines += [(row, block, table) for row in rows]
    return lines, rest, block


def _ending(top: int, block: int, spare: _Spare, *, final: bool) -> list[Set]:
    """What stands below the text of a page and belongs to it."""
    rng = spare.rng
    chance = rng.random()
    texts: Sequence[str] = ()
    if final and chance < 0.5:
        texts = rng.choice(SIGNED)
    elif chance < 0.12:
        texts = (spare.take("captions"),)
    elif chance < 0.24:
        texts = (spare.take("notes"),)
    gap = rng.choice((0, LINE, 3 * LINE))
    left = 700 if final else 150
    return [Set(text, "text", left, top + gap + LINE * i, block) for i, text in enumerate(texts) if text]


@dataclass(frozen=True)
class Found:
    """What became of one document's furniture and of its right lines."""

    way: str
    furniture: list[tuple[str, str, bool]]
    """Kind, text, whether it is removed."""
    right: int
    lost: list[str]


def measure(document: Pages, config: Config) -> Found:
    """Clean a document and look for its lines."""
    source = read_data(document.hocr(), "pages.hocr")
    text = source.document.text
    result = clean(source.document, config)
    origin = SourceMap.identity(len(text))
    for step in result.report.steps:
        origin = origin.apply([item.edit for item in step.edits])
    kept = bytearray(len(text))
    for at in range(len(result.text)):
        kept[origin.original(Span(at, at + 1)).start] = 1
    furniture, lost, right, place = [], [], 0, 0
    for page in document.pages:
        for line in page:
            words = " ".join(line.text.split())
            start = text.index(words, place)
            place = start + len(words)
            letters = [i for i in range(start, place) if text[i].isalnum()]
            there = sum(kept[i] for i in letters)
            if line.kind != "text":
                furniture.append((line.kind, words, there == 0))
            else:
                right += 1
                lost += [words] if letters and 2 * there < len(letters) else []
    return Found(document.way, furniture, right, lost)


def cases(
    articles: Sequence[Article],
    phrases: Phrases,
    count: int,
    seed: int,
    entries: Sequence[Sequence[str]] = (),
) -> list[Pages]:
    """Documents of pages; the same seed, articles and phrases give the same ones."""
    return [make(articles, phrases, Random(f"{seed}:{number}"), entries) for number in range(count)]


def _rows(found: Sequence[Found]) -> Iterator[str]:
    """A line for each way of setting, with the share of furniture that is removed."""
    gone: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for one in found:
        kinds, way = one.way.split("; ")
        for kind, _, removed in one.furniture:
            for name in ("all", kind, f"set: {kinds}", *(f"pages: {part}" for part in way.split(", "))):
                total[name] += 1
                gone[name] += removed
    for name in sorted(total):
        yield f"{name:24} {100 * gone[name] / total[name]:6.1f} % of {total[name]}"


def _entries(path: Path) -> list[list[str]]:
    return [piece.splitlines() for piece in path.read_text("utf-8").split("\n\n") if piece.strip()]


def main() -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--split", choices=("dev", "held-out"), default="dev")
    parser.add_argument("--documents", type=int, default=120)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument(
        "--lines", type=Path, help="other headers: entries of some lines, parted by blank lines"
    )
    parser.add_argument(
        "--every", choices=("all", "odd", "even"), default="all", help="which entries of --lines"
    )
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N documents that fail")
    options = parser.parse_args()
    entries = _entries(options.lines) if options.lines else []
    if options.every != "all":
        entries = entries[options.every == "even" :: 2]
    articles = bundled_articles(DATA, options.split)
    phrases = load_phrases(DATA, options.split)
    documents = cases(articles, phrases, options.documents, options.seed, entries)
    found = [measure(document, Config()) for document in documents]
    print("\n".join(_rows(found)))
    lost = sum(len(one.lost) for one in found)
    print(f"right lines lost: {lost} of {sum(one.right for one in found)}")
    failing = [one for one in found if one.lost or not all(gone for _, _, gone in one.furniture)]
    for one in failing[: options.show]:
        print(f"--- {one.way}: {sum(not gone for _, _, gone in one.furniture)} of {len(one.furniture)} left")
        print(*(f"    {kind}: {text}" for kind, text, gone in one.furniture if not gone), sep="\n")
        print(*(f"    LOST {text}" for text in one.lost), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
