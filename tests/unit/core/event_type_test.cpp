#include "controller/core/event_type.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE("each type of event has a word of its own, both ways") {
    for (int i = 0; i <= static_cast<int>(EventType::AcknowledgementLapsed); ++i) {
        const auto type = static_cast<EventType>(i);
        CAPTURE(to_text(type));
        CHECK(event_type_from(to_text(type)) == type);
    }
    CHECK_FALSE(event_type_from("comet_seen"));
    CHECK_FALSE(event_type_from(""));
}

TEST_CASE("what is told has a line of the same name") {
    for (int i = 0; i < static_cast<int>(NoticeType::Test); ++i) {
        const auto type = static_cast<NoticeType>(i);
        CHECK(std::string{to_text(event_type_of(type))} == to_text(type));
    }
    for (const News news :
         {News::FailoverTriggered, News::ServerRecovered, News::FailoverFailed, News::DnsDrift})
        CHECK(std::string{to_text(event_type_of(news))} == to_text(news));
    CHECK(event_type_of(News::NotServed) == EventType::FailoverFailed);
}

TEST_CASE("a line's type is a word that comes from the table or from a store") {
    const EventWord made = EventType::PoolKept;
    CHECK(made == "pool_kept");
    CHECK(made == EventType::PoolKept);
    CHECK(made != EventType::PoolHeld);
    CHECK(EventWord::kept("comet_seen") == "comet_seen");
    static_assert(!std::is_assignable_v<EventWord&, const char*>);
    static_assert(!std::is_convertible_v<std::string, EventWord>);
}
