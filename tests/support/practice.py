"""A failover is practised through the API, and ended before its time."""


def practise(stack, pool, domain):
    """Every operation about drills, with a refusal of each."""
    path = f"/api/v1/pools/{pool}/drill"
    policy = {"probe": "off", "drill_every_days": 30, "drill_not": "mon-fri 08:00-18:00 +01:00"}
    assert stack.api("PATCH", f"/api/v1/pools/{pool}/policy", policy).status == 200
    stack.until("settled", lambda: stack.get(f"/domains/{domain}")["record"]["settled"])
    begun = stack.api("POST", path, {"to": "web2", "why": "monthly"})
    assert begun.status == 200, begun.raw
    assert begun.body["drill"]["to"] == "web2" and begun.body["serving"] == ["web2"]
    assert stack.api("POST", path).status == 409
    assert stack.api("POST", path + "/end").status == 200
    stack.until("the end", lambda: stack.get(f"/drills?pool={pool}")["items"][0]["ended"])
    [drill] = stack.get("/drills?limit=1")["items"]
    assert stack.get(f"/drills/{drill['id']}") == drill and drill["result"] == "aborted"
    assert stack.api("GET", "/api/v1/drills/1").status == 404
    policy = {"probe": "auto", "drill_every_days": 0, "drill_not": ""}
    assert stack.api("PATCH", f"/api/v1/pools/{pool}/policy", policy).status == 200
