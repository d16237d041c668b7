"""What the page shows stays true, and what a person types stays there."""

import pytest
from browser import Browser
from guarded_site import GuardedSite

AFTER_NEXT_READING = """
    const [typed, done] = arguments;
    const field = document.querySelector('input[type=search]');
    const live = new URL('live.js', document.querySelector('script[type=module]').src);
    import(live).then((module) => {
      field.focus();
      field.value = typed;
      field.dispatchEvent(new InputEvent('input', {bubbles: true}));
      module.refreshAll(true);
      const drawn = () => requestAnimationFrame(() => requestAnimationFrame(
        () => done(field.value)));
      const real = window.fetch;
      window.fetch = async (...given) => {
        const answer = await real(...given);
        window.fetch = real;
        setTimeout(drawn, 20);
        return answer;
      };
    });"""


@pytest.fixture(scope="module", name="site")
def one_site(stack):
    with GuardedSite(stack) as running:
        yield running


def test_a_reading_that_fails_is_asked_again(page):
    page.go("servers")
    page.hasten("timeout")
    page.trouble("GET", "/providers$", "silent")
    page.trouble("GET", "/providers$", "dropped", times=2)
    page.go("providers")
    page.wait_for_text(".trouble", "The controller does not answer")
    page.wait_for_text("table", "cloudflare")
    assert page.all(".trouble") == []
    assert page.text(".link").strip() == "live"


def test_orders_come_though_their_description_was_lost_once(stack, site):
    with Browser(stack.url) as page:
        page.driver.get(page.url)
        page.find("input[name=token]")
        page.trouble("GET", "openapi.json$", "dropped")
        page.enter(stack.token)
        page.go("pools", site.pool)
        page.find("[data-order=holdPool]")
        assert len(page.sent("GET", "openapi.json$")) == 2


def test_what_is_being_typed_stays_when_something_new_is_shown(page, site):
    page.go("domains")
    page.wait_for_text("table", site.name)
    page.driver.set_script_timeout(10)
    assert page.driver.execute_async_script(AFTER_NEXT_READING, "none has ") == "none has "
    page.wait_for_text("main", "None fits.")
    assert page.find("input[type=search]").get_attribute("value") == "none has "


def test_a_view_is_told_of_changes_though_another_read_the_same_before(stack, page, site):
    page.go()
    page.wait_for_text("table", site.pool)
    page.go("pools")
    page.wait_for_text("main h1", "Pools")
    stack.post(f"/pools/{site.pool}/switchover", {"to": site.servers[1]})
    page.wait_for_text("table", "switched over")
    stack.post(f"/pools/{site.pool}/failback")
    page.until("the end of it", lambda: "switched over" not in page.text("table"))


def states(page):
    return page.driver.execute_script("return window.states")


def test_the_state_is_what_was_found_and_does_not_flicker(stack, page):
    page.go()
    page.trouble("GET", "/stream$", "refused", times=9)
    page.trouble("GET", "/healthz$", "dropped", times=4)
    page.driver.execute_script("""
        window.states = [];
        new MutationObserver(() => {
          const state = document.querySelector('.link')?.className;
          if (state && state !== window.states.at(-1)) window.states.push(state);
        }).observe(document.body, {subtree: true, childList: true, attributes: true});""")
    page.driver.find_element("xpath", "//button[.='Log out']").click()
    page.enter(stack.token)
    page.wait_for_text(".link", "asking every few seconds", 40)
    # Before it the stream ends with the session.
    assert states(page)[-3:] == ["link joining", "link lost", "link polling"]
    page.no_trouble()


def test_ages_are_read_again_though_nothing_changes(stack, site):
    with Browser(stack.url) as page:
        page.driver.get(page.url)
        page.find("input[name=token]")
        page.hasten("setInterval")
        page.enter(stack.token)
        page.go("servers", site.servers[0])
        page.wait_for_text("main", "Last seen")
        first = page.find(".facts time").get_attribute("datetime")
        page.until("a later time", lambda: page.find(".facts time").get_attribute(
            "datetime") != first)
