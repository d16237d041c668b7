"""Each rule of the house linter against a file that breaks it and one that keeps it."""

import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import source_text  # noqa: E402
import tidy  # noqa: E402

HEADER = "// What it is.\n#pragma once\n"
SHORT_BODY = "    x();\n" * 68
LONG_BODY = SHORT_BODY + "    x();\n"

# rule, path, a text that breaks it, a text that keeps it
ONE_FILE = [
    ("banned_words", "base/a.cpp", "int x = std::rand();\n", "int brand(int);\n"),
    ("banned_words", "base/a.cpp", "std::mt19937_64 e;\n", "// mt19937 is elsewhere\n"),
    ("banned_words", "agent/a.cpp", "auto t = std::chrono::steady_clock::now();\n",
     "Instant now;\n"),
    ("banned_words", "agent/a.cpp", "auto t = time(nullptr);\n", "auto t = event.time(now);\n"),
    ("banned_words", "agent/a.cpp", "std::this_thread::sleep_for(1s);\n", "int sleeper(1);\n"),
    ("banned_words", "tests/unit/base/clock_test.cpp", "usleep(5);\n", 'x("usleep(5)");\n'),
    ("banned_words", "agent/a.cpp", "::sleep(5);\n", "stage.sleep(5s);\n"),
    ("banned_words", "agent/a.cpp", "auto* p = const_cast<int*>(q);\n", "auto* p = q;\n"),
    ("banned_words", "ctl/a.cpp", "auto* p = reinterpret_cast<int*>(q);\n", "auto* p = q;\n"),
    ("banned_words", "ctl/a.cpp", "throw 1;\n", "int throws;\n"),
    ("banned_words", "ctl/a.cpp", 'auto s = std::format("{}", 1);\n', "auto s = 1;\n"),
    ("banned_words", "ctl/a.cpp", "for (int i : list | std::views::reverse) {}\n", "int i;\n"),
    ("banned_words", "ctl/a.cpp", "assert(x);\n", "static_assert(x); ensure(x);\n"),
    ("banned_words", "docs/a.md", "TODO later\n", "Method\n"),
    ("banned_words", "ctl/a.cpp", "// FIXME\n", "// fixed\n"),
    ("banned_words", "docs/a.md", "see /work/main/x\n", "see docs/work/x\n"),
    ("banned_words", "tests/a.py", "# made in session 3\n", "# an agent's session\n"),
    ("banned_words", "tests/a.py", "# by helper-2\n", "# a helper for tests\n"),
    ("reading_the_clock", "controller/core/a.cpp", "auto n = BootClock::now();\n",
     "Instant now;\n"),
    ("reading_the_clock", "agent/session.cpp", "auto n = wall_now();\n", "// wall_now()\n"),
    ("fixed_sleeps_in_tests", "tests/integration/test_a.py", "time.sleep(1)\n",
     "asyncio.sleep(0)\n"),
    ("line_shape", "base/a.cpp", "\tint x;\n", "    int x;\n"),
    ("line_shape", "base/a.cpp", "int x; \n", "int x;\n"),
    ("line_shape", "base/a.cpp", "int x;\r\n", "int x;\n"),
    ("line_shape", "base/a.cpp", "int x;", "int x;\n"),
    ("line_shape", "base/a.cpp", "//" + "x" * 99 + "\n", "//" + "ü" * 98 + "\n"),
    ("file_length", "base/a.cpp", "int x;\n" * 401, "int x;\n" * 400),
    ("function_length", "base/a.cpp", "void f() {\n" + LONG_BODY + "}\n",
     "void f() {\n" + SHORT_BODY + "}\n"),
    ("function_length", "a_test.cpp", 'TEST_CASE("a: }") {\n' + LONG_BODY + "}\n",
     "namespace a {\n" + "int x;\n" * 100 + "}\n"),
    ("function_length", "a.py", "def f():\n" + "    x = 1\n" * 70,
     "def f():\n" + "    x = 1\n" * 69),
    ("header_opening", "base/a.h", "#pragma once\n", HEADER),
    ("header_opening", "base/a.h", "// What.\n", HEADER),
    ("header_opening", "base/a.h", HEADER + "using namespace std;\n",
     HEADER + "using std::swap;\n"),
    ("script_opening", "tests/a.py", "#!/usr/bin/env python3\n", "#!/usr/bin/python3\n"),
    ("script_opening", "tests/a.sh", "#!/bin/bash\nls\n", "#!/bin/bash\nset -euo pipefail\n"),
    ("arrows", "controller/core/a.cpp", '#include "controller/store/store.h"\n',
     '#include "controller/core/input.h"\n'),
    ("arrows", "providers/a.cpp", '#include "controller/core/input.h"\n',
     '#include "base/http_message.h"\n'),
    ("arrows", "notify/a.cpp", '#include "providers/provider.h"\n',
     '#include "notify/channel.h"\n'),
    ("arrows", "base/a.cpp", '#include "schema/wire.h"\n', '// #include "schema/wire.h"\n'),
    ("arrows", "schema/wire.cpp", '#include "controller/core/change.h"\n',
     '#include "base/json.h"\n'),
    ("arrows", "controller/hub/a.cpp", '#include "controller/store/store.h"\n',
     '#include "schema/wire.h"\n'),
    ("arrows", "controller/api/a.cpp", '#include "controller/hub/loop.h"\n',
     '#include "controller/hub/hub.h"\n'),
    ("arrows", "agent/a.cpp", '#include "controller/core/input.h"\n', '#include "schema/wire.h"\n'),
    ("arrows", "ctl/a.cpp", '#include "controller/api/api.h"\n', '#include "base/json.h"\n'),
    ("include_from_root", "base/a.cpp", '#include "json.h"\n', '#include "base/json.h"\n'),
    ("include_from_root", "base/a.cpp", '#include "../ctl/a.h"\n', "#include <vector>\n"),
    ("pure_parts", "controller/core/a.cpp", "#include <thread>\n", "#include <vector>\n"),
    ("pure_parts", "providers/a.cpp", "#include <unistd.h>\n", "#include <optional>\n"),
    ("pure_parts", "agent/session.cpp", "#include <libwebsockets.h>\n", "#include <chrono>\n"),
]

# header, a place it must not be, the place it may be
THIRD_PARTY = [
    ("sodium.h", "base/secret.cpp", "base/crypto.cpp"),
    ("idn2.h", "base/json.cpp", "base/domain_name.cpp"),
    ("rapidjson/document.h", "base/json.h", "base/json.cpp"),
    ("valijson/validator.hpp", "base/json.cpp", "base/json_schema.cpp"),
    ("curl/curl.h", "providers/a.cpp", "controller/runtime/outbound/outbound_worker.cpp"),
    ("libwebsockets.h", "controller/api/a.cpp", "controller/hub/loop.cpp"),
    ("openssl/ssl.h", "controller/runtime/a.cpp", "controller/hub/tls.cpp"),
    ("uv.h", "controller/runtime/turn.cpp", "controller/hub/loop.cpp"),
    ("sqlite3.h", "controller/store/store.h", "controller/store/sqlite_store.cpp"),
    ("cxxopts.hpp", "controller/config.cpp", "controller/main.cpp"),
    ("systemd/sd-daemon.h", "controller/main.cpp", "controller/systemd.cpp"),
    ("doctest/doctest.h", "base/a.cpp", "tests/unit/base/a_test.cpp"),
]

CASE = 'TEST_CASE("a") {}\n'
MIRRORED = {"base/a.cpp": "", "base/CMakeLists.txt": "a.cpp\n"}

# rule, files that break it, files that keep it
TREES = [
    ("dead_files", {"base/a.cpp": "", "base/CMakeLists.txt": "# a.cpp\n"}, MIRRORED),
    ("dead_files", {"tests/x/a.cpp": "", "x/CMakeLists.txt": "a.cpp\n"},
     {"tests/x/a.cpp": "",
     "tests/CMakeLists.txt": "x/a.cpp ${PROJECT_SOURCE_DIR}/tests/x/a.cpp\n"}),
    ("dead_files", {"tests/fuzz/a_fuzz.cpp": "", "tests/fuzz/CMakeLists.txt": "\n"},
     {"tests/fuzz/a_fuzz.cpp": "",
     "tests/fuzz/CMakeLists.txt": "understudy_fuzz_target(a LIBS x)\n"}),
    ("missing_files", {"base/CMakeLists.txt": "SOURCES a.cpp\n"}, MIRRORED),
    ("unused_headers", {"base/a.h": HEADER},
     {"base/a.h": HEADER, "base/a.cpp": '#include "base/a.h"\n'}),
    ("test_places", {"tests/support/a.py": "def test_a(): pass\n"},
     {"tests/integration/test_a.py": "def test_a(): pass\n"}),
    ("test_places", {"tests/integration/test_a.py": "def check(): pass\n"},
     {"tests/integration/scene.py": "def check(): pass\n"}),
    ("test_places", {"tests/unit/base/a.cpp": CASE}, {"tests/unit/base/a_test.cpp": CASE}),
    ("test_places", {"tests/unit/base/a_test.cpp": "\n"}, {"tests/unit/base/a_test.cpp": CASE}),
    ("unit_tests_mirror", {"tests/unit/base/b_test.cpp": CASE, **MIRRORED},
     {"tests/unit/base/a_test.cpp": CASE, **MIRRORED}),
    ("unit_tests_mirror", {"tests/unit/core/a_test.cpp": CASE, "base/a.cpp": ""},
     {"tests/unit/core/a_test.cpp": CASE, "controller/core/a.cpp": ""}),
    ("shared_unnamed_names",
     {"x/CMakeLists.txt": "understudy_library(x SOURCES a.cpp\n b.cpp)\n",
      "x/a.cpp": "namespace x {\nnamespace {\nint read(int a) {\n    return a;\n}\n}\n}\n",
      "x/b.cpp": "namespace x {\nnamespace {\nstruct A {};\nlong read(long a);\n}\n}\n"},
     {"x/CMakeLists.txt": "understudy_library(x SOURCES a.cpp\n b.cpp)\n",
      "x/a.cpp": "namespace x {\nnamespace {\nint one(int a) {\n    read(a);\n}\n}\n}\n",
      "x/b.cpp": "namespace x {\nnamespace {\nint two(int a) {\n    read(a);\n}\n}\n"
                 "namespace y {\nnamespace {\nint one;\n}\n}\nint read(int);\n}\n"}),
    ("shared_unnamed_names",
     {"x/CMakeLists.txt": "f(a.cpp b.cpp)\n", "x/a.cpp": "namespace {\nusing T = int;\n}\n",
      "x/b.cpp": "namespace {\nenum class T { A };\n}\n"},
     {"x/CMakeLists.txt": "f(a.cpp)\nf(b.cpp)\n", "x/a.cpp": "namespace {\nusing T = int;\n}\n",
      "x/b.cpp": "namespace {\nenum class T { A };\n}\n"}),
    ("disabled_tests", {"tests/unit/a_test.cpp": 'TEST_CASE("a" * doctest::skip()) {}\n'},
     {"tests/unit/a_test.cpp": CASE}),
    ("disabled_tests", {"tests/integration/test_a.py": "@pytest.mark.xfail\ndef test_a(): pass\n"},
     {"tests/integration/test_a.py": "def test_skip(): pass\n"}),
    ("fuzz_inputs", {"tests/fuzz/a_fuzz.cpp": ""},
     {"tests/fuzz/a_fuzz.cpp": "", "tests/fuzz/corpus/a/1.json": "{}\n"}),
    ("every_door_has_readers", {"agent/a.cpp": "recv(socket.get(), data, size, 0);\n"},
     {"agent/a.cpp": "void received();\n"}),
    ("every_door_has_readers", {"base/a.cpp": "::read(file.get(), data, size);\n"},
     {"base/crypto.cpp": "::read(file.get(), data, size);\n"}),
    ("every_door_has_readers", {"agent/link.cpp": "int x;\n"},
     {"agent/link.cpp": "case LWS_CALLBACK_CLIENT_RECEIVE:\n"}),
    ("every_reader_has_a_target", {"ctl/client.cpp": "", "tests/fuzz/ctl_fuzz.cpp": "int x;\n"},
     {"ctl/client.cpp": "", "tests/fuzz/ctl_fuzz.cpp": "class Answers : Transport {};\n"}),
    ("every_target_is_for_something", {"tests/fuzz/a_fuzz.cpp": ""},
     {"tests/fuzz/ctl_fuzz.cpp": ""}),
    ("inputs_have_a_target", {"tests/fuzz/corpus/a/1": ""},
     {"tests/fuzz/corpus/a/1": "", "tests/fuzz/a_fuzz.cpp": ""}),
    ("executable_scripts", {"tests/a.py": "#!/usr/bin/python3\n"}, {"tests/a.py": "\n"}),
]


def broken_rules(root, tree):
    for path, text in tree.items():
        place = pathlib.Path(root, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    return {rule for _, _, rule, _ in tidy.check(tidy.read_tree(root), root)}


@pytest.mark.parametrize("rule,path,bad,good", ONE_FILE, ids=range(len(ONE_FILE)))
def test_rule_about_one_file(tmp_path, rule, path, bad, good):
    assert rule in broken_rules(tmp_path / "bad", {path: bad})
    assert rule not in broken_rules(tmp_path / "good", {path: good})


@pytest.mark.parametrize("header,bad,good", THIRD_PARTY)
def test_third_party_header_has_one_place(tmp_path, header, bad, good):
    rule = "third_party_in_one_place"
    assert rule in broken_rules(tmp_path / "bad", {bad: f"#include <{header}>\n"})
    assert rule in broken_rules(tmp_path / "quoted", {bad: f'#include "{header}"\n'})
    assert rule not in broken_rules(tmp_path / "good", {good: f"#include <{header}>\n"})


@pytest.mark.parametrize("rule,bad,good", TREES, ids=range(len(TREES)))
def test_rule_about_the_tree(tmp_path, rule, bad, good):
    assert rule in broken_rules(tmp_path / "bad", bad)
    assert rule not in broken_rules(tmp_path / "good", good)


def test_every_rule_is_tried():
    modules = (tidy.text_rules, tidy.include_rules, tidy.tree_rules, tidy.name_rules,
               tidy.fuzz_rules)
    rules = {rule.__name__ for module in modules for rule in module.RULES}
    tried = {row[0] for row in ONE_FILE} | {row[0] for row in TREES} | {"third_party_in_one_place"}
    assert rules == tried


def test_functions_are_found_where_they_are():
    text = (
        "namespace a {\n"
        "struct S : B<int(*)()> {\n"
        "    int x{3};\n"
        "    int get() const { return x; }\n"
        "};\n"
        "constexpr int k[] = {1, 2};\n"
        'const char* s = R"(void no() {)";\n'
        "template <typename T>\n"
        "int f(const T& t) {\n"
        "    if (t) { return 1'000; }\n"
        "    return [] { return '{'; }();\n"
        "}\n"
        "}\n"
    )
    assert source_text.functions(text) == [(4, 4), (8, 12)]


def test_the_program_fails_on_a_violation_and_on_an_empty_root(tmp_path):
    def run(root):
        return subprocess.run([HERE / "tidy.py", root], capture_output=True, text=True, check=False)

    assert run(tmp_path).returncode == 1
    broken_rules(tmp_path, MIRRORED)
    assert run(tmp_path).returncode == 0
    broken_rules(tmp_path, {"base/a.cpp": "throw 1;\n"})
    answer = run(tmp_path)
    assert answer.returncode == 1
    assert "base/a.cpp:1: banned_words: throw" in answer.stdout
