"""Rules about #include: who may know whom. The arrows are those of docs/ARCHITECTURE.md."""

import fnmatch
import re

import source_text

# Folder: the folders whose headers it may include. The longest matching folder rules a file.
ARROWS = {
    "base": ["base"],
    "schema": ["base", "schema"],
    "providers": ["base", "providers"],
    "notify": ["base", "notify"],
    "controller/core": ["base", "controller/core"],
    "controller/store": ["base", "schema", "controller/core", "controller/store"],
    "controller/runtime": [
        "base", "schema", "providers", "notify", "controller/core", "controller/store",
        "controller/runtime",
    ],
    "controller/hub": ["base", "schema", "controller/core", "controller/hub"],
    "controller/web": ["controller/web"],
    "controller/api": ["base", "schema", "controller/core", "controller/store", "controller/api"],
    "controller": [
        "base", "schema", "providers", "notify", "controller",
    ],
    "agent": ["base", "schema", "agent"],
    "ctl": ["base", "schema", "ctl"],
}

# (files, headers they may include beyond the arrows, why): faces only, never what is behind them.
EXTRA_ARROWS = [
    ("schema/notice.*", "controller/core/*", "encodes the core's Notice, which is what is stored"),
    ("controller/api/*", "controller/hub/hub.h", "HTTP requests come from the hub as values"),
    ("controller/api/*", "controller/web/web_files.h", "serves the page's files"),
    ("controller/api/*", "providers/provider.h", "adopt and enforce run a provider's operation"),
    ("controller/api/*", "providers/locate.h", "whole files of domains are located zone by zone"),
    ("controller/api/*", "providers/registry.h", "lists the kinds of provider there are"),
    ("controller/api/*", "notify/channel.h", "checks a channel's settings before they are stored"),
    ("controller/api/*", "notify/registry.h", "lists the kinds of channel there are"),
    ("notify/*", "schema/notice.h", "renders the payload as it is stored and sent"),
    ("controller/runtime/*", "controller/api/api.h", "is the API's order desk"),
    ("controller/runtime/*", "controller/api/measures.h", "measures what the API shows"),
    ("controller/runtime/*", "controller/hub/hub.h", "the turn takes events from the hub"),
    ("*", "embedded/*", "generated from files of schema or web at build time"),
]

# Third-party headers, each in one place.
THIRD_PARTY = [
    (r"sodium(\.h|/.*)", ["base/crypto.cpp"]),
    (r"idn2\.h", ["base/domain_name.cpp"]),
    (r"rapidjson/.*", ["base/json.cpp", "base/json_node.h", "base/json_schema.cpp"]),
    (r"valijson/.*", ["base/json_schema.cpp"]),
    (r"pugixml\.hpp", ["base/xml.cpp"]),
    (r"ares.*\.h", ["controller/runtime/served/name_*", "tests/unit/runtime/name_answer_test.cpp"]),
    (r"curl/.*", ["controller/runtime/outbound/outbound*", "ctl/client.*", "tests/support/http_driver.*",
                 "tests/bench/probe_load.cpp"]),
    (r"libwebsockets\.h|lws_.*", ["controller/hub/*", "agent/link*",
                                     "tests/bench/idle_client.cpp",
                                     "tests/bench/bare_lws_server.cpp"]),
    (r"openssl/.*", ["base/distrust.cpp", "base/hmac.cpp", "controller/hub/tls*", "agent/link.cpp",
                     "agent/siblings/tls_stream.cpp", "agent/enroll/controller_proof.cpp",
                     "tests/bench/agent_swarm.cpp"]),
    (r"uv\.h", ["controller/hub/*", "agent/link*", "agent/loop*"]),
    (r"sqlite3\.h", ["controller/store/sqlite_*"]),
    (r"cxxopts\.hpp", ["controller/main.cpp", "controller/options.cpp", "agent/main.cpp",
                       "agent/options.cpp", "ctl/*"]),
    (r"systemd/.*", ["*/systemd.cpp", "*/service_manager.cpp"]),
    (r"doctest/.*", ["tests/*"]),
]

# Headers no pure part may include: they bring clocks, threads, files or the system.
IMPURE_STANDARD = {
    "thread", "mutex", "condition_variable", "future", "iostream", "fstream", "filesystem",
    "random", "csignal", "ctime", "shared_mutex", "semaphore", "atomic",
}
PURE_FOLDERS = ("controller/core/", "providers/", "notify/", "schema/")

_INCLUDE = re.compile(r'(?m)^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]')


def includes(file):
    text = source_text.without_comments(file.text)
    for match in _INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1) == "<", match.group(2)


def _folder_of(path):
    fitting = [folder for folder in ARROWS if path.startswith(folder + "/")]
    return max(fitting, key=len, default=None)


def _extra(path, header):
    return any(
        fnmatch.fnmatch(path, files) and fnmatch.fnmatch(header, headers)
        for files, headers, _ in EXTRA_ARROWS
    )


def arrows(file):
    folder = _folder_of(file.path)
    if folder is None or file.suffix not in {".cpp", ".h"}:
        return
    for line, system, header in includes(file):
        if system or "/" not in header:
            continue
        allowed = any(header.startswith(each + "/") for each in ARROWS[folder])
        if not allowed and not _extra(file.path, header):
            yield line, f"{folder} must not know {header}"


def include_from_root(file):
    if file.suffix not in {".cpp", ".h"}:
        return
    for line, system, header in includes(file):
        if not system and ("/" not in header or header.startswith(".")):
            yield line, f"include paths start at the root: {header}"


def third_party_in_one_place(file):
    if file.suffix not in {".cpp", ".h"}:
        return
    for line, _, header in includes(file):
        for pattern, places in THIRD_PARTY:
            if not re.fullmatch(pattern, header):
                continue
            if not any(fnmatch.fnmatch(file.path, place) for place in places):
                yield line, f"<{header}> belongs into {', '.join(places)}"


def pure_parts(file):
    """Core, providers, notify and schema include the standard library only, and no impure part."""
    session = fnmatch.fnmatch(file.path, "agent/session.*")
    if file.suffix not in {".cpp", ".h"} or not (file.path.startswith(PURE_FOLDERS) or session):
        return
    for line, system, header in includes(file):
        if system and (header in IMPURE_STANDARD or not re.fullmatch(r"[a-z0-9_]+", header)):
            yield line, f"<{header}> in a pure part"


RULES = [arrows, include_from_root, third_party_in_one_place, pure_parts]
