"""What holds of any bytes whatever: one function a target, which raises where it does not.

A target takes the bytes of a fuzzer. It passes over what a part of ocrfix refuses with an error of its own
(`FormatError`, `ConfigError`, `DecisionsError`, a report's ValueError); any other exception is a fault.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import tempfile
import unicodedata
from pathlib import Path

from ocrfix import Config, apply_decisions, check, clean, replay, revert
from ocrfix.config_file import ConfigError, load
from ocrfix.decisions import DecisionsError, digest
from ocrfix.formats import FormatError, LayoutSource, TextSource, read_data
from ocrfix.formats.jsonl import read_rows, with_text
from ocrfix.report import Result
from ocrfix.reports.changes import changes
from ocrfix.reports.json import from_dict, to_dict

CONFIGS = (
    Config(),
    Config(unsafe=True),
    Config(min_confidence=0.9),
    Config(unsafe=True, min_confidence=0.5),
    Config(protect=("Vi", "/[0-9]+/")),
    Config(select=("JOI", "DUP")),
    Config(ignore=("WRD",), unsafe=True),
    Config(select=("ENC", "SPC", "WRD"), unsafe=True),
)
"""The first byte of the input of `clean_text` chooses one."""


def clean_text(data: bytes) -> None:
    """`clean` and `check` of arbitrary Unicode, lone surrogates included."""
    if data:
        text_laws(_text(data[1:]), CONFIGS[data[0] % len(CONFIGS)])


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def text_laws(text: str, config: Config) -> Result:
    """Clean a text and see that all laws hold of what comes out; returns that."""
    result = clean(text, config)
    report = result.report
    assert replay(report, text) == result.text, "replay"
    assert revert(report, result.text) == text, "revert"
    again = clean(result.text, config)
    rules = sorted({item.finding.rule.code for item in again.report.applied})
    assert again.text == result.text, f"cleaning twice: {rules}"
    assert not again.report.applied, f"work without an outcome: {rules}"
    for item in report.findings:
        assert 0 <= item.span.start <= item.span.end <= len(text), "a span outside the text"
        for edit in item.finding.edits:
            assert edit.source is not None or unicodedata.is_normalized("NFC", edit.replacement), (
                f"not NFC: {item.finding.rule.code}"
            )
    position, rebuilt = 0, []
    for change in changes(report):
        assert change.findings, "a change that no finding owns"
        rebuilt += (text[position : change.before.start], result.text[change.after.slice])
        position = change.before.end
    assert "".join(rebuilt) + text[position:] == result.text, "something differs outside the edits"
    told = json.dumps(to_dict(report), allow_nan=False)
    (back,) = from_dict(json.loads(told))
    assert replay(back, text) == result.text, "replay of a report that was written"
    return result


def _file(data: bytes, name: str, form: str, encoding: str | None = None) -> None:
    """Read a file, clean its text, write it, read that: it says what was cleaned, and needs no more."""
    try:
        source = read_data(data, name, encoding, form)
    except FormatError as error:
        assert str(error).startswith(name), "an error that does not name the file"
        return
    text = source.document.text
    untouched = source.render(Result(text))
    utf8 = not isinstance(source, TextSource) or (source.encoding in ("utf-8", "ascii") and not source.broken)
    assert untouched == data or not utf8, "a file that needs nothing is not written as it was"
    assert len(source.notes) < 20, "notes without end"
    result = clean(source.document)
    report = source.locate(result.report)
    assert len(report.findings) == len(result.report.findings), "findings lost"
    assert replay(result.report, text) == result.text, "replay"
    assert revert(result.report, result.text) == text, "revert"
    try:
        written = source.render(result)
    except FormatError as error:
        assert str(error).startswith(name), "an error that does not name the file"
        return
    again = read_data(written, name, "utf-8" if isinstance(source, TextSource) else encoding, form)
    if isinstance(source, TextSource):
        kept = again.document.text == result.text
    else:
        read, said = again.document.text.split(), result.text.split()
        moved = any(edit.source for item in result.report.applied for edit in item.finding.edits)
        # words that cross a page in the text stay on their page in the file
        kept = read == said or (moved and sorted(read) == sorted(said))
    assert kept, f"written words differ: {form}"
    if isinstance(source, LayoutSource):
        return  # lines and blocks stay those of the page, so that there may be more to find
    twice = clean(again.document)
    rules = sorted({item.finding.rule.code for item in twice.report.applied})
    assert again.render(twice) == written, f"twice: {form} {rules}"


def text_file(data: bytes) -> None:
    """Bytes as a text file: any encoding, or none."""
    _file(data, "a.txt", "text")


def any_file(data: bytes) -> None:
    """Bytes as a file whose format is found out, compressed perhaps."""
    try:
        source = read_data(data, "a", max_unpacked=1 << 20)
        source.render(clean(source.document))
    except FormatError as error:
        assert str(error).startswith("a"), "an error that does not name the file"


def hocr(data: bytes) -> None:
    """Bytes as hOCR."""
    _file(data, "a.hocr", "hocr")


def alto(data: bytes) -> None:
    """Bytes as ALTO."""
    _file(data, "a.xml", "alto")


def page(data: bytes) -> None:
    """Bytes as PAGE-XML."""
    _file(data, "a.xml", "page")


def markdown(data: bytes) -> None:
    """Bytes as Markdown."""
    _file(data, "a.md", "markdown")


def jsonl(data: bytes) -> None:
    """Bytes as JSON lines: the rows give the file back, and a changed text is what is then read."""
    rows = list(read_rows(io.BytesIO(data), "a.jsonl", "text", "id"))
    assert b"".join(row.data for row in rows) == data, "rows that do not give the file back"
    for row in rows:
        if row.text is None:
            continue
        for text in (row.text, clean(row.text).text, row.text + '"\\\ud83d/é\n'):
            (back,) = read_rows(io.BytesIO(with_text(row, "text", text)), "a.jsonl", "text", "id")
            assert (back.text, back.id) == (text, row.id), "a row that reads otherwise than it was written"


def decisions(data: bytes) -> None:
    """A text and, after a NUL, bytes that stand for decisions or a report on it."""
    before, _, rest = data.partition(b"\0")
    text = _text(before)
    try:
        found = json.loads(rest.decode("utf-8", "replace").replace("%SHA%", digest(text)))
    except (ValueError, RecursionError):
        return
    try:
        result = apply_decisions(found, text)
        assert replay(result.report, text) == result.text, "replay"
        assert revert(result.report, result.text) == text, "revert"
    except DecisionsError:
        pass
    if isinstance(found, dict):
        try:
            for report in from_dict(found):
                replay(report, text)
        except ValueError:
            pass


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="ocrfix-fuzz-")


def config(data: bytes) -> None:
    """Bytes as ocrfix.toml."""
    path = Path(_folder().name, "ocrfix.toml")
    path.write_bytes(data)
    try:
        load.__wrapped__(path)
    except ConfigError as error:
        assert str(error).startswith(str(path)), "an error that does not name the file"


def pure(data: bytes) -> None:
    """`check` twice, and after other work, says the same."""
    if data:
        text, chosen = _text(data[1:]), CONFIGS[data[0] % len(CONFIGS)]
        first = check(text, chosen)
        clean(text[::-1][:200])
        assert first == check(text, chosen), "two answers"
        told = hashlib.sha256(repr(first).encode("utf-8", "replace")).hexdigest()
        assert told == hashlib.sha256(repr(check(text, chosen)).encode("utf-8", "replace")).hexdigest()


TARGETS = {
    "clean": clean_text,
    "pure": pure,
    "text": text_file,
    "any": any_file,
    "hocr": hocr,
    "alto": alto,
    "page": page,
    "markdown": markdown,
    "jsonl": jsonl,
    "decisions": decisions,
    "config": config,
}
