"""tests/run.sh counts what its stages found: each way to fail must reach the last line."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

import count_junit  # noqa: E402

DOCTEST = "[doctest] test cases: {} | {} passed | {} failed | 0 skipped\n"


def stages(folder, script):
    """Runs a script after stages.sh, in a folder of its own; its output lines and exit status."""
    answer = subprocess.run(
        ["bash", "-uo", "pipefail", "-c", f". {ROOT}/tests/support/stages.sh\n{script}"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=60,
    )
    assert answer.stderr == ""
    return answer.stdout.splitlines(), answer.returncode


def program(folder, name, text):
    path = folder / "build/dev/bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/bash\n" + text)
    path.chmod(0o755)


def register(folder, *lines):
    (folder / "build/dev").mkdir(parents=True, exist_ok=True)
    (folder / "build/dev/tests.txt").write_text("".join(line + "\n" for line in lines))


def test_success_needs_something_that_passed(tmp_path):
    assert stages(tmp_path, "finish") == (["0 passed, 0 failed"], 1)
    lines, status = stages(tmp_path, "check_stage one true; finish")
    assert (lines[-1], status) == ("1 passed, 0 failed", 0)


def test_a_failed_check_is_shown_and_counted(tmp_path):
    lines, status = stages(
        tmp_path, "complain() { echo the reason; false; }\n"
        "check_stage one true; check_stage two complain; finish")
    assert (lines[-1], status) == ("1 passed, 1 failed", 1)
    assert "the reason" in lines


def test_a_build_with_a_warning_or_an_error_fails(tmp_path):
    fake = 'cmake() { echo "$fake_text"; return $fake_status; }\n'
    for text, result, expected in [("fine", 0, "0 failed"), ("fine", 1, "1 failed"),
                                   ("a.cpp:1: warning: x", 0, "1 failed")]:
        lines, _ = stages(
            tmp_path, f"{fake}fake_text='{text}' fake_status={result}\nbuild_stage dev; finish")
        assert lines[-1] == f"0 passed, {expected}"


@pytest.mark.parametrize("text,expected", [
    (DOCTEST.format(3, 3, 0) + "exit status 0\n", "3 0"),
    (DOCTEST.format(3, 1, 2) + "exit status 1\n", "1 2"),
    (DOCTEST.format(0, 0, 0) + "exit status 0\n", "0 1"),
    (DOCTEST.format(3, 3, 0) + "leak found\nexit status 23\n", "3 1"),
    ("Segmentation fault\nexit status 139\n", "0 1"),
    ("exit status 124\n", "0 1"),
])
def test_doctest_programs_are_counted(tmp_path, text, expected):
    (tmp_path / "log").write_text(text)
    assert stages(tmp_path, "count_doctest log")[0] == [expected]


def test_unit_programs_add_up(tmp_path):
    register(tmp_path, "unit a bin/unit_a threaded", "unit b bin/unit_b", "unit gone bin/unit_gone")
    program(tmp_path, "unit_a", f"printf '{DOCTEST.format(2, 2, 0)}'\n".replace("\n'", "\\n'"))
    program(tmp_path, "unit_b", "echo wrong answer; exit 1\n")
    lines, status = stages(
        tmp_path, ": > build/logs/built-$$-dev; test_stage unit dev unit_programs dev; finish")
    assert (lines[-1], status) == ("2 passed, 2 failed", 1)
    assert "wrong answer" in lines
    lines, status = stages(tmp_path, 'test_stage unit - unit_programs dev threaded; finish')
    assert (lines[-1], status) == ("2 passed, 0 failed", 0)


def test_what_an_older_build_left_is_not_tested(tmp_path):
    register(tmp_path, "unit a bin/unit_a")
    program(tmp_path, "unit_a", f"echo '{DOCTEST.format(2, 2, 0).strip()}'\n")
    lines, _ = stages(
        tmp_path, "cmake() { false; }\nbuild_stage dev\n"
        "test_stage unit dev unit_programs dev; finish")
    assert lines[-1] == "0 passed, 2 failed"
    assert "not run: build dev failed" in lines


def test_what_went_on_behind_is_shown_and_counted(tmp_path):
    lines, status = stages(
        tmp_path, "cmake() { echo fine; }\nprograms() { counts='3 0'; }\n"
        "behind() { build_stage dev; check_stage good true; check_stage bad false; }\n"
        "begin_behind behind; check_stage before true; until_built dev\n"
        "test_stage programs dev programs; end_behind; finish")
    assert (lines[-1], status) == ("5 passed, 1 failed", 1)
    said = [line.partition(":")[0] for line in lines]
    assert "FAIL  bad" in said
    assert said.index("ok    build dev") < said.index("...   programs")


def test_what_went_on_behind_fails_when_it_breaks_off_or_cannot_build(tmp_path):
    lines, status = stages(
        tmp_path, "behind() { check_stage one true; kill -9 $BASHPID; check_stage two true; }\n"
        "begin_behind behind; until_built dev; test_stage programs dev true; end_behind; finish")
    assert (lines[-1], status) == ("1 passed, 2 failed", 1)
    assert "not run: build dev failed" in lines
    lines, _ = stages(
        tmp_path, "cmake() { false; }\nbehind() { build_stage dev; check_stage one true; }\n"
        "begin_behind behind; until_built dev; test_stage programs dev true; end_behind; finish")
    assert lines[-1] == "1 passed, 2 failed"


def test_what_goes_on_behind_does_not_hold_up_tests(tmp_path):
    register(tmp_path, "unit a bin/unit_a")
    program(tmp_path, "unit_a", f"echo '{DOCTEST.format(1, 1, 0).strip()}'\n")
    lines, _ = stages(
        tmp_path, "mkfifo done; behind() { read -r < done; }\n"
        "begin_behind behind; test_stage unit - unit_programs dev; echo > done; end_behind; finish")
    assert lines[-1] == "1 passed, 0 failed"


def test_a_stage_in_which_nothing_runs_fails(tmp_path):
    register(tmp_path)
    for kind in ("unit_programs dev", "fuzz_programs dev 1"):
        lines, status = stages(tmp_path, f"test_stage empty - {kind}; finish")
        assert (lines[-1], status) == ("0 passed, 1 failed", 1)


def test_fuzz_targets_fail_when_they_end_badly(tmp_path):
    register(tmp_path, "fuzz good bin/fuzz_good", "fuzz bad bin/fuzz_bad")
    program(tmp_path, "fuzz_good", "exit 0\n")
    program(tmp_path, "fuzz_bad", "echo crash; exit 77\n")
    lines, _ = stages(tmp_path, "test_stage fuzz - fuzz_programs dev 1; finish")
    assert lines[-1] == "1 passed, 1 failed"
    assert "crash" in lines


def test_a_program_that_hangs_is_ended(tmp_path):
    lines, _ = stages(tmp_path, "run_program log 0.2 tail -f /dev/null; cat log")
    assert lines == ["exit status 124"]


@pytest.mark.parametrize("report,status,expected", [
    ('<s><testsuite tests="5" failures="1" errors="1" skipped="1"/></s>', 1, (2, 2)),
    ('<s><testsuite tests="5" failures="0" errors="0" skipped="0"/></s>', 0, (5, 0)),
    ('<s><testsuite tests="5" failures="0" errors="0" skipped="0"/></s>', 124, (5, 1)),
    ('<s><testsuite tests="0" failures="0" errors="0" skipped="0"/></s>', 5, (0, 1)),
    ("<s>", 0, (0, 1)),
])
def test_pytest_reports_are_counted(tmp_path, report, status, expected):
    (tmp_path / "report.xml").write_text(report)
    assert count_junit.count(tmp_path / "report.xml", status) == expected


def test_a_missing_pytest_report_is_a_failure(tmp_path):
    assert count_junit.count(tmp_path / "none.xml", 0) == (0, 1)


def test_a_failing_pytest_suite_is_shown(tmp_path):
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    (tmp_path / "test_sample.py").write_text(
        "import pytest\ndef test_good(): pass\ndef test_bad(): assert 'apple' == 'pear'\n"
        "@pytest.mark.skipif(True, reason='no pears')\ndef test_skipped(): pass\n")
    script = "test_stage suite - pytest_suite report 1 test_sample.py; finish"
    lines, status = stages(tmp_path, script)
    assert (lines[-1], status) == ("1 passed, 1 failed", 1)
    assert any("'apple' == 'pear'" in line for line in lines)
    assert any("no pears" in line for line in lines)


def doctest(passed, failed):
    status = "FAILURE" if failed else "SUCCESS"
    counts = DOCTEST.format(passed + failed, passed, failed).strip()
    return f"echo '{counts}'; echo '[doctest] Status: {status}!'; exit {min(failed, 1)}\n"


def test_a_unit_test_that_fails_once_is_named_and_one_that_fails_twice_counts(tmp_path):
    register(tmp_path, "unit a bin/unit_a", "unit b bin/unit_b")
    program(tmp_path, "unit_a", f"[ -e seen ] && {{ {doctest(2, 0).strip()}; }}; : > seen\n"
            + doctest(1, 1))
    program(tmp_path, "unit_b", doctest(2, 1))
    lines, status = stages(tmp_path, "test_stage unit - unit_programs dev; finish")
    assert (lines[-1], status) == ("4 passed, 1 failed", 1)
    assert [line for line in lines if line.startswith("CHANCE")] == [
        "CHANCE  a: failed, and passed when it was run again"]


@pytest.mark.parametrize("text", [
    doctest(9, 4), "echo hello; exit 139\n",
    'echo a leak > "$(sed "s/.*log_path=\\([^:]*\\).*/\\1/" <<< "$ASAN_OPTIONS").7"; '
    + doctest(1, 1),
])
def test_many_failures_a_crash_and_misused_memory_are_no_chance(tmp_path, text):
    register(tmp_path, "unit a bin/unit_a")
    program(tmp_path, "unit_a", f"[ -e seen ] && {{ {doctest(2, 0).strip()}; }}; : > seen\n" + text)
    lines, status = stages(tmp_path, "test_stage unit - unit_programs dev; finish")
    assert status == 1
    assert not any(line.startswith("CHANCE") for line in lines)


def test_what_a_sanitizer_found_is_shown_and_fails_though_every_test_passed(tmp_path):
    register(tmp_path, "unit a bin/unit_a")
    program(tmp_path, "unit_a", 'echo a leak > "$(sed "s/.*log_path=\\([^:]*\\).*/\\1/" '
            '<<< "$ASAN_OPTIONS").7"\n' + doctest(1, 0))
    lines, _ = stages(
        tmp_path, "test_stage unit - unit_programs dev; check_stage good true; finish")
    assert "a leak" in lines
    assert lines[-1] == "2 passed, 1 failed"


def test_a_real_program_s_test_that_fails_once_is_named(tmp_path):
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    (tmp_path / "test_sample.py").write_text(
        "import pathlib\ndef test_good(): pass\n"
        "def test_once():\n    seen = pathlib.Path('seen')\n    there = seen.exists()\n"
        "    seen.touch()\n    assert there\n")
    script = "test_stage suite - pytest_suite report 1 test_sample.py; finish"
    lines, status = stages(tmp_path, script)
    assert (lines[-1], status) == ("2 passed, 0 failed", 0)
    assert any(line.startswith("CHANCE  test_sample.py::test_once:") for line in lines)
