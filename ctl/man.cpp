#include "ctl/man.h"

#include <algorithm>
#include <sstream>

#include "ctl/command.h"

namespace understudy::ctl {
namespace {

// Text that roff takes as it is: no escape, no request, and hyphens that can be copied.
std::string roff(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (out.empty() || out.back() == '\n') {
            if (c == '.' || c == '\'') out += "\\&";
        }
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else {
            out += c;
        }
    }
    return out;
}

// Paragraphs are filled; indented lines are examples and stay as they are.
std::string paragraphs(const std::string& text) {
    std::string out;
    bool verbatim = false, between = true;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        if (line.empty()) {
            between = true;
            continue;
        }
        if (verbatim != line.starts_with(' ')) {
            out += verbatim ? ".fi\n" : "";
            verbatim = !verbatim;
            out += verbatim ? ".PP\n.nf\n" : ".PP\n";
        } else if (between && !out.empty()) {
            out += verbatim ? "\n" : ".PP\n";
        }
        between = false;
        out += roff(line) + "\n";
    }
    return out + (verbatim ? ".fi\n" : "");
}

std::string options_of(const std::vector<Option>& options) {
    std::string out;
    for (const Option& option : options) {
        const std::string letter =
            option.letter == 0 ? "" : std::string{"-"} + option.letter + ", ";
        out += ".TP\n\\fB" + roff(letter + "--" + option.name) + "\\fR";
        if (!option.value.empty()) out += " \\fI" + roff(option.value) + "\\fR";
        out += "\n" + roff(option.help) + ".\n";
    }
    return out;
}

std::string heading(const std::string& name, int section, const std::string& version,
                    const std::string& about) {
    std::string upper = name;
    for (char& c : upper)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return ".TH " + roff(upper) + " " + std::to_string(section) + " \"\" \"understudy " +
           roff(version) + "\" \"" + (section == 1 ? "User Commands" : "System Administration") +
           "\"\n.SH NAME\n" + roff(name) + " \\- " + roff(about) + "\n.SH SYNOPSIS\n";
}

// "  --config FILE    configuration" begins an option; what stands further in goes on with it.
std::string listed_options(std::istream& lines) {
    constexpr std::size_t kIndent = 2;
    std::string out;
    for (std::string line; std::getline(lines, line) && !line.empty();) {
        const std::size_t begin = line.find_first_not_of(' ');
        if (begin > kIndent) {
            out += roff(line.substr(begin)) + "\n";
            continue;
        }
        const std::size_t gap = std::min(line.find("  ", begin), line.size());
        const std::size_t text = std::min(line.find_first_not_of(' ', gap), line.size());
        out += ".TP\n.B " + roff(line.substr(begin, gap - begin)) + "\n" + roff(line.substr(text)) +
               "\n";
    }
    return out;
}

// What the help says behind its lists, by its own headings.
std::string rest_of_help() {
    const std::string help = general_help();
    const std::string after = "Options for all commands:\n" + options_help(global_options()) + "\n";
    const auto place = help.find(after);
    return place == std::string::npos ? std::string{} : help.substr(place + after.size());
}

}  // namespace

std::string manual_page(const std::string& version) {
    std::string out =
        heading("understudyctl", 1, version, "ask and direct an Understudy controller");
    out += ".B understudyctl\n.I COMMAND\n[options]\n.SH DESCRIPTION\n" +
           paragraphs(rest_of_help()) + ".SH OPTIONS\nFor all commands:\n" +
           options_of(global_options()) + ".SH COMMANDS\n";
    for (const Command& command : all_commands()) {
        out += ".SS \"" +
               roff(command.name() + (command.usage.empty() ? "" : " " + command.usage)) + "\"\n" +
               roff(command.summary) + ".\n" + paragraphs(command.details) +
               options_of(command.options);
    }
    return out + ".SH SEE ALSO\n.BR understudy\\-controller (8),\n.BR understudy\\-agent (8)\n";
}

std::string manual_page_of(const std::string& program, const std::string& help,
                           const std::string& version) {
    std::istringstream lines{help};
    std::string usage, about, rest, options;
    for (std::string line; std::getline(lines, line) && !line.empty();)
        usage += line.substr(std::min(line.find_first_not_of(' '), line.size())) + "\n";
    for (std::string line; std::getline(lines, line);) {
        if (about.find_first_of(":.") == std::string::npos)
            about += (about.empty() ? "" : " ") + line;
        if (line == "Options:") {
            options += listed_options(lines);
        } else {
            rest += line + "\n";
        }
    }
    about.resize(std::min(about.find_first_of(":."), about.size()));
    constexpr std::string_view kUsage = "Usage: ";
    if (usage.starts_with(kUsage)) usage.erase(0, kUsage.size());
    return heading(program, 8, version, about) + roff(usage) + ".SH DESCRIPTION\n" +
           paragraphs(rest) + ".SH OPTIONS\n" + options + ".SH SEE ALSO\n.BR understudyctl (1)\n";
}

}  // namespace understudy::ctl
