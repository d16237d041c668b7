#include "ctl/policy_options.h"

#include <algorithm>
#include <utility>

#include "base/attention_fields.h"
#include "base/field_codec.h"
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
        return name.ends_with("_s") ? "SECONDS" : name.ends_with("_min") ? "MINUTES" : "N";
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
struct OptionCodec<std::chrono::minutes> : NumberOption {};
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

// Several; a comma among the days of one of them looks like the end of it.
template <>
struct OptionCodec<std::vector<QuietHours>> {
    static constexpr bool kRepeatable = true;
    static const char* placeholder(std::string_view) { return "TEXT"; }
    static Result<Done> write(json::Writer& out, const Arguments& arguments,
                              const std::string& option, std::span<const Preset>) {
        std::string text;
        out.begin_array();
        for (const std::string& part : arguments.list(option)) {
            text += (text.empty() ? "" : ",") + part;
            if (part.find(' ') == std::string::npos) continue;
            out.value(std::exchange(text, {}));
        }
        if (!text.empty()) out.value(text);
        out.end_array();
        return Done{};
    }
};

template <typename Owner, typename Value>
OptionCodec<Value> codec_of(const Field<Owner, Value>&) {
    return {};
}

template <Described T>
std::vector<Option> with_options_of(std::vector<Option> own) {
    each_field<T>([&](const auto& field) {
        const auto codec = codec_of(field);
        own.push_back({option_of(field.name), codec.placeholder(field.name),
                       help_of(field.help, field.presets), 0, requires { codec.kRepeatable; }
});
});
return own;
}

// Words go to the controller as they are: it knows them.
template <Described T>
Result<std::size_t> write_given(json::Writer& out, const Arguments& arguments) {
    std::size_t count = 0;
    Result<Done> written = Done{};
    each_field<T>([&](const auto& field) {
        const std::string option = option_of(field.name);
        if (!written || !arguments.flag(option)) return;
        ++count;
        out.key(field.name);
        written = codec_of(field).write(out, arguments, option, field.presets);
    });
    if (!written) return written.error();
    return count;
}

}  // namespace

std::vector<Option> with_policy_options(std::vector<Option> own) {
    return with_options_of<Policy>(std::move(own));
}
std::vector<Option> with_attention_options(std::vector<Option> own) {
    return with_options_of<Attention>(std::move(own));
}

Result<std::size_t> write_policy(json::Writer& policy, const Arguments& arguments) {
    return write_given<Policy>(policy, arguments);
}
Result<std::size_t> write_attention(json::Writer& channel, const Arguments& arguments) {
    return write_given<Attention>(channel, arguments);
}

}  // namespace understudy::ctl
