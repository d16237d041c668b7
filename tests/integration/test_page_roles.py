"""The page offers whoever is there the orders that he may give, and no others."""

import pytest
from browser import Browser
from guarded_site import GuardedSite

ROLES = ("viewer", "operator", "admin")


@pytest.fixture(scope="module", name="site")
def one_site(stack):
    with GuardedSite(stack) as running:
        yield running


@pytest.fixture(scope="module", name="operations")
def operations_by_id(stack):
    """Each as the answer of a session calls it."""
    document = stack.api("GET", "/api/v1/openapi.json", token="", record=False).body
    return {each["operationId"]: f"{verb.upper()} {path}"
            for path, item in document["paths"].items()
            for verb, each in item.items() if "operationId" in each}


def token_of(stack, name, role, *more):
    return stack.ctl_json("token", "add", name, "--role", role, *more)["secret"]


def views_of(site):
    return {"overview": (), "servers": ("servers",), "server": ("servers", site.servers[0]),
            "pools": ("pools",), "pool": ("pools", site.pool), "domains": ("domains",),
            "domain": ("domains", site.names[0]), "incidents": ("incidents",),
            "notifications": ("notifications",), "channel": ("channels", site.hook_name),
            "providers": ("providers",), "provider": ("providers", "cloudflare")}


def offered(browser, view):
    """What can be ordered there, also behind "More"."""
    browser.go(*view)
    browser.until(f"{view} to be there", lambda: "Loading" not in browser.text())
    return {each.get_attribute("data-order") for each in browser.all("main [data-order]")}


@pytest.fixture(scope="module", name="offers")
def offers_by_role(stack, site):
    """What each role is offered in each view, and the views that it is led to."""
    found = {}
    for role in ROLES:
        with Browser(stack.url) as browser:
            browser.log_in(token_of(stack, f"looks-{role}", role))
            browser.wait_for_text(".foot", role)
            views = {name: offered(browser, view) for name, view in views_of(site).items()}
            browser.go("pools", site.pool)
            browser.find(f"[data-member='{site.servers[1]}']")
            found[role] = {"views": views, "nav": browser.text("nav"),
                           "moved": len(browser.all("[draggable=true], [aria-label^=Move]"))}
            assert browser.complaints() == []
    return found


def test_who_only_looks_is_offered_no_order(offers):
    assert set().union(*offers["viewer"]["views"].values()) == set()
    assert offers["viewer"]["moved"] == 0


def test_an_operator_is_offered_what_keeps_it_going_and_nothing_that_changes_what_it_is(offers):
    views = offers["operator"]["views"]
    assert {"failoverPool", "holdPool", "switchPool"} <= views["pool"]
    assert not views["pool"] & {"setPolicy", "setMembers", "removePool"}
    assert {"startMaintenance"} == views["server"]
    assert views["servers"] == views["pools"] == views["domains"] == set()
    assert views["providers"] == {"verifyProvider"}
    assert "pauseAll" in views["overview"]
    assert offers["operator"]["moved"] == 0
    assert "Tokens" not in offers["operator"]["nav"]


def test_an_administrator_is_offered_all(offers):
    views = offers["admin"]["views"]
    assert {"setPolicy", "setMembers", "removePool", "holdPool"} <= views["pool"]
    assert views["servers"] == {"addServer"} and "addProvider" in views["providers"]
    assert offers["admin"]["moved"] > 0 and "Tokens" in offers["admin"]["nav"]


@pytest.mark.parametrize("role", ROLES)
def test_what_is_offered_is_what_the_controller_says_he_may(stack, offers, operations, role):
    secret = token_of(stack, f"asks-{role}", role)
    may = set(stack.api("GET", "/api/v1/session", token=secret).body["may"])
    for view, shown in offers[role]["views"].items():
        all_there = offers["admin"]["views"][view]
        assert shown == {each for each in all_there if operations[each] in may}, view


def test_a_scope_hides_what_is_about_more(stack, site):
    labels = {"owner": "roles"}
    for server in site.servers:
        stack.api("PATCH", f"/api/v1/servers/{server}", {"labels": labels})
    with Browser(stack.url) as browser:
        browser.log_in(token_of(stack, "narrow", "admin", "--label", "owner=roles"))
        assert offered(browser, ()) == set()  # to pause everything is not his
        assert offered(browser, ("servers",)) == set()
        assert "setPolicy" in offered(browser, ("pools", site.pool))
        assert "Providers" not in browser.text("nav") and "Tokens" in browser.text("nav")
        assert browser.complaints() == []
