"""Failing cases as short diffs, and the tables."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from .case import Case
from .measure import Summary
from .scoring import BREAKS, Outcome, Tokens

__all__ = ["HEADS", "difference", "summary_rows", "table"]

MOST_LINES = 24


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, markdown: bool = False) -> str:
    """A table for the terminal, or in Markdown; the first column is text, the others are figures."""
    if markdown:
        lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
        return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    width = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(r, width, strict=True))
        )
        for r in (heads, *rows)
    )


HEADS = (
    "kind",
    "cases",
    "items",
    "repaired % [95 %]",
    "unsafe too",
    "harmless %",
    "unsafe too",
    "lost %",
    "left over %",
)


def summary_rows(default: Mapping[str, Summary], unsafe: Mapping[str, Summary]) -> list[list[str]]:
    """A row for each kind, under `HEADS`."""
    return [
        [
            kind,
            str(s.cases),
            str(s.items),
            f"{100 * s.repaired:.1f} [{100 * s.interval[0]:.0f}, {100 * s.interval[1]:.0f}]",
            f"{100 * unsafe[kind].repaired:.1f}",
            f"{100 * s.harmless:.1f}",
            f"{100 * unsafe[kind].harmless:.1f}",
            f"{s.lost:.3f}",
            f"{s.added:.2f}",
        ]
        for kind, s in default.items()
    ]


def difference(case: Case, cleaned: str, outcome: Outcome) -> Iterator[str]:
    """A failing case: what should have come out (-) and what did (+), word by word where they part."""
    done = sum(outcome.repaired)
    yield (
        f"--- {case.kind}, {case.variant}: {done} of {len(outcome.repaired)} repaired, "
        f"{f'HARM ({outcome.harm})' if outcome.harm else 'harmless'}, "
        f"{outcome.added} left over"
    )
    best = min(
        (list(_chunks(case, right.text, cleaned)) for right in case.accepted),
        key=lambda lines: sum(len(line) for line in lines if line[0] in "-+"),
    )
    yield from best[:MOST_LINES]
    if len(best) > MOST_LINES:
        yield f"  … {len(best) - MOST_LINES} lines more"


def _chunks(case: Case, right: str, cleaned: str) -> Iterator[str]:
    a = Tokens.of(right, loose_breaks=case.loose_breaks).texts
    b = Tokens.of(cleaned, loose_breaks=case.loose_breaks).texts
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    for group in matcher.get_grouped_opcodes(8):
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield "  " + _joined(a[i1:i2])
            else:
                if i2 > i1:
                    yield "- " + _joined(a[i1:i2])
                if j2 > j1:
                    yield "+ " + _joined(b[j1:j2])
        yield "  ⋯"


def _joined(tokens: Sequence[str], most: int = 300) -> str:
    text = " ".join(BREAKS.get(token, token) for token in tokens)
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 2 :]}"
