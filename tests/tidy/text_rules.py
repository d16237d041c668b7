"""Rules about the text of one file. Each yields (line, what is wrong)."""

import ast
import fnmatch
import re

import source_text

MAX_COLUMNS = 100
MAX_LINES = 400
MAX_FUNCTION_LINES = 70

CODE = {".cpp", ".h", ".py", ".sh", ".js", ".mjs", ".cmake", ".css", ".sql"}

# What the pure parts may not touch: they get time and randomness as values.
PURE = ("controller/core", "providers", "notify", "schema")

# (pattern, why, where it is allowed). Searched in C++ without comments and strings.
BANNED = [
    (r"\bstd::rand\b|\bsrand\s*\(|(?<![\w:.>])rand\s*\(|\brandom_device\b",
     "randomness comes from base/random.h or base/crypto.h",
     # Draws the seed of a run and prints it.
     ["tests/simulation/main.cpp"]),
    (r"\bmt19937", "randomness comes from base/random.h", ["base/random.h", "tests/support/*"]),
    (r"\b(system_clock|steady_clock|high_resolution_clock|clock_gettime|gettimeofday)\b"
     r"|\bstd::time\s*\(|(?<![\w:.>])time\s*\(\s*(nullptr|NULL|0)\s*\)",
     "the clock is read in base/clock.cpp and handed down",
     # systemd orders a reload by CLOCK_MONOTONIC's microseconds.
     ["base/clock.*", "base/service_notify.cpp", "tests/support/*", "tests/bench/*"]),
    (r"\bsleep_for\b|\bsleep_until\b"
     r"|\busleep\s*\(|(?<![\w.>])(?<!void )sleep\s*\(|\bnanosleep\s*\(",
     "nothing sleeps: wait for what is to happen",
     # Commands that poll for a person at a terminal have nothing else to do, and a turn that cannot
     # commit waits before it tries again: it must not act meanwhile.
     ["ctl/*", "controller/controller.cpp"]),
    (r"\bconst_cast\b", "constness is not cast away", ["base/result.h"]),
    (r"\breinterpret_cast\b", "bytes are reinterpreted only at the edge of a C library",
     ["base/crypto.cpp", "base/dns_message.cpp", "base/hmac.cpp", "base/own_address.cpp",
      "base/service_notify.cpp",
      "controller/store/sqlite_*", "controller/hub/*",
      "controller/runtime/served/name_*", "controller/runtime/outbound/outbound*", "agent/link.*",
      "agent/checks/*", "tests/*"]),
    (r"\bthrow\b", "errors are Result values; nothing of ours throws", ["tests/*"]),
    (r"\bstd::(format|expected|views|source_location|move_only_function)\b",
     "one of the two compilers does not have it", []),
    (r"\bassert\s*\(", "ensure() stays on in release builds", ["tests/*"]),
    (r"\bNULL\b", "nullptr", []),
]

# Searched in every text file as it is.
BANNED_ANYWHERE = [
    (r"\b(TODO|FIXME|XXX|HACK)\b", "finish it, or write it into the documentation as a limit", []),
    (r"(?<!\w)(/work/|/home/[a-z]|/root/|/tmp/bash)", "a path of one machine", []),
    (r"\b[Ss]ession #?\d|\b[Hh]elper[- ]\d|\b(ChatGPT|Claude|Copilot)\b",
     "the project speaks only of itself", []),
]


def _allowed(path, patterns):
    return any(fnmatch.fnmatch(path, pattern) for pattern in patterns)


def _search(file, text, table):
    for pattern, why, allowed in table:
        if _allowed(file.path, allowed):
            continue
        for match in re.finditer(pattern, text):
            yield text.count("\n", 0, match.start()) + 1, f"{match.group(0).strip()}: {why}"


def banned_words(file):
    # The linter's own tables and samples have to name what they ban.
    if file.under("tests/tidy"):
        return
    yield from _search(file, file.text, BANNED_ANYWHERE)
    if file.suffix in {".cpp", ".h"}:
        yield from _search(file, source_text.without_comments_and_strings(file.text), BANNED)


def reading_the_clock(file):
    """The pure parts are handed the time; they do not ask for it."""
    if not file.under(*PURE) and not fnmatch.fnmatch(file.path, "agent/session.*"):
        return
    code = source_text.without_comments_and_strings(file.text)
    for match in re.finditer(r"\bBootClock::now\b|\bwall_now\b", code):
        yield code.count("\n", 0, match.start()) + 1, f"{match.group(0)} in a pure part"


def fixed_sleeps_in_tests(file):
    if file.suffix != ".py" or not re.match(r"tests/.*/test_", file.path):
        return
    if file.under("tests/tidy"):
        return
    for number, line in enumerate(file.lines, 1):
        if re.search(r"\btime\.sleep\(|\basyncio\.sleep\((?!0\))", line):
            yield number, "wait for a condition with a deadline (tests/support), not for a time"


def line_shape(file):
    recorded = file.under("tests/fixtures", "tests/fuzz/corpus")
    if recorded or file.name == "package-lock.json":
        return
    for number, line in enumerate(file.lines, 1):
        if "\t" in line and file.name != "Makefile":
            yield number, "a tab"
        if line.endswith(("\r", " ")) and file.suffix in CODE | {".txt"}:
            yield number, "white space at the end of the line"
        is_code = file.suffix in CODE or file.name == "CMakeLists.txt"
        if is_code and len(line) > MAX_COLUMNS and "http" not in line:
            yield number, f"{len(line)} columns; at most {MAX_COLUMNS}"
    if file.text and not file.text.endswith("\n"):
        yield len(file.lines), "no newline at the end of the file"


def file_length(file):
    count = len(file.lines) - 1
    if file.suffix in CODE and file.suffix != ".css" and count > MAX_LINES:
        yield count, f"{count} lines; at most {MAX_LINES}: split it along a seam"


def _python_functions(text):
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(node.lineno, node.end_lineno) for node in ast.walk(tree) if isinstance(node, kinds)]


def function_length(file):
    if file.suffix in {".cpp", ".h"}:
        found = source_text.functions(file.text)
    elif file.suffix == ".py":
        found = _python_functions(file.text)
    else:
        return
    for first, last in found:
        if last - first + 1 > MAX_FUNCTION_LINES:
            yield first, f"a function of {last - first + 1} lines; at most {MAX_FUNCTION_LINES}"


def header_opening(file):
    if file.suffix != ".h":
        return
    if not file.text.startswith("//"):
        yield 1, "a header opens with what it is, who uses it, on which thread, how it fails"
    if not re.search(r"(?m)^#pragma once$", file.text):
        yield 1, "#pragma once is missing"
    code = source_text.without_comments_and_strings(file.text)
    for match in re.finditer(r"\busing\s+namespace\b", code):
        yield code.count("\n", 0, match.start()) + 1, "using namespace in a header"


def script_opening(file):
    first = file.lines[0]
    if file.suffix == ".py" and first.startswith("#!") and first != "#!/usr/bin/python3":
        yield 1, "Python programs are #!/usr/bin/python3, which has Debian's packages"
    strict = re.search(r"(?m)^set -e?u", file.text)
    if file.suffix == ".sh" and first.startswith("#!") and not strict:
        yield 1, "a script that is run says set -eu (or set -u when it counts failures)"


RULES = [
    banned_words, reading_the_clock, fixed_sleeps_in_tests, line_shape, file_length,
    function_length, header_opening, script_opening,
]
