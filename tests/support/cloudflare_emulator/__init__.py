"""A local emulator of the DNS part of the Cloudflare API v4, with a DNS server for its zones.

It stands in for the service in the drill, the integration tests, the provider contract suite and
the benches. README.md says how to drive it; `cloudflare-emulator --help` how to start it.
"""
