#include "tests/scenarios/script.h"

#include <sstream>
#include <stdexcept>

namespace understudy::scenarios {

void fail(const std::string& why) {
    throw std::runtime_error(why);
}

Duration duration_of(const std::string& text) {
    std::size_t used = 0;
    const double number = std::stod(text, &used);
    const std::string unit = text.substr(used);
    const double ms = unit == "ms"    ? 1
                      : unit == "s"   ? 1000
                      : unit == "min" ? 60'000
                      : unit == "h"   ? 3'600'000
                                      : 0;
    if (ms == 0) fail("'" + text + "' is not a duration like 500ms, 30s, 5min, 2h");
    return Duration{static_cast<Duration::rep>(number * ms)};
}

std::vector<std::string> split(const std::string& text, char by) {
    std::vector<std::string> out;
    std::stringstream stream{text};
    for (std::string part; std::getline(stream, part, by);) {
        if (!part.empty()) out.push_back(part);
    }
    return out;
}

std::map<std::string, std::string> options(const std::vector<std::string>& words,
                                           std::size_t from) {
    std::map<std::string, std::string> out;
    for (std::size_t i = from; i < words.size(); ++i) {
        const auto equals = words[i].find('=');
        out[words[i].substr(0, equals)] =
            equals == std::string::npos ? "yes" : words[i].substr(equals + 1);
    }
    return out;
}

AddressSet addresses_of(const std::string& text) {
    const auto set = parse_address_set(text);
    if (!set) fail("'" + text + "' is not a list of addresses");
    return *set;
}

}  // namespace understudy::scenarios
