"""Rules about the tree: every file has a place and is used. Each yields (path, line, why)."""

import os
import pathlib
import re


def _listed_sources(files):
    """Path of every .cpp a CMakeLists.txt names: {path: (CMakeLists path, line)}."""
    listed = {}
    for file in files:
        if file.name != "CMakeLists.txt":
            continue
        folder = pathlib.PurePosixPath(file.path).parent
        for number, line in enumerate(file.lines, 1):
            code = line.split("#", 1)[0].replace("${PROJECT_SOURCE_DIR}/", "/")
            for word in re.findall(r"(?<![\w}./-])[\w./-]+\.cpp", code):
                path = word.lstrip("/") if word.startswith("/") else os.path.normpath(folder / word)
                listed[path] = (file.path, number)
            for name in re.findall(r"understudy_fuzz_target\((\w+)", code):
                listed[os.path.normpath(folder / f"{name}_fuzz.cpp")] = (file.path, number)
    return listed


def dead_files(files, _root):
    listed = _listed_sources(files)
    for file in files:
        if file.suffix == ".cpp" and file.path not in listed:
            yield file.path, 1, "no CMakeLists.txt names this file"


def missing_files(files, _root):
    there = {file.path for file in files}
    for path, (where, line) in sorted(_listed_sources(files).items()):
        if path not in there and not path.endswith("/empty.cpp"):
            yield where, line, f"{path} does not exist"


def unused_headers(files, _root):
    """A header nobody includes is dead, unless it is the interface of its own .cpp only."""
    included = set()
    for file in files:
        if file.suffix in {".cpp", ".h"}:
            included.update(re.findall(r'#\s*include\s*"([^"]+)"', file.text))
    for file in files:
        if file.suffix == ".h" and file.path not in included:
            yield file.path, 1, "no file includes this header"


# What tests/run.sh hands to pytest.
PYTEST_SUITES = ("tests/emulator", "tests/integration", "tests/installed")


def test_places(files, _root):
    """A test that the runner would not find must not look like one."""
    for file in files:
        if not file.under("tests") or file.under("tests/tidy"):
            continue
        if file.suffix == ".py":
            has_tests = re.search(r"(?m)^(async )?def test_|^class Test", file.text)
            found = any(map(file.under, PYTEST_SUITES)) and file.name.startswith("test_")
            if has_tests and not found:
                yield file.path, 1, "pytest does not find it: name it tests/integration/test_*.py"
            if found and not has_tests:
                yield file.path, 1, "a test file without a test"
        if file.suffix == ".cpp" and "TEST_CASE(" in file.text and not (
            file.name.endswith(("_test.cpp", "_contract.cpp")) or file.under("tests/support")
        ):
            yield file.path, 1, "test files are called *_test.cpp or *_contract.cpp"
        if file.name.endswith("_test.cpp") and "TEST_CASE" not in file.text:
            yield file.path, 1, "a test file without a test case"


# Unit tests about something else than one source file.
ABOUT_OTHERS = {
    "tests/unit/api/openapi_test.cpp",  # the routes against schema/openapi.json
    "tests/unit/agent/network_checks_test.cpp",  # agent/checks that connect
    "tests/unit/agent/process_checks_test.cpp",  # agent/checks that start a program
}


def unit_tests_mirror(files, _root):
    """tests/unit/<folder>/<noun>_test.cpp is about a file, or a folder, that exists."""
    parts = ("core", "store", "runtime", "hub", "api")
    stems = {os.path.splitext(file.path)[0] for file in files if file.suffix in {".cpp", ".h"}}
    for file in files:
        match = re.fullmatch(r"tests/unit/(\w+)/(.+)_test\.cpp", file.path)
        if not match or file.path in ABOUT_OTHERS:
            continue
        area, noun = match.groups()
        folder = f"controller/{area}" if area in parts else area
        first = re.escape(noun.split("_")[0])
        if not any(re.match(rf"{folder}/(\w+/)*{first}", stem) for stem in stems):
            yield file.path, 1, f"there is no {folder}/{noun}.cpp or .h for it to be about"


def disabled_tests(files, _root):
    """A test that is switched off is not a test."""
    pattern = re.compile(
        r"doctest::skip|doctest::may_fail|@pytest\.mark\.(skip|xfail)\b|pytest\.(skip|xfail)\("
    )
    for file in files:
        if file.suffix not in {".cpp", ".h", ".py"} or file.under("tests/tidy"):
            continue
        for number, line in enumerate(file.lines, 1):
            match = pattern.search(line)
            if match:
                yield file.path, number, f"{match.group(0)}: mend the test or remove it"


def fuzz_inputs(files, root):
    """Every fuzz target has first inputs."""
    for file in files:
        if root is None or not re.fullmatch(r"tests/fuzz/\w+_fuzz\.cpp", file.path):
            continue
        name = file.name[: -len("_fuzz.cpp")]
        corpus = pathlib.Path(root, "tests/fuzz/corpus", name)
        if not corpus.is_dir() or not any(corpus.iterdir()):
            yield file.path, 1, f"no first inputs in tests/fuzz/corpus/{name}"


def executable_scripts(files, root):
    """What begins with #! can be run, and the reverse."""
    for file in files:
        if root is None or file.suffix not in {".py", ".sh"}:
            continue
        has_line = file.text.startswith("#!")
        can_run = os.access(pathlib.Path(root, file.path), os.X_OK)
        if has_line and not can_run:
            yield file.path, 1, "begins with #! but is not executable"
        if can_run and not has_line:
            yield file.path, 1, "executable but does not begin with #!"


RULES = [
    dead_files, missing_files, unused_headers, test_places, unit_tests_mirror, disabled_tests,
    fuzz_inputs, executable_scripts,
]
