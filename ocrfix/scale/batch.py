"""One function for every engine: texts in, cleaned texts and their findings out."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable
from dataclasses import dataclass

from ocrfix.config import Config
from ocrfix.report import Report

__all__ = ["Cleaned", "clean_batch", "clean_text", "prepare"]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What came of one text.

    ``text`` is the cleaned text, or the text as it was where cleaning failed; ``report`` is then None, and
    ``error`` says why.
    """

    text: str
    report: Report | None = None
    error: str = ""

    @property
    def findings(self) -> str:
        """The findings, or the error, as JSON lines (format ``ocrfix-findings/1``)."""
        return self.findings_of("-")

    def findings_of(self, name: str, **place: object) -> str:
        """The same with the text's name, and what else is to stand in every line (row, id)."""
        from ocrfix.reports.jsonl import failure_line, finding_lines  # noqa: PLC0415  (start-up time)

        where = {"file": name, **place}
        return failure_line(where, self.error) if self.report is None else finding_lines(self.report, where)


def clean_batch(
    texts: Iterable[str], config: Config | None = None, *, markdown: bool = False
) -> list[Cleaned]:
    """Clean texts one by one; one that fails gives an error and its text unchanged.

    Pure, picklable and safe in any process: the language data is loaded on first use and stays for the
    process. Line ends stay as they are. Parameters: ``texts``; ``config``, as for `ocrfix.clean`;
    ``markdown``, whether the texts are Markdown.

    >>> [item.text for item in clean_batch(["Quỹ Vi người nghèo", ""])]
    ['Quỹ Vì người nghèo', '']
    """
    chosen = config or Config()
    return [clean_text(text, chosen, markdown=markdown) for text in texts]


def clean_text(text: str, config: Config, name: str = "-", *, markdown: bool = False) -> Cleaned:
    """Clean one text as it stands in a row; never raises but for an interrupt.

    Parameters: ``text``; ``config``; ``name``, what reports call it; ``markdown``, whether it is Markdown.

    >>> clean_text("# Quỹ `Vi` người nghèo", Config(), markdown=True).text
    '# Quỹ `Vi` người nghèo'
    """
    from ocrfix import clean  # noqa: PLC0415  (start-up time)
    from ocrfix.formats.text import text_source  # noqa: PLC0415

    try:
        source = text_source(text, name)
        document = source.document
        if markdown:
            from ocrfix.formats.markdown import markdown_document  # noqa: PLC0415

            document = markdown_document(document)
        result = clean(document, config)
        return Cleaned(source.restore(result), result.report)
    except MemoryError:
        return Cleaned(text, error="not enough memory")
    except Exception as error:  # noqa: BLE001  (one bad text must not stop the others)
        if os.environ.get("OCRFIX_DEBUG"):
            traceback.print_exc()
        return Cleaned(text, error=f"ocrfix itself failed: {type(error).__name__}: {error}")


def prepare(config: Config) -> None:
    """Load what cleaning needs, so that the first document does not pay for it."""
    clean_text("Quỹ Vi người nghèo xã đã vận động bà con ủng hộ .", config)
