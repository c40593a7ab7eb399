"""One run of ``clean`` or ``check``: tasks out, outcomes in, reports and summary written."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from ocrfix.cli._options import Failed, ReportTarget, Settings
from ocrfix.cli._plan import Item, Plan
from ocrfix.config import Config
from ocrfix.formats import FormatError, same_file
from ocrfix.formats.files import replacing
from ocrfix.formats.rows import row_format
from ocrfix.reports import Failure, Reviewed, render
from ocrfix.reports.jsonl import failure_line, finding_lines
from ocrfix.reports.summary import Totals, print_summary, summary_text
from ocrfix.scale.files import Outcome, Task, explained, run

if TYPE_CHECKING:
    from ocrfix.scale.corpus import ShardDone
    from ocrfix.scale.rows import RowTask

__all__ = ["Session"]


class Session:
    """What the commands share: problems said at once, counts kept, reports written at the end.

    Parameters: ``plan``; ``reports``, what was asked for; ``stdout_taken``, what standard output
    carries already, in words, or None; ``talks``, whether it gets something on the way (a progress bar
    on the same terminal would tear that); ``quiet``, no summary and no remarks; ``form``, the inputs'
    format or "auto". Raises click.UsageError when two things want standard output, a report would
    overwrite a text, or a report cannot hold what a file with rows gives.
    """

    def __init__(
        self,
        plan: Plan,
        reports: Sequence[ReportTarget],
        *,
        stdout_taken: str | None,
        talks: bool,
        quiet: bool,
        form: str = "auto",
    ) -> None:
        self.plan = plan
        self._started = time.monotonic()
        self._form = form
        self._to_stdout = stdout_taken == "the cleaned text"
        self._check_rows(reports, stdout_taken)
        self.quiet = quiet
        self._talks = talks
        self.totals = Totals()
        self._reports = reports
        self.failures: list[Failure] = []
        self._kept: list[Reviewed] = []
        self._keeps = bool(self.reports_with_texts)
        lines = any(target.form == "jsonl" for target in reports)
        self._lines = tempfile.TemporaryFile() if lines else None  # noqa: SIM115  (closed with the command)
        if self._lines:
            click.get_current_context().call_on_close(self._lines.close)
        self._progress: Callable[[str], None] = lambda _text: None
        for target in reports:
            self._check_target(target, stdout_taken)
            if target.path is None and target.form != "summary":
                stdout_taken = f"the {target.form} report"

    def _check_rows(self, reports: Sequence[ReportTarget], stdout_taken: str | None) -> None:
        first = next((item for item in self.plan.items if row_format(item.path, self._form)), None)
        if first is None:
            return
        what = f"{first.path or 'standard input'} has a text in every row"
        if stdout_taken == "the diff":
            raise click.UsageError(f"--diff: {what}; write with -o, and --findings lists the changes")
        for target in reports:
            if target.form not in ("summary", "jsonl"):
                raise click.UsageError(
                    f"--report {target.form}: {what}, too many for this report; use --findings FILE"
                )

    def _check_target(self, target: ReportTarget, stdout_taken: str | None) -> None:
        if target.path is None:
            if target.form != "summary" and stdout_taken:
                raise click.UsageError(
                    f"--report {target.form}: standard output carries {stdout_taken}; "
                    f"name a file, as in --report {target.form}:report.{target.form}"
                )
            return
        for item in self.plan.items:
            for path in (item.path, item.output):
                if path is not None and same_file(path, target.path):
                    raise click.UsageError(f"--report: {target.path} is one of the texts; name another file")

    @property
    def reports_with_texts(self) -> list[ReportTarget]:
        """The reports that need every file's report, and mostly its text, until the end."""
        return [target for target in self._reports if target.form not in ("summary", "jsonl")]

    @property
    def wants_texts(self) -> bool:
        """Whether a report needs the texts."""
        return any(target.form in ("diff", "html") for target in self._reports)

    def outcomes(
        self, settings: Settings, options: dict[str, Any], *, texts: bool, in_place: bool = False
    ) -> Iterator[Reviewed]:
        """Run the plan's tasks and yield the cleaned files in order; failures are said and kept."""
        self._say_of_plan()
        jobs = options["jobs"] or os.cpu_count() or 1
        rows = any(row_format(item.path, self._form) for item in self.plan.items)
        with self._shown_progress(len(self.plan.items), rows=rows):
            for form, items in groupby(self.plan.items, lambda item: row_format(item.path, self._form)):
                if form:
                    for item in items:
                        yield from self._rows(item, form, settings, options, jobs)
                        self._progress("")
                    continue
                tasks = [
                    self._task(item, _config(settings, item), options, texts=texts, in_place=in_place)
                    for item in items
                ]
                for outcome in run(tasks, jobs, options["budget"]):
                    self._progress("")
                    file = self._take(outcome)
                    if file is not None:
                        yield file

    def shards(self, settings: Settings, options: dict[str, Any], folder: Path) -> None:
        """Run the plan's tasks by shards and pass over those that are done; outputs go to ``folder``.

        Failures are said and kept.
        """
        from ocrfix.scale.corpus import make_shards, run_shards  # noqa: PLC0415  (start-up time)
        from ocrfix.scale.pool import BUDGET, processors  # noqa: PLC0415

        self._say_of_plan()
        jobs = options["jobs"] or processors()
        budget = BUDGET if options["budget"] is None else options["budget"]
        configs: dict[Path, Config] = {}
        tasks: list[Task | RowTask] = []
        for item in self.plan.items:
            assert item.path is not None
            if (parent := item.path.parent) not in configs:
                configs[parent] = settings.config(parent)
            if form := row_format(item.path, self._form):
                tasks.append(self._row_task(item, form, configs[parent], options, jobs))
            else:
                tasks.append(self._task(item, configs[parent], options, texts=False, in_place=False))
        shards = make_shards(tasks, folder)
        earlier = 0
        with self._shown_progress(len(shards), rows=True):
            for done in run_shards(shards, folder, jobs=jobs, budget=budget, findings=self._lines):
                self._progress("")
                self._progress(done.shard.name)
                earlier += done.earlier
                self._take_shard(done, options["text_column"])
        if earlier:
            self.say(f"{earlier} of {len(shards)} shards were done already")

    def _take_shard(self, done: ShardDone, column: str) -> None:
        for note in done.notes:
            self.say(note)
        name = str(done.shard.paths[0])
        if done.error:
            self._fail(Failure(name, done.error))
            return
        counts, rows = done.counts, done.shard.rows is not None
        self.totals.add_counts(
            counts.rules,
            files=1 if rows else counts.documents,
            rows=counts.documents if rows else 0,
            failed=0 if rows else counts.errors,
            changed=counts.changed,
            words=counts.words,
            unsafe_left=counts.unsafe_left,
        )
        if rows:
            numbers = counts.documents, counts.errors, counts.passed
            firsts = [text for text in (counts.first_error, counts.first_passed) if text]
            self._say_of_rows(name, column, numbers, firsts)
        elif counts.errors:
            many = f"; {counts.errors} files from {name} on stay as they are" if counts.errors > 1 else ""
            self.failures.append(Failure(name, f"{counts.first_error}{many}"))
            click.echo(f"ocrfix: {self.failures[-1].message}", err=True)

    def _say_of_plan(self) -> None:
        for text in self.plan.warnings:
            self.say(text)
        for text in self.plan.errors:
            self._fail(Failure(text.split(":")[0], text))

    def _task(
        self, item: Item, config: Config, options: dict[str, Any], *, texts: bool, in_place: bool
    ) -> Task:
        return Task(
            item.path,
            config,
            sys.stdin.buffer.read() if item.path is None else b"",
            options["encoding"],
            item.output,
            in_place,
            texts,
            self._form,
            options.get("keep_removed", False),
            options["max_unpacked"],
        )

    def _row_task(self, item: Item, form: str, config: Config, options: dict[str, Any], jobs: int) -> RowTask:
        from ocrfix.scale.rows import RowTask  # noqa: PLC0415  (start-up time)

        return RowTask(
            item.path,
            form,
            config,
            options["text_column"],
            options["id_column"],
            item.output,
            self._to_stdout,
            jobs,
            options["max_unpacked"],
            options["text_format"] == "markdown",
            options["budget"],
        )

    def _rows(
        self, item: Item, form: str, settings: Settings, options: dict[str, Any], jobs: int
    ) -> Iterator[Reviewed]:
        """The reports of a file's rows."""
        from ocrfix.scale.rows import row_place, run_rows  # noqa: PLC0415  (start-up time)

        task = self._row_task(item, form, _config(settings, item), options, jobs)
        failed: list[str] = []  # the first of each kind
        passed: list[str] = []
        counts = [0, 0, 0]
        try:
            for outcome in run_rows(task):
                row, report = outcome.row, outcome.report
                self._progress(f"{task.name}: row {row.number}")
                if report is not None:
                    counts[0] += 1
                    self.totals.add(report, of_row=True)
                    if self._lines:
                        self._put_line(finding_lines(report, row_place(task, row)))
                    yield Reviewed(report, "", "", min_confidence=task.config.min_confidence)
                elif why := outcome.error or row.problem:
                    bad = bool(outcome.error) or row.damaged
                    counts[1 if bad else 2] += 1
                    first = failed if bad else passed
                    first += [] if first else [f"row {row.number}: {why}"]
                    self._put_line(failure_line(row_place(task, row), why))
        except Exception as error:  # noqa: BLE001  (one bad file must not stop the others)
            self._fail(Failure(task.name, explained(task.name, error)))
            return
        self.totals.files += 1
        self._say_of_rows(task.name, options["text_column"], counts, failed + passed)

    def _say_of_rows(self, name: str, column: str, counts: Sequence[int], firsts: Sequence[str]) -> None:
        """Say what became of the rows (``counts``: cleaned, damaged, without text) that were not cleaned."""
        cleaned, bad, other = counts
        if bad:
            self.failures.append(Failure(name, f"{name}: {_rows_stay(bad)}, the first {firsts[0]}"))
            click.echo(f"ocrfix: {self.failures[-1].message}", err=True)
        if other and not cleaned:
            message = f"{name}: no row has a string in {column!r}; name the field with --text-column"
            self.failures.append(Failure(name, message))
            click.echo(f"ocrfix: {message}", err=True)
        elif other:
            self.say(f"{name}: {_rows_stay(other)}, the first {firsts[-1]}")

    def _take(self, outcome: Outcome) -> Reviewed | None:
        if outcome.file is None:
            self._fail(Failure(outcome.name, outcome.error or ""))
            return None
        self.totals.add(outcome.file.report)
        for note in outcome.file.report.notes:
            self.say(f"{outcome.name}: {note}")
        if self._keeps:
            self._kept.append(outcome.file)
        if self._lines:
            self._put_line(finding_lines(outcome.file.report))
        return outcome.file

    def _fail(self, failure: Failure) -> None:
        self.failures.append(failure)
        self.totals.failed += 1
        self._put_line(failure_line({"file": failure.name}, failure.message))
        click.echo(f"ocrfix: {failure.message}", err=True)

    def _put_line(self, text: str) -> None:
        if self._lines:
            self._lines.write(text.encode("utf-8", "surrogateescape"))  # a file's name may be no Unicode

    def say(self, text: str) -> None:
        """A remark for people, on standard error, unless they want quiet."""
        if not self.quiet:
            click.echo(f"ocrfix: {text}", err=True)

    @contextmanager
    def _shown_progress(self, number: int, *, rows: bool) -> Iterator[None]:
        few = number < 2 and not rows
        if self.quiet or few or not sys.stderr.isatty() or (self._talks and sys.stdout.isatty()):
            yield
            return
        from rich.console import Console  # noqa: PLC0415  (start-up time)
        from rich.markup import escape  # noqa: PLC0415
        from rich.progress import Progress  # noqa: PLC0415

        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("cleaning", total=number)

            def show(text: str) -> None:
                if text:
                    progress.update(bar, description=escape(text))
                else:
                    progress.advance(bar)

            self._progress = show
            yield

    def finish(self, *, done: bool) -> None:
        """Write the reports and print the summary; ``done``, whether repairs were made."""
        for target in self._reports:
            text = ""
            if target.form == "summary":
                text = summary_text(self.totals, done=done) if target.path else ""
            elif target.form != "jsonl":
                text = render(target.form, self._kept, self.failures)
            data = text.encode("utf-8", "surrogateescape")  # a file's name may be no Unicode
            if target.path is None:
                self._write_report(target, sys.stdout.buffer, data)
                sys.stdout.flush()
                continue
            try:
                with replacing(target.path) as output:
                    self._write_report(target, output.file, data)
            except FormatError as error:
                raise Failed(str(error).replace("with -o", "after --report FORMAT:")) from error
        asked = any(target.form == "summary" and target.path is None for target in self._reports)
        if asked or not self.quiet:
            from rich.console import Console  # noqa: PLC0415

            sys.stdout.flush()
            seconds = time.monotonic() - self._started
            print_summary(self.totals, Console(stderr=True, highlight=False), done=done, seconds=seconds)

    def _write_report(self, target: ReportTarget, file: BinaryIO, data: bytes) -> None:
        if target.form == "jsonl" and self._lines:
            self._lines.seek(0)
            shutil.copyfileobj(self._lines, file)
        else:
            file.write(data)


def _config(settings: Settings, item: Item) -> Config:
    return settings.config(item.path.parent if item.path else Path())


def _rows_stay(number: int) -> str:
    return f"{number} rows stay as they are" if number > 1 else "1 row stays as it is"
