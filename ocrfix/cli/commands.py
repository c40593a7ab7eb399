"""The commands of ``ocrfix``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from ocrfix import __version__
from ocrfix._compressed import split_suffix
from ocrfix.cli._completion import complete_rules
from ocrfix.cli._options import Failed, Settings, repair_options, settings, targets
from ocrfix.cli._plan import make_plan, refuse_what_cannot_be_read_again
from ocrfix.cli._session import Session
from ocrfix.cli.apply import command as apply_command
from ocrfix.cli.bench import command as bench
from ocrfix.cli.completion import command as completion
from ocrfix.cli.config import command as config
from ocrfix.cli.duplicates import command as duplicates
from ocrfix.cli.learn import command as learn
from ocrfix.formats import FormatError

__all__ = ["cli"]

_PATHS = click.argument("paths", nargs=-1, metavar="PATH...")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="ocrfix %(version)s")
def cli() -> None:
    """Repair badly read Vietnamese documents.

    \b
    ocrfix clean bao.txt -o sach.txt       repair one file
    ocrfix clean scans/ -o sach/           repair a folder's files
    ocrfix clean bao.txt --report html:review.html -o sach.txt
    ocrfix duplicates corpus/ -o f.jsonl   what documents have in common
    ocrfix apply review.decisions.json bao.txt -o sach.txt
    ocrfix check scans/                    say what would be found, change nothing
    ocrfix rules                           list the rules
    ocrfix config                          print the settings, and where each comes from
    ocrfix bench pairs.jsonl               measure on your own pages
    """  # noqa: D301  (click's mark of lines to be left as they are)


@cli.command()
@_PATHS
@click.option("-o", "--output", metavar="OUT", help="Write here: a file, or a folder for several inputs.")
@click.option("--in-place", is_flag=True, help="Overwrite the inputs.")
@click.option("--diff", "as_diff", is_flag=True, help="Write nothing; print the changes, for git apply.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when findings remain.")
@click.option("--keep-removed", is_flag=True, help="Leave elements without text where theirs is removed.")
@click.option(
    "--resume",
    is_flag=True,
    help="For a corpus: keep in OUT what is done, and pass over it when the command is given again.",
)
@repair_options
@click.pass_context
def clean(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    output: str | None,
    in_place: bool,
    as_diff: bool,
    exit_code: bool,
    resume: bool,
    **options: Any,
) -> None:
    """Repair files.

    PATH is a file, a folder (its .txt and .md files, hOCR, ALTO and PAGE-XML, JSON lines and Parquet,
    also compressed) or - for standard input. One file without -o goes to standard output; the summary
    goes to standard error. Text is written in UTF-8, its line ends stay; other formats stay as they
    were but for the words: of Markdown only prose is repaired, of JSON lines and Parquet one column.

    With --resume, a run that was cut off goes on where it was: each file with rows, and each group of
    other files, is a shard, whose findings and completion marker are kept in OUT/.ocrfix. A document
    that fails or is over the time budget stays as it is, with an error among the findings.

    Exit status: 0 done; 1 findings remain (with --exit-code only); 2 an error, in any file.
    """
    _check_targets(output, in_place=in_place, as_diff=as_diff, resume=resume)
    chosen = settings(options)
    folder = f"{output}{os.sep}" if resume else output
    plan = make_plan(
        paths, None if output == "-" else folder, in_place=in_place, files_from=options["files_from"]
    )
    to_stdout = not in_place and not as_diff and (output is None or output == "-")
    if to_stdout and not plan.single:
        raise click.UsageError("several inputs need -o FOLDER, --in-place or --diff")
    taken = "the cleaned text" if to_stdout else "the diff" if as_diff else None
    session = Session(
        plan,
        targets(options),
        stdout_taken=taken,
        talks=bool(taken),
        quiet=options["quiet"],
        form=options["form"],
    )
    remaining = _run_shards(session, chosen, options, Path(output)) if resume and output else 0
    if resume:
        context.exit(2 if session.failures else 1 if exit_code and remaining else 0)
    texts = to_stdout or as_diff or session.wants_texts
    for file in session.outcomes(chosen, options, texts=texts, in_place=in_place):
        report = file.report
        remaining += len(report.findings if as_diff else report.remaining)
        if to_stdout:
            _put((file.raw_cleaned or "").encode("utf-8", "surrogateescape"))
        elif as_diff:
            from ocrfix.reports.diff import unified  # noqa: PLC0415  (start-up time)

            _put(unified(file).encode("utf-8", "surrogateescape"))
            if report.steps and split_suffix(report.name)[1]:
                session.say(f"{report.name}: the diff is of what is packed in it; git cannot apply it there")
    session.finish(done=not as_diff)
    context.exit(2 if session.failures else 1 if exit_code and remaining else 0)


def _check_targets(output: str | None, *, in_place: bool, as_diff: bool, resume: bool) -> None:
    if (output is not None) + in_place + as_diff > 1:
        raise click.UsageError("-o, --in-place and --diff exclude each other")
    if output == "":
        raise click.UsageError("-o needs a path")
    if resume and (output is None or output == "-"):
        raise click.UsageError("--resume needs -o FOLDER")


def _run_shards(session: Session, chosen: Settings, options: dict[str, Any], folder: Path) -> int:
    """Clean a corpus; returns the number of findings that remain."""
    for target in session.reports_with_texts:
        raise click.UsageError(f"--report {target.form}: a corpus is too large for it; use --findings FILE")
    refuse_what_cannot_be_read_again(session.plan, "--resume")
    try:
        session.shards(chosen, options, folder)
    except FormatError as error:
        raise Failed(str(error)) from error
    session.finish(done=True)
    return session.totals.found - session.totals.applied


def _put(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


@cli.command()
@_PATHS
@repair_options
@click.pass_context
def check(context: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:
    """Say what is wrong with files, and change nothing.

    Every finding is a line: FILE:LINE:COLUMN: CODE message [before → after] (confidence). With
    --min-confidence, less sure ones are left out.

    Exit status: 0 nothing found; 1 findings; 2 an error, in any file.
    """
    from ocrfix.reports.text import lines  # noqa: PLC0415  (start-up time)

    chosen = settings(options)
    plan = make_plan(paths, files_from=options["files_from"])
    reports = targets(options)
    on_stdout = [r for r in reports if r.path is None and r.form != "summary"]
    session = Session(
        plan, reports, stdout_taken=None, talks=True, quiet=options["quiet"], form=options["form"]
    )
    found = 0
    for file in session.outcomes(chosen, options, texts=session.wants_texts):
        for line in lines(file.report, file.min_confidence):
            found += 1
            if not on_stdout:
                click.echo(line)
    session.finish(done=False)
    context.exit(2 if session.failures else 1 if found else 0)


@cli.command("rules")
@click.argument("code", required=False, shell_complete=complete_rules)
def list_rules(code: str | None) -> None:
    """List the rules, or print what is known of some: by code, prefix or name."""
    from ocrfix.config_file import ConfigError, check_selectors  # noqa: PLC0415  (start-up time)
    from ocrfix.detectors import all_rules  # noqa: PLC0415

    if code is None:
        width = max((len(rule.name) for rule in all_rules()), default=0)
        for rule in all_rules():
            safety = rule.safety.name.lower()
            click.echo(f"{rule.code}  {rule.name:<{width}}  {safety:<7}  {rule.summary}")
        return
    try:
        check_selectors([code], "rules")
    except ConfigError as error:
        raise click.UsageError(str(error).removeprefix("rules: ")) from error
    texts = []
    for rule in all_rules():
        if rule.matches(code):
            head = f"{rule.code} {rule.name} ({rule.safety.name.lower()})"
            texts.append(f"{head}\n{'=' * len(head)}\n{rule.summary}\n\n{rule.doc.strip()}\n")
    click.echo("\n\n".join(texts), nl=False)


cli.add_command(apply_command)
cli.add_command(bench)
cli.add_command(completion)
cli.add_command(learn)
cli.add_command(config)
cli.add_command(duplicates)
