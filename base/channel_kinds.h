// The kinds of channel, each described once: which settings it has, which of them are secret, and
// how those are checked, made and shown. Used by the API, fleet files and understudyctl;
// notify/registry.cpp makes their drivers. Pure, but for the random bytes of a secret that is made.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace understudy {

struct ChannelSetting {
    std::string_view name;
    bool secret = false;  // kept sealed; else what anybody may read: a list of texts,
    bool single = false;  // or one text
    bool required = false;
    // Of its option in understudyctl; where a secret is read from has words of its own.
    std::string_view value = {}, help = {};
    // For sentences: "no recipient is given", "this is no webhook secret", "give a list of ...".
    std::string_view noun = {}, form_of = {}, wanted = {};
    // Of a secret.
    bool (*sound)(std::string_view content) = nullptr;
    Secret (*make)() = nullptr;  // when it is left out; shown once. null: none is made
    // What people may see of it, and under which name; null: nothing.
    std::string_view shown_as = {};
    std::string (*shown)(std::string_view content) = nullptr;
};

struct ChannelKind {
    std::string_view name;
    std::span<const ChannelSetting> settings;
};

std::span<const ChannelKind> channel_kinds();
// null: there is no such kind.
const ChannelKind* find_channel_kind(std::string_view name);
// "email, webhook"
std::string channel_kind_words(std::string_view between = ", ");

}  // namespace understudy
