// What `provider add` was given, checked: the settings object, the base URL, the credential. Pure;
// used once per provider, when it is made. Every error names its field.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "base/secret.h"

namespace understudy {

class ProviderSettings {
  public:
    // `known`: the keys this kind of provider understands; any other is refused, so that a misspelt
    // setting is not silently without effect. Empty text counts as {}.
    static Result<ProviderSettings> parse(std::string_view text,
                                          std::initializer_list<std::string_view> known);

    // None when absent; an error when it is not a string.
    Result<std::optional<std::string>> text(std::string_view key) const;
    Result<bool> flag(std::string_view key) const;  // false when absent

    // "base_url" without a trailing slash. Plain http is refused beyond loopback unless
    // "allow_plain_http" is true: the credential travels in every request.
    Result<std::string> base_url(std::string_view fallback) const;

  private:
    explicit ProviderSettings(json::Document document) : document_(std::move(document)) {}
    json::Document document_;
};

// A token or key as an HTTP header can carry it: one trailing line end is cut off, and white space,
// quotes, control characters and bytes beyond ASCII are refused. The value is never repeated.
Result<Secret> read_credential(const Secret& given);

// Foreign text made fit for an error message: valid UTF-8 on one line, cut, without the secret.
std::string foreign_text(std::string_view text, const Secret& secret);

}  // namespace understudy
