#include "ctl/display.h"

#include "base/clock.h"
#include "base/http_message.h"

namespace understudy::ctl {

std::string text_of(json::Value value) {
    if (const auto text = value.string()) return std::string{*text};
    return value.exists() && !value.is_null() ? value.text() : std::string{};
}

std::string joined(json::Value list) {
    std::string out;
    list.each([&](json::Value item) { out += (out.empty() ? "" : ", ") + text_of(item); });
    return out;
}

std::string name_in(json::Value reference) {
    return text_of(reference["name"]);
}

std::string labels_text(json::Value labels) {
    std::string out;
    labels.each_member([&](std::string_view key, json::Value value) {
        out += (out.empty() ? "" : " ") + std::string{key} + "=" + text_of(value);
    });
    return out;
}

std::string number_text(json::Value value) {
    return std::to_string(value.integer().value_or(0));
}

std::string ago_text(json::Value seconds) {
    const auto ago_s = seconds.number();
    if (!ago_s) return "never";
    return to_text(Duration{static_cast<Duration::rep>(*ago_s * 1000.0)}) + " ago";
}

std::string ttl_text(json::Value seconds) {
    const auto ttl_s = seconds.integer();
    return ttl_s ? std::to_string(*ttl_s) + " s" : "automatic";
}

std::string time_text(json::Value rfc3339) {
    std::string text = text_of(rfc3339);
    if (text.size() < 19) return text;
    text.resize(19);
    text[10] = ' ';
    return text;
}

Cell health_cell(json::Value health) {
    const std::string text = text_of(health);
    if (text == "online") return {text, Tone::Good};
    if (text == "unknown") return {text, Tone::Faint};
    return {text, text == "stale" ? Tone::Warning : Tone::Bad};
}

Cell status_cell(json::Value status) {
    const std::string text = text_of(status);
    if (text == "active") return {text, Tone::Good};
    return {text, text == "outage" || text == "conflict" ? Tone::Bad : Tone::Warning};
}

std::string path_part(const std::string& name) {
    return "/" + url_encode(name);
}

}  // namespace understudy::ctl
