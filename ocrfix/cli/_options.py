"""Options that commands share, and the config that comes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from click.shell_completion import CompletionItem

from ocrfix.cli._completion import complete_rules
from ocrfix.config import Config
from ocrfix.config_file import ConfigError, check_selectors, find, load, read_words
from ocrfix.formats import FORMATS as FILE_FORMATS
from ocrfix.formats import FormatError
from ocrfix.formats.encodings import check_encoding
from ocrfix.formats.rows import ROW_FORMATS
from ocrfix.reports import FORMATS

__all__ = [
    "Failed",
    "ReportTarget",
    "Settings",
    "config_options",
    "repair_options",
    "rule_options",
    "settings",
    "targets",
]

_F = TypeVar("_F", bound=Callable[..., Any])


class Failed(click.ClickException):
    """An error that ends the command with exit status 2."""

    exit_code = 2


@dataclass(frozen=True)
class ReportTarget:
    """A report that was asked for: its format and its file (None is standard output)."""

    form: str
    path: Path | None


class _ReportType(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic from click 8.2 on
    name = "format[:path]"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The formats that go on from what is there."""
        del ctx, param
        return [CompletionItem(form) for form in FORMATS if form.startswith(incomplete)]

    def convert(
        self,
        value: str | ReportTarget,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> ReportTarget:
        if isinstance(value, ReportTarget):
            return value
        form, _, path = value.partition(":")
        if form not in FORMATS:
            self.fail(f"there is no format {form!r}; choose from {', '.join(FORMATS)}", param, ctx)
        return ReportTarget(form, Path(path) if path and path != "-" else None)


_RULE_OPTIONS: Final = (
    click.option(
        "--select",
        multiple=True,
        metavar="RULES",
        shell_complete=complete_rules,
        help="Use only these rules: codes, their prefixes, or names, parted by commas.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="RULES",
        shell_complete=complete_rules,
        help="Leave these rules out.",
    ),
    click.option(
        "--min-confidence",
        type=click.FloatRange(0, 1),
        metavar="P",
        help="Repair only what is at least this sure (0 to 1).",
    ),
    click.option("--unsafe/--no-unsafe", default=None, help="Also make repairs that are only likely right."),
    click.option(
        "--protect",
        multiple=True,
        metavar="WORD",
        help="Never touch this word; /…/ is a regular expression. Repeatable.",
    ),
    click.option(
        "--protect-from",
        multiple=True,
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Never touch the words in this file, one a line. Repeatable.",
    ),
)
_CONFIG_OPTIONS: Final = (
    *_RULE_OPTIONS,
    click.option(
        "--model",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Use this language model (see ocrfix learn).",
    ),
)
_FILE_OPTIONS: Final = (
    click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Read settings from this file.",
    ),
    click.option("--isolated", is_flag=True, help="Read no configuration file."),
)
_OPTIONS: Final = (
    *_CONFIG_OPTIONS,
    click.option(
        "--report",
        "reports",
        multiple=True,
        type=_ReportType(),
        metavar="FORMAT[:PATH]",
        help=f"Write a report: {', '.join(FORMATS)}. Repeatable.",
    ),
    click.option(
        "--findings",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write one JSON line a finding; short for --report jsonl:FILE.",
    ),
    click.option(
        "--text-column",
        metavar="NAME",
        default="text",
        show_default=True,
        help="Where the text stands in rows of JSON lines (a.b is b in a) or Parquet.",
    ),
    click.option(
        "--text-format",
        type=click.Choice(["text", "markdown"]),
        default="text",
        show_default=True,
        help="What the texts in such rows are.",
    ),
    click.option("--id-column", metavar="NAME", help="Where such rows have an id, for the findings."),
    click.option(
        "--jobs",
        "-j",
        type=click.IntRange(0),
        default=1,
        show_default=True,
        metavar="N",
        help="Files, or rows of one, cleaned at once; 0 is one for each processor.",
    ),
    click.option(
        "--budget",
        type=click.FloatRange(0, min_open=True),
        metavar="SECONDS",
        help="Leave a document as it is that takes longer.  [default: none; 600 with --resume]",
    ),
    click.option(
        "--files-from",
        metavar="LIST",
        type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
        help="Also take the files named in this file, one a line; - is standard input.",
    ),
    click.option(
        "--max-unpacked",
        type=click.IntRange(0),
        metavar="MB",
        callback=lambda _context, _option, value: None if value is None else value * 1_000_000,
        help="Let a compressed file unpack to this many megabytes; 0 is any number.  "
        "[default: 1000, and 200 times its size]",
    ),
    click.option("--encoding", metavar="NAME", help="The files' encoding; found out when not given."),
    click.option(
        "--format",
        "form",
        type=click.Choice(["auto", *FILE_FORMATS, *ROW_FORMATS]),
        default="auto",
        show_default=True,
        help="The files' format; auto finds out.",
    ),
    *_FILE_OPTIONS,
    click.option("--quiet", "-q", is_flag=True, help="Print no summary."),
)


def repair_options(function: _F) -> _F:
    """Give a command the options of `clean` and `check`."""
    return _with(_OPTIONS, function)


def config_options(function: _F) -> _F:
    """Give a command the options that make up a config."""
    return _with((*_CONFIG_OPTIONS, *_FILE_OPTIONS), function)


def rule_options(function: _F) -> _F:
    """Give a command the same but for the language model."""
    return _with((*_RULE_OPTIONS, *_FILE_OPTIONS), function)


def _with(options: Sequence[Callable[[_F], _F]], function: _F) -> _F:
    for option in reversed(options):
        function = option(function)
    return function


@dataclass(frozen=True)
class Settings:
    """What the command line sets; the rest comes from the nearest configuration file.

    ``values`` are fields of `Config` that win over a file's; ``protect`` adds to a file's words.
    """

    values: dict[str, Any]
    protect: tuple[str, ...]
    file: Path | None
    isolated: bool

    def path(self, folder: Path) -> Path | None:
        """The configuration file for files of a folder, None when there is none. Raises ConfigError."""
        return None if self.isolated else self.file or find(folder)

    def config(self, folder: Path) -> Config:
        """The config for files of a folder. Raises Failed for a file that cannot be used."""
        try:
            path = self.path(folder)
            config = load(path) if path else Config()
            config = replace(config, **self.values, protect=config.protect + self.protect)
        except ConfigError as error:
            raise Failed(str(error)) from error
        except ValueError as error:
            raise Failed(f"--protect: {str(error).removeprefix('protect: ')}") from error
        _check_model(config.model)
        return config


@cache
def _check_model(path: str | None) -> None:
    """See that a model of the user's own can be loaded, before any file is cleaned with it."""
    if path is None:
        return
    from ocrfix.language_model import load as load_model  # noqa: PLC0415  (start-up time)

    try:
        load_model(path)
    except (OSError, ValueError) as error:
        raise Failed(f"model: {error}") from error


def _selectors(options: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """The rules that are selected and ignored. Raises ConfigError for those that there are not."""
    found = {}
    for name in ("select", "ignore"):
        chosen = tuple(part.strip() for item in options[name] for part in item.split(","))
        if chosen:
            check_selectors(chosen, f"--{name}")
            found[name] = chosen
    return found


def _check_command(selectors: Sequence[str], *, corpus: bool) -> None:
    """See that a command has some of the rules that are selected by name. Raises click.UsageError."""
    from ocrfix.detectors import all_rules, rules  # noqa: PLC0415  (start-up time)

    own = [rule for rule in all_rules() if (rule not in rules()) is corpus]
    for selector in selectors:
        if not any(rule.matches(selector) for rule in own):
            why = "is about one document, not several: use ocrfix clean or check"
            if not corpus:
                why = "compares the documents of a corpus: use ocrfix duplicates"
            raise click.UsageError(f"--select: {selector} {why}")


def targets(options: dict[str, Any]) -> tuple[ReportTarget, ...]:
    """The reports that a command's options ask for."""
    reports: tuple[ReportTarget, ...] = options["reports"]
    path = options["findings"]
    return reports if path is None else (*reports, ReportTarget("jsonl", path))


def settings(options: dict[str, Any], *, corpus: bool | None = False) -> Settings:
    """The settings from a command's options.

    Parameters: ``options``; ``corpus``, whether the command has the rules that compare documents, or those
    that look at one; None for one that is about both. Raises click.UsageError for what cannot be used.
    """
    if options["isolated"] and options["config_file"]:
        raise click.UsageError("--config and --isolated exclude each other")
    values: dict[str, Any] = {}
    try:
        values.update(_selectors(options))
        if corpus is not None and "select" in values:
            _check_command(values["select"], corpus=corpus)
        if options.get("encoding") is not None:
            check_encoding(options["encoding"])
        words = tuple(word for path in options["protect_from"] for word in read_words(path))
    except (ConfigError, FormatError) as error:
        raise click.UsageError(str(error)) from error
    for name in ("min_confidence", "unsafe"):
        if options[name] is not None:
            values[name] = options[name]
    if options.get("model") is not None:
        if not options["model"].is_file():
            raise click.UsageError(f"--model: there is no file {options['model']}; ocrfix learn makes one")
        values["model"] = str(options["model"])
    return Settings(values, options["protect"] + words, options["config_file"], options["isolated"])
