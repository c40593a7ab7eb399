"""Coverage-guided fuzzing of ocrfix, with atheris (the extra "fuzz").

    python tests/fuzz/fuzz.py TARGET|all [--seconds N] [--seeds FOLDER] [--faults FOLDER] [libFuzzer options]
    python tests/fuzz/fuzz.py --shrink TARGET FILE

With ``--faults`` a fault does not end the run: the first input of each kind is kept in that folder, under the
fault's name. ``--shrink`` makes such an input smaller while it fails in the same way, and prints what it is.
Inputs that once failed belong into ``tests/fuzz/inputs/TARGET/``; ``test_fuzz.py`` runs them all.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import pkgutil
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
SLOW = 4.0
"""Seconds of processor time for one input, every branch being counted, beyond which it is a fault."""
LIMIT = 6000
"""Bytes of an input."""
SEEDS = 80
"""Inputs to begin with, drawn anew for every run."""


def kind_of(error: BaseException) -> str:
    """A short name for a fault: its type, where it was raised, and which law it broke."""
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if "ocrfix" in f.filename or "laws" in f.filename
    ]
    place = f"{Path(frames[-1].filename).stem}-{frames[-1].name}" if frames else "unknown"
    words = re.sub(r"\W+", "-", str(error).split("\n")[0])[:50] if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__}-{place}-{words}".strip("-")


def fault(target: str, data: bytes) -> str:
    """What goes wrong with an input, "" when nothing does."""
    from laws import TARGETS

    start = time.process_time()
    try:
        TARGETS[target](data)
    except Exception as error:
        return kind_of(error)
    return "slow" if time.process_time() - start > SLOW else ""


def shrink(target: str, data: bytes, seconds: float = 60) -> bytes:
    """A smaller input with the same fault: pieces are left out for as long as that goes."""
    wanted, until = fault(target, data), time.monotonic() + seconds
    text = data.decode("utf-8", "surrogateescape")
    size = max(1, len(text) // 2)
    while size and time.monotonic() < until:
        place, smaller = 0, False
        while place < len(text) and time.monotonic() < until:
            tried = text[:place] + text[place + size :]
            if fault(target, tried.encode("utf-8", "surrogateescape")) == wanted:
                text, smaller = tried, True
            else:
                place += size
        if not smaller or size > 1:
            size //= 2
    return text.encode("utf-8", "surrogateescape")


class Watch:
    """A target whose faults are kept in a folder instead of ending the run; one input of each kind."""

    def __init__(self, target: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.target, self.folder = target, folder
        self.met = {path.stem for path in folder.glob("*.txt")}

    def __call__(self, data: bytes) -> None:
        """Run the target."""
        found = fault(self.target, data)
        name = f"{self.target}--{found}"
        if found and name not in self.met:
            self.met.add(name)
            (self.folder / f"{name}.txt").write_bytes(data)


def instrument() -> None:
    """Import all of ocrfix so that the fuzzer sees which branches are taken, in modules imported late too."""
    import atheris

    with atheris.instrument_imports(include=["ocrfix"]):
        import ocrfix

        for module in pkgutil.walk_packages(ocrfix.__path__, "ocrfix."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def run(target: str, seconds: int, seeds: Path | None, faults: Path | None, options: list[str]) -> None:
    """Fuzz one target; ends the process."""
    import atheris

    instrument()
    import mutate
    from laws import TARGETS

    def change(data: bytes, size: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < 0.2:
            return atheris.Mutate(data, size)
        if len(data) < 20 or rng.random() < 0.1:
            data = rng.choice(mutate.seeds(target))
        return mutate.mutate(data, rng, target, size)

    begin = Path(seeds, target) if seeds else Path(tempfile.mkdtemp(prefix="ocrfix-fuzz-"))
    begin.mkdir(parents=True, exist_ok=True)
    known = mutate.seeds(target)
    for data in random.sample(known, min(SEEDS, len(known))):
        (begin / hashlib.sha256(data).hexdigest()[:40]).write_bytes(data[:LIMIT])
    limits = [f"-max_len={LIMIT}", f"-max_total_time={seconds}", "-timeout=120"]
    check = Watch(target, faults) if faults else TARGETS[target]
    atheris.Setup([sys.argv[0], str(begin), *limits, *options], check, custom_mutator=change)
    atheris.Fuzz()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target")
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--seconds", type=int, default=300, help="for each target")
    parser.add_argument("--seeds", type=Path, help="folder of the inputs found so far")
    parser.add_argument("--faults", type=Path, help="keep faults here and go on")
    given, options = parser.parse_known_args()
    if given.shrink:
        small = shrink(given.target, given.file.read_bytes())
        print(fault(given.target, small), repr(small.decode("utf-8", "surrogateescape")), sep="\n")
        given.file.with_suffix(".small").write_bytes(small)
    elif given.target == "all":
        from laws import TARGETS

        for target in TARGETS:
            rest = [a for a in sys.argv[1:] if a != "all"]
            subprocess.run([sys.executable, __file__, target, *rest], check=False)
    else:
        run(given.target, given.seconds, given.seeds, given.faults, options)


if __name__ == "__main__":
    main()
