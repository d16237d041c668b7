"""What a zone's plan allows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    legacy_id: str
    operations_per_batch: int
    records_per_zone: int
    comment_length: int
    tags_per_record: int
    lowest_ttl_s: int


PLANS = {
    plan.legacy_id: plan
    for plan in (
        Plan("free", 200, 200, 100, 0, 60),
        Plan("pro", 3500, 3500, 500, 20, 60),
        Plan("business", 3500, 3500, 500, 20, 60),
        Plan("enterprise", 3500, 3500, 500, 20, 30),
    )
}
