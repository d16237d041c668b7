// Rows of the fleet's tables and the values they hold: the statements, in one place with the order
// of their columns. Used by the SQLite store only.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "controller/core/model.h"
#include "controller/store/sqlite_database.h"

namespace understudy::sqlite {

// Reads the columns of the present row from left to right. The first column that does not hold what
// it must is remembered; the values read after that mean nothing.
class Row {
  public:
    explicit Row(const Statement& statement) : statement_(statement) {}

    std::int64_t integer() { return statement_.integer(next_++); }
    bool flag() { return integer() != 0; }
    std::string text() { return statement_.text(next_++); }
    WallTime time() { return statement_.time(next_++); }
    std::chrono::seconds seconds() { return std::chrono::seconds{integer()}; }
    std::uint32_t small_number();
    template <typename IdType>
    IdType id() {
        return IdType{integer()};
    }
    // parse(text) answers none for what it does not understand.
    template <typename Parse>
    auto parsed(Parse parse) {
        auto content = parse(statement_.text(next_));
        if (!content) reject();
        ++next_;
        return content ? std::move(*content) : typename decltype(content)::value_type{};
    }
    template <typename Parse>
    auto parsed_or_null(Parse parse) {
        using Content = decltype(parse(std::string_view{}));
        if (!statement_.is_null(next_)) return Content{parsed(parse)};
        ++next_;
        return Content{};
    }

    const std::string& fault() const { return fault_; }

  private:
    void reject();

    const Statement& statement_;
    int next_ = 0;
    std::string fault_;
};

inline constexpr std::string_view kSelectServers =
    "SELECT id, name, ipv4, ipv6, labels, token_hash, token_prefix, ever_seen, alarm, "
    "incident, maintenance, shared FROM server ORDER BY id";
inline constexpr std::string_view kSelectPools =
    "SELECT id, name, reaction, confirm_s, health_timeout_s, failback, failback_after_s, "
    "failover_ttl_s, fallback_ipv4, fallback_ipv6, mode, max_answers, answers, implicit, "
    "targets, would, outage, incident, reason, epoch, hold, pinned, preferred, "
    "preferred_server, observe, failovers, change_window, change_count FROM pool ORDER BY id";
inline constexpr std::string_view kSelectMembers =
    "SELECT pool, server FROM pool_member ORDER BY pool, position";
inline constexpr std::string_view kSelectDomains =
    "SELECT id, name, provider, zone_id, zone_name, pool, with_ipv6, normal_ttl, proxied, "
    "desired, desired_ttl, generation, confirmed, confirmed_generation, attempted, "
    "stranger, stranger_why, refused, change_window, change_count, ignored, "
    "announced_away, news, news_from, news_to, news_incident, certificates_warned, "
    "adopted_epoch, lowered_ttl FROM domain ORDER BY id";
inline constexpr std::string_view kSelectProviders =
    "SELECT id, name, kind, settings, sealed_credential FROM provider ORDER BY id";
inline constexpr std::string_view kSelectChannels =
    "SELECT id, name, kind, settings, sealed_settings, types, pools, labels, disabled"
    " FROM channel ORDER BY id";

inline constexpr std::string_view kSelectControls =
    "SELECT pause, observe, losses_accepted, certificate_warned FROM controls";

Server read_server(Row& row);
Pool read_pool(Row& row);  // without its members
Domain read_domain(Row& row);
ProviderAccount read_provider(Row& row);
Channel read_channel(Row& row);
Controls read_controls(Row& row);

// Adds the row or replaces its content; `at` is kept as the time of creation when it is new.
Result<Done> save(Database& database, const Server& server, WallTime at);
Result<Done> save(Database& database, const Pool& pool, WallTime at);
Result<Done> save(Database& database, const Domain& domain, WallTime at);
Result<Done> save(Database& database, const ProviderAccount& account, WallTime at);
Result<Done> save(Database& database, const Channel& channel, WallTime at);
Result<Done> save(Database& database, const Controls& controls);

}  // namespace understudy::sqlite
