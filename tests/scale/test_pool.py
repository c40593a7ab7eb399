"""Processes that die, are stuck or fail take nothing with them but their item."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from ocrfix.scale.pool import Batch, Lost, Pool, run

METHODS = [
    m for m in ("forkserver", "spawn", "fork") if m in __import__("multiprocessing").get_all_start_methods()
]


def work(item):
    if item == "sleep":
        time.sleep(60)
    if item == "regex":  # C code, which hears no signal handler
        re.match(r"(a+)+$", "a" * 40 + "b")
    if item == "die":
        os._exit(3)
    if item == "fail":
        raise ValueError("hỏng")
    return item * 2


def results(pool, *batches):
    return [batch.results for batch in run((Batch(work, list(items)) for items in batches), pool)]


@pytest.mark.parametrize("method", METHODS)
def test_only_the_bad_item_is_lost(method):
    with Pool(2, 1.0, method=method) as pool:
        found = results(pool, [1, "sleep", 2], [], ["regex", 3], ["die", "fail", 4], *([n] for n in range(9)))
        assert found[1:2] + found[4:] == [[], *([n * 2] for n in range(9))]
        over = Lost("over the time budget of 1 s")
        assert found[0] == [2, over, 4]
        assert found[2] == [over, 6]
        assert found[3] == [
            Lost("the process died, perhaps for want of memory"),
            Lost("ocrfix itself failed: ValueError: hỏng"),
            8,
        ]
        assert results(pool, [5]) == [[10]]


def test_without_a_pool_a_failure_is_lost_too():
    assert results(None, ["fail", 1]) == [[Lost("ocrfix itself failed: ValueError: hỏng"), 2]]


def test_no_more_is_read_than_is_taken_soon():
    read = []

    def source():
        for number in range(100):
            read.append(number)
            yield Batch(work, [number])

    with Pool(2) as pool:
        for number, batch in enumerate(pool.run(source())):
            assert batch.results == [number * 2]
            assert len(read) <= number + 7
            if number == 50:
                break
    assert len(read) < 60


def test_large_texts_are_not_read_ahead():
    read = []

    def source():
        for number in range(5):
            read.append(number)
            yield Batch(work, [number], size=100 << 20)

    with Pool(4) as pool:
        for number, _ in enumerate(pool.run(source())):
            assert len(read) == number + 1


def test_processes_that_do_not_start_are_told():
    with Pool(1, prepare=bad_start) as pool, pytest.raises(RuntimeError, match="as soon as they are started"):
        results(pool, ["x" * 300_000])


def bad_start():
    os._exit(1)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("method", METHODS)
def test_processes_end_with_a_parent_that_was_killed(method, tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(
        "import sys, time\n"
        "from ocrfix.scale.pool import Batch, Pool\n"
        "def work(item):\n"
        "    time.sleep(0.01)\n"
        "    return item\n"
        "if __name__ == '__main__':\n"
        f"    with Pool(3, 5.0, method={method!r}) as pool:\n"
        "        for batch in pool.run(Batch(work, [n]) for n in range(10**6)):\n"
        "            if batch.results == [20]:\n"
        "                print(*pool.pids, flush=True)\n",
        "utf-8",
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        parent.kill()
    assert len(pids) == 3
    end = time.monotonic() + 10
    while any(map(alive, pids)):
        assert time.monotonic() < end
        time.sleep(0.05)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
