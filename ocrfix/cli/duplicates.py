"""The command ``ocrfix duplicates``: what the documents of a corpus have in common."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from ocrfix.cli._options import Failed, rule_options, settings
from ocrfix.cli._plan import Item, Plan, make_plan, refuse_what_cannot_be_read_again
from ocrfix.config import Config
from ocrfix.formats import FormatError, same_file
from ocrfix.formats.files import replacing
from ocrfix.formats.rows import Row, row_format
from ocrfix.scale.files import Task, explained

if TYPE_CHECKING:
    from ocrfix.scale.rows import RowTask

__all__ = ["command"]


@click.command("duplicates")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("-o", "--output", metavar="OUT", help="Write the findings here; with --apply, the texts.")
@click.option(
    "--apply",
    "findings",
    metavar="FINDINGS",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Take away what this file, of an earlier run, says.",
)
@click.option("--min-words", type=click.IntRange(3), default=12, show_default=True, help="Words of a block.")
@click.option("--text-column", default="text", show_default=True, metavar="NAME", help="As for clean.")
@click.option("--id-column", metavar="NAME", help="As for clean.")
@click.option(
    "--files-from", metavar="LIST", type=click.Path(path_type=Path, allow_dash=True), help="As for clean."
)
@click.option(
    "--temporary",
    metavar="FOLDER",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Where temporary files go: about three times the size of the texts.",
)
@rule_options
@click.option("--quiet", "-q", is_flag=True, help="Print no summary.")
def command(
    paths: tuple[str, ...],
    output: str | None,
    findings: Path | None,
    min_words: int,
    text_column: str,
    id_column: str | None,
    files_from: Path | None,
    temporary: Path | None,
    quiet: bool,
    **options: Any,
) -> None:
    """Find what documents have in common: paragraphs and whole texts that an earlier one has too.

    \b
    ocrfix duplicates corpus/ -o findings.jsonl
    ocrfix duplicates corpus/ --apply findings.jsonl -o corpus-once/

    The first command changes nothing: it writes one JSON line for each copy, which names the document and
    place that is kept, always the first in the order of the inputs. The second takes away what the lines
    say; take out the lines that are to stay. Exact copies of long paragraphs, and of whole documents, go
    by default, misread and shorter ones with --unsafe; protected words stay. The text of a document that
    goes is emptied; its file or row stays. Clean texts first: it makes more copies exact. The rules are
    DUP101 to DUP104: see ocrfix rules DUP10.

    Exit status: 0 done; 2 an error, in any file.
    """  # noqa: D301  (click's mark of lines to be left as they are)
    plan = make_plan(paths, output if findings else None, files_from=files_from)
    refuse_what_cannot_be_read_again(plan, "duplicates")
    if findings and output is None:
        raise click.UsageError("--apply needs -o OUT")
    chosen = settings(options, corpus=True)
    configs = {folder: chosen.config(folder) for folder in {_folder(item) for item in plan.items}}
    tasks = [_task(item, configs[_folder(item)], text_column, id_column) for item in plan.items]
    run = _Run(plan, quiet=quiet)
    if findings:
        run.apply(tasks, findings)
    else:
        for item in plan.items:
            if output and item.path and same_file(item.path, Path(output)):
                raise click.UsageError(f"-o: {output} is itself an input")
        run.find(tasks, output, min_words, temporary)
    click.get_current_context().exit(2 if run.failed else 0)


def _folder(item: Item) -> Path:
    return item.path.parent if item.path else Path()


def _task(item: Item, config: Config, column: str, id_column: str | None) -> Task | RowTask:
    form = row_format(item.path)
    if not form:
        return Task(item.path, config, output=item.output, keep_removed=True)
    from ocrfix.scale.rows import RowTask  # noqa: PLC0415  (start-up time)

    return RowTask(item.path, form, config, column, id_column, item.output)


@dataclass
class _Passed:
    """Rows of a file that have no text: how many, whether any is damaged, and the first of the worst kind."""

    rows: int = 0
    damaged: bool = False
    first: str = ""

    def add(self, row: Row) -> None:
        """Count one more."""
        if not self.rows or (row.damaged and not self.damaged):
            self.first = f"row {row.number}: {row.problem}"
        self.rows += 1
        self.damaged = self.damaged or row.damaged

    @property
    def told(self) -> str:
        """What there is to say of them."""
        return f"{self.rows} rows have no text, the first {self.first}"


class _Run:
    def __init__(self, plan: Plan, *, quiet: bool) -> None:
        self._quiet = quiet
        self.failed = bool(plan.errors)
        for text in plan.errors:
            click.echo(f"ocrfix: {text}", err=True)
        for text in plan.warnings:
            self._say(text)

    def _say(self, text: str) -> None:
        if not self._quiet:
            click.echo(f"ocrfix: {text}", err=True)

    def _fail(self, message: str) -> None:
        self.failed = True
        click.echo(f"ocrfix: {message}", err=True)

    def _say_of_rows(self, task: Task | RowTask, passed: _Passed, *, found: bool) -> None:
        if passed.damaged or (passed.rows and not found):
            self._fail(f"{task.name}: {passed.told}")
        elif passed.rows:
            self._say(f"{task.name}: {passed.told}")

    def find(
        self, tasks: Sequence[Task | RowTask], output: str | None, min_words: int, temporary: Path | None
    ) -> None:
        """Write the findings."""
        from ocrfix.scale.documents import CorpusDocument, read_documents  # noqa: PLC0415
        from ocrfix.scale.duplicates import RULES, find_duplicates  # noqa: PLC0415

        documents = 0

        def read() -> Iterator[CorpusDocument]:
            nonlocal documents
            for task in tasks:
                before, passed = documents, _Passed()
                try:
                    for item in read_documents(task, passed.add):
                        documents += 1
                        yield item
                except Exception as error:  # noqa: BLE001  (one bad file must not stop the others)
                    self._fail(explained(task.name, error))
                self._say_of_rows(task, passed, found=documents > before)

        counts: Counter[tuple[str, str]] = Counter()
        try:
            with _sink(output) as file:
                for line in find_duplicates(read(), least_words=min_words, folder=temporary):
                    found = json.loads(line)
                    counts[found["rule"], found["safety"]] += 1
                    file.write(line.encode("utf-8", "surrogateescape"))
        except FormatError as error:
            raise Failed(str(error)) from error
        for rule in RULES:
            safe, likely = counts[rule.code, "safe"], counts[rule.code, "unsafe"]
            if safe or likely:
                self._say(f"{rule.code} {rule.name}: {safe} surely, {likely} likely (--unsafe)")
        self._say(f"{documents} documents: {sum(counts.values())} copies")

    def apply(self, tasks: Sequence[Task | RowTask], findings: Path) -> None:
        """Write the texts without what the findings say."""
        from ocrfix.scale.documents import rewrite  # noqa: PLC0415
        from ocrfix.scale.duplicates import Removals  # noqa: PLC0415

        with ExitStack() as stack:
            file = stack.enter_context(findings.open("rb"))
            try:
                removals = Removals(file)
                for task in tasks:
                    try:
                        for _ in rewrite(task, removals.of):
                            pass
                    except FormatError as error:
                        self._fail(str(error))
            except ValueError as error:
                raise Failed(f"{findings}: {error}") from error
        self._say(f"{removals.applied} copies taken away, {removals.left} left")
        if removals.stale:
            self._fail(f"{removals.stale} findings are about other texts; find them anew")
        if removals.rest:
            self._fail(f"{findings}: {removals.rest} is not among the inputs, or they are in another order")


@contextmanager
def _sink(output: str | None) -> Iterator[BinaryIO]:
    if output is None or output == "-":
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    with replacing(Path(output)) as target:
        yield target.file
