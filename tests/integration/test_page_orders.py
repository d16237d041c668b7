"""Orders from the page, where the network, the hand or somebody else gets in the way."""

import pytest
from guarded_site import GuardedSite
from selenium.webdriver.common.keys import Keys


@pytest.fixture(scope="module", name="site")
def one_site(stack):
    with GuardedSite(stack, servers=3) as running:
        yield running


def prepare_hold(page, site, why):
    """Up to the confirmation."""
    page.go("pools", site.pool)
    page.order("holdPool")
    page.fill("why", why)
    assert page.press() == "Preview"
    page.find(".preview")


def hold_of(stack, site):
    return stack.get(f"/pools/{site.pool}")["hold"]


def closed(page):
    page.until("the dialog to close", lambda: not page.all("dialog[open]"))


def release(stack, site):
    assert stack.api("DELETE", f"/api/v1/pools/{site.pool}/hold").status == 204


def test_an_order_whose_answer_is_lost_is_carried_out_once(stack, page, site):
    prepare_hold(page, site, "lost once")
    page.trouble("PUT", "/hold$", "lost")
    page.press()
    page.wait_until_noticed("The answer was lost; asking again.")
    closed(page)
    assert hold_of(stack, site)["why"] == "lost once"
    keys = [each["Idempotency-Key"] for each in page.sent("PUT", "/hold$")]
    assert len(keys) == 2 and len(set(keys)) == 1
    assert len(site.events("pool_held", of="pool")) == 1
    release(stack, site)


def test_nobody_takes_an_unknown_end_for_none(stack, page, site):
    prepare_hold(page, site, "lost for long")
    page.trouble("PUT", "/hold$", "lost", times=99)
    page.hasten("setTimeout")
    before = len(site.events("pool_held", of="pool"))
    page.press()
    page.wait_for_text("dialog .trouble", "It is not known whether it was carried out")
    page.no_trouble()
    # Another preview would be another order.
    assert [each.text for each in page.all("dialog footer button")][:-1] == ["Close"]
    assert page.press().startswith("Ask again")
    closed(page)
    assert len({each["Idempotency-Key"] for each in page.sent("PUT", "/hold$")[-5:]}) == 1
    assert len(site.events("pool_held", of="pool")) == before + 1
    release(stack, site)
    page.log_in(stack.token)


@pytest.mark.parametrize("status", [404, 503])
def test_a_proxy_that_refuses_says_nothing_of_an_order_that_was_sent(stack, page, site, status):
    prepare_hold(page, site, f"lost, then {status}")
    page.trouble("PUT", "/hold$", "lost")
    page.trouble("GET", "/status$", "refused", status=status, anew=True)
    page.trouble("PUT", "/hold$", "refused", status=status)
    page.hasten("setTimeout")
    before = len(site.events("pool_held", of="pool"))
    page.press()
    closed(page)
    assert len({each["Idempotency-Key"] for each in page.sent("PUT", "/hold$")[-3:]}) == 1
    assert len(site.events("pool_held", of="pool")) == before + 1
    assert hold_of(stack, site)["why"] == f"lost, then {status}"
    release(stack, site)
    page.log_in(stack.token)


def test_whoever_is_logged_out_meanwhile_reads_what_is_not_known(stack, page, site):
    prepare_hold(page, site, "lost, then logged out")
    page.trouble("PUT", "/hold$", "lost")
    page.trouble("GET", "/status$", "refused", status=401, times=99, anew=True)
    page.press()
    page.wait_for_text("dialog .trouble", "your log-in counts no more: it is not known whether")
    page.no_trouble()
    assert [each.text for each in page.all("dialog footer button")] == ["Close"]
    page.click("dialog footer button")
    page.find("input[name=token]")
    assert hold_of(stack, site)["why"] == "lost, then logged out"
    release(stack, site)
    page.log_in(stack.token)


def test_what_a_controller_that_was_restarted_cannot_know_is_not_sent_again(stack, page, site):
    prepare_hold(page, site, "lost with the controller")
    page.trouble("PUT", "/hold$", "dropped", times=99)
    page.press()
    page.wait_until_noticed("asking again")
    page.driver.execute_script("performance.now = () => 0")  # as where the computer slept
    # A session would end with it; who is vouched for by a proxy stays.
    page.trouble("GET", "/status$", "answered", times=99, anew=True,
                 body={"started": "2001-01-01T00:00:00Z"})
    page.wait_for_text("dialog .trouble", "the controller was started anew since")
    page.no_trouble()
    assert page.all("dialog button.primary") == []
    assert hold_of(stack, site) is None
    page.click("dialog footer button")
    closed(page)
    page.log_in(stack.token)


def test_a_confirmation_takes_a_press_of_its_own(stack, page, site):
    page.go("pools", site.pool)
    page.order("holdPool")
    # Whoever presses Preview twice presses once more when what was found is there.
    page.driver.execute_script("""
        window.pressed = 0;
        new MutationObserver((_, watch) => {
          const button = document.querySelector('[data-step=confirm] button.primary');
          if (!button) return;
          watch.disconnect();
          button.click();
          window.pressed += 1;
        }).observe(document.querySelector('dialog'), {subtree: true, childList: true,
                                                      attributes: true});""")
    page.press()
    button = page.find("[data-step=confirm] button.primary:enabled")
    assert page.driver.execute_script("return window.pressed") == 1
    assert hold_of(stack, site) is None
    page.driver.execute_script("arguments[0].focus()", button)
    for kind in ("rawKeyDown", "char"):  # as a key that is held sends them
        page.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {
            "type": kind, "key": "Enter", "code": "Enter", "text": "\r", "autoRepeat": True,
            "windowsVirtualKeyCode": 13})
    assert page.all("[data-step=confirm]") and hold_of(stack, site) is None
    button.send_keys(Keys.ENTER)
    closed(page)
    assert hold_of(stack, site) is not None
    release(stack, site)


def members_of(stack, site):
    return [each["name"] for each in stack.get(f"/pools/{site.pool}")["members"]]


def test_a_member_that_somebody_else_added_is_not_dropped(stack, page, site):
    path = f"/api/v1/pools/{site.pool}/members"
    first, second, third = site.servers
    assert stack.api("PUT", path, {"members": [first, second]}).status == 200
    page.go("pools", site.pool)
    page.until("two members", lambda: len(page.all("[data-member]")) == 2)
    page.find(f"button[aria-label='Move {first} down']").send_keys(Keys.ENTER)
    assert stack.api("PUT", path, {"members": [first, second, third]}).status == 200
    page.find(f"[data-member='{third}']")
    page.click(".card button.primary")
    page.confirm()
    page.wait_for_text("dialog .notice", "Somebody has changed it meanwhile")
    assert members_of(stack, site) == [first, second, third]
    shown = page.find("dialog textarea").get_attribute("value")
    assert shown.split() == [first, second, third]
    page.click("dialog footer button[type=button]")
    closed(page)


def test_what_was_typed_stays_where_nobody_else_changed_the_same(stack, page, site):
    path = f"/api/v1/pools/{site.pool}/policy"
    page.go("pools", site.pool)
    page.order("setPolicy")
    page.fill("confirm (s)", "41")
    page.fill("failback after (s)", "42")
    assert stack.api("PATCH", path, {"failback_after_s": 77}).status == 200
    page.confirm()
    page.wait_for_text("dialog .notice", "Somebody has changed it meanwhile")
    page.confirm()
    closed(page)
    policy = stack.get(f"/pools/{site.pool}")["policy"]
    assert (policy["confirm_s"], policy["failback_after_s"]) == (41, 77)


def test_what_cannot_be_rehearsed_is_ordered_all_the_same(page):
    page.go("providers", "cloudflare")
    page.order("verifyProvider")
    page.wait_for_text("dialog .preview", "Nothing is known beforehand")
    page.press()
    page.wait_for_text("dialog .answer", "proven")
    page.click("dialog footer button.primary")
    closed(page)


def test_names_are_searched_for_while_one_is_typed(page, site):
    page.go("pools", site.pool)
    page.order("switchPool")
    page.trouble("GET", "nothing", "lost")  # from now on, what is asked is noted
    page.fill("to", site.servers[1])
    page.until("its name alone", lambda: page.driver.execute_script(
        "return [...document.querySelectorAll('datalist option')].map((each) => each.value)")
        == [site.servers[1]])
    assert page.sent("GET", "/servers$") == []
    page.click("dialog footer button[type=button]")
