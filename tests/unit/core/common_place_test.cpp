// What lost servers have in common by their labels, and what is said of it.
#include "controller/core/common_place.h"

#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::seconds;

struct Placed : EngineHarness {
    ServerId add(const std::string& name, std::map<std::string, std::string> labels) {
        AddServer order_;
        order_.name = name;
        order_.ipv4 = *parse_ipv4("192.0.2." + std::to_string(++count_));
        order_.labels = std::move(labels);
        order_.token_prefix = name;
        order_.token_hash = "hash";
        const ServerId id{order(order_)->id};
        link(id);
        return id;
    }
    std::string told_of(const std::vector<ServerId>& lost) const {
        const auto place = common_place(fleet(), lost);
        return place ? sentence_of(*place) : "nothing";
    }

  private:
    int count_ = 0;
};

}  // namespace

TEST_CASE("common place: one hosting company, else one region, else nothing") {
    Placed world;
    const ServerId a = world.add("a", {{"hosting", "acme"}, {"region", "ams"}});
    const ServerId b = world.add("b", {{"hosting", "acme"}, {"region", "ams"}});
    const ServerId c = world.add("c", {{"hosting", "blue"}, {"region", "ams"}});
    const ServerId d = world.add("d", {{"hosting", "blue"}, {"region", "fra"}});
    const ServerId e = world.add("e", {});
    CHECK(world.told_of({a, b}) == "2 of 2 servers at hosting 'acme'");
    CHECK(world.told_of({b}) == "1 of 2 servers at hosting 'acme'");
    CHECK(world.told_of({a, c}) == "2 of 3 servers in region 'ams'");
    CHECK(world.told_of({a, d}) == "nothing");
    CHECK(world.told_of({a, e}) == "nothing");
    CHECK(world.told_of({e}) == "nothing");
    CHECK(world.told_of({}) == "nothing");
}

TEST_CASE("common place: where all are at one place, the label says nothing") {
    Placed world;
    const ServerId a = world.add("a", {{"hosting", "acme"}, {"region", "ams"}});
    const ServerId b = world.add("b", {{"hosting", "acme"}, {"region", "fra"}});
    CHECK(world.told_of({a, b}) == "nothing");
    CHECK(world.told_of({a}) == "1 of 1 servers in region 'ams'");
}

TEST_CASE("prefer_other: the evidence says why the earlier member was passed over") {
    Placed world;
    world.policy.prefer_other = PreferOther::Hosting;
    const ServerId web1 = world.add("web1", {{"hosting", "acme"}});
    const ServerId web2 = world.add("web2", {{"hosting", "acme"}});
    const ServerId web3 = world.add("web3", {{"hosting", "blue"}});
    const DomainId www = world.add_domain("www.example.org", {web1, web2, web3});
    world.advance(seconds{1});
    world.leave(web1);
    world.advance(seconds{30});
    const Pool& pool = *world.fleet().pool(world.fleet().domain(www)->pool);
    CHECK(pool.target == Target{web3});
    const std::string why =
        "the first healthy secondary takes over; passed over: 'web2' is at "
        "hosting 'acme' as well";
    CHECK(std::ranges::any_of(world.lines, [&](const LogLine& line) {
        return line.type == EventType::FailoverDecided &&
               line.evidence.find(why) != std::string::npos;
    }));

    // What a person names is nobody's preference.
    REQUIRE(world.order(SwitchPool{pool.id, web2, {}, false}).ok());
    CHECK(world.lines.back().evidence.find("elsewhere") == std::string::npos);
}

}  // namespace understudy
