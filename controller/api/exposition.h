// Exposition: metrics in the Prometheus text format, version 0.0.4. Every family is ours
// ("understudy_"), and described once. Loop thread only.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "controller/api/measures.h"

namespace understudy::api {

// As samples are told of a time; before the epoch: 0.
std::size_t epoch_seconds(WallTime when);

class Exposition {
  public:
    using Label = std::pair<const char*, std::string_view>;

    void family(std::string_view name, const char* type, const char* help);
    // Of the family named last.
    void sample(std::size_t number);
    void sample(double number);
    // Label values are names and words of ours: nothing in them needs escaping.
    void sample(std::initializer_list<Label> labels, std::size_t number);
    void sample(const char* label, std::string_view content, std::size_t number) {
        sample({{label, content}}, number);
    }
    // A family of one sample.
    void one(std::string_view name, const char* type, const char* help, std::size_t number) {
        family(name, type, help);
        sample(number);
    }
    void histogram(std::string_view name, const char* help, const Histogram& measured);
    std::string take() { return std::move(text_); }

  private:
    void bucket(std::string_view bound, std::uint64_t count);

    std::string text_;
    std::string name_;
};

}  // namespace understudy::api
