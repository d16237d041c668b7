"""The page in a headless Chromium, as somebody at a desk or with a phone sees it.

    with Browser(stack.url) as page:
        page.log_in(stack.token)
        page.wait_for_text(".sentence h1", "served by")

What the browser's console complains about is a failure, but for answers that a test asks for.
"""

import json
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from wait_for import Changing

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "tests/support/node_modules/axe-core/axe.min.js"
# A colour scheme is what the viewer's system says; sizes in CSS pixels.
DESK = (1360, 900)
PHONE = (390, 844)
_ANSWERED = "Failed to load resource"
# Between the page and its controller, from when it is first asked for until the page is left.
_MEDDLE = """
  if (!window.troubles) {
    const real = window.fetch;
    window.noticed = new Set(); // also what is shown for a moment only
    new MutationObserver(() => {
      for (const each of document.querySelectorAll('dialog .notice'))
        window.noticed.add(each.textContent);
    }).observe(document.body, {subtree: true, childList: true, characterData: true});
    window.troubles = [];
    window.sent = [];
    const never = (signal) => new Promise((_, fail) => {
      signal.addEventListener('abort', () => fail(signal.reason));
    });
    window.fetch = async (path, options = {}) => {
      const method = options.method ?? 'GET';
      window.sent.push({method, path, headers: options.headers ?? {}});
      const trouble = window.troubles.find((each) =>
        each.times > 0 && each.method === method && new RegExp(each.path).test(path) &&
        !(each.anew && options.headers?.['If-None-Match']));
      if (!trouble) return real(path, options);
      trouble.times -= 1;
      if (trouble.kind === 'silent') return never(options.signal);
      if (trouble.kind === 'refused') return new Response('', {status: trouble.status});
      if (trouble.kind === 'answered') return new Response(JSON.stringify(trouble.body));
      if (trouble.kind === 'lost') await real(path, options);
      throw new TypeError('Failed to fetch');
    };
  }"""
# Whatever is begun by these from then on takes a twentieth of the time.
_HASTEN = """
  for (const [holder, name, place] of [[window, 'setTimeout', 1], [window, 'setInterval', 1],
                                       [AbortSignal, 'timeout', 0]]) {
    if (!arguments[0].includes(name)) continue;
    const real = holder[name].bind(holder);
    holder[name] = (...given) => {
      if (given.length > place) given[place] /= 20;
      return real(...given);
    };
  }"""


class Browser(Changing):
    def __init__(self, url, size=DESK, dark=False):
        super().__init__()
        self.url = url
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                         "--disable-gpu", "--no-proxy-server", "--ignore-certificate-errors",
                         f"--window-size={size[0]},{size[1]}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_script_timeout(30)
        self.look(size, dark)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def look(self, size=DESK, dark=False):
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": size[0], "height": size[1], "deviceScaleFactor": 1,
            "mobile": size == PHONE})

    # --- where it is ----------------------------------------------------------------------------

    def log_in(self, token):
        """Anew; the session of before may still count."""
        self.driver.get(self.url)
        self.until("the page", lambda: self.all("input[name=token]") or self.all(".sentence"))
        if self.all("input[name=token]"):
            self.enter(token)

    def enter(self, token):
        self.find("input[name=token]").send_keys(token, Keys.ENTER)
        self.find(".sentence")

    def go(self, *parts):
        """To that view, once it has its heading."""
        self.driver.execute_script("location.hash = arguments[0]", "#/" + "/".join(parts))
        self.find("main h1")

    # --- what it shows --------------------------------------------------------------------------

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def find(self, selector, patience_s=20):
        return self.until(f"{selector} on the page", lambda: self._shown(selector), patience_s)

    def _shown(self, selector):
        # The driver takes what is in a closed menu as displayed.
        return self.driver.execute_script(
            "return [...document.querySelectorAll(arguments[0])]"
            "  .find((each) => each.checkVisibility()) ?? null", selector)

    def text(self, selector="main"):
        try:
            return "\n".join(each.text for each in self.all(selector))
        except StaleElementReferenceException:
            return ""

    def wait_for_text(self, selector, text, patience_s=20):
        try:
            self.until("", lambda: text in self.text(selector), patience_s)
        except AssertionError:
            raise AssertionError(f"{text!r} not in {self.text(selector)!r}") from None

    # --- what a person does ---------------------------------------------------------------------

    def click(self, selector):
        def clicked():
            try:
                element = self._shown(selector)
                if element is None or not element.is_enabled():
                    return False
                element.click()
                return True
            except WebDriverException:  # drawn anew, or not yet where it will be
                return False
        self.until(f"{selector} to be clicked", clicked)

    def order(self, operation):
        """Opens the form of that operation, which may be behind "More"."""
        selector = f"[data-order={operation}]"
        self.until(selector, lambda: self.all(selector))
        if self._shown(selector) is None:
            self.driver.execute_script(
                "document.querySelector(arguments[0]).closest('details').open = true", selector)
        self.click(selector)
        self.find("dialog[open] h2")

    def fill(self, name, text):
        """The field of the open form whose name is shown so."""
        fields = self.driver.find_elements(
            By.XPATH, f"//dialog//label[span[starts-with(normalize-space(.), '{name}')]]"
                      "//*[self::input or self::textarea]")
        fields[0].clear()
        fields[0].send_keys(text)

    def choose(self, name, value):
        """One of the words of that field of the open form."""
        fields = self.driver.find_elements(
            By.XPATH, f"//dialog//label[span[starts-with(normalize-space(.), '{name}')]]//select")
        Select(fields[0]).select_by_visible_text(value)

    def press(self):
        """The first button of the dialog: preview, or the confirmation. Its words."""
        button = self.find("dialog[open] button.primary:enabled")
        words = button.text
        button.click()
        return words

    def confirm(self):
        """Through the preview to the end."""
        self.press()
        self.find(".preview")
        self.press()

    # --- what its network and its clock do --------------------------------------------------------

    def trouble(self, method, path, kind, times=1, status=404, body=None, anew=False):
        """The next requests to such a path, a pattern: "lost" is carried out without an answer,
        "dropped" never arrives, "silent" is never answered, "refused" has that status
        and no words, "answered" that body. anew: only those that know no answer yet, so none of
        what a view reads again and again."""
        self.driver.execute_script(_MEDDLE + "window.troubles.push(arguments[0]);", {
            "method": method, "path": path, "kind": kind, "times": times,
            "status": status, "body": body, "anew": anew})

    def no_trouble(self):
        self.driver.execute_script("window.troubles.length = 0")

    def sent(self, method, path):
        """The headers of each request to such a path, since the first trouble."""
        return self.driver.execute_script(
            "return window.sent.filter((each) => each.method === arguments[0] &&"
            "  new RegExp(arguments[1]).test(each.path)).map((each) => each.headers)",
            method, path)

    def wait_until_noticed(self, text):
        """That a dialog has said so since the first trouble, however shortly."""
        self.until(f"to be told {text!r}", lambda: any(text in each for each in (
            self.driver.execute_script("return [...window.noticed]"))))

    def hasten(self, *names):
        self.driver.execute_script(_HASTEN, names)

    # --- what is wrong with it ------------------------------------------------------------------

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] == "SEVERE" and _ANSWERED not in entry["message"]]

    def violations(self):
        """What axe-core finds, each as rule and places."""
        self.driver.execute_script(AXE.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            "const done = arguments[0];"
            "axe.run(document, {resultTypes: ['violations']})"
            "  .then((found) => done(JSON.stringify(found.violations)))"
            "  .catch((error) => done(JSON.stringify([{id: String(error), nodes: []}])))")
        return [(each["id"], [node["html"][:200] for node in each["nodes"]])
                for each in json.loads(found)]

    def picture(self, name):
        """Kept in build/page, for whoever wants to see how it looks."""
        folder = ROOT / "build/page"
        folder.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(folder / f"{name}.png"))
