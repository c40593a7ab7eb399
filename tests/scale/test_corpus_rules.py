"""Every case of the rules that compare documents, the completeness of these cases, and what settings do.

A case has ``documents``, paragraphs parted by blank lines, and ``finds``: the numbers, from 1, of the one
with a copy and of the one that is kept, and how safe it is to take the copy away.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from running import invoke

from ocrfix import Config, config_file
from ocrfix.config_file import check_selectors
from ocrfix.detectors import all_rules, rules
from ocrfix.document import Document
from ocrfix.scale.documents import CorpusDocument
from ocrfix.scale.duplicates import RULES, find_duplicates

CASES = Path(__file__).parent / "cases"
KINDS = ("in-the-wild", "synthetic", "negative", "known-failures")


def _collect():
    for rule in RULES:
        for kind in KINDS:
            marks = [pytest.mark.xfail(strict=True)] if kind == "known-failures" else []
            for case in json.loads((CASES / rule.name / f"{kind}.json").read_text("utf-8")):
                yield pytest.param(rule, case, id=f"{rule.name}/{kind}/{case['label']}", marks=marks)


def found_in(texts, config):
    documents = (
        CorpusDocument({"file": "so.jsonl", "row": n}, Document(t), config) for n, t in enumerate(texts, 1)
    )
    return [json.loads(line) for line in find_duplicates(documents)]


@pytest.mark.parametrize(("rule", "case"), list(_collect()))
def test_case(rule, case):
    found = found_in(case["documents"], Config(select=(rule.code,)))
    assert [
        {"document": f["row"], "kept": f["evidence"]["kept"]["row"], "safety": f["safety"]} for f in found
    ] == case["finds"]
    assert {f["rule"] for f in found} <= {rule.code}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_is_documented_and_tested(rule):
    for kind in KINDS:
        cases = json.loads((CASES / rule.name / f"{kind}.json").read_text("utf-8"))
        labels = [case["label"] for case in cases]
        assert len(labels) == len(set(labels))
        assert cases or kind == "known-failures", f"{rule.name} needs {kind} cases"
        for case in cases:
            assert bool(case["finds"]) is (kind != "negative")
    for heading in ("What it finds", "Example", "Fix safety", "Risk"):
        assert heading in rule.doc


def test_no_case_without_a_rule_and_no_code_or_name_twice():
    assert {path.name for path in CASES.iterdir()} == {rule.name for rule in RULES}
    everything = all_rules()
    assert set(everything) == {*rules(), *RULES}
    assert len({r.code for r in everything}) == len({r.name for r in everything}) == len(everything)
    assert list(everything) == sorted(everything, key=lambda rule: rule.code)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_a_rule_says_it_finds_is_found(rule):
    texts = re.findall(r"(?:\n {4}[^\n]+(?:\n\n {4}[^\n]+)*)", rule.doc)
    texts = [re.sub(r"^ {4}", "", text.strip("\n"), flags=re.MULTILINE) for text in texts]
    if rule.code == "DUP103":
        texts.append(texts[0])
    (found,) = found_in(texts[:2], Config(select=(rule.code,)))
    assert found["row"] == 2
    if rule.code == "DUP101":
        assert texts[1].replace(found["before"], "").strip() == texts[2]


@pytest.fixture
def folder(tmp_path):
    (copy,) = json.loads((CASES / "copy-of-earlier-document" / "in-the-wild.json").read_text("utf-8"))
    place = tmp_path / "bao"
    place.mkdir()
    for number, text in enumerate(copy["documents"], 1):
        (place / f"{number}.txt").write_text(text, "utf-8")
    return place


def set_up(folder, text):
    """Write a configuration file, which a process reads once."""
    (folder / "ocrfix.toml").write_text(text, "utf-8")
    config_file._find.cache_clear()
    config_file.load.cache_clear()


def rules_of(result):
    assert result.exit_code == 0, result.output
    return [json.loads(line)["rule"] for line in result.stdout.splitlines()]


def test_rules_are_chosen_on_the_command_line_and_in_a_file(folder):
    whole, blocks = ["DUP101", "DUP103"], ["DUP101", "DUP101", "DUP101"]
    assert rules_of(invoke("duplicates", "-q", folder)) == whole
    assert rules_of(invoke("duplicates", "-q", folder, "--select", "DUP1")) == whole
    # without the rule for whole documents their paragraphs are copies like others
    assert rules_of(invoke("duplicates", "-q", folder, "--ignore", "copy-of-earlier-document")) == blocks
    assert rules_of(invoke("duplicates", "-q", folder, "--select", "DUP103,DUP104")) == ["DUP103"]
    set_up(folder, 'ignore = ["DUP103"]\n')
    assert rules_of(invoke("duplicates", "-q", folder)) == blocks
    assert rules_of(invoke("duplicates", "-q", folder, "--isolated")) == whole
    set_up(folder, 'select = ["ENC"]\n')
    assert rules_of(invoke("duplicates", "-q", folder)) == []


def test_settings_count_when_copies_are_taken_away(folder):
    findings, out = folder.parent / "f.jsonl", folder.parent / "ra"
    assert invoke("duplicates", "-q", folder, "-o", findings).exit_code == 0

    def taken(*options):
        result = invoke("duplicates", folder, "--apply", findings, "-o", out, *options)
        assert result.exit_code == 0, result.output
        return re.search(r"(\d) copies taken away, (\d) left", result.stderr).groups()

    assert taken() == ("1", "1")
    assert (out / "3.txt").read_text("utf-8") == ""
    assert taken("--unsafe") == ("2", "0")
    assert taken("--unsafe", "--min-confidence", "0.95") == ("1", "1")
    assert taken("--unsafe", "--select", "DUP101") == ("1", "1")
    assert taken("--unsafe", "--ignore", "DUP10") == ("0", "2")
    assert taken("--unsafe", "--protect", "tàu thuyền") == ("1", "1")
    set_up(folder, 'unsafe = true\nprotect = ["tòa soạn"]\n')
    assert taken() == ("0", "2")
    for path in folder.glob("*.txt"):
        assert (out / path.name).read_bytes() == path.read_bytes()


def test_a_command_without_the_rule_says_which_has_it(folder):
    for command, rule, words in (
        ("clean", "DUP101", "DUP101 compares the documents of a corpus: use ocrfix duplicates"),
        ("check", "copy-of-earlier-document", "use ocrfix duplicates"),
        ("duplicates", "WRD", "WRD is about one document, not several: use ocrfix clean or check"),
    ):
        result = invoke(command, "--select", rule, folder / "1.txt")
        assert result.exit_code == 2
        assert words in result.stderr
    assert invoke("check", "-q", "--select", "DUP", folder / "1.txt").exit_code == 0
    assert invoke("check", "-q", "--ignore", "DUP101", "--select", "ENC", folder / "1.txt").exit_code == 0
    assert "DUP101" in invoke("config", "--select", "DUP101", folder).stdout
    check_selectors([rule.name for rule in RULES], "select")


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "5",
        '{"rule": "DUP101"}',
        '{"rule": "DUP101", "file": "a", "start": "0"}',
        "{",
        '{"rule": "ENC001"}',
    ],
)
def test_lines_that_are_no_findings(folder, line):
    findings = folder.parent / "f.jsonl"
    findings.write_text(f"{line}\n", "utf-8")
    result = invoke("duplicates", folder, "--apply", findings, "-o", folder.parent / "ra")
    assert result.exit_code == 2
    assert str(findings) in result.stderr
