"""Laws of files with word boxes, held by repairs made up at random."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrfix import Edit, Span
from ocrfix._edits import Fixed, carry
from ocrfix.formats import LayoutSource, read, read_data
from ocrfix.repair import apply
from ocrfix.report import AppliedEdit, Report, Result, Step

FOLDER = Path(__file__).parent / "formats"
FILES = sorted(p for p in FOLDER.iterdir() if p.suffix in (".hocr", ".xml", ".html"))
PIECES = st.text(st.sampled_from("ắđ<>&\"'];x"), min_size=1, max_size=4)
few = settings(max_examples=25)
by_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def result_of(text, batches):
    """A result whose report has these edits, one step a batch."""
    steps, now = [], text
    for batch in batches:
        steps.append(Step("made-up", tuple(AppliedEdit(e, now[e.span.slice]) for e in batch)))
        now = apply(now, batch)
    report = Report("-", (), tuple(steps), len(text), len(now))
    return Result(now, report)


@st.composite
def word_edits(draw, text):
    """Edits of words and of what stands between them: changed, split, joined, taken out, put in."""
    words = [Span(*m.span()) for m in re.finditer(r"\S+", text)]
    found, last = [], 0
    for index in sorted(draw(st.sets(st.integers(0, len(words) - 1), max_size=6))) if words else ():
        span = words[index]
        kind = draw(st.sampled_from(("change", "letter", "split", "join", "drop", "insert", "line")))
        start, end = span.start, span.end
        following = words[index + 1].start if index + 1 < len(words) else len(text)
        if kind == "change":
            edit = Edit(span, draw(PIECES))
        elif kind == "letter":
            place = draw(st.integers(start, end - 1))
            edit = Edit(Span(place, place + 1), draw(PIECES))
        elif kind == "split":
            place = draw(st.integers(start, end))
            edit = Edit(Span(place, place), " ")
        elif kind == "join":
            edit = Edit(Span(end, following), "")
        elif kind == "drop":
            edit = Edit(Span(start, following), "")
        elif kind == "insert":
            edit = Edit(Span(end, end), " " + draw(PIECES))
        else:
            edit = Edit(Span(end, following), " ")
        if edit.span.start >= last and text[edit.span.slice] != edit.replacement:
            found.append(edit)
            last = max(edit.span.end, edit.span.start + 1)
    return found


@st.composite
def removals(draw, text):
    """A run of words taken out, over line ends and block ends."""
    words = [m.span() for m in re.finditer(r"\S+", text)]
    if not words:
        return []
    first = draw(st.integers(0, len(words) - 1))
    last = draw(st.integers(first, min(len(words) - 1, first + 40)))
    return [Edit(Span(words[first][0], words[last][1]), "")]


@st.composite
def moves(draw, text):
    """A word, line, block or run of words moved to another place of the same page."""
    unit = draw(st.sampled_from((r"\S+", r"[^\n\f]+", r"[^\n\f]+(?:\n[^\n\f]+)*")))
    spans = [Span(*m.span()) for m in re.finditer(unit, text) if m[0].strip()]
    places = [m.end() for m in re.finditer(r"\S+", text)]
    if not spans:
        return []
    span = draw(st.sampled_from(spans))
    free = [
        p
        for p in places
        if not span.start < p <= span.end and "\f" not in text[min(p, span.start) : max(p, span.end)]
    ]
    if not free:
        return []
    place = draw(st.sampled_from(free))
    # a space, then the moved text: two insertions at one place would overlap
    moved = [
        Edit(Span(place, place + 1), draw(st.sampled_from((" ", "\n", "\n\n")))),
        Edit(Span(place + 1, place + 1), text[span.slice], source=span),
    ]
    if place + 1 <= span.start or place >= span.end:
        tail = Edit(Span(place + 1, min(len(text), place + 2)), " " + text[place + 1 : place + 2])
        gone = Edit(span, "")
        if tail.span.overlaps(span) or tail.span.start == tail.span.end:
            return []
        return sorted([*moved, tail, gone], key=lambda e: e.span)
    return []


@st.composite
def results(draw, document):
    batches, now, fixed = [], document.text, document.fixed
    for _ in range(draw(st.integers(1, 3))):
        kinds = [word_edits(now), word_edits(now), removals(now)]
        # a page break may be gone later, and no word leaves its page
        batch = draw(st.one_of(*kinds, moves(now)) if not batches else st.one_of(*kinds))
        if fixed is not None and any(map(Fixed(now, fixed).touches, batch)):
            continue  # nothing is done to tables
        if batch:
            batches.append(batch)
            now = apply(now, batch)
            fixed = carry(fixed, batch) if fixed is not None else None
    return result_of(document.text, batches)


def identities(data):
    return Counter(re.findall(rb"""\s(?:id|ID)=["']([^"']+)""", data))


@by_file
def test_what_is_not_changed_is_not_touched(path):
    source = read(path)
    assert isinstance(source, LayoutSource)
    assert source.render(Result(source.document.text)) == path.read_bytes()


@by_file
@few
@given(data=st.data())
def test_the_written_file_says_the_cleaned_words(path, data):
    source = read(path)
    result = data.draw(results(source.document))
    written = source.render(result)
    again = read_data(written, path.name)
    assert again.document.text.split() == result.text.split()
    assert len(again.notes) <= len(source.notes)
    before, after = identities(path.read_bytes()), identities(written)
    assert all(number <= max(1, before[name]) for name, number in after.items())
    assert again.render(Result(again.document.text)) == written


@by_file
@few
@given(data=st.data())
def test_kept_elements_say_the_same(path, data):
    source = read(path, keep_removed=True)
    result = data.draw(results(source.document))
    again = read_data(source.render(result), path.name)
    assert again.document.text.split() == result.text.split()


@by_file
@few
@given(data=st.data())
def test_words_that_are_left_alone_keep_everything(path, data):
    source = read(path)
    result = data.draw(results(source.document))
    again = {(w.page, w.id): w for w in read_data(source.render(result), path.name).words if w.id}
    touched = Counter()
    text = source.document.text
    if any(edit.edit.source for step in result.report.steps for edit in step.edits):
        return
    if len(result.report.steps) == 1:
        spans = [item.edit.span for item in result.report.steps[0].edits]
        for word in source.words:
            near = Span(max(0, word.span.start - 1), min(len(text), word.span.end + 1))
            touched[word.page, word.id] += any(s.overlaps(near) or s in (near, word.span) for s in spans)
        for word in source.words:
            if word.id and not touched[word.page, word.id]:
                found = again[word.page, word.id]
                assert (found.text, found.box, found.confidence) == (word.text, word.box, word.confidence)


def elements(data):
    root = ET.fromstring(data)
    return [(e.tag, dict(e.attrib), (e.text or "").strip()) for e in root.iter()]


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix == ".xml"], ids=lambda path: path.name)
@few
@given(data=st.data())
def test_nothing_but_the_changed_words_differs(path, data):
    source = read(path)
    text = source.document.text
    changed = data.draw(st.sets(st.sampled_from(range(len(source.words))), min_size=1, max_size=3))
    words = [source.words[i] for i in sorted(changed)]
    result = result_of(text, [[Edit(w.span, "đổi" * (1 + w.span.start % 3)) for w in words]])
    one, other = elements(path.read_bytes()), elements(source.render(result))
    names = {w.id for w in words}
    glyphs = {"Glyph", "Graphemes", "Grapheme", "Variant"}
    glyphs |= {"TextEquiv", "Unicode", "PlainText", "Coords", "HYP"}
    of_words = {"CONTENT", "WC", "CC", "SUBS_CONTENT", "SUBS_TYPE", "conf", "index"}

    def rest(found):
        kept = []
        for tag, attributes, inner in found:
            name = tag.rpartition("}")[2]
            told = {k: v for k, v in attributes.items() if k not in of_words}
            if "custom" in told:
                told["custom"] = re.sub(r"(offset|length):\d+", r"\1", told["custom"])
            if name not in glyphs or (name == "Coords" and attributes.get("points", "") == ""):
                kept.append((name, told, inner))
        return kept

    assert names
    assert rest(one) == rest(other)
