#!/usr/bin/python3
"""Prints "passed failed" of a pytest run: count_junit.py <report.xml> <exit status>.

A run that ended badly without saying which test failed (no report, a crash, nothing collected) is
one failure.
"""

import sys
import xml.etree.ElementTree


def count(report, status):
    try:
        suites = xml.etree.ElementTree.parse(report).getroot().findall("testsuite")
    except (OSError, xml.etree.ElementTree.ParseError):
        return 0, 1
    total = sum(int(suite.get("tests", "0")) for suite in suites)
    bad = sum(int(suite.get(kind, "0")) for suite in suites for kind in ("failures", "errors"))
    skipped = sum(int(suite.get("skipped", "0")) for suite in suites)
    good = total - bad - skipped
    return good, 1 if bad == 0 and status != 0 else bad


if __name__ == "__main__":
    print(*count(sys.argv[1], int(sys.argv[2])))
