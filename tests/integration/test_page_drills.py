"""Drills on the page: ordered, watched, ended, and what they measured."""

from urllib.parse import quote

import pytest
from browser import DESK, PHONE, Browser
from guarded_site import GuardedSite

LONGEST_S = 3600  # until it is ended
SHORTEST_S = 10
# Where nobody probes, readiness is nobody's to prove.
POLICY = {"probe": "off"}


@pytest.fixture(scope="module", name="site")
def one_site(stack):
    with GuardedSite(stack, policy=POLICY) as running:
        yield running


def begin(page, site, stay_s, why):
    """Up to the confirmation."""
    page.go("pools", site.pool)
    page.order("runDrill")
    page.fill("to", site.servers[1])
    page.fill("stay", str(stay_s))
    page.fill("why", why)
    assert page.press() == "Preview"
    page.wait_for_text(".preview", f"{site.ipv4[0]} → {site.ipv4[1]}")
    assert site.resolves_to(0)  # it was only said


def ended(stack, site):
    """The newest of them, once it is over and its record home."""
    newest = f"/drills?pool={quote(site.pool)}&limit=1"
    stack.until("the drill to be over",
                lambda: stack.get(newest)["items"][0]["phase"] == "ended")
    site.wait_for_server(0)
    return stack.get(newest)["items"][0]


@pytest.fixture(scope="module", name="broken_off")
def ended_by_a_person(stack, page, site):
    """Begun, watched and ended on the page; what the API says of it."""
    begin(page, site, LONGEST_S, "is it there")
    assert site.pool in page.press()
    site.wait_for_server(1)
    page.wait_for_text(".notice", "is it there")
    page.wait_for_text(".notice", f"{site.servers[0]} → {site.servers[1]}")
    assert page.all("[data-order=runDrill]") == []  # one at a time
    assert page.violations() == []
    page.picture("drill-under-way-light")
    page.order("endDrill")
    page.find(".preview")
    assert site.pool in page.press()
    drill = ended(stack, site)
    page.until("the notice to go", lambda: "is it there" not in page.text(".notice"))
    return drill


@pytest.fixture(scope="module", name="passed")
def to_its_end(stack, page, site, broken_off):
    assert broken_off["result"] == "aborted" and broken_off["reason"]
    page.go("pools")
    page.wait_for_text("table .badge.warn", "never, one is due")
    page.go("pools", site.pool)
    page.wait_for_text(".facts .badge.warn", "never, one is due")
    begin(page, site, SHORTEST_S, "the first of the month")
    page.press()
    site.wait_for_server(1)
    drill = ended(stack, site)
    assert drill["result"] == "passed", drill
    return drill


def test_a_pool_shows_how_long_ago_its_last_good_drill_was(page, site, passed):
    page.go("pools")
    page.wait_for_text("table .badge.calm", "ago")
    page.go("pools", site.pool)
    page.wait_for_text(".facts .badge.calm", "ago")
    page.wait_for_text(".facts", passed["ended"][11:19])


def test_what_was_measured_stands_beside_what_was_estimated(page, site, broken_off, passed):
    page.go("drills")
    page.wait_for_text("table[aria-label=Drills]", "passed")
    newer, older = (each.text for each in page.all("table[aria-label=Drills] tbody tr"))
    assert f"{site.servers[0]} → {site.servers[1]}" in newer and passed["by"] in newer
    assert "confirmed in" in newer and "estimated" in newer
    assert "aborted" in older and broken_off["reason"] in older
    page.go("drills", str(passed["id"]))
    page.wait_for_text("main", "the first of the month")
    page.wait_for_text(".sub", "passed")
    assert page.all("[data-order=endDrill]") == []


def test_the_bars_say_the_same_as_the_numbers_beside_them(page, broken_off, passed):
    page.go("drills")
    page.find("table.histogram")
    bars = page.driver.execute_script("""
        return [...document.querySelectorAll('table.histogram td div')].map((each) =>
          [each.querySelector('rect').width.baseVal.value, Number(each.textContent)]);""")
    measured = [drill["away"][name] for drill in (broken_off, passed)
                for name in ("confirmed_s", "served_s")]
    assert sum(count for _, count in bars) == sum(each is not None for each in measured) > 0
    most = max(count for _, count in bars)
    assert bars == [[pytest.approx(100 * count / most), count] for _, count in bars]


@pytest.mark.usefixtures("passed")
def test_who_only_looks_sees_drills_and_orders_none(stack, site):
    secret = stack.ctl_json("token", "add", "watches-drills", "--role", "viewer")["secret"]
    with Browser(stack.url) as browser:
        browser.log_in(secret)
        browser.go("drills")
        browser.wait_for_text("table[aria-label=Drills]", "passed")
        browser.go("pools", site.pool)
        browser.wait_for_text("main", "Last good drill")
        assert browser.all("[data-order]") == []


def test_others_learn_that_it_is_practised_and_no_server(stack, site, passed):
    made = stack.ctl_json("token", "add", "others-drills", "--role", "guest")
    with Browser(f"{stack.url}/#/status/{made['secret']}") as browser:
        browser.driver.get(browser.url)
        browser.wait_for_text("main", "1 drill passed, the last at")
        browser.wait_for_text("main", passed["ended"][11:19])
        assert not [server for server in site.servers if server in browser.text()]
        assert browser.violations() == [] and browser.complaints() == []


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_everybody_can_read_them(page, site, passed, look):
    page.look(PHONE if look == "phone" else DESK, dark=look == "dark")
    try:
        for name, view in {"drills": ("drills",), "drill": ("drills", str(passed["id"])),
                           "drilled-pool": ("pools", site.pool)}.items():
            page.go(*view)
            page.until(f"{name} to be there", lambda: "Loading" not in page.text())
            assert page.violations() == [], (name, look)
            wide = page.driver.execute_script(
                "return document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, (name, look, wide)
            page.picture(f"{name}-{look}")
    finally:
        page.look()
