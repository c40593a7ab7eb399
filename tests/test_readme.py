"""What README.md shows is what comes out; run as a script, this pastes it anew."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from click.testing import CliRunner

from ocrfix.cli.commands import cli

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SAMPLE = "tests/samples/tin-ngan.txt"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = re.compile(r"\d+\.\d s$", re.MULTILINE)
CONFIDENCE = re.compile(r" \(\d\.\d\d\)$", re.MULTILINE)


def _shown() -> list[str]:
    """The bare blocks of the README: before, after, check, summary."""
    return [match[2] for match in BLOCK.finditer(README.read_text("utf-8")) if not match[1]]


def _run(*arguments: str) -> str:
    return CliRunner().invoke(cli, [*arguments], env={"COLUMNS": "100"}).output


def _made(folder: Path) -> list[str]:
    return [
        (ROOT / SAMPLE).read_text("utf-8"),
        _run("clean", "--isolated", "-q", SAMPLE),
        _run("check", "--isolated", "-q", SAMPLE),
        _run("clean", "--isolated", "tests/samples/to-bao-tinh.txt", "-o", str(folder / "cleaned.txt")),
    ]


def test_shown_is_made(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    shown, made = _shown(), _made(tmp_path)
    # Confidences move a little with the models.
    assert [CONFIDENCE.sub("", text) for text in shown[:3]] == [CONFIDENCE.sub("", text) for text in made[:3]]
    assert SECONDS.sub("", shown[3]).split() == SECONDS.sub("", made[3]).split()


def test_python_examples():
    assert (
        doctest.testfile(str(README), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)[0] == 0
    )


def test_links_lead_somewhere():
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text("utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def refresh(folder: Path) -> None:
    """Paste what comes out now."""
    text, made = README.read_text("utf-8"), iter(_made(folder))
    pasted = BLOCK.sub(lambda match: match[0] if match[1] else f"```\n{next(made)}```", text)
    README.write_text(pasted, "utf-8")


if __name__ == "__main__":
    import os
    import tempfile

    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as new:
        refresh(Path(new))
