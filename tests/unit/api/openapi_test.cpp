// schema/openapi.json and the table of routes tell the same story.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <typeindex>
#include <vector>

#include "base/ascii.h"
#include "base/channel_kinds.h"
#include "base/json.h"
#include "controller/api/plain_order.h"
#include "controller/api/router.h"
#include "providers/provider.h"
#include "tests/support/order_words.h"
#include "tests/support/test_data.h"

using namespace understudy;

namespace {

json::Document description() {
    std::ifstream file{tests_folder().parent_path() / "schema/openapi.json"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    auto document = json::Document::parse(text);
    REQUIRE(document.ok());
    return std::move(document).value();
}

std::string upper(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return out;
}

// What a body may and must say.
struct BodyFields {
    std::set<std::string> all, required;
    friend bool operator==(const BodyFields&, const BodyFields&) = default;

    void may(std::string_view name) { all.emplace(name); }
    void must(std::string_view name) {
        may(name);
        required.emplace(name);
    }
    // By the type of the value, as controller/api/plain_order.h reads it.
    void add(std::string_view name, const bool&) { may(name); }
    void add(std::string_view name, const ServerId&) { may(name); }
    void add(std::string_view name, const PoolId&) { must(name); }
    void add(std::string_view name, const std::vector<std::string>&) { must(name); }
    void add(std::string_view name, const Wish&) {
        may("why");
        if (!name.empty()) return;
        may("until");
        may("for");
    }
};

template <typename Value>
bool in_path(std::string_view pattern, std::string_view name) {
    const auto has = [&](std::string_view placeholder) {
        return pattern.find("{" + std::string{placeholder} + "}") != std::string_view::npos;
    };
    return has(name) || (std::is_same_v<Value, PoolId> && has("domain"));
}

template <typename OrderType>
BodyFields fields_of(std::string_view pattern) {
    BodyFields fields;
    each_field<OrderType>([&](const auto& field) {
        using Value = std::remove_cvref_t<decltype(OrderType{}.*field.member)>;
        if (in_path<Value>(pattern, field.name)) return;
        if constexpr (requires { fields.add(field.name, Value{}); }) {
            fields.add(field.name, Value{});
        } else {
            FAIL_CHECK("only a path names this: " << field.name);
        }
    });
    return fields;
}

BodyFields fields_in(json::Value root, json::Value body) {
    json::Value schema = body["content"]["application/json"]["schema"];
    if (const auto reference = schema["$ref"].string())
        schema = root["components"]["schemas"][reference->substr(reference->rfind('/') + 1)];
    BodyFields fields;
    schema["properties"].each_member([&](std::string_view name, json::Value) { fields.may(name); });
    schema["required"].each(
        [&](json::Value name) { fields.required.emplace(name.string().value_or("?")); });
    return fields;
}

// Of a value that may be null besides: "type": ["string", "null"].
std::string type_of(json::Value schema) {
    const json::Value type = schema["type"];
    return std::string{(type.is_string() ? type : type[0]).string().value_or("")};
}

class OrderBodies {
  public:
    // All routes that give this order.
    template <typename OrderType, api::Show shown, api::Check check = api::nothing_more>
    void hold() {
        bool given = false;
        for (const api::Route& route : api::routes()) {
            if (route.handler != api::order<OrderType, shown, check>) continue;
            given = true;
            CAPTURE(std::string{route.pattern});
            BodyFields expected = fields_of<OrderType>(route.pattern);
            if (check == api::to_given) expected.must("to");
            const json::Value root = document_.root();
            const json::Value body =
                root["paths"][route.pattern][lower(route.method)]["requestBody"];
            CHECK((fields_in(root, body) == expected));
            CHECK(body["required"].boolean().value_or(false) == !expected.required.empty());
        }
        CHECK(given);
        held_.insert(typeid(OrderType));
    }
    bool held(std::type_index order) const { return held_.contains(order); }

  private:
    json::Document document_ = description();
    std::set<std::type_index> held_;
};

}  // namespace

TEST_CASE("bodies of plain orders are described as they are read") {
    OrderBodies bodies;
    bodies.hold<RemoveServer, api::nothing>();
    bodies.hold<StartMaintenance, api::the_server>();
    bodies.hold<EndMaintenance, api::nothing>();
    bodies.hold<RemovePool, api::nothing>();
    bodies.hold<SetMembers, api::the_pool>();
    bodies.hold<SwitchPool, api::the_pool>();
    bodies.hold<SwitchPool, api::the_pool, api::to_given>();
    bodies.hold<FailbackPool, api::the_pool>();
    bodies.hold<HoldPool, api::the_pool>();
    bodies.hold<ReleasePool, api::nothing>();
    bodies.hold<StartDryRun, api::the_pool>();
    bodies.hold<EndDryRun, api::nothing>();
    bodies.hold<PauseAll, api::the_controls>();
    bodies.hold<ResumeAll, api::nothing>();
    bodies.hold<StartDryRunOfAll, api::the_controls>();
    bodies.hold<EndDryRunOfAll, api::nothing>();
    bodies.hold<AcceptLosses, api::the_controls>();
    bodies.hold<RemoveDomain, api::nothing>();
    bodies.hold<IgnoreDomain, api::the_domain>();
    bodies.hold<RemoveProvider, api::nothing>();
    bodies.hold<RemoveChannel, api::nothing>();
    bodies.hold<TestChannel, api::the_test_sent>();
    bodies.hold<EnableChannel, api::the_channel>();
    bodies.hold<Acknowledge, api::the_incident>();
    test::each_plain_order([&]<typename OrderType>(std::type_identity<OrderType>) {
        CAPTURE(std::string{Describe<OrderType>::word});
        CHECK(bodies.held(typeid(OrderType)));
    });
}

TEST_CASE("every route is described and everything described is a route") {
    std::set<std::string> routes;
    for (const api::Route& route : api::routes()) {
        routes.insert(std::string{route.method} + " " + std::string{route.pattern});
    }
    std::set<std::string> described;
    const auto document = description();
    document.root()["paths"].each_member([&](std::string_view path, json::Value operations) {
        operations.each_member([&](std::string_view method, json::Value) {
            if (method != "parameters") described.insert(upper(method) + " " + std::string{path});
        });
    });
    CHECK(routes == described);
}

TEST_CASE("every operation has an id of its own, a summary and an answer") {
    std::set<std::string> ids;
    const auto document = description();
    document.root()["paths"].each_member([&](std::string_view path, json::Value operations) {
        operations.each_member([&](std::string_view method, json::Value operation) {
            if (method == "parameters") return;
            CAPTURE(path);
            CHECK(ids.insert(std::string{operation["operationId"].string().value_or("")}).second);
            CHECK(operation["summary"].is_string());
            CHECK(operation["responses"].size() > 0);
        });
    });
}

TEST_CASE("kinds of channel are described with their settings") {
    const auto document = description();
    const json::Value schemas = document.root()["components"]["schemas"];
    for (const char* schema : {"Channel", "NewChannel"}) {
        std::set<std::string> kinds;
        schemas[schema]["properties"]["kind"]["enum"].each(
            [&](json::Value kind) { kinds.emplace(kind.string().value_or("?")); });
        CHECK(kinds.size() == channel_kinds().size());
        for (const ChannelKind& kind : channel_kinds())
            CHECK_MESSAGE(kinds.contains(std::string{kind.name}), kind.name);
    }
    for (const ChannelKind& kind : channel_kinds()) {
        for (const ChannelSetting& setting : kind.settings) {
            CAPTURE(setting.name);
            const json::Value property = schemas["NewChannel"]["properties"][setting.name];
            CHECK(type_of(property) == (setting.secret || setting.single ? "string" : "array"));
        }
    }
}

TEST_CASE("kinds of provider are described") {
    const auto document = description();
    const json::Value schemas = document.root()["components"]["schemas"];
    for (const char* schema : {"Provider", "NewProvider"}) {
        std::vector<std::string> kinds;
        schemas[schema]["properties"]["kind"]["enum"].each(
            [&](json::Value kind) { kinds.emplace_back(kind.string().value_or("?")); });
        CHECK(kinds == provider_kinds());
    }
}
