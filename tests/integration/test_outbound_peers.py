"""Where the outbound worker connects to: judged by the address that is really used."""

import pytest

from test_outbound import WebServer, carry, get


@pytest.fixture
def web():
    with WebServer() as server:
        yield server


def test_public_peers_only_looks_at_the_real_address(web):
    [by_name, by_address, allowed] = carry(
        get(web.url + "/private", public_only=True),
        get(f"http://127.0.0.1:{web.port}/private", public_only=True),
        get(web.url + "/allowed"))
    for answer in (by_name, by_address):
        assert answer["may_have_arrived"] is False
        assert "loopback" in answer["error"]
    assert allowed["status"] == 200
    assert [path for _, path, _, _ in web.requests] == ["/allowed"]


@pytest.mark.parametrize("address", [
    "192.0.0.192", "198.18.0.1", "192.88.99.1", "192.0.2.1", "[fec0::1]", "[2002:7f00:1::]",
    "[64:ff9b::7f00:1]", "[::ffff:127.0.0.1]"])
def test_public_peers_only_knows_every_special_purpose(web, address):
    [answer] = carry(get(f"http://{address}:{web.port}/", public_only=True, timeout_ms=2000))
    assert answer["may_have_arrived"] is False
    assert "may not be used here" in answer["error"]
    assert not web.requests


def test_a_provider_may_be_in_a_network_of_ones_own_but_not_where_no_service_can_be(web):
    [link_local, translated, here] = carry(
        get("http://169.254.169.254/latest", timeout_ms=2000),
        get("http://[64:ff9b::a9fe:a9fe]/latest", timeout_ms=2000),
        get(f"http://127.0.0.1:{web.port}/here"))
    for answer in (link_local, translated):
        assert answer["may_have_arrived"] is False
        assert "may not be used here" in answer["error"]
    assert here["status"] == 200
