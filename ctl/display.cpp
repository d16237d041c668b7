#include "ctl/display.h"

#include <algorithm>

#include "base/dns_record.h"
#include "base/http_message.h"
#include "base/text.h"

namespace understudy::ctl {

std::string text_of(json::Value value) {
    if (const auto text = value.string()) return std::string{*text};
    return is_set(value) ? value.text() : std::string{};
}

bool is_true(json::Value flag) {
    return flag.boolean().value_or(false);
}

std::int64_t count_of(json::Value number) {
    return number.integer().value_or(0);
}

std::string confirmed_text(json::Value record) {
    return joined(record["confirmed"]["addresses"]);
}

std::string yes_no(json::Value flag) {
    return is_true(flag) ? "yes" : "no";
}

std::string who_text(json::Value event) {
    const std::string who = text_of(event["who"]);
    const std::string source = text_of(event["audit"]["source"]);
    return who.empty() || source.empty() ? who : who + " from " + source;
}

std::string event_thing(json::Value event) {
    for (const char* thing : {"domain", "pool", "server"}) {
        std::string name = name_in(event[thing]);
        if (!name.empty()) return name;
    }
    return {};
}

std::string enrol_line(json::Value controller, json::Value code) {
    const std::string url = is_set(controller) ? text_of(controller) : "wss://CONTROLLER:8443";
    return "understudy-agent enroll " + url + " " + text_of(code);
}

bool is_set(json::Value value) {
    return value.exists() && !value.is_null();
}

std::string content_text(json::Value addresses) {
    return addresses.is_null() ? std::string{kNoAddress} : text_of(addresses);
}

std::string joined(json::Value list) {
    std::string out;
    list.each([&](json::Value item) { add_item(out, text_of(item)); });
    return out;
}

std::string shortened(json::Value list, std::size_t most) {
    std::string out;
    for (std::size_t i = 0; i < std::min(list.size(), most); ++i) {
        const json::Value item = list[i];
        out += (i == 0 ? "" : ", ") + (item.is_object() ? name_in(item) : text_of(item));
    }
    return list.size() <= most ? out : out + ", +" + std::to_string(list.size() - most);
}

std::string name_in(json::Value reference) {
    return text_of(reference["name"]);
}

std::string both_names(json::Value domain) {
    std::string name = text_of(domain["name"]);
    std::string shown = text_of(domain["display_name"]);
    if (name.empty() || shown == name) return shown;
    return shown.empty() ? name : shown + " (" + name + ")";
}

std::string labels_text(json::Value labels) {
    std::string out;
    labels.each_member([&](std::string_view key, json::Value value) {
        out += (out.empty() ? "" : " ") + std::string{key} + "=" + text_of(value);
    });
    return out;
}

std::string inset(const std::string& text) {
    return "  " + plain_text(text) + "\n";
}

std::string number_text(json::Value value) {
    return std::to_string(count_of(value));
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

std::string span_text(Duration span) {
    const std::int64_t seconds = span.count() / 1000;
    if (seconds < 1) return "less than a second";
    if (seconds < 60) return std::to_string(seconds) + " s";
    if (seconds % 60 == 0 && seconds < 3600) return std::to_string(seconds / 60) + " min";
    return to_text(Duration{seconds * 1000});
}

std::string time_text(json::Value rfc3339) {
    std::string text = text_of(rfc3339);
    if (text.size() < 19) return text;
    text.resize(19);
    text[10] = ' ';
    return text;
}

// A controller of an earlier version says nothing of it.
Cell credential_cell(json::Value problem) {
    if (text_of(problem).empty()) return {"ok", Tone::Good};
    return {"cannot be read: see status", Tone::Bad};
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

Tone readiness_tone(json::Value ready) {
    return ready.boolean().value_or(true) ? Tone::Plain : Tone::Warning;
}

std::string path_part(const std::string& name) {
    return "/" + url_encode(name);
}

std::string url_part(const std::string& name) {
    return url_encode(name);
}

std::string reported_text(json::Value reported) {
    std::string text = text_of(reported["ipv4"]);
    const std::string ipv6 = text_of(reported["ipv6"]);
    if (!ipv6.empty()) text += (text.empty() ? "" : ", ") + ipv6;
    return text.empty() ? text : text + ": " + text_of(reported["sentence"]);
}

}  // namespace understudy::ctl
