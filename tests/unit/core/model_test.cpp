#include "controller/core/model.h"

#include <doctest/doctest.h>

#include <string>

namespace understudy {

TEST_CASE("model: every word reads back as what it was written from") {
    for (int i = 0; i <= static_cast<int>(NoticeType::Test); ++i) {
        const auto type = static_cast<NoticeType>(i);
        CHECK(from_text<NoticeType>(to_text(type)) == type);
    }
    for (const auto value : {Reaction::Prompt, Reaction::Maintenance}) {
        CHECK(from_text<Reaction>(to_text(value)) == value);
    }
    for (const auto value : {Failback::Auto, Failback::Manual, Failback::Never}) {
        CHECK(from_text<Failback>(to_text(value)) == value);
    }
    for (const auto value : {Alarm::None, Alarm::Down, Alarm::Error}) {
        CHECK(from_text<Alarm>(to_text(value)) == value);
    }
    CHECK_FALSE(from_text<NoticeType>("server-down"));
}

TEST_CASE("model: a domain's status is derived, the most urgent first") {
    Pool pool;
    pool.members = {ServerId{1}, ServerId{2}};
    pool.target = Target{ServerId{1}};
    Domain domain;
    CHECK(status_of(domain, pool) == DomainStatus::Active);
    pool.target = Target{ServerId{2}};
    CHECK(status_of(domain, pool) == DomainStatus::FailedOver);
    pool.outage = true;
    CHECK(status_of(domain, pool) == DomainStatus::Outage);
    domain.record.generation = 2;
    CHECK(status_of(domain, pool) == DomainStatus::Switching);
    domain.record.foreign = AddressSet{};
    CHECK(status_of(domain, pool) == DomainStatus::Conflict);
}

}  // namespace understudy
