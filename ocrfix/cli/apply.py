"""The command ``ocrfix apply``: a review's decisions, or a whole report, made on the original."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ocrfix.cli._options import Failed
from ocrfix.formats import FORMATS, FormatError, Source, TextSource, read, read_data, same_file, write
from ocrfix.formats.encodings import check_encoding
from ocrfix.formats.files import reason
from ocrfix.formats.packed import plain, render_for
from ocrfix.report import Result

__all__ = ["command"]


@click.command("apply")
@click.argument("decisions", metavar="DECISIONS.json", type=click.Path(path_type=Path))
@click.argument("file", metavar="FILE")
@click.option("-o", "--output", metavar="OUT", help="Write here: a file, or a folder that there is.")
@click.option("--in-place", is_flag=True, help="Overwrite FILE.")
@click.option("--diff", "as_diff", is_flag=True, help="Write nothing; print the changes, for git apply.")
@click.option("--keep-removed", is_flag=True, help="Leave elements without text where theirs is removed.")
@click.option("--encoding", metavar="NAME", help="FILE's encoding; found out when not given.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["auto", *FORMATS]),
    default="auto",
    show_default=True,
    help="FILE's format; auto finds out.",
)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing when all is well.")
def command(
    decisions: Path,
    file: str,
    output: str | None,
    in_place: bool,
    as_diff: bool,
    keep_removed: bool,
    encoding: str | None,
    form: str,
    quiet: bool,
) -> None:
    """Make the decisions of a review on the original.

    DECISIONS.json comes from the review page (clean --report html:FILE), or is a JSON report (--report
    json:FILE), which is made again as a whole. FILE is the file as it was before it was cleaned, or -
    for standard input. Without -o the text goes to standard output.

    Exit status: 0 done; 2 an error: then nothing is written.
    """
    target = _target(file, output, in_place=in_place, as_diff=as_diff)
    if target is not None and same_file(target, decisions):
        raise click.UsageError(f"-o: {target} holds the decisions; name another file")
    data = _read_json(decisions)
    try:
        if encoding is not None:
            check_encoding(encoding)
        if file == "-":
            stdin = sys.stdin.buffer.read()
            source = read_data(stdin, "-", encoding, form, keep_removed=keep_removed)
        else:
            source = read(Path(file), encoding, form, keep_removed=keep_removed)
        result = _decided(decisions, data, source)
        cleaned = plain(source).render(result)
        if as_diff:
            _put(_diff(plain(source), result, cleaned))
        elif target is None:
            _put(cleaned)
        else:
            _write(target, source, cleaned, in_place=in_place)
    except FormatError as error:
        raise Failed(str(error)) from error
    if not quiet:
        number = sum(len(step.edits) for step in result.report.steps)
        click.echo(f"{file}: {number} edit{'' if number == 1 else 's'} made", err=True)


def _target(file: str, output: str | None, *, in_place: bool, as_diff: bool) -> Path | None:
    """The file to be written; None for standard output. Raises click.UsageError."""
    if (output is not None) + in_place + as_diff > 1:
        raise click.UsageError("-o, --in-place and --diff exclude each other")
    if output == "":
        raise click.UsageError("-o needs a path")
    if in_place:
        if file == "-":
            raise click.UsageError("--in-place: standard input has no place; leave --in-place out")
        return Path(file)
    if as_diff or output is None or output == "-":
        return None
    path = Path(output)
    if path.is_dir():
        if file == "-":
            raise click.UsageError(f"-o {output}: this is a folder, and standard input has no name")
        path /= Path(file).name
    if file != "-" and same_file(path, Path(file)):
        raise click.UsageError(f"-o: {path} is itself the input; use --in-place to overwrite it")
    return path


def _read_json(path: Path) -> Mapping[str, Any]:
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise Failed(f"{path}: cannot be read: {reason(error)}") from error
    except UnicodeDecodeError as error:
        raise Failed(f"{path}: this is not JSON: not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        raise Failed(
            f"{path}:{place}: this is not JSON, or it is cut short: {error.msg}; export it again"
        ) from error
    except RecursionError as error:
        raise Failed(f"{path}: this is no file of decisions: too deeply nested") from error
    if not isinstance(data, dict):
        raise Failed(f"{path}: this is neither a file of decisions nor a report")
    return data


def _decided(path: Path, data: Mapping[str, Any], source: Source) -> Result:
    """What comes of the source. Raises Failed when the data is damaged or for another text."""
    from ocrfix.decisions import DecisionsError, apply_decisions, digest  # noqa: PLC0415  (start-up time)

    if not str(data.get("schema")).startswith("ocrfix-report/"):
        try:
            return apply_decisions(data, source.document)
        except DecisionsError as error:
            raise Failed(f"{path}: {error}") from error
    from ocrfix.repair import replay  # noqa: PLC0415
    from ocrfix.reports.json import from_dict  # noqa: PLC0415

    document = source.document
    try:
        reports = from_dict(data)
    except ValueError as error:
        raise Failed(f"{path}: {error}") from error
    for report in reports:
        if report.original_hash == digest(document.text):
            result = Result(replay(report, document.text), report)
            if digest(result.text) != report.cleaned_hash:
                raise Failed(f"{path}: the report is damaged: its steps do not lead to the text it names")
            return result
    names = ", ".join(report.name for report in reports[:3]) or "none"
    raise Failed(
        f"{path}: {document.name}: the report was made from another text ({names}); "
        "give the file as it was before it was cleaned"
    )


def _write(target: Path, source: Source, cleaned: bytes, *, in_place: bool) -> None:
    if in_place and source.broken:
        raise FormatError(
            f"{target}: broken characters ({source.broken}) would be lost; "
            "name the right encoding with --encoding, or write elsewhere with -o"
        )
    if not (in_place and cleaned == plain(source).data):
        write(target, render_for(source, cleaned, target))


def _diff(source: Source, result: Result, cleaned: bytes) -> bytes:
    from ocrfix.reports.diff import unified  # noqa: PLC0415  (start-up time)
    from ocrfix.reports.model import Reviewed  # noqa: PLC0415

    raw = source.raw if isinstance(source, TextSource) else source.data.decode("utf-8", "surrogateescape")
    texts = (source.document.text, result.text, raw, cleaned.decode("utf-8", "surrogateescape"))
    return unified(Reviewed(result.report, *texts)).encode("utf-8", "surrogateescape")


def _put(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
