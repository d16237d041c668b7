"""Who watches the watcher: a real receiver is called while the controller lives, and only then."""

import signal
from http.server import BaseHTTPRequestHandler
from urllib.request import urlopen

import pytest
from receivers import LoopbackServer
from stack import Stack

TOKEN = "5f0c2a8e-8c1d-4a55-token"


class Watcher(LoopbackServer):
    """Takes GET and answers with `status`, quoting the path as many services do."""

    def __init__(self):
        super().__init__()
        self.calls = []
        self.status = 200
        self.location = None
        watcher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                with watcher.condition:
                    watcher.calls.append(self.path)
                    watcher.condition.notify_all()
                body = f"you asked for {self.path}".encode()
                self.send_response(watcher.status)
                if watcher.location:
                    self.send_header("Location", watcher.location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._listen(Handler)
        self.url = f"{self.origin}/ping/{TOKEN}"

    def called(self, times):
        self.until(f"{times} calls of the watcher", lambda: len(self.calls) >= times)


@pytest.fixture
def watcher():
    with Watcher() as one:
        yield one


def metrics(stack):
    with urlopen(f"http://127.0.0.1:{stack.controller.api_port}/metrics") as answer:
        text = answer.read().decode()
    return {line.rsplit(" ", 1)[0]: int(line.rsplit(" ", 1)[1])
            for line in text.splitlines() if line.startswith("understudy_alive")}, text


def until_counted(stack, result, count):
    name = f'understudy_alive_calls_total{{result="{result}"}}'
    stack.until(f"{count} calls to count as {result}",
                lambda: metrics(stack)[0].get(name) == count)


def reload(stack):
    """With a reload the watcher is called at once, so that people see whether it works."""
    stack.controller.process.send_signal(signal.SIGHUP)


def test_the_watcher_is_called_once_the_controller_is_ready(tmp_path, watcher):
    with Stack(tmp_path, config={"alive_url": watcher.url}) as stack:
        watcher.called(1)
        until_counted(stack, "answered", 1)
        assert watcher.calls == [f"/ping/{TOKEN}"]
        values, _ = metrics(stack)
        assert values["understudy_alive_last_success_timestamp_seconds"] > 1_500_000_000
        assert values['understudy_alive_calls_total{result="failed"}'] == 0


def test_trouble_is_told_when_it_begins_and_when_it_ends_and_never_the_url(tmp_path, watcher):
    url_file = tmp_path / "alive.url"
    url_file.write_text(watcher.url + "\n")
    url_file.chmod(0o600)
    watcher.status = 404
    with Stack(tmp_path / "stack", config={"alive_url_file": str(url_file)}) as stack:
        [line] = stack.controller.logged("alive_url is not answered")
        assert line["level"] == "warning" and line["error"] == "it answered 404"
        reload(stack)
        until_counted(stack, "failed", 2)
        assert len(stack.controller.logged("alive_url is not answered")) == 1
        watcher.status = 200
        reload(stack)
        stack.controller.logged("alive_url is answered again")
        _, text = metrics(stack)
        told = str(stack.controller.log) + text + str(stack.get("/status"))
        assert TOKEN not in told and watcher.origin not in told


def test_a_redirect_is_not_followed(tmp_path, watcher):
    watcher.status, watcher.location = 302, f"{watcher.origin}/elsewhere"
    with Stack(tmp_path, config={"alive_url": watcher.url}) as stack:
        [line] = stack.controller.logged("alive_url is not answered")
        assert "redirects are not followed" in line["error"]
        assert watcher.calls == [f"/ping/{TOKEN}"]


def test_a_receiver_that_is_not_there_is_named_by_the_setting_alone(tmp_path):
    with Watcher() as gone:
        url = gone.url
    with Stack(tmp_path, config={"alive_url": url}) as stack:
        [line] = stack.controller.logged("alive_url is not answered")
        assert "127.0.0.1" not in line["error"] and TOKEN not in str(stack.controller.log)


def test_a_new_url_counts_with_a_reload_and_a_bad_one_changes_nothing(tmp_path, watcher):
    url_file = tmp_path / "alive.url"
    url_file.write_text(watcher.url)
    url_file.chmod(0o600)
    with Stack(tmp_path / "stack", config={"alive_url_file": str(url_file)}) as stack:
        watcher.called(1)
        url_file.write_text("https://u:p@hc.example.org/ping/" + TOKEN)
        reload(stack)
        [line] = stack.controller.logged("configuration not reloaded")
        assert "alive_url_file" in line["error"] and TOKEN not in line["error"]
        url_file.write_text(watcher.origin + "/other")
        reload(stack)
        watcher.called(2)
        assert watcher.calls[1] == "/other"
