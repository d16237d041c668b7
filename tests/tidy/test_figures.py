"""Figures are measured: what tests/bench prints, and how it is held against what is published."""

import ast
import pathlib
import re
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bench"))

import check_figures  # noqa: E402
import figures  # noqa: E402

BENCHES = sorted((ROOT / "tests/bench").glob("*_bench.py")) + [
    ROOT / "tests/bench/agent_footprint.py"]
PUBLISHED = """# Figures
## Engine
| figure | value | held against, in the same run | ratio | aim |
|---|---|---|---|---|
| a | 1,400 ms | 2 ms: a copy | 700 | at most 5 ms, missed |
## Peers
| what | shortest | median | longest |
|---|---|---|---|
| gdnsd, tightest | 0.10 s | 2 s | > 3 s |
| gdnsd, default | 90 s | 91 s | 92 s |
"""


def complaints(printed):
    all_printed, published = check_figures.figures(printed), check_figures.figures(PUBLISHED)
    return {section: check_figures.problems(all_printed.get(section, {}), rows)
            for section, rows in published.items()}


def test_what_is_published_can_be_printed_again():
    assert complaints(PUBLISHED) == {"Engine": [], "Peers": []}
    quick = "".join(line + "\n" for line in PUBLISHED.splitlines() if "default" not in line)
    assert complaints(quick) == {"Engine": [], "Peers": []}


@pytest.mark.parametrize("old,new,complaint", [
    ("| a |", "| b |", "does not print 'a'"),
    ("1,400 ms", "fast", "no number"),
    ("1,400 ms", "0 ms", "every figure is 0"),
    ("| gdnsd, tightest | 0.10 s", "| gdnsd, tightest | ", "no number"),
    ("## Engine", "## Store", "does not print 'a'"),
    ("| a |", "| a | 1 ms | | | |\n| new |", "is not published"),
])
def test_a_figure_that_is_missing_or_is_none_is_found(old, new, complaint):
    assert complaint in str(complaints(PUBLISHED.replace(old, new)))


def test_a_published_figure_that_no_bench_prints_fails_the_check(tmp_path, capsys):
    (tmp_path / "printed").write_text(PUBLISHED)
    (tmp_path / "published").write_text(PUBLISHED + "## Gone\n| x | 1 ms | | | |\n")
    assert check_figures.main(tmp_path / "printed", tmp_path / "published") == 1
    assert capsys.readouterr().out.splitlines()[-1] == "2 1"
    (tmp_path / "empty").write_text("")
    assert check_figures.main(tmp_path / "empty", tmp_path / "empty") == 1


def test_rows_are_what_the_check_reads(capsys):
    print("## Bench")
    figures.note("A sentence.")
    figures.show("plain", 0.123, "ms")
    figures.show("held", figures.GaveUp(120), "s", "a peer", 2.0, figures.Aim(3, of_ratio=True))
    assert check_figures.figures(capsys.readouterr().out) == {"Bench": {
        "plain": ["0.12 ms", "", "", ""],
        "held": ["> 120 s", "2 s: a peer", "> 60", "at most 3, missed"]}}


@pytest.mark.parametrize("path", BENCHES, ids=lambda path: path.name)
def test_no_bench_in_python_writes_a_figure_down(path):
    calls = [each for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.Call)
             and getattr(each.func, "id", "") in ("show", "report")]
    for call in calls:
        for value in call.args[1:2] + call.args[4:5]:  # and what it is held against
            assert not isinstance(getattr(value, "value", None), (int, float)), ast.unparse(call)


@pytest.mark.parametrize("path", sorted((ROOT / "tests/bench").glob("*_bench.cpp")),
                         ids=lambda path: path.name)
def test_no_bench_in_cpp_writes_a_figure_down(path):
    text = path.read_text()
    assert "show(" in text
    assert not re.search(r'show\("[^"]*"[^",]*,\s*[\d.]+\s*,', text)
    assert not re.search(r'\{"[^"]*",\s*[\d.]+\}', text)
