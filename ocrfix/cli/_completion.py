"""What a shell offers to go on from what is typed."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

__all__ = ["complete_rules"]


def complete_rules(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The rules, by code or name, that go on from the last of those typed, parted by commas."""
    from ocrfix.detectors import all_rules  # noqa: PLC0415  (start-up time)

    del ctx, param
    before, comma, last = incomplete.rpartition(",")
    found = []
    for rule in all_rules():
        name = rule.code if rule.code.startswith(last.upper()) else rule.name
        if name.lower().startswith(last.lower()):
            found.append(CompletionItem(f"{before}{comma}{name}", help=rule.summary))
    return found
