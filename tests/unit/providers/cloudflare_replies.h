// Replies in Cloudflare's words, and a provider to feed them to.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/unit/providers/script.h"

namespace understudy::test {

inline constexpr const char* kToken = "v1_0123456789-abcdefghijklmnopqrstuvwxyz";
inline constexpr const char* kZoneId = "023e105f4ecef8ad9ca31a8372d0c353";

inline std::unique_ptr<Provider> cloudflare(const std::string& settings = "{}") {
    auto provider = make_provider("cloudflare", settings, Secret{kToken});
    REQUIRE_MESSAGE(provider.ok(), (provider.ok() ? "" : provider.error().text()));
    return *std::move(provider);
}

inline ZoneRef example_zone() {
    return {kZoneId, "example.com"};
}

inline std::string record_json(const std::string& id, const std::string& name,
                               const std::string& type, const std::string& content,
                               const std::string& ttl = "60", bool proxied = false) {
    return R"({"id":")" + id + R"(","name":")" + name + R"(","type":")" + type +
           R"(","content":")" + content + R"(","proxiable":true,"proxied":)" +
           (proxied ? "true" : "false") + R"(,"ttl":)" + ttl +
           R"(,"settings":{},"meta":{},"comment":null,"tags":[],)"
           R"("created_on":"2026-01-02T03:04:05.678901Z",)"
           R"("modified_on":"2026-01-02T03:04:05.678901Z"})";
}

inline std::string page_json(const std::vector<std::string>& items, int page = 1,
                             int per_page = 100, int total_pages = 1, int total_count = -1) {
    std::string list;
    for (const auto& item : items)
        list += (list.empty() ? "" : ",") + item;
    const auto count = static_cast<int>(items.size());
    return R"({"result":[)" + list + R"(],"success":true,"errors":[],"messages":[],)" +
           R"("result_info":{"page":)" + std::to_string(page) + R"(,"per_page":)" +
           std::to_string(per_page) + R"(,"count":)" + std::to_string(count) +
           R"(,"total_count":)" + std::to_string(total_count < 0 ? count : total_count) +
           R"(,"total_pages":)" + std::to_string(total_pages) + "}}";
}

inline std::string success_json(const std::string& result) {
    return R"({"result":)" + result + R"(,"success":true,"errors":[],"messages":[]})";
}

inline std::string failure_json(int code, const std::string& message) {
    return R"({"result":null,"success":false,"errors":[{"code":)" + std::to_string(code) +
           R"(,"message":")" + message + R"("}],"messages":[]})";
}

inline std::string zone_json(const std::string& id, const std::string& name,
                             const std::string& status = "active", const std::string& type = "full",
                             bool paused = false) {
    return R"({"id":")" + id + R"(","name":")" + name + R"(","status":")" + status +
           R"(","type":")" + type + R"(","paused":)" + (paused ? "true" : "false") +
           R"(,"account":{"id":"01a7362d577a6c3019a474fd6f485823","name":"Example"},)"
           R"("plan":{"legacy_id":"free"},"name_servers":["ana.ns.cloudflare.com"]})";
}

inline RecordReplacement replacement(const std::string& name, const std::string& wanted,
                                     const std::string& acceptable, Ttl ttl = Ttl{60}) {
    return {name, addresses(wanted), ttl, {addresses(acceptable)}};
}

}  // namespace understudy::test
