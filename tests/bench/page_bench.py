#!/usr/bin/python3
"""How quick the page is, and how small, of a large fleet in a real browser.

Held against what the same browser needs for the same controller's answer of one line.

    UNDERSTUDY_BIN=build/release/bin tests/bench/page_bench.py [--quick]
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from browser import Browser  # noqa: E402
from figures import Aim, note, show  # noqa: E402
from stack import Stack  # noqa: E402

BYTES = """
  const all = [...performance.getEntriesByType('resource'),
               ...performance.getEntriesByType('navigation')];
  const page = all.filter((each) => !each.name.includes('/api/'));
  const size = (list) => list.reduce((sum, each) => sum + each.transferSize, 0);
  return [size(page), size(all)];"""
# From the click to the frame in which the view has its heading.
CLICK = """
  const [address, heading, done] = arguments;
  const began = performance.now();
  const seen = () => {
    const found = document.querySelector('main h1')?.textContent === heading;
    if (found) requestAnimationFrame(() => done(performance.now() - began));
    else requestAnimationFrame(seen);
  };
  document.querySelector(`nav a[href="${address}"]`).click();
  seen();"""


def fleet(servers, domains):
    """A document for POST /fleet; no agent of it ever links."""
    names = [f"s{i}" for i in range(servers)]
    pools = servers // 2
    return {
        "servers": [{"name": name, "ipv4": f"198.18.{i // 250}.{i % 250 + 1}"}
                    for i, name in enumerate(names)],
        "pools": [{"name": f"p{i}", "members": names[2 * i:2 * i + 2]} for i in range(pools)],
        "domains": [{"name": f"d{i}.big.example", "provider": "cloudflare",
                     "pool": f"p{i % pools}"}
                    for i in range(domains)],
    }


def fill(stack, servers, domains):
    stack.add_provider()
    document = fleet(servers, domains)
    contents = {server["name"]: server["ipv4"] for server in document["servers"]}
    primary = {pool["name"]: contents[pool["members"][0]] for pool in document["pools"]}
    stack.add_zone("big.example", {
        domain["name"].split(".")[0]: primary[domain["pool"]] for domain in document["domains"]})
    file = stack.folder / "fleet.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    stack.ctl("apply", "-f", file)


def opened(browser, token):
    """Milliseconds from navigation to live data, of somebody who is logged in already."""
    browser.driver.delete_all_cookies()  # else the session of before counts
    browser.driver.get(browser.url)
    browser.find("input[name=token]").send_keys(token)
    browser.driver.execute_script(
        "performance.clearResourceTimings(); window.began = performance.now();"
        "document.querySelector('.login form').requestSubmit()")
    return browser.driver.execute_async_script("""
      const done = arguments[0];
      const seen = () => (document.querySelector('.sentence h1')?.textContent
        ? done(performance.now() - window.began) : requestAnimationFrame(seen));
      seen();""")


def loaded(browser):
    """Milliseconds from navigation until scripts have drawn something, and what came for it."""
    browser.driver.delete_all_cookies()  # else the session of before counts
    browser.driver.get(browser.url)
    browser.find("input[name=token]")
    return browser.driver.execute_async_script("""
      const done = arguments[0];
      const drawn = () => performance.getEntriesByName('first-contentful-paint')[0];
      const seen = () => (drawn() ? done(drawn().startTime) : setTimeout(seen, 5));
      seen();""")


def answered(browser):
    """Milliseconds for an answer of one line."""
    return browser.driver.execute_async_script("""
      const done = arguments[0], began = performance.now();
      fetch('/healthz').then((answer) => answer.text()).then(() => done(performance.now() - began));
    """)


def clicks(browser, rounds):
    views = (("#/domains", "Domains"), ("#/timeline", "Timeline"), ("#/servers", "Servers"))
    return [browser.driver.execute_async_script(CLICK, *view)
            for _ in range(rounds) for view in views]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a hundred servers")
    quick = parser.parse_args().quick
    servers, domains, rounds = (100, 500, 3) if quick else (1000, 10_000, 9)
    note(f"{servers:,} servers in pools of two, {domains:,} domains; headless Chromium on the same "
         "machine, the page not in its cache the first time only.")
    with tempfile.TemporaryDirectory(prefix="page-bench-") as folder, Stack(
            folder, {"allow_private_addresses": True}) as stack:
        fill(stack, servers, domains)
        with Browser(stack.url) as browser:
            browser.driver.get(browser.url)
            browser.find("input[name=token]")
            page, _ = browser.driver.execute_script(BYTES)
            drawn = statistics.median(loaded(browser) for _ in range(rounds))
            live = statistics.median(opened(browser, stack.token) for _ in range(rounds))
            _, data = browser.driver.execute_script(BYTES)
            floor = statistics.median(answered(browser) for _ in range(rounds))
            click = statistics.median(clicks(browser, rounds))
    peer = "an answer of one line"
    show("from navigation to something drawn", drawn, "ms", peer, floor, Aim(300))
    show("from logging in to live data", live, "ms", peer, floor, Aim(300))
    show("from a click to the next view", click, "ms", peer, floor, Aim(100))
    show("the page, over the wire", page / 1000, "kB", aim=Aim(150))
    show("the data of the first screen's first moment", data / 1000, "kB")


if __name__ == "__main__":
    main()
