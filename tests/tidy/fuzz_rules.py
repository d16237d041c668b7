"""Rules about fuzzing: every place where bytes of others come in has readers, each with a target.

A door is a file that takes bytes from a socket, a pipe or a library that does so. It names what
reads them and the target, tests/fuzz/<target>_fuzz.cpp, that runs this reader. A new door is found
by how it takes the bytes, so it cannot be forgotten here.
"""

import os
import re

# How bytes come in.
_DOOR = re.compile(
    r"\brecv(from|msg)?\(|(?<![\w.>])p?read\((descriptor|\w+\.get\(\)), "
    r"|\blws_hdr_copy\(|\bCURLINFO_CERTINFO\b"
    r"|\bares_query\("
    r"|\bCURLOPT_(WRITE|HEADER|DEBUG)FUNCTION\b"
    r"|\bLWS_CALLBACK_(CLIENT_RECEIVE|RECEIVE|RAW_RX)\b"
)

# Door: what reads its bytes, and the targets that run it.
READERS = {
    "agent/checks/stream.cpp": {"read_status_line": ["agent"], "judge_haproxy": ["agent"]},
    "agent/link.cpp": {"Session": ["agent"], "decode_controller_message": ["wire"]},
    "base/spawn.cpp": {"first_line": ["agent"]},
    "controller/hub/agent_socket.cpp": {
        "HttpReader": ["hub"], "FrameReader": ["frames"], "AgentLink": ["hub"],
        "decode_agent_message": ["wire"],
    },
    "controller/hub/http_listener.cpp": {"HttpReader": ["hub"], "Api": ["api"]},
    "controller/runtime/served/name_worker.cpp": {"read_name_answer": ["name"]},
    "controller/runtime/outbound/outbound_dns.cpp": {
        "judge_dns_answer": ["dns"], "DnsStream": ["dns"],
        "operation_fuzz.h": ["providers_rfc2136"], "read_dns_message": ["providers_rfc2136"],
    },
    "controller/runtime/outbound/outbound_http.cpp": {
        "operation_fuzz.h": ["providers_cloudflare", "providers_powerdns", "providers_vendors"],
        "ChannelDriver": ["outbound"],
        "retry_after": ["values"],
    },
    "controller/runtime/outbound/outbound_mail.cpp": {"MailDialogue": ["outbound"]},
    "controller/runtime/outbound/outbound_probe.cpp": {
        "rfc3339_of_openssl": ["outbound"], "serial_digits": ["outbound"],
    },
    "controller/runtime/outbound/outbound_service.cpp": {"certificate_misfit": ["outbound"]},
    "ctl/client.cpp": {"Transport": ["ctl"]},
}

# Doors for bytes that nobody else wrote.
OWN = {
    "agent/alarm.cpp": "the kernel's count of a timer",
    "agent/signals.cpp": "the kernel's signals",
    "base/crypto.cpp": "the key file",
    "controller/store/sqlite_backup.cpp": "a copy of the store",
    "controller/store/store_file.cpp": "the lock file",
}

# Targets for text that comes in by several doors, or by a person's hand.
SHARED = {"json", "json_schema", "xml", "values", "notice", "notify_settings"}

_PRODUCTION = ("base", "schema", "providers", "notify", "controller", "agent", "ctl")


def _doors(files):
    for file in files:
        if file.suffix == ".cpp" and file.under(*_PRODUCTION):
            match = _DOOR.search(file.text)
            if match:
                yield file.path, file.text.count("\n", 0, match.start()) + 1


def every_door_has_readers(files, _root):
    doors = dict(_doors(files))
    for path, line in doors.items():
        if path not in READERS and path not in OWN:
            yield path, line, "bytes come in here: name their readers in tests/tidy/fuzz_rules.py"
    there = {file.path for file in files}
    for path in [*READERS, *OWN]:
        if path in there and path not in doors:
            yield path, 1, "no bytes come in here: take it out of tests/tidy/fuzz_rules.py"


def every_reader_has_a_target(files, _root):
    texts = {file.path: file.text for file in files}
    for door, readers in READERS.items():
        if door not in texts:
            continue
        for reader, targets in readers.items():
            for target in targets:
                path = f"tests/fuzz/{target}_fuzz.cpp"
                if not re.search(rf"\b{re.escape(reader)}\b", texts.get(path, "")):
                    yield door, 1, f"{path} does not run {reader}"


def every_target_is_for_something(files, _root):
    named = {target for readers in READERS.values() for targets in readers.values()
             for target in targets} | SHARED
    for file in files:
        match = re.fullmatch(r"tests/fuzz/(\w+)_fuzz\.cpp", file.path)
        if match and match.group(1) not in named:
            yield file.path, 1, "name the reader it runs in tests/tidy/fuzz_rules.py"


def inputs_have_a_target(files, root):
    """A corpus without its target is never run."""
    folder = root and os.path.join(root, "tests/fuzz/corpus")
    if not folder or not os.path.isdir(folder):
        return
    there = {file.path for file in files}
    for name in sorted(os.listdir(folder)):
        if f"tests/fuzz/{name}_fuzz.cpp" not in there:
            yield f"tests/fuzz/corpus/{name}", 1, "no target has this name"


RULES = [
    every_door_has_readers, every_reader_has_a_target, every_target_is_for_something,
    inputs_have_a_target,
]
