"""tests/support/read_again.py: what is precompiled must not hide that an include is missing."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

import header_sets  # noqa: E402
import read_again  # noqa: E402

CLANG = shutil.which("clang++-14")

# Three files are alike enough for one set of headers.
NAME_H = "#pragma once\n\n#include <string>\n\nstruct Name { std::string text; };\n"
GOOD = {
    "base/name.h": NAME_H,
    "base/name.cpp": '#include "base/name.h"\n\nName named() { return {}; }\n',
    **{f"a/{word}.cpp": f'// A user.\n#include "a/{word}.h"\n\n#include <vector>\n\n'
                        f"std::vector<Name> {word}() {{ return {{}}; }}\n"
       for word in ("one", "two", "three", "four")},
    **{f"a/{word}.h": f'#pragma once\n\n#include <vector>\n\n#include "base/name.h"\n\n'
                      f"std::vector<Name> {word}();\n"
       for word in ("one", "two", "three", "four")},
}


def project(folder, changed):
    """Writes the files; the entries of a database with its .cpp files."""
    files = GOOD | changed
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    # Says what it was told to do, for the tests to see.
    compiler = folder / "compiler"
    compiler.write_text(f'#!/bin/bash\necho "$*" >> {folder}/told\nexec {CLANG} "$@"\n')
    compiler.chmod(0o755)
    return [{"directory": str(folder), "file": str(folder / path),
             "command": f"{compiler} -I{folder} -std=c++20 -o {path}.o -c {folder / path}"}
            for path in files if path.endswith(".cpp")]


def read(folder, changed=None):
    """The last line, everything before it, and the exit status."""
    database = folder / "compile_commands.json"
    database.write_text(json.dumps(project(folder, changed or {})))
    answer = subprocess.run(
        [sys.executable, ROOT / "tests/support/read_again.py", database, "2"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert answer.stderr == ""
    *errors, last = answer.stdout.splitlines()
    return last, "\n".join(errors), answer.returncode


def given(folder, path):
    """The set a file is given, as names."""
    readings = read_again.plan(project(folder, {}))
    sets = header_sets.choose([reading.wanted for reading in readings])
    wanted = next(each.wanted for each in readings if each.file == folder / path)
    return {str(header).removeprefix(f"{folder}/") for header in header_sets.best(sets, wanted)}


def wanted(folder, changed):
    return {str(reading.file.relative_to(folder)):
            {str(header).removeprefix(f"{folder}/") for header in reading.wanted}
            for reading in read_again.plan(project(folder, changed))}


def test_a_file_is_given_only_what_it_includes_itself(tmp_path):
    each = wanted(tmp_path, {"c.cpp": '#include <map>\n\n#include "base/name.h"\n'})
    assert each["c.cpp"] == {"map", "base/name.h", "string"}
    # It answers for the header it begins with: nothing that follows helps that one.
    assert each["a/one.cpp"] == {"vector", "base/name.h", "string"}
    assert each["base/name.cpp"] == {"string"}


def test_a_header_nobody_begins_with_is_read_by_itself(tmp_path):
    each = wanted(tmp_path, {"b.h": "#include <set>\n",
                             "b.cpp": '#include <map>\n\n#include "b.h"\n'})
    assert each["b.h"] == {"set"}


@pytest.mark.parametrize("text", [
    '#define PLAIN\n#include "base/name.h"\n',
    '#include "base/name.h"\n#if PLAIN\n#include <map>\n#endif\n',
    '#include "base/name.h"\nint x;\n#include <map>\n',
    '#include "base/name.h"\n#include "generated.h"\n',
    '#include "round.h"\n',
])
def test_what_is_not_plain_is_given_nothing(tmp_path, text):
    each = wanted(tmp_path, {"b.cpp": text, "round.h": '#pragma once\n#include "round.h"\n'})
    assert each["b.cpp"] == set()


def test_files_share_what_they_have_in_common(tmp_path):
    assert given(tmp_path, "a/one.cpp") == {"vector", "base/name.h", "string"}


needs_clang = pytest.mark.skipif(CLANG is None, reason="read_again.py is for clang")


@needs_clang
def test_good_files_are_read_with_precompiled_headers(tmp_path):
    assert read(tmp_path) == ("5 files read, 0 with errors", "", 0)
    told = (tmp_path / "told").read_text().splitlines()
    assert sum("-include-pch" in line for line in told) >= 4
    assert not list(tmp_path.glob("**/*.pch"))


@needs_clang
@pytest.mark.parametrize("changed, at_fault", [
    # Its own .cpp has what it forgot.
    ({"a/one.h": "#pragma once\n\nstd::vector<int> one();\n",
      "a/one.cpp": '#include "a/one.h"\n\n#include <vector>\n\n#include "base/name.h"\n'},
     "a/one.h:3"),
    # Everybody who includes it has what it forgot.
    ({"base/name.h": NAME_H.replace("#include <string>", ""),
      "base/name.cpp": '#include <string>\n\n#include "base/name.h"\n',
      **{f"a/{word}.h": f'#pragma once\n\n#include <string>\n#include <vector>\n\n'
                        f'#include "base/name.h"\n\nstd::vector<Name> {word}();\n'
         for word in ("one", "two", "three", "four")}},
     "base/name.h:5"),
    # The .cpp forgot what others like it have.
    ({"b.cpp": '#include "base/name.h"\n\nstd::vector<Name> all;\n'}, "b.cpp:3"),
    # Known by name only, and destroyed in a template.
    ({"b.h": "#pragma once\n\n#include <memory>\n\nstruct Name;\nstruct B {\n"
             "    std::unique_ptr<Name> name;\n};\n",
      "b.cpp": '#include "b.h"\n\nvoid none() { B{}; }\n'}, "incomplete type 'Name'"),
])
def test_a_missing_include_is_found(tmp_path, changed, at_fault):
    last, errors, status = read(tmp_path, changed)
    assert at_fault in errors
    assert status == 1 and not last.endswith(" 0 with errors")


@needs_clang
def test_nothing_to_read_is_an_error(tmp_path):
    (tmp_path / "compile_commands.json").write_text("[]")
    with pytest.raises(SystemExit) as end:
        read_again.main(tmp_path / "compile_commands.json", 1)
    assert end.value.code == 1
