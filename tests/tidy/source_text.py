"""C++ text without its comments and literals, and the functions in it, for the rules."""

import re

_TOKEN = re.compile(
    r"""R"(?P<tag>[^\s()\\]{0,16})\((?:.|\n)*?\)(?P=tag)"   # raw string
      | "(?:\\.|[^"\\\n])*"                                 # string
      | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'                 # character, not a digit separator
      | //[^\n]*
      | /\*(?:.|\n)*?\*/
    """,
    re.VERBOSE,
)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments_and_strings(text):
    """Same length and lines; comments and the insides of literals are spaces."""

    def replace(match):
        token = match.group(0)
        if token.startswith(("//", "/*")):
            return _blank(token)
        return token[0] + _blank(token[1:-1]) + token[-1]

    return _TOKEN.sub(replace, text)


def without_comments(text):
    def replace(match):
        token = match.group(0)
        return _blank(token) if token.startswith(("//", "/*")) else token

    return _TOKEN.sub(replace, text)


_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum)\b|\bextern\s+\"")


def _opens_function(head):
    """Whether the code between the last ';', '{' or '}' and a '{' begins a function or a test."""
    head = re.sub(r"\btemplate\s*<[^{};]*?>\s*(?=\w)", "", head)
    if "(" not in head or re.search(r"=\s*$", head):
        return False
    before = head.split("(", 1)[0]
    return not _SCOPE.search(before) or "operator" in before


def functions(text):
    """(first line, last line) of every function body with its head; lines count from 1."""
    code = without_comments_and_strings(text)
    code = re.sub(r"(?m)^[ \t]*#(?:\\\n|[^\n])*", lambda match: _blank(match.group(0)), code)
    found = []
    depth = 0
    function_depth = None
    first_line = 0
    head_start = 0
    for place, char in enumerate(code):
        if char == "{":
            head = code[head_start:place]
            if function_depth is None and _opens_function(head):
                function_depth = depth
                blank = len(head) - len(head.lstrip())
                first_line = code.count("\n", 0, head_start + blank) + 1
            depth += 1
            head_start = place + 1
        elif char == "}":
            depth -= 1
            if function_depth is not None and depth == function_depth:
                found.append((first_line, code.count("\n", 0, place) + 1))
                function_depth = None
            head_start = place + 1
        elif char == ";":
            head_start = place + 1
    return found
