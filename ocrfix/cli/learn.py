"""``ocrfix learn``: from texts to the files under ``dictionaries/``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from ocrfix.cli._options import Failed

__all__ = ["command"]


@click.command("learn")
@click.argument("paths", nargs=-1, required=True, metavar="CORPUS...", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write.",
)
@click.option("--pairs", is_flag=True, help="Learn misreadings from JSON lines with gold and ocr.")
@click.option("--confidence", is_flag=True, help="Learn from such pairs how sure a change is.")
@click.option("--no-context", is_flag=True, help="With --confidence: as if there were no context model.")
@click.option("--capitals", is_flag=True, help="Count in right text how often words have a capital.")
@click.option("--punctuation", is_flag=True, help="Learn from such pairs how sure a change of a mark is.")
@click.option("--context", is_flag=True, help="Learn from right text which word fits a sentence (PyTorch).")
@click.option("--repeats", is_flag=True, help="Learn from right text which passages were glued in again.")
@click.option("--seams", is_flag=True, help="Learn from right text how the halves of a sentence fit.")
@click.option(
    "--model",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --seams: a language model that was built without these files; else that which ocrfix carries.",
)
@click.option(
    "--right",
    multiple=True,
    metavar="TEXT",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --punctuation: right text, where no mark is to be changed.",
)
@click.option(
    "--held-out",
    multiple=True,
    metavar="PAIRS",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Leave the paragraphs of these pairs out of the language model, or of the context model.",
)
@click.option(
    "--places",
    type=click.IntRange(min=1),
    default=60_000_000,
    show_default=True,
    help="With --context: how many places to learn from.",
)
@click.option("--order", type=click.IntRange(2, 4), default=4, show_default=True, help="Longest n-gram.")
@click.option("--size", type=float, default=24.0, show_default=True, help="Size of the model in megabytes.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing on the way.")
def command(
    paths: tuple[Path, ...],
    output: Path,
    pairs: bool,
    confidence: bool,
    no_context: bool,
    capitals: bool,
    punctuation: bool,
    context: bool,
    repeats: bool,
    seams: bool,
    model: Path | None,
    right: tuple[Path, ...],
    held_out: tuple[Path, ...],
    places: int,
    order: int,
    size: float,
    quiet: bool,
) -> None:
    """Learn a language model from right text, for --model.

    CORPUS is UTF-8 text, one paragraph a line, also compressed (.xz, .gz, .bz2).
    With --pairs, --confidence or --punctuation: JSON lines with "gold" (right) and "ocr" (as it was
    read). Confidences are learned with the models that ocrfix carries; their corpus must not hold the
    pairs.
    """
    flags = {
        "pairs": pairs,
        "confidence": confidence,
        "capitals": capitals,
        "punctuation": punctuation,
        "context": context,
        "repeats": repeats,
        "seams": seams,
    }
    kinds = [name for name, on in flags.items() if on] or ["model"]
    if model and kinds != ["seams"]:
        raise click.UsageError("--model goes with --seams")
    if len(kinds) > 1:
        raise click.UsageError(
            "--pairs, --confidence, --capitals, --punctuation, --context, --repeats and --seams "
            "exclude each other"
        )
    for path in paths:
        if not path.is_file():
            raise Failed(f"{path}: {'this is a folder; name its files' if path.is_dir() else 'no such file'}")

    def progress(text: str) -> None:
        if not quiet:
            click.echo(text, err=True)

    try:
        _learn(kinds[0], paths, output, right, held_out, places, order, size, progress, no_context, model)
    except (OSError, ValueError, ImportError) as error:
        raise Failed(str(error)) from error
    progress(f"wrote {output}")


def _learn(
    kind: str,
    paths: tuple[Path, ...],
    output: Path,
    right: tuple[Path, ...],
    held_out: tuple[Path, ...],
    places: int,
    order: int,
    size: float,
    progress: Callable[[str], None],
    plain: bool,
    model: Path | None,
) -> None:
    from ocrfix.cli import _learning  # noqa: PLC0415  (start-up time)

    match kind:
        case "model":
            _learning.learn_model(paths, output, held_out, order, size, progress)
        case "context":
            _learning.learn_surroundings(paths, output, held_out, places, progress)
        case "confidence":
            _learning.learn_words(paths, output, context=not plain)
        case "punctuation":
            _learning.learn_marks(paths, right, output)
        case "seams":
            _learning.learn_joins(paths, output, model)
        case _:
            _learning.LEARNERS[kind](paths, output)
