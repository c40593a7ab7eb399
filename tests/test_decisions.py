"""Decisions: what was accepted is made, and nothing else; what does not fit is refused in plain words."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path

import fakes
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ocrfix
from ocrfix import apply_decisions
from ocrfix.decisions import SCHEMA, DecisionsError, schema
from ocrfix.formats import read_data
from ocrfix.repair import apply
from ocrfix.reports.proposals import merged, proposals

VALIDATOR = jsonschema.Draft202012Validator(schema())
TEXT = "Quỹ Vi người nghèo\nmuc lục\n"


def edit(start, end, replacement, text=TEXT, **more):
    return {"start": start, "end": end, "removed": text[start:end], "replacement": replacement, **more}


def change(*edits, state="accepted", **more):
    return {"state": state, "edits": list(edits), **more}


def decisions(*made, text=TEXT, name="bao.txt"):
    original = {"length": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    data = {"schema": SCHEMA, "files": [{"name": name, "original": original, "changes": list(made)}]}
    VALIDATOR.validate(data)
    return data


GOOD = decisions(change(edit(4, 6, "Vì")), change(edit(19, 22, "mục"), state="rejected"))


def test_only_what_was_accepted_is_made():
    result = apply_decisions(GOOD, TEXT)
    assert result.text == "Quỹ Vì người nghèo\nmuc lục\n"
    assert [step.stage for step in result.report.steps] == ["review"]
    assert ocrfix.replay(result.report, TEXT) == result.text
    assert ocrfix.revert(result.report, result.text) == TEXT


def test_the_schema_is_itself_right():
    jsonschema.Draft202012Validator.check_schema(schema())
    for key in ("schema", "files"):
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate({k: v for k, v in GOOD.items() if k != key})


def test_nothing_accepted_is_nothing_changed():
    result = apply_decisions(decisions(), TEXT)
    assert result.text == TEXT
    assert result.report.steps == ()


def test_a_document_keeps_its_name():
    assert apply_decisions(GOOD, ocrfix.Document(TEXT, "khác.txt")).report.name == "khác.txt"


def test_the_file_is_found_among_several():
    data = decisions(change(edit(0, 1, "X", text="abc")), text="abc", name="a.txt")
    data["files"] += GOOD["files"]
    assert apply_decisions(data, TEXT).text == apply_decisions(GOOD, TEXT).text
    assert apply_decisions(data, "abc").text == "Xbc"


def test_insertions_at_one_place_keep_their_order():
    data = decisions(change(edit(4, 4, "a"), edit(4, 4, "b")), change(edit(4, 6, "c")))
    assert apply_decisions(data, TEXT).text.startswith("Quỹ abc người")


def test_moved_text_keeps_its_source():
    moved = edit(0, 0, "người", source={"start": 7, "end": 12})
    result = apply_decisions(decisions(change(moved, edit(7, 12, ""))), TEXT)
    assert result.text.startswith("ngườiQuỹ Vi  nghèo")
    assert result.report.steps[0].edits[0].edit.source == ocrfix.Span(7, 12)


@given(fakes.reports(), st.randoms(use_true_random=False))
def test_any_choice_is_made_as_it_was_shown(made, rng):
    report, original, cleaned = made
    found = [p for p in proposals(report, original, cleaned) if p.made]
    chosen = [p for p in found if rng.random() < 0.5]
    data = decisions(
        *(
            change(
                *(edit(*_place(a), a.edit.replacement, text=original) for a in p.edits),
                state="accepted" if p in chosen else "rejected",
            )
            for p in found
        ),
        text=original,
    )
    result = apply_decisions(json.loads(json.dumps(data)), original)
    assert result.text == apply(original, merged(chosen))
    assert ocrfix.revert(result.report, result.text) == original
    for made_edit in (a for step in result.report.steps for a in step.edits):
        assert made_edit.removed != made_edit.edit.replacement


def _place(applied):
    return applied.edit.span.start, applied.edit.span.end


def broken(*path, value):
    """The good decisions with one value changed (or taken away: ...)."""
    data = copy.deepcopy(GOOD)
    place = data
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data


CHANGE = ("files", 0, "changes", 0)
EDIT = (*CHANGE, "edits", 0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (broken("schema", value="ocrfix-decisions/2"), "of format ocrfix-decisions/2; this version reads"),
        (broken("schema", value="x"), "no decisions of format"),
        (broken("schema", value=...), "the schema is None"),
        ([], "no decisions of format"),
        (broken("files", value={}), "'files' is of the wrong kind"),
        (broken("files", value=...), "'files' is missing"),
        (broken("files", 0, value=7), "'original' is missing"),
        (broken("files", 0, "original", "sha256", value="0" * 64), r"another text \(bao.txt\)"),
        (broken("files", 0, "original", "sha256", value=3), "'sha256' is of the wrong kind"),
        (broken("files", 0, "changes", value=...), "'changes' is missing"),
        (broken(*CHANGE, "state", value="maybe"), "'maybe'; it must be accepted or rejected"),
        (broken(*CHANGE, "edits", value="x"), "change 1 of the decisions: 'edits' is of the wrong kind"),
        (broken(*EDIT, "start", value="4"), "'start' is of the wrong kind"),
        (broken(*EDIT, "start", value=True), "'start' is of the wrong kind"),
        (broken(*EDIT, "start", value=-1), "is no place in a text of 27 characters"),
        (broken(*EDIT, "end", value=99), "is no place in a text of 27 characters"),
        (broken(*EDIT, "end", value=3), "is no place"),
        (broken(*EDIT, "removed", value="Vo"), "does not fit: at 1:5 stands 'Vi', not 'Vo'"),
        (broken(*EDIT, "removed", value=...), "'removed' is missing"),
        (broken(*EDIT, "replacement", value=None), "'replacement' is missing"),
        (broken(*EDIT, "replacement", value="\ud800"), "half a character"),
        (broken(*EDIT, "source", value={"start": 0, "end": 2}), "not the one at its source"),
        (broken(*EDIT, "source", value=3), "'source' is of the wrong kind"),
        (
            decisions(change(edit(4, 6, "Vì")), change(edit(5, 8, "x"))),
            "two accepted changes overlap, at 1:5 and at 1:6",
        ),
    ],
)
def test_what_does_not_fit_is_refused(data, message):
    with pytest.raises(DecisionsError, match=message):
        apply_decisions(data, TEXT)


def test_overlapping_changes_may_be_rejected():
    data = decisions(change(edit(4, 6, "Vì")), change(edit(5, 8, "x"), state="rejected"))
    assert apply_decisions(data, TEXT).text.startswith("Quỹ Vì")


@pytest.mark.parametrize("raw", ["Vi\r\nnghèo\r\nmuc\n", "\ufeffVi\r\nnghèo\r\nmuc\r\n"])
def test_line_ends_and_mark_come_back(raw):
    source = read_data(raw.encode(), "a.txt")
    text = source.document.text
    data = decisions(change(edit(0, 2, "Vì", text=text)), text=text)
    assert source.render(apply_decisions(data, source.document)).decode() == raw.replace("Vi", "Vì")


HOCR = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title></title></head><body>
<div class="ocr_page" title="bbox 0 0 600 400"><div class="ocr_carea" title="bbox 10 10 500 60">
<p class="ocr_par" title="bbox 10 10 500 60"><span class="ocr_line" title="bbox 10 10 500 60">
<span class="ocrx_word" title="bbox 10 10 90 60; x_wconf 80">Quỹ</span>
<span class="ocrx_word" title="bbox 100 10 150 60; x_wconf 41">Vi</span>
<span class="ocrx_word" title="bbox 160 10 300 60; x_wconf 93">người</span>
</span></p></div></div></body></html>
"""


def test_a_file_with_word_boxes_keeps_them():
    source = read_data(HOCR.encode(), "trang.hocr")
    text = source.document.text
    start = text.index("Vi")
    data = decisions(change(edit(start, start + 2, "Vì", text=text)), text=text)
    written = source.render(apply_decisions(data, source.document)).decode()
    assert written == HOCR.replace('; x_wconf 41">Vi<', '">Vì<')  # the engine was not sure of this word


@pytest.mark.parametrize("name", ["tesseract.hocr", "page-2019-words.xml", "alto-4.xml"])
def test_all_accepted_writes_the_words_that_clean_writes(name):
    source = read_data((Path(__file__).parent / "formats" / name).read_bytes(), name)
    document = source.document
    result = ocrfix.clean(document, ocrfix.Config(unsafe=True))
    found = [p for p in proposals(result.report, document.text, result.text) if p.made]
    assert found
    data = decisions(
        *(change(*(_saved(a, document.text) for a in p.edits)) for p in found), text=document.text, name=name
    )
    again = apply_decisions(data, document)
    assert again.text == result.text
    # boxes of words that two rules changed may differ: clean cuts them twice
    written = [read_data(source.render(r), name).document.text for r in (again, result)]
    assert written[0] == written[1]
    for one in data["files"][0]["changes"]:
        one["state"] = "rejected"
    assert source.render(apply_decisions(data, document)) == source.data


def _saved(applied, text):
    source = applied.edit.source
    more = {} if source is None else {"source": {"start": source.start, "end": source.end}}
    return edit(*_place(applied), applied.edit.replacement, text=text, **more)
