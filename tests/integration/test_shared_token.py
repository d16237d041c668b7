"""Two agents with one token, as after cloning a machine: told before one of them dies unnoticed."""

from guarded_site import GuardedSite


def test_a_clone_is_told_while_both_live(stack):
    with GuardedSite(stack) as site:
        server = site.servers[0]
        shown = stack.get(f"/servers/{server}")
        assert shown["token_shared"] is None
        assert shown["agent"]["hostname"] and shown["agent"]["boot_id"]
        assert shown["agent"]["address"] == "127.0.0.1"
        clone = stack.make_agent(server, name=f"{server}-clone").start()
        try:
            message = site.hook.wait_for("token_shared")
            assert message.body["data"]["server"]["name"] == server
            assert "127.0.0.1" in message.body["data"]["detail"]
            # The real one dies while the clone holds the link: nothing else would ever tell.
            site.agent(0).kill()
            assert stack.get(f"/servers/{server}")["health"] == "online"
            assert "two agents use the token" in stack.ctl("server", "show", server).stdout
            status = stack.ctl("status").stdout
            assert "Needs a person:" in status and f"rotate-token {server}" in status
            assert "understudy_tokens_shared 1" in stack.api("GET", "/metrics").raw.decode()
            (event,) = site.events("token_shared", "server")
            assert event["reason"] == "Two agents use the token of one server"
            stack.restart_controller()
            stack.wait_for_health(server, "online")
            assert stack.get(f"/servers/{server}")["token_shared"]["sentence"]
        finally:
            clone.discard()
        stack.post(f"/servers/{server}/rotate-token", {"at_once": True})
        assert stack.get(f"/servers/{server}")["token_shared"] is None
        assert site.told().count("token_shared") == 1
