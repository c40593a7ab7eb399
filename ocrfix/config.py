"""Config: what a caller can set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from ocrfix.model import Rule, Safety, Span

__all__ = ["Config"]


@dataclass(frozen=True)
class Config:
    """What to look for and how freely to repair.

    Parameters: ``unsafe``, also apply edits that are only likely right (`Safety.UNSAFE`);
    ``min_confidence``, apply only edits of at least this probability, in [0, 1];
    ``select``, rules to use, by prefix of the code ("DUP", "WRD002") or by name, all when empty;
    ``ignore``, rules to leave out, named in the same way;
    ``protect``, words that no edit may touch, compared with letter case; "/…/" is a regular expression;
    ``model``, path of a language model to use in place of the shipped one.

    Raises ValueError for a confidence outside [0, 1] or a pattern that is no regular expression.

    >>> Config(protect=("Vi",)).protected("Quỹ Vi, ví")
    [Span(start=4, end=6)]
    """

    unsafe: bool = False
    min_confidence: float | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    protect: tuple[str, ...] = ()
    model: str | None = None

    def __post_init__(self) -> None:
        if self.min_confidence is not None and not 0.0 <= self.min_confidence <= 1.0:
            raise ValueError(f"min_confidence must be in [0, 1], not {self.min_confidence}")
        _ = self._protect_pattern

    def uses(self, rule: Rule) -> bool:
        """Whether the rule is selected and not ignored."""
        key = rule.code, rule.name
        used = self._used.get(key)
        if used is None:
            chosen = not self.select or any(rule.matches(s) for s in self.select)
            used = self._used[key] = chosen and not any(rule.matches(s) for s in self.ignore)
        return used

    @cached_property
    def _used(self) -> dict[tuple[str, str], bool]:
        """What `uses` said: every document asks of every rule."""
        return {}

    def applies(self, safety: Safety, confidence: float) -> bool:
        """Whether an edit of this safety and confidence (a probability) is to be applied."""
        least = Safety.UNSAFE if self.unsafe else Safety.SAFE
        return safety >= least and (self.min_confidence is None or confidence >= self.min_confidence)

    @cached_property
    def _protect_pattern(self) -> re.Pattern[str] | None:
        parts = []
        for item in self.protect:
            if len(item) > 2 and item.startswith("/") and item.endswith("/"):
                try:
                    re.compile(item[1:-1])
                except re.error as error:
                    raise ValueError(f"protect: {item} is not a regular expression: {error}") from None
                parts.append(f"(?:{item[1:-1]})")
            elif item:
                parts.append(rf"(?<!\w){re.escape(item)}(?!\w)")
        return re.compile("|".join(parts)) if parts else None

    def protected(self, text: str) -> list[Span]:
        """Spans of the text that no edit may touch, in order."""
        pattern = self._protect_pattern
        if pattern is None:
            return []
        return [Span(*m.span()) for m in pattern.finditer(text) if m.end() > m.start()]
