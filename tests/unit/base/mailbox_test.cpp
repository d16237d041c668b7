#include "base/mailbox.h"

#include <doctest/doctest.h>

#include <memory>
#include <semaphore>
#include <thread>

using namespace understudy;

TEST_CASE("mailbox: items come out in the order they went in, once") {
    Mailbox<int> box{nullptr};
    box.post(1);
    box.post(2);
    CHECK(box.take_all() == std::vector<int>{1, 2});
    CHECK(box.take_all().empty());
}

TEST_CASE("mailbox: the taker is woken when the box stops being empty") {
    int wakes = 0;
    Mailbox<int> box{[&wakes] { ++wakes; }};
    box.post(1);
    box.post(2);
    CHECK(wakes == 1);
    box.take_all();
    box.post(3);
    CHECK(wakes == 2);
}

TEST_CASE("mailbox: waking is outside the lock, so the waker may take") {
    std::vector<int> taken;
    Mailbox<int>* self = nullptr;
    Mailbox<int> box{[&] { taken = self->take_all(); }};
    self = &box;
    box.post(7);
    CHECK(taken == std::vector<int>{7});
}

TEST_CASE("mailbox: items that can only be moved") {
    Mailbox<std::unique_ptr<int>> box{nullptr};
    box.post(std::make_unique<int>(5));
    CHECK(*box.take_all().at(0) == 5);
}

TEST_CASE("mailbox: nothing is lost between threads, and each poster's order holds") {
    constexpr int kPosters = 4;
    constexpr int kItems = 2000;
    std::counting_semaphore<> woken{0};
    Mailbox<std::pair<int, int>> box{[&woken] { woken.release(); }};
    std::vector<std::jthread> posters;
    for (int poster = 0; poster < kPosters; ++poster) {
        posters.emplace_back([&box, poster] {
            for (int i = 0; i < kItems; ++i)
                box.post({poster, i});
        });
    }
    std::vector<int> next(kPosters, 0);
    int received = 0;
    bool in_order = true;
    while (received < kPosters * kItems) {
        woken.acquire();  // a lost wake-up hangs here
        for (const auto& [poster, item] : box.take_all()) {
            in_order = in_order && item == next[static_cast<std::size_t>(poster)]++;
            ++received;
        }
    }
    CHECK(in_order);
    CHECK(received == kPosters * kItems);
}
