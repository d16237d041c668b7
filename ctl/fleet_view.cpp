#include "ctl/fleet_view.h"

#include "ctl/display.h"
#include "ctl/table.h"

namespace understudy::ctl {
namespace {

std::string or_nothing(json::Value text) {
    const std::string shown = text_of(text);
    return shown.empty() ? "(none)" : shown;
}

std::string fields_of(json::Value difference, bool added) {
    std::string out;
    difference["fields"].each([&](json::Value field) {
        out += out.empty() ? ": " : "; ";
        out += text_of(field["field"]) + (added ? " " : ": ");
        if (!added) out += or_nothing(field["from"]) + " -> ";
        out += or_nothing(field["to"]);
    });
    return out;
}

struct Counts {
    std::size_t added = 0, changed = 0, removed = 0;
    std::string text() const {
        return std::to_string(added) + " added, " + std::to_string(changed) + " changed, " +
               std::to_string(removed) + " removed";
    }
};

std::string difference_line(json::Value difference, bool colours, Counts& counts) {
    const std::string what = text_of(difference["kind"]) + " " + text_of(difference["name"]);
    const std::string change = text_of(difference["change"]);
    if (change == "added") {
        ++counts.added;
        return toned({"+ " + what + fields_of(difference, true), Tone::Good}, colours) + "\n";
    }
    if (change == "changed") {
        ++counts.changed;
        return toned({"~ " + what + fields_of(difference, false), Tone::Warning}, colours) + "\n";
    }
    ++counts.removed;
    return toned({"- " + what, Tone::Bad}, colours) + "\n";
}

std::string secrets_of(json::Value list, const char* name, const char* secret,
                       const std::string& title) {
    std::string out;
    list.each([&](json::Value each) {
        out += "  " + text_of(each[name]) + "  " + text_of(each[secret]) + "\n";
    });
    return out.empty() ? out : "\n" + title + "\n\n" + out;
}

// The line for each new server that enrolls its agent.
std::string enrolments_of(json::Value tokens) {
    std::string lines, until;
    bool told = true;
    tokens.each([&](json::Value each) {
        const json::Value enrolment = each["enrolment"];
        if (!enrolment.is_object()) return;  // a controller of before
        until = text_of(enrolment["until"]);
        told = is_set(enrolment["controller"]);
        lines += "  " + text_of(each["server"]) + "  " +
                 enrol_line(enrolment["controller"], enrolment["code"]) + "\n";
    });
    if (lines.empty()) return {};
    if (!told) lines += std::string{"\n"} + kControllerMeant + "\n";
    return "\nOn each new server, as root, once and until " + until + ":\n\n" + lines;
}

}  // namespace

std::string applied_view(json::Value answer, bool colours) {
    Counts counts;
    std::string out;
    answer["changes"].each(
        [&](json::Value difference) { out += difference_line(difference, colours, counts); });
    if (out.empty()) return "Nothing to change.\n";
    answer["warnings"].each(
        [&](json::Value warning) { out += toned({"Note: " + text_of(warning)}, false) + "\n"; });
    const bool dry_run = is_true(answer["dry_run"]);
    out += dry_run ? "Dry run, nothing was changed: " + counts.text() + ".\n"
                   : "Applied: " + counts.text() + ".\n";
    const std::string enrolments = enrolments_of(answer["tokens"]);
    out += enrolments;
    out += secrets_of(answer["tokens"], "server", "token",
                      std::string{enrolments.empty() ? "Tokens" : "Or tokens"} +
                          " of the new servers' agents, shown only now:");
    out += secrets_of(answer["secrets"], "channel", "secret",
                      "Signing secrets of the new webhooks, shown only now:");
    return out;
}

std::string fleet_file_view(json::Value fleet) {
    std::string out;
    fleet.each_member([&](std::string_view section, json::Value items) {
        out += (out.empty() ? "{\n  \"" : ",\n  \"") + std::string{section} + "\": [";
        bool first = true;
        items.each([&](json::Value item) {
            out += (first ? "\n    " : ",\n    ") + item.text();
            first = false;
        });
        out += first ? "]" : "\n  ]";
    });
    return out.empty() ? "{}\n" : out + "\n}\n";
}

}  // namespace understudy::ctl
