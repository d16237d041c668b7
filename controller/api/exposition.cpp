#include "controller/api/exposition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>

namespace understudy::api {
namespace {

// As short as it can be read back.
std::string decimal(double number) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return {digits.data(), end};
}

}  // namespace

std::size_t epoch_seconds(WallTime when) {
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count();
    return static_cast<std::size_t>(std::max<std::int64_t>(0, seconds));
}

void Exposition::family(std::string_view name, const char* type, const char* help) {
    name_ = "understudy_" + std::string{name};
    text_ += "# HELP " + name_ + " " + help + "\n# TYPE " + name_ + " " + type + "\n";
}

void Exposition::sample(std::size_t number) {
    text_ += name_ + " " + std::to_string(number) + "\n";
}

void Exposition::sample(double number) {
    text_ += name_ + " " + decimal(number) + "\n";
}

void Exposition::sample(std::initializer_list<Label> labels, std::size_t number) {
    text_ += name_;
    char before = '{';
    for (const auto& [label, content] : labels) {
        text_ += std::exchange(before, ',');
        text_.append(label).append("=\"").append(content) += '"';
    }
    text_ += "} " + std::to_string(number) + "\n";
}

void Exposition::histogram(std::string_view name, const char* help, const Histogram& measured) {
    family(name, "histogram", help);
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < measured.bounds().size(); ++i) {
        below += measured.counts()[i];
        bucket(decimal(measured.bounds()[i]), below);
    }
    bucket("+Inf", measured.count());
    text_ += name_ + "_sum " + decimal(measured.sum()) + "\n";
    text_ += name_ + "_count " + std::to_string(measured.count()) + "\n";
}

void Exposition::bucket(std::string_view bound, std::uint64_t count) {
    text_ += name_ + "_bucket{le=\"";
    text_.append(bound) += "\"} " + std::to_string(count) + "\n";
}

}  // namespace understudy::api
