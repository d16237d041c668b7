#include "ctl/policy_options.h"

#include <algorithm>

#include "base/field_codec.h"
#include "base/json.h"
#include "base/policy_fields.h"

namespace understudy::ctl {
namespace {

// "failback_after_s": --failback-after
std::string option_of(std::string_view name) {
    std::string option{without_unit(name)};
    std::ranges::replace(option, '_', '-');
    return option;
}

std::string help_of(std::string_view help, std::span<const Preset> presets) {
    return std::string{help} + (presets.empty() ? "" : "; or a preset: " + preset_words(presets));
}

// How an option of that type of value is shown and sent; the controller knows what is right.
template <typename Value>
struct OptionCodec;

struct NumberOption {
    static const char* placeholder(std::string_view name) {
        return name.ends_with("_s") ? "SECONDS" : "N";
    }
    static Result<Done> write(json::Writer& policy, const Arguments& arguments,
                              const std::string& option, std::span<const Preset> presets) {
        const auto number = arguments.integer(option);
        if (number && *number) {
            policy.value(**number);
        } else if (!presets.empty()) {
            policy.value(arguments.text(option).value_or(""));
        } else {
            return number.error();
        }
        return Done{};
    }
};
template <>
struct OptionCodec<std::chrono::seconds> : NumberOption {};
template <>
struct OptionCodec<std::uint32_t> : NumberOption {};

template <typename Text>
requires Worded<Text> || Formed<Text> || std::is_same_v<Text, std::string>
struct OptionCodec<Text> {
    static const char* placeholder(std::string_view) { return Worded<Text> ? "WORD" : "TEXT"; }
    static Result<Done> write(json::Writer& policy, const Arguments& arguments,
                              const std::string& option, std::span<const Preset>) {
        policy.value(arguments.text(option).value_or(""));
        return Done{};
    }
};

template <typename Address>
struct OptionCodec<std::optional<Address>> {
    static const char* placeholder(std::string_view) { return "ADDRESS"; }
    static Result<Done> write(json::Writer& policy, const Arguments& arguments,
                              const std::string& option, std::span<const Preset>) {
        const std::string address = arguments.text(option).value_or("");
        address == "none" ? policy.null() : policy.value(address);
        return Done{};
    }
};

template <typename Owner, typename Value>
OptionCodec<Value> codec_of(const Field<Owner, Value>&) {
    return {};
}

}  // namespace

std::vector<Option> with_policy_options(std::vector<Option> own) {
    each_field<Policy>([&](const auto& field) {
        own.push_back({option_of(field.name), codec_of(field).placeholder(field.name),
                       help_of(field.help, field.presets)});
    });
    return own;
}

Result<std::string> policy_body(const Arguments& arguments) {
    json::Writer policy;
    policy.begin_object();
    bool any = false;
    Result<Done> written = Done{};
    each_field<Policy>([&](const auto& field) {
        const std::string option = option_of(field.name);
        if (!written || !arguments.text(option)) return;
        any = true;
        policy.key(field.name);
        written = codec_of(field).write(policy, arguments, option, field.presets);
    });
    if (!written) return written.error();
    policy.end_object();
    return any ? policy.take() : std::string{};
}

}  // namespace understudy::ctl
