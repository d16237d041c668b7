// Describes a type once: its fields with their names, limits and one line of help. Whoever writes,
// reads, compares, stores or shows the type walks the list, and a codec (field_codec.h and those of
// the store and the tests) treats each field by the type of its value. For .cpp files that know
// formats; the core knows the structs alone.
//
//     template <>
//     struct Describe<Policy> {
//         static constexpr std::tuple fields{
//             Field{&Policy::confirm_s, "confirm_s", Limits{0, 3600}, "How long ..."}, ...};
//     };
//
// A member that the list forgets does not compile.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace understudy {

struct Limits {
    std::int64_t low = 0;
    std::int64_t high = std::numeric_limits<std::int64_t>::max();
};

// A word that people may give in a number's place.
struct Preset {
    std::string_view word;
    std::int64_t number;
};

template <typename Owner, typename Value>
struct Field {
    constexpr Field(Value Owner::*of, std::string_view called, Limits range = {},
                    std::string_view says = {}, std::span<const Preset> words = {})
        : member(of), name(called), limits(range), help(says), presets(words) {}
    constexpr Field(Value Owner::*of, std::string_view called, std::string_view says)
        : Field(of, called, {}, says) {}

    Value Owner::*member;
    std::string_view name;  // in JSON, as a column; of an option without its unit
    Limits limits;          // of a number
    std::string_view help;
    std::span<const Preset> presets;
    bool secret = false;  // shown nowhere, not even sealed or as a hash

    constexpr Field hidden() const {
        Field same = *this;
        same.secret = true;
        return same;
    }
};

// Specialised beside a type: `fields`, a std::tuple of Field.
template <typename T>
struct Describe;

template <typename T>
concept Described = requires {
    Describe<T>::fields;
};

namespace describe {

struct Anything {
    template <typename T>
    operator T() const;  // never defined: only asked whether it would fit
};

// How many members an aggregate has: as many as its braces take.
template <typename T, typename... Given>
consteval std::size_t members_of() {
    if constexpr (requires { T{std::declval<Given>()..., std::declval<Anything>()}; }) {
        return members_of<T, Given..., Anything>();
    } else {
        return sizeof...(Given);
    }
}

template <typename One, typename Other>
constexpr bool same_member(const One& one, const Other& other) {
    if constexpr (std::is_same_v<One, Other>) {
        return one.member == other.member;
    } else {
        return false;
    }
}
constexpr bool stands_once(const auto& one, const auto&... all) {
    return (0 + ... + int{same_member(one, all)}) == 1;
}
constexpr bool each_once(const auto&... all) {
    return (stands_once(all, all...) && ...);
}

}  // namespace describe

// Calls visit(field) for each, in the order of the description.
template <Described T, typename Visit>
constexpr void each_field(Visit visit) {
    static_assert(std::tuple_size_v<std::remove_cvref_t<decltype(Describe<T>::fields)>> ==
                      describe::members_of<T>(),
                  "the description has not every field, or one that is none");
    static_assert(std::apply([](const auto&... field) { return describe::each_once(field...); },
                             Describe<T>::fields),
                  "the description has a field twice");
    std::apply([&](const auto&... field) { (visit(field), ...); }, Describe<T>::fields);
}

// "confirm_s": "confirm", "after_min": "after", for words and options.
constexpr std::string_view without_unit(std::string_view name) {
    for (const std::string_view unit : {"_s", "_min"})
        if (name.ends_with(unit)) return name.substr(0, name.size() - unit.size());
    return name;
}

}  // namespace understudy
