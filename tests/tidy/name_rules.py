"""Rules about names of a whole target. Each yields (path, line, why)."""

import os
import pathlib
import re

import source_text

_OPENING = re.compile(r"\bnamespace\s*([\w:]*)\s*\{|\{|\}|;")
_TYPE = re.compile(r"(?:struct|class|enum class|enum|union|using)\s+(\w+)")
_OTHER = re.compile(r"[^=({]*?(\w+)\s*(?:\[[^\]]*\])?\s*[=({]")


def _declared(head):
    """The name that code up to its '{' or ';' declares at the level of a namespace, or None."""
    head = re.sub(r"^\s*template\s*<[^{};]*?>\s*(?=\w)", "", " ".join(head.split()))
    if re.match(r"using (enum|namespace)\b|using [\w:]+$|#|static_assert|\w*TEST_CASE", head):
        return None
    if head.count(")") > head.count("("):
        return None  # goes on behind the braces of a default argument
    match = _TYPE.match(head) or _OTHER.match(head + "(")
    return match[1] if match else None


def unnamed_names(text):
    """(name with its namespace, line) of what unnamed namespaces of a .cpp file declare."""
    code = re.sub(r"(?m)^[ \t]*#(?:\\\n|[^\n])*", lambda match: " " * len(match[0]),
                  source_text.without_comments_and_strings(text))
    scopes = []  # a namespace's name, "" for an unnamed one, None for any other brace
    start = 0
    for match in _OPENING.finditer(code):
        token = match[0]
        if token != "}" and scopes and "" in scopes and None not in scopes:
            name = None if token.startswith("namespace") else _declared(code[start:match.start()])
            if name:
                line = code.count("\n", 0, start + len(code[start:]) - len(code[start:].lstrip()))
                yield "::".join(each for each in scopes if each) + "::" + name, line + 1
        if token.startswith("namespace"):
            scopes.append(match[1])
        elif token == "{":
            scopes.append(None)
        elif token == "}" and scopes:
            scopes.pop()
        start = match.end()


def _targets(files):
    """The .cpp files that one CMakeLists.txt names in one call: lists of paths."""
    for file in files:
        if file.name != "CMakeLists.txt":
            continue
        folder = pathlib.PurePosixPath(file.path).parent
        for call in re.findall(r"(?m)^\w+\([^)]*\)", re.sub(r"#[^\n]*", "", file.text)):
            yield [os.path.normpath(folder / word) for word in re.findall(r"[\w./-]+\.cpp", call)]


def shared_unnamed_names(files, _root):
    """Files of a target are compiled together: what they call alike would clash, or be overloads
    of each other. Often it is one thing written twice."""
    by_path = {file.path: file for file in files}
    for target in _targets(files):
        first = {}
        for path in target:
            found = dict(unnamed_names(by_path[path].text)) if path in by_path else {}
            for name, line in found.items():
                other = first.setdefault(name, path)
                if other != path:
                    yield path, line, f"{name.rsplit('::', 1)[1]} is in {other} too"


RULES = [shared_unnamed_names]
