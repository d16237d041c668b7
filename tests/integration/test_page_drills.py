"""Drills on the page: ordered, watched, ended, and what they measured."""

import pytest
from browser import DESK, PHONE, Browser
from guarded_site import GuardedSite

STAY_S = 3600  # until it is ended


@pytest.fixture(scope="module", name="site")
def one_site(stack):
    with GuardedSite(stack) as running:
        yield running


def begin(page, site, why):
    page.go("pools", site.pool)
    page.order("runDrill")
    page.fill("to", site.servers[1])
    page.fill("stay", str(STAY_S))
    page.fill("why", why)


def end(page, stack, site):
    page.go("pools", site.pool)
    page.order("endDrill")
    page.find(".preview")
    page.press()
    stack.until("the record to be home", lambda: site.resolves_to(0))
    page.until("the drill to be over", lambda: not stack.get(f"/pools/{site.pool}")["drill"])


def drills_of(stack, site):
    return stack.get(f"/drills?pool={site.pool}")["items"]


@pytest.fixture(scope="module", name="drill")
def one_drill(stack, page, site):
    """Ordered, seen and ended on the page; the answer of the API about it."""
    begin(page, site, "the first of the month")
    assert page.press() == "Preview"
    page.wait_for_text(".preview", f"{site.ipv4[0]} → {site.ipv4[1]}")
    assert site.resolves_to(0)  # it was only said
    assert site.pool in page.press()
    stack.until("the record moves", lambda: site.resolves_to(1))
    page.wait_for_text(".notice", "the first of the month")
    page.wait_for_text(".notice", site.servers[1])
    assert page.all("[data-order=runDrill]") == []  # one at a time
    assert page.violations() == []
    stack.until("it to be confirmed",
                lambda: drills_of(stack, site)[0]["away"]["confirmed_s"] is not None)
    end(page, stack, site)
    page.until("the notice to go", lambda: "the first of the month" not in page.text(".notice"))
    return drills_of(stack, site)[0]


def test_what_was_measured_stands_beside_what_was_estimated(page, site, drill):
    page.go("drills")
    page.wait_for_text("table[aria-label=Drills]", site.pool)
    shown = page.text("table[aria-label=Drills]")
    assert f"{site.servers[0]} → {site.servers[1]}" in shown
    assert drill["result"] in shown and "confirmed" in shown
    page.go("drills", str(drill["id"]))
    page.wait_for_text("main", "the first of the month")
    page.wait_for_text("main", drill["result"])
    assert page.all("[data-order=endDrill]") == []


def test_the_bars_say_the_same_as_the_numbers_beside_them(page, drill):
    page.go("drills")
    page.find("table.histogram")
    counted = [int(each.text) for each in page.all("table.histogram td span")]
    measured = [drill["away"][name] for name in ("confirmed_s", "served_s")]
    assert sum(counted) == len([each for each in measured if each is not None])
    for row in page.all("table.histogram td div"):
        bar, number = page.driver.execute_script(
            "return [arguments[0].querySelector('rect').width.baseVal.value,"
            " arguments[0].textContent.trim()]", row)
        assert (bar > 0) == (int(number) > 0)


def test_a_pool_shows_when_its_last_drill_went_well_and_when_one_is_due(stack, page, site, drill):
    assert stack.api("PATCH", f"/api/v1/pools/{site.pool}/policy",
                     {"drill_every_days": 30}).status == 200
    pool = stack.get(f"/pools/{site.pool}")
    assert (pool["last_good_drill"] is not None) == (drill["result"] == "passed")
    page.go("pools", site.pool)
    page.wait_for_text("main", "drill every days")
    assert ("one is due" in page.text(".facts .badge.warn")) == pool["drill_due"]
    page.go("pools")
    page.wait_for_text("table", "Last good drill")


def test_who_only_looks_sees_drills_and_orders_none(stack, site, drill):
    secret = stack.ctl_json("token", "add", "watches-drills", "--role", "viewer")["secret"]
    with Browser(stack.url) as browser:
        browser.log_in(secret)
        browser.go("drills")
        browser.wait_for_text("table[aria-label=Drills]", drill["result"])
        browser.go("pools", site.pool)
        browser.wait_for_text("main", "Last good drill")
        assert browser.all("[data-order]") == []


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
@pytest.mark.usefixtures("drill")
def test_everybody_can_read_them(page, site, drill, look):
    page.look(PHONE if look == "phone" else DESK, dark=look == "dark")
    try:
        for name, view in {"drills": ("drills",), "drill": ("drills", str(drill["id"])),
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
