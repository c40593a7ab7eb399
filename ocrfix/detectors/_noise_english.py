"""English sentences in which a model speaks of the Vietnamese document before it."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import Final, NamedTuple

from ocrfix._data import data_path
from ocrfix.detectors._noise_concepts import english_talk
from ocrfix.detectors._noise_lines import Mark, Sheet
from ocrfix.detectors._noise_rules import MODEL_CHATTER
from ocrfix.model import Safety, Span
from ocrfix.vietnamese.letters import letter
from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["Remark", "english_marks", "english_remarks", "is_english"]

_SENTENCE: Final = 600  # characters of the longest sentence that is looked at
_OPENS: Final = 300  # characters of it that the patterns may need

_FUNCTION_WORDS: Final = """
the a an of and or to in on at by for with from as is are was were be been being it its this that these
those their there here his her he she they we you i not no but if which who whose what when where while
into about above below after before between through during under over also only some any each other more
most all both such than then so can cannot could will would should may might must has have had do does
did am me my your our us them
"""
_FUNCTION: Final = frozenset(_FUNCTION_WORDS.split())
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

_PARTS: Final = {
    "<model>": r"(?:transcri(?:bed|ption|be)|extract(?:ed|ion)?|OCR|image|picture|photo|scan(?:ned)?"
    r"|document|text|page|content)",
    "<art>": r"(?:the|a|an|your|my|all|full|complete|raw|plain|clean|cleaned|extracted|transcribed|accurate"
    r"|verbatim|exact|requested|vietnamese|ocr|markdown|image|of)",
    "<whole>": r"(?:the|this|(?:the )?(?:rest|remainder) of the|(?:the )?(?:remaining|provided|visible"
    r"|extracted|original)|some|parts? of the|all|no)\s(?:vietnamese\s)?(?:text|image|picture|transcription"
    r"|handwriting|caption|column|page|document|scan(?:ned (?:page|image|document))?)s?",
    "<state>": r"(?:(?:is|are) (?:partially |partly )?(?:cut off|illegible|unclear|truncated"
    r"|incomplete|missing|blurry|blurred|obscured|unreadable|in vietnamese"
    r"|not (?:visible|legible|readable|clear|provided|shown)|too \w+|written in"
    r"|from a|about|a (?:newspaper|scan|page|photo|continuation))|cuts off"
    r"|ends (?:here|abruptly|mid)|(?:has|have) been (?:transcribed|extracted|translated|cut)"
    r"|was (?:transcribed|extracted|cut))",
    "<part>": r"(?:text|article|paragraph|section|caption|passage|column|headline|heading|title|content"
    r"|excerpt|snippet|table|list|quote|summary|details?|statement|sidebar|box|image|picture)",
    "<tells>": r"(?:describing|discussing|detailing|mentioning|explaining|depicting|outlining|summari[sz]ing"
    r"|highlighting|continues)",
}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """What a model's remarks begin with, by tier ("sure", "likely"), from the data file."""
    tiers: dict[str, list[str]] = {}
    for line in data_path("vi", "model-remarks.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            tier, pattern = line.split("\t")
            named = re.sub(r"<[a-z]+>", lambda m: _PARTS[m.group()], pattern)
            tiers.setdefault(tier, []).append(f"(?:{named})")
    return {tier: re.compile("|".join(patterns), re.IGNORECASE) for tier, patterns in tiers.items()}


# What can open such a sentence, at the text's start and behind the mark that ends another: a screen for
# long texts before the patterns themselves are tried.
_LEAD: Final = r"(?P<lead>[ \t]*)(?:[(\[*_>#\-]{1,4} ?)?"
_WORDS: Final = (
    r"(?=[A-Z][A-Za-z'’]*[ :,!])"
    r"(?=(?:Here|Below|The|This|Sure|Certainly|Of course|Absolutely|O[Kk]|Okay|Text|Image|Picture|Photo"
    r"|Figure"
    r"|Logo|Chart|Table|Visual|An?|Description|Note|NOTE|Please|Disclaimer|I|I['’]m|Transcri|Extracted|OCR"
    r"|Let|Feel"
    r"|If|Would|Do|Does|Is|Should|Hope|Happy|Sorry|Great|Got|Yes|My|We|You|Your|These|Those|There|It|In|On|Due"
    r"|Since|Because|Where|Words?|Lines?|Page|Pages|Document|Everything|Only|Most|Several|Certain|Unclear"
    r"|Illegible|Handwritten|Continuing|Beginning|Start|Next|Above|Following|Formatted|Cleaned|Corrected"
    r"|Translated|Translation|Raw|Full|Complete|Original|Output|Result"
    r"|Unfortunately|Continue[sd]|End|As|Some|Parts?|Rest|Remain|All|No|Article|Paragraph|Section|Caption"
    r"|Passage|Column|Headline|Heading|Title|Content|Excerpt|Snippet|List|Quote|Summary|Detail|Statement"
    r"|Sidebar"
    r"|Box|Portrait|Names?|Illustration|Map|Advertisement|Information|Discussion|Mention|Group|People|Man"
    r"|Woman)"
    r"[a-z'’]*[ :,!])"
)
_FIRST: Final = re.compile(_LEAD + _WORDS)
_LATER: Final = re.compile(rf"[\n\f.!?:;…”\"’)\]*_>]{_LEAD}{_WORDS}")
_ALL_ENGLISH: Final = 4  # words of a sentence without a Vietnamese syllable that needs but one function word
_ASCII: Final = 200  # characters at its begin that have no marks
_BEGIN: Final = 20  # characters of those that tell of most lines that they have marks
_SHORTEST: Final = 12  # characters of the shortest line that is taken for a sentence
_INTERJECTION: Final = 40  # characters of the longest one
_WELL: Final = re.compile(
    r"\s*(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|great|got it|no problem|yes|done|alright)"
    r"[!.,]\s*",
    re.IGNORECASE,
)
_OFFER: Final = re.compile(
    r"\b(?:let me know|feel free to|hope (?:this|that|it) helps?|would you like me|anything else"
    r"|(?:happy|glad) to (?:help|assist)|need (?:any|more|further|additional)|further (?:help|assistance))\b",
    re.IGNORECASE,
)
_END: Final = re.compile(r"[.!?…]+[\"”’)\]*_]*(?=\s|\Z)|:(?=\s*(?:\n|\Z))|\n(?=\s*[^\sa-z])|\n[ \t]*\n")
_FURTHER: Final = re.compile(r"[ \t](?:It|They|There|These|He|She|Some|Its|Also,|Additionally,) ")
_SHORTENED: Final = re.compile(r"(?:^|[\s(])(?:Mr|Mrs|Dr|Ms|No|St|[A-ZĐ])$")
_QUOTES: Final = "\"“”‘'«"
_READING: Final = re.compile(
    r"\b(?:transcri|extracted|ocr\b|image|illegible|text\b|describing|discussing|detailing|mentioning"
    r"|explaining"
    r"|depicting|outlining|summari[sz]ing|highlighting|continues|legible|readable|visible|blurr|obscured"
    r"|cut off|format|translat|reads\b|picture|photo|scan|document|page\b|paragraph|column)",
    re.IGNORECASE,
)
_TALK: Final = 2  # words of reading, of pages and of persons that make an English line of its own a remark
_WORK: Final = re.compile(r"\d{4}|\b(?:isbn|issn|pp?\.|vol\.|ed\.|https?:|www\.|version of)", re.IGNORECASE)
_QUOTED: Final = re.compile(r"[\"“][^\"“”\n]{1,60}[\"”]")
_BORDER: Final = re.compile(r"(?<=[.!?:…])\s|\n")


def is_english(sentence: str) -> bool:
    """Whether a sentence is English, names in another language left out of account.

    Four words or more, two function words, no small-letter word with Vietnamese marks, and most
    small-letter words are function words or no Vietnamese syllables.

    >>> is_english("Text naming the two officials and the school that they opened.")
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
    if function == 1 and len(lowered) >= _ALL_ENGLISH and english == len(lowered):
        return True
    return len(small) >= 2 and function >= min(2, len(small) - 1) and english >= 0.7 * len(lowered)


class Remark(NamedTuple):
    """A sentence that begins as a model's remark does: where it stands, its block, its tier.

    The tier is "long" for a remark with sentences that go on from it (It mentions …).
    """

    start: int
    end: int
    block: int
    tier: str


def english_remarks(sheet: Sheet) -> list[Remark]:
    """English sentences that begin as a model's remark does, in order."""
    text = sheet.text
    found: list[Remark] = []
    patterns = _patterns()
    block, last = 0, -1
    ranges = sheet.ranges
    first = _FIRST.match(text)
    for opening in chain((first,) if first else (), _LATER.finditer(text)):
        start, place = opening.end("lead"), opening.end()
        if start < last:
            continue
        matches = ((t, patterns[t].match(text, place, place + _OPENS)) for t in patterns)
        tier, match = next(((t, m) for t, m in matches if m), ("talk", None))
        while block + 1 < len(ranges) and sheet.lines[ranges[block + 1].start].start <= place:
            block += 1
        limit = min(sheet.lines[ranges[block].stop - 1].end, start + _SENTENCE)
        end = _sentence_end(text, place, limit)
        if match is None and not (tier := _talk_tier(text[place:end])):
            continue
        if is_english(text[place:end]) or (match and match.group().endswith(":")):
            further = _further(text, end, limit) if match else end
            begin = _interjection(text, start)
            found.append(Remark(begin, further, block, tier if further == end else "long"))
            last = further
    return sorted(found + _whole_remarks(sheet, found))


def _whole_remarks(sheet: Sheet, remarks: list[Remark]) -> list[Remark]:
    """Whole English lines that begin in no known way and speak as a model does."""
    taken = {r.block for r in remarks}
    return [
        Remark(line.start, line.end, line.block, tier)
        for line in sheet.lines
        if ((begin := line.text[:_BEGIN]).isascii() or '"' in begin or "“" in begin)
        and _SHORTEST <= len(line.text) <= _SENTENCE
        and line.block not in taken
        and (text := _QUOTED.sub("so", line.text))[:_ASCII].isascii()
        and (tier := _talk_tier(text))
        and (is_english(text) or text[-1] == ":")
    ]


def _talk_tier(sentence: str) -> str:
    """The tier of an English sentence that begins in no known way, by what it speaks of; "" for none."""
    sentence = _QUOTED.sub("so", sentence)
    if any(mark in sentence for mark in '"“”«') or not sentence.replace("’", "'").isascii():
        return ""
    talk = english_talk(sentence, note=sentence[-1] in ")]")
    if talk is None:
        return ""
    page = talk.things and (talk.persons or sentence[-1] in ".!?:)]*")
    known = talk.sure and (talk.persons >= 2 or page)
    told = talk.persons >= 2 or (talk.persons and sentence[-1] == ":")
    # Of 113 million characters of Vietnamese text 8 lines by themselves are such English, all of them notes
    # on works, with a year or an address in most.
    weighed = talk.things + talk.reading + talk.persons >= _TALK and sentence[-1] in ".!?:)]*"
    much = talk.things + talk.reading + talk.persons > _TALK + 1
    shown = talk.things and weighed and (much or not _WORK.search(sentence))
    if known or shown or (talk.reading and talk.things and told):
        return "talk"
    return "polite" if _OFFER.search(sentence) else ""


def _interjection(text: str, start: int) -> int:
    """Where a remark begins with the "Sure!" that opens its line."""
    line = max(text.rfind("\n", 0, start), text.rfind("\f", 0, start)) + 1
    return line if start - line <= _INTERJECTION and _WELL.fullmatch(text, line, start) else start


def _further(text: str, end: int, limit: int) -> int:
    """The end of the English sentences that go on from a remark in its line, two at most."""
    for _ in range(2):
        match = _FURTHER.match(text, end, limit)
        if match is None:
            break
        after = _sentence_end(text, match.end(), limit)
        if not is_english(text[match.start() : after]):
            break
        end = after
    return end


def _sentence_end(text: str, place: int, limit: int) -> int:
    for match in _END.finditer(text, place, limit):
        if match.group().startswith("\n"):
            return match.start()
        if match.group().startswith(".") and _SHORTENED.search(
            text, max(place, match.start() - 4), match.start()
        ):
            continue
        return match.end()
    return limit


def _other_english(sheet: Sheet, remarks: list[Remark]) -> int:
    """Number of longer lines of English prose that are no chatter, up to five."""
    spans = {c.block for c in remarks}
    count = 0
    for line in sheet.lines:
        if len(line.text) < 30 or not line.text[:200].isascii():
            continue
        if line.block in spans and any(c.start < line.end and line.start < c.end for c in remarks):
            continue
        if is_english(line.text):
            count += 1
            if count == 5:
                break
    return count


def english_marks(sheet: Sheet, remarks: list[Remark]) -> list[Mark]:
    """How sure it is of each remark that it is a model's, from the other English around it."""
    if not remarks:
        return []
    other = _other_english(sheet, remarks[:200])
    likely = sum(r.tier == "likely" for r in remarks)
    found: list[Mark] = []
    for number, one in enumerate(remarks):
        if _quoted(sheet.text, one.start, one.end):
            continue
        if one.tier in ("talk", "polite") and (other or not _by_itself(sheet, one)):
            continue
        if one.tier == "likely" and (other >= 3 or _is_title(sheet.text[one.start : one.end])):
            continue
        foreign, follows = _company(sheet, remarks, number)
        follows = follows and _after_vietnamese(sheet.text, one.start)
        alone = follows and likely == 1
        confidence, safety = _grade(sheet, one, other, foreign=foreign, alone=alone)
        shown = " ".join(sheet.text[one.start : one.end].split())
        shown = shown if len(shown) <= 70 else f"{shown[:67]}..."
        start, block = one.start, one.block
        if found and safety is Safety.SAFE and (before := _touching(sheet, found[-1], one)):
            # Two remarks in a row go as one, so that no rest of the line stays between them.
            start, confidence = before.start, min(confidence, found.pop().confidence)
        lines = _whole_lines(sheet, sheet.ranges[block], start, one.end)
        span = None if lines else Span(start, one.end)
        evidence = {"kind": "english", "tier": one.tier, "other_english_lines": other}
        found.append(
            Mark(MODEL_CHATTER, f'a model\'s remark "{shown}"', confidence, safety, lines, span, evidence)
        )
    return found


def _is_title(sentence: str) -> bool:
    """Whether a sentence is rather the title of a work or of a link: without an end, or in brackets."""
    return sentence[-1] not in ".!?)]" or sentence.count("(") != sentence.count(")")


def _after_vietnamese(text: str, place: int) -> bool:
    """Whether what stands before a place in its line is Vietnamese, not the author of a foreign work."""
    before = text[max(0, place - 200) : place].rpartition("\n")[2]
    return any(not c.isascii() and (letter(c).tone or letter(c).shape) for c in before if c.isalpha())


def _touching(sheet: Sheet, mark: Mark, one: Remark) -> Span | None:
    """The span of a mark inside a line that goes for sure, if nothing but blanks parts it from a remark."""
    if mark.safety is not Safety.SAFE or mark.span is None or mark.span.end > one.start:
        return None
    between = sheet.text[mark.span.end : one.start]
    return mark.span if between.isspace() and "\n" not in between and "\f" not in between else None


def _grade(sheet: Sheet, one: Remark, other: int, *, foreign: bool, alone: bool) -> tuple[float, Safety]:
    """How sure a remark is a model's: by its tier and by the ``other`` lines of English in the document."""
    if foreign or other >= 3:
        return 0.4, Safety.DISPLAY
    unsure, sure = (0.8, Safety.UNSAFE), (0.95, Safety.SAFE)
    if one.tier in ("talk", "long"):
        return unsure if other else sure
    if one.tier == "polite":
        return sure if one.block in (0, len(sheet.ranges) - 1, len(sheet.ranges) - 2) else unsure
    if one.tier == "likely":
        # After Vietnamese in the same line it is no caption or heading of its own.
        return sure if alone and not other else unsure
    reading = _READING.search(sheet.text, one.start, one.end)
    return (0.96, Safety.SAFE) if reading and other <= 1 else (0.75, Safety.UNSAFE)


def _by_itself(sheet: Sheet, one: Remark) -> bool:
    """Whether a sentence is no part of a longer English text: at the ends of its line or of Vietnamese."""
    text = sheet.text
    left = text[max(0, one.start - 200) : one.start].rstrip(" \t([*_")
    return not left or left[-1] in '\n\f.!?…:;”"»)]*'


def _company(sheet: Sheet, remarks: list[Remark], number: int) -> tuple[bool, bool]:
    """Whether the sentences beside a remark are English, and whether one stands before it in its line."""
    text, one = sheet.text, remarks[number]
    left = text[max(0, one.start - 200) : one.start]
    before = _BORDER.split(left.rstrip())[-1]
    right = text[one.end : one.end + 300].lstrip(" \t")
    after = _BORDER.split(right, maxsplit=1)[0]
    if number and not text[remarks[number - 1].end : one.start].strip():
        before = ""
    if number + 1 < len(remarks) and not text[one.end : remarks[number + 1].start].strip():
        after = ""
    foreign = is_english(before) or is_english(after)
    return foreign, bool(before) and not left.rstrip(" \t").endswith("\n")


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
