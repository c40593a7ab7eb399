"""One run of ``clean`` or ``check``: tasks out, outcomes in, reports and summary written."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ocrfix.cli._options import Failed, ReportTarget, Settings
from ocrfix.cli._plan import Plan
from ocrfix.cli._work import Outcome, Task, run
from ocrfix.formats import FormatError, same_file, write
from ocrfix.reports import Failure, Reviewed, render
from ocrfix.reports.summary import Totals, print_summary, summary_text

__all__ = ["Session"]


class Session:
    """What the commands share: problems said at once, counts kept, reports written at the end.

    Parameters: ``plan``; ``reports``, what was asked for; ``stdout_taken``, what standard output
    carries already, in words, or None; ``talks``, whether it gets something on the way (a progress bar
    on the same terminal would tear that); ``quiet``, no summary and no remarks. Raises click.UsageError
    when two things want standard output, or a report would overwrite a text.
    """

    def __init__(
        self,
        plan: Plan,
        reports: Sequence[ReportTarget],
        *,
        stdout_taken: str | None,
        talks: bool,
        quiet: bool,
    ) -> None:
        self.plan = plan
        self.quiet = quiet
        self._talks = talks
        self.totals = Totals()
        self.failures: list[Failure] = []
        self._reports = reports
        self._kept: list[Reviewed] = []
        self._progress: Callable[[], None] = lambda: None
        for target in reports:
            self._check_target(target, stdout_taken)
            if target.path is None and target.form != "summary":
                stdout_taken = f"the {target.form} report"

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
    def wants_texts(self) -> bool:
        """Whether a report needs the texts."""
        return any(target.form in ("diff", "html") for target in self._reports)

    def outcomes(
        self, settings: Settings, options: dict[str, Any], *, texts: bool, in_place: bool = False
    ) -> Iterator[Reviewed]:
        """Run the plan's tasks and yield the cleaned files in order; failures are said and kept."""
        for text in self.plan.warnings:
            self.say(text)
        for text in self.plan.errors:
            self._fail(Failure(text.split(":")[0], text))
        tasks = []
        for item in self.plan.items:
            folder = item.path.parent if item.path else Path()
            data = sys.stdin.buffer.read() if item.path is None else b""
            config = settings.config(folder)
            tasks.append(
                Task(
                    item.path,
                    config,
                    data,
                    options["encoding"],
                    item.output,
                    in_place,
                    texts,
                    options["form"],
                    options.get("keep_removed", False),
                    options["max_unpacked"],
                )
            )
        jobs = options["jobs"] or os.cpu_count() or 1
        with self._shown_progress(len(tasks)):
            for outcome in run(tasks, jobs):
                self._progress()
                file = self._take(outcome)
                if file is not None:
                    yield file

    def _take(self, outcome: Outcome) -> Reviewed | None:
        if outcome.file is None:
            self._fail(Failure(outcome.name, outcome.error or ""))
            return None
        self.totals.add(outcome.file.report)
        for note in outcome.file.report.notes:
            self.say(f"{outcome.name}: {note}")
        if any(target.form != "summary" for target in self._reports):
            self._kept.append(outcome.file)
        return outcome.file

    def _fail(self, failure: Failure) -> None:
        self.failures.append(failure)
        self.totals.failed += 1
        click.echo(f"ocrfix: {failure.message}", err=True)

    def say(self, text: str) -> None:
        """A remark for people, on standard error, unless they want quiet."""
        if not self.quiet:
            click.echo(f"ocrfix: {text}", err=True)

    @contextmanager
    def _shown_progress(self, number: int) -> Iterator[None]:
        if self.quiet or number < 2 or not sys.stderr.isatty() or (self._talks and sys.stdout.isatty()):
            yield
            return
        from rich.console import Console  # noqa: PLC0415  (start-up time)
        from rich.progress import Progress  # noqa: PLC0415

        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("cleaning", total=number)
            self._progress = lambda: progress.advance(bar)
            yield

    def finish(self, *, done: bool) -> None:
        """Write the reports and print the summary; ``done``, whether repairs were made."""
        for target in self._reports:
            if target.form == "summary":
                text = summary_text(self.totals, done=done) if target.path else ""
            else:
                text = render(target.form, self._kept, self.failures)
            data = text.encode("utf-8", "surrogateescape")  # a file's name may be no Unicode
            if target.path is None:
                sys.stdout.buffer.write(data)
                sys.stdout.flush()
                continue
            try:
                write(target.path, data)
            except FormatError as error:
                raise Failed(str(error).replace("with -o", "after --report FORMAT:")) from error
        asked = any(target.form == "summary" and target.path is None for target in self._reports)
        if asked or not self.quiet:
            from rich.console import Console  # noqa: PLC0415

            sys.stdout.flush()
            print_summary(self.totals, Console(stderr=True, highlight=False), done=done)
