"""The page in a real browser, with the real programs behind it."""

import pytest
from browser import DESK, PHONE, Browser
from guarded_site import GuardedSite
from selenium.webdriver.common.keys import Keys

CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
       "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
       "frame-ancestors 'none'")
NOT_FOR_A_PAGE = {"rehearseOrder", "applyFleet", "makeBackup", "removeBackup", "replayPolicy",
                  "logIn", "logOut"}
HOSTILE = "<img src=x onerror=alert(1)>"


def fetch(stack, path, **headers):
    return stack.api("GET", path, token="", headers=headers, record=False)


def test_files_are_kept_and_nothing_from_elsewhere_is_allowed(stack):
    answer = fetch(stack, "/")
    assert answer.status == 200 and answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == CSP
    assert answer.headers["Cache-Control"] == "no-cache"
    text = answer.raw.decode()
    assert "<script>" not in text and "style=" not in text and "http" not in text.replace(
        "</html>", "")
    again = fetch(stack, "/", **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.raw) == (304, b"")
    script = text.split('src="')[1].split('"')[0]
    whole = fetch(stack, script)
    packed = fetch(stack, script, **{"Accept-Encoding": "gzip, br"})
    assert "immutable" in whole.headers["Cache-Control"]
    assert whole.headers.get("Content-Encoding") is None
    assert packed.headers["Content-Encoding"] == "gzip" and len(packed.raw) < len(whole.raw)
    assert fetch(stack, "/ui/older/app.js").status == 404
    assert fetch(stack, "/api/v1/openapi.json").body["openapi"].startswith("3.1")


def test_nothing_is_shown_without_a_token(stack):
    with Browser(stack.url) as browser:
        browser.driver.get(browser.url)
        browser.find("input[name=token]").send_keys("udt_wrong", Keys.ENTER)
        browser.find(".trouble")
        assert browser.all("nav") == []


def test_a_failover_is_seen_while_it_happens(stack, page):
    with GuardedSite(stack, labels=("www", "shop")) as site:
        page.go()
        page.wait_for_text(".readiness", f"If {site.servers[0]} died now: 2 domains would move")
        site.agent(0).kill()
        page.wait_for_text(".events", f"{site.names[0]}")
        page.wait_for_text(".sentence h1", "2 failed over")
        page.go("servers", site.servers[0])
        page.wait_for_text("main", "offline")
        page.go("domains", site.names[0])
        page.wait_for_text(".sub", "failed over")
        page.wait_for_text("main", site.ipv4[1])
        site.agent(0).start()
        page.wait_for_text(".sub", "active")
    assert page.complaints() == []


def test_a_planned_switchover_is_previewed_confirmed_and_done(stack, page):
    with GuardedSite(stack) as site:
        page.go("pools", site.pool)
        page.order("switchPool")
        page.fill("to", site.servers[1])
        page.fill("why", "new disks")
        assert page.press() == "Preview"
        page.wait_for_text(".preview", "1 record written at once")
        page.wait_for_text(".preview", f"{site.ipv4[0]} → {site.ipv4[1]}")
        assert site.resolves_to(0)  # it was only said
        assert site.pool in page.press()
        stack.until("the record moves", lambda: site.resolves_to(1))
        page.until("the dialog to close", lambda: not page.all("dialog[open]"))
        page.wait_for_text("main", "new disks")


def test_members_are_ordered_by_keyboard(stack, page):
    with GuardedSite(stack) as site:
        page.go("pools", site.pool)
        page.find(f"[data-member='{site.servers[1]}']")
        down = page.find(f"button[aria-label='Move {site.servers[0]} down']")
        down.send_keys(Keys.ENTER)
        page.click(".card button.primary")
        page.wait_for_text(".dialog, dialog", site.servers[1])
        page.confirm()
        stack.until("the members to change places", lambda: [
            member["name"] for member in stack.get(f"/pools/{site.pool}")["members"]
        ] == site.servers[::-1])


def test_what_is_refused_says_which_field_and_what_to_do(stack, page):
    page.go("servers")
    page.order("addServer")
    page.fill("name", "web9")
    page.fill("ipv4", "10.0.0.300")
    page.press()
    page.wait_for_text("dialog .wrong", "10.0.0.300")
    page.fill("ipv4", "203.0.113.199")
    page.press()
    page.find(".preview")
    assert stack.api("GET", "/api/v1/servers/web9").status == 404
    page.press()
    page.wait_for_text(".answer", "token")
    page.click("dialog footer button.primary")
    page.wait_for_text("main", "web9")
    assert stack.api("DELETE", "/api/v1/servers/web9").status == 204


def test_a_message_leads_to_its_incident_and_somebody_sees_to_it(stack, page):
    with GuardedSite(stack) as site:
        site.agent(1).kill()
        down = site.hook.wait_for("server_down").body["data"]
        page.go("incidents")
        page.wait_for_text("table", f"{site.servers[1]} down")
        page.wait_for_text("table", "nobody yet")
        page.go("incidents", str(down["incident"]))  # where the link of a message leads
        page.wait_for_text("main h1", f"{site.servers[1]} down")
        assert page.violations() == []
        page.picture("incident-light")
        page.order("acknowledgeIncident")
        page.fill("why", "disk is replaced")
        page.confirm()
        page.wait_for_text(".facts", "disk is replaced")
        shown = stack.get(f"/incidents/{down['incident']}")
        assert shown["acknowledged"]["why"] == "disk is replaced"
        page.wait_for_text(".events", "server down")
        site.agent(1).start()
        page.wait_for_text("main", "There is no open incident of that number")
        page.wait_for_text(".events", "server up")


@pytest.mark.parametrize("in_list", [True, False])
def test_nobody_sees_to_more_than_he_has_seen(stack, page, in_list):
    with GuardedSite(stack) as site:
        site.agent(1).kill()
        number = str(site.hook.wait_for("server_down").body["data"]["incident"])
        sentence = f"{site.servers[1]} down"
        page.go(*(["incidents"] if in_list else ["incidents", number]))
        page.wait_for_text("main", sentence)
        page.order("acknowledgeIncident")
        page.press()
        page.find(".preview")
        page.wait_for_text("dialog .seen", sentence)
        assert stack.api("POST", f"/api/v1/incidents/{number}/acknowledge",
                         {"why": "quicker"}).status == 200
        page.press()
        page.wait_for_text("dialog .notice", "It has changed meanwhile")
        assert stack.get(f"/incidents/{number}")["acknowledged"]["why"] == "quicker"
        page.wait_for_text("dialog .seen", sentence)
        page.click("dialog footer button[type=button]")
        page.until("the dialog to close", lambda: not page.all("dialog[open]"))


def test_two_browsers_see_the_same(stack, page):
    with GuardedSite(stack) as site, Browser(stack.url) as other:
        other.log_in(stack.token)
        other.go("pools", site.pool)
        page.go("pools", site.pool)
        page.order("holdPool")
        page.fill("why", "release day")
        page.confirm()
        for browser in (page, other):
            browser.wait_for_text(".notice", "release day")
        other.order("releasePool")
        other.find(".preview")
        other.press()
        for browser in (page, other):
            browser.until("its release", lambda b=browser: "release day" not in b.text(".notice"))
        assert other.complaints() == []


def test_names_of_others_are_never_markup(stack, page):
    with GuardedSite(stack) as site:
        stack.api("PATCH", f"/api/v1/servers/{site.servers[0]}", {"labels": {"region": HOSTILE}})
        stack.ctl("hold", site.pool, "--why", HOSTILE)
        for view in ((), ("servers",), ("servers", site.servers[0]), ("pools", site.pool),
                     ("timeline",)):
            page.go(*view)
            page.wait_for_text("main", HOSTILE)
            assert page.all("main img") == []
        stack.ctl("release", site.pool)


def test_it_is_right_again_after_the_controller_was_killed(stack, page):
    with GuardedSite(stack) as site:
        page.go("pools", site.pool)
        page.wait_for_text("main", site.servers[0])
        stack.controller.end(9)
        page.wait_for_text(".notice.bad", "does not answer")
        stack.controller.start()
        page.until("the page to come back", lambda: not page.all(".notice.bad"), 40)
        if page.all("input[name=token]"):
            page.log_in(stack.token)
            page.go("pools", site.pool)
        stack.ctl("hold", site.pool, "--why", "after the restart")
        page.wait_for_text(".notice", "after the restart")


def test_a_link_shows_others_their_domains_and_no_order(stack):
    made = stack.ctl_json("token", "add", "for-others", "--role", "guest")
    with GuardedSite(stack) as site, \
            Browser(f"{stack.url}/#/status/{made['secret']}") as browser:
        browser.driver.get(browser.url)
        browser.wait_for_text("main", site.names[0])
        browser.wait_for_text("main", "served as usual")
        site.agent(0).kill()
        browser.wait_for_text("main", "served by a stand-by")
        browser.wait_for_text("main", "moved to a stand-by")
        browser.wait_for_text(".sentence.warn h1", "The one domain is failed over.")
        assert browser.all("[data-order], nav") == []
        assert browser.violations() == [] and browser.complaints() == []
        assert browser.all(".card [href]") == []  # nothing leads further
        browser.picture("others-light")
        stack.ctl("token", "revoke", "for-others")
        browser.driver.get("about:blank")
        browser.driver.get(browser.url)
        browser.find(".trouble")


def test_logging_in_leaves_no_secret_behind_and_logging_out_ends_it(stack):
    with Browser(stack.url) as browser:
        browser.log_in(stack.token)
        kept = browser.driver.execute_script(
            "return document.cookie + JSON.stringify([localStorage, sessionStorage])")
        assert kept == "[{},{}]"
        cookie, = browser.driver.get_cookies()
        assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
        assert stack.token not in cookie["value"]
        browser.driver.refresh()
        browser.find(".sentence")  # still there
        browser.click(".foot button")
        browser.find("input[name=token]")
        browser.driver.refresh()
        browser.find("input[name=token]")
        assert browser.driver.get_cookies() == [] and browser.complaints() == []


def test_a_customers_page_shows_his_own_and_ends_with_his_token(stack):
    """With a scope some readings are refused and some numbers are nobody's: nothing breaks."""
    labels = {"owner": "acme"}
    with GuardedSite(stack) as site, GuardedSite(stack) as other, Browser(stack.url) as browser:
        for server in site.servers:
            stack.api("PATCH", f"/api/v1/servers/{server}", {"labels": labels})
        made = stack.ctl_json("token", "add", "acme", "--role", "operator", "--label",
                              "owner=acme")
        browser.log_in(made["secret"])
        browser.wait_for_text(".sentence h1", "The one domain is served")
        assert "Providers" not in browser.text("nav") and "Tokens" not in browser.text("nav")
        for view in ((), ("servers",), ("pools",), ("domains",), ("timeline",),
                     ("notifications",), ("servers", site.servers[0]), ("pools", site.pool),
                     ("domains", site.names[0])):
            browser.go(*view)
            browser.until(f"{view} to be there", lambda: "Loading" not in browser.text())
            shown = browser.text("main")
            assert not [name for name in (*other.servers, other.pool, *other.names)
                        if name in shown], view
            assert "undefined" not in shown and "null" not in shown, view
            assert browser.violations() == [], view
        browser.picture("customer-light")
        browser.go("pools", site.pool)
        browser.order("holdPool")
        browser.fill("why", "sale")
        browser.confirm()
        browser.wait_for_text(".notice", "sale")
        stack.ctl("release", site.pool)
        stack.ctl("token", "revoke", "acme")
        browser.find("input[name=token]")
        assert browser.complaints() == []


def test_what_comes_or_goes_leaves_no_blank(stack, page):
    with GuardedSite(stack) as site:
        page.go("servers", site.servers[0])
        page.wait_for_text("[data-event=server_added] .mono", site.ipv4[0])
        assert "→" not in page.text("[data-event=server_added] .mono")
        page.go("notifications")
        stack.post(f"/channels/{site.hook_name}/test")
        page.wait_for_text("main table[aria-label=Notifications]", site.hook_name)
    page.wait_for_text("main table[aria-label=Notifications]", "removed")


@pytest.mark.parametrize("role", ["guest", "viewer"])
def test_tokens_are_made_listed_and_revoked(stack, page, role):
    page.go("tokens")
    page.order("addToken")
    page.fill("name", "grafana")
    page.choose("role", role)
    page.confirm()
    page.wait_for_text(".answer", "usk_")
    # The page for others is for who sees nothing else.
    assert ("/#/status/usk_" in page.text("dialog")) == (role == "guest")
    page.click("dialog footer button.primary")
    page.wait_for_text("main", "grafana")
    assert stack.get("/tokens/grafana")["role"] == role
    stack.ctl("token", "revoke", "grafana")
    page.until("it to be gone", lambda: "grafana" not in page.text("main table"))
    assert page.violations() == []


VIEWS = {
    "overview": (), "servers": ("servers",), "pools": ("pools",), "domains": ("domains",),
    "incidents": ("incidents",), "timeline": ("timeline",), "notifications": ("notifications",),
    "providers": ("providers",),
}


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_everybody_can_read_every_view(stack, page, look):
    with GuardedSite(stack, labels=("www", "shop")) as site:
        views = {**VIEWS, "server": ("servers", site.servers[0]), "pool": ("pools", site.pool),
                 "domain": ("domains", site.names[0]),
                 "provider": ("providers", "cloudflare"), "channel": ("channels", site.hook_name)}
        page.look(PHONE if look == "phone" else DESK, dark=look == "dark")
        try:
            for name, view in views.items():
                page.go(*view)
                page.until(f"{name} to be there", lambda: "Loading" not in page.text())
                assert page.violations() == [], (name, look)
                wide = page.driver.execute_script(
                    "return document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, (name, look, wide)
                page.picture(f"{name}-{look}")
            page.go("pools", site.pool)
            page.order("setPolicy")
            assert page.violations() == [], ("form", look)
            page.picture(f"form-{look}")
            page.click("dialog footer button[type=button]")
        finally:
            page.look()


def test_every_order_of_the_api_has_a_form(stack, page):
    """Each operation that changes something, but for those that are not for a page."""
    document = fetch(stack, "/api/v1/openapi.json").body
    operations = {each["operationId"] for path in document["paths"].values()
                  for verb, each in path.items() if verb in ("post", "put", "patch", "delete")}
    page.driver.set_script_timeout(10)
    placed = set(page.driver.execute_async_script("""
        const done = arguments[0];
        const folder = document.querySelector('script[type=module]').src;
        Promise.all(['openapi.js', 'actions.js'].map((name) => import(new URL(name, folder))))
          .then(async ([openapi, actions]) => {
            await openapi.load();
            const all = openapi.operations.value;
            const kinds = new Set(
              Object.values(all).flatMap((each) => [each.about.at(-1), each.tag]));
            done([...kinds].filter(Boolean)
              .flatMap((kind) => actions.actionsOf(kind, undefined, all))
              .flat().map((each) => each.id));
          });"""))
    assert operations - placed == operations & NOT_FOR_A_PAGE
