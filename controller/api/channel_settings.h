// What a channel keeps: settings for people to read, and secrets to be sealed, as its kind
// describes them (base/channel_kinds.h). Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/channel_kinds.h"
#include "base/fields.h"
#include "controller/api/api.h"

namespace understudy::api {

// By the names of the settings.
struct ChannelValues {
    std::map<std::string, std::vector<std::string>, std::less<>> texts;  // a single one: of one
    std::map<std::string, Secret, std::less<>> secrets;
    std::map<std::string, std::string, std::less<>> references;  // JSON, of a fleet file

    std::vector<std::string> text(std::string_view name) const;
    Secret secret(std::string_view name) const;
    std::string reference(std::string_view name) const;
};

// The JSON that is kept for people to read, and the one to be sealed; empty: there are no secrets.
std::string readable_settings(const ChannelKind& kind, const ChannelValues& values);
Secret secret_settings(const ChannelKind& kind, const ChannelValues& values);
// Both read back.
ChannelValues channel_values(const ChannelKind& kind, const std::string& settings,
                             const Secret& secrets);

// What people give of a channel, in a body or a fleet file. The kind that was given; null: there is
// no such kind.
const ChannelKind* known_kind(Fields& fields, const std::string& kind);
// Of a setting that is no secret; complains where it is required and not given.
std::vector<std::string> read_texts(Fields& fields, const ChannelSetting& setting);
std::set<NoticeType> read_types(Fields& fields);

// What the driver itself says about addresses and URLs; it has the last word.
std::optional<Error> driver_trouble(const std::string& kind, const std::string& settings,
                                    const Secret& secrets, const ApiSettings& api);

}  // namespace understudy::api
