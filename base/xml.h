// XML behind a small face, for services that answer in it. pugixml stays in xml.cpp. Elements are
// views: they live as long as their Document.
//
// A document type is refused, and with it every entity but the five that XML itself has: nothing is
// fetched and nothing grows. Names are told without their namespace's prefix.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace understudy::xml {

class Element {
  public:
    Element() = default;  // absent

    bool exists() const { return node_ != nullptr; }
    std::string_view name() const;
    std::string text() const;  // its own, valid UTF-8, without white space around it
    std::optional<std::string> attribute(std::string_view name) const;

    Element operator[](std::string_view name) const;  // the first child; absent when there is none
    void each(const std::function<void(Element)>& visit) const;
    void each(std::string_view name, const std::function<void(Element)>& visit) const;

  private:
    friend class Document;
    explicit Element(void* node) : node_(node) {}
    void* node_ = nullptr;
};

struct ParseOptions {
    std::size_t max_bytes = 4u << 20;
    int max_depth = 32;
};

class Document {
  public:
    // The error names the byte where it is.
    static Result<Document> parse(std::string_view text, const ParseOptions& options = {});
    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    ~Document();
    Element root() const;

  private:
    struct Impl;
    explicit Document(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

// Text as the content of an element or attribute. Control characters, which XML cannot carry, are
// left out.
std::string escaped(std::string_view text);

}  // namespace understudy::xml
