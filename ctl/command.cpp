#include "ctl/command.h"

#include <algorithm>
#include <numeric>
#include <sstream>
#include <utility>

#include "base/text.h"
#include "ctl/table.h"

namespace understudy::ctl {
namespace {

std::vector<Command> all_made() {
    std::vector<Command> all;
    for (auto* make :
         {status_commands,       watch_commands,       incident_commands,  event_commands,
          server_commands,       server_edit_commands, domain_commands,    domain_settle_commands,
          domain_move_commands,  pool_commands,        pool_edit_commands, switching_commands,
          hold_commands,         control_commands,     provider_commands,  channel_commands,
          notification_commands, fleet_commands,       explain_commands,   replay_commands,
          what_if_commands,      doctor_commands,      backup_commands,    context_commands,
          completion_commands,   token_commands,       drill_commands}) {
        for (Command& command : make())
            all.push_back(std::move(command));
    }
    return all;
}

// Options before the noun may have values that look like nouns.
bool takes_value(const std::string& word) {
    if (word.find('=') != std::string::npos) return false;
    return std::ranges::any_of(global_options(), [&](const Option& option) {
        const bool named = word == "--" + option.name ||
                           (option.letter != 0 && word == std::string{'-', option.letter});
        return named && !option.value.empty();
    });
}

bool known_noun(const std::string& noun) {
    return std::ranges::any_of(all_commands(), [&](const Command& c) { return c.noun == noun; });
}

const Command* find_command(const std::string& noun, const std::string& verb) {
    const auto found = std::ranges::find_if(
        all_commands(), [&](const Command& c) { return c.noun == noun && c.verb == verb; });
    return found == all_commands().end() ? nullptr : &*found;
}

std::string verbs_of(const std::string& noun) {
    std::string out;
    for (const Command& command : all_commands()) {
        if (command.noun == noun) add_item(out, command.verb);
    }
    return out;
}

// How many letters one has to change, add or leave out.
std::size_t letters_apart(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

// What somebody who typed that may have meant; empty: nothing comes near.
template <typename Word>
std::string nearest(const std::string& typed, Word word_of) {
    constexpr std::size_t kFar = 3;
    std::string best;
    std::size_t least = std::min(kFar, typed.size());
    for (const Command& command : all_commands()) {
        const std::string word = word_of(command);
        std::size_t far = word.empty() ? kFar : letters_apart(typed, word);
        if (typed.size() > 1 && word.starts_with(typed)) far = 1;
        if (far >= least) continue;
        least = far;
        best = word;
    }
    return best;
}

Error no_such_noun(const std::string& noun) {
    const std::string meant = nearest(noun, [](const Command& command) { return command.noun; });
    return invalid(
        {}, "there is no command '" + noun + "'",
        meant.empty() ? "see: understudyctl --help" : "did you mean: understudyctl " + meant);
}

// Takes the next word that is no option out of `words`.
std::string take_word(std::vector<std::string>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--") break;
        if (words[i].starts_with('-')) {
            if (takes_value(words[i])) ++i;
            continue;
        }
        std::string word = std::move(words[i]);
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
        return word;
    }
    return {};
}

std::string summary_lines(const std::vector<const Command*>& commands) {
    std::size_t width = 0;
    for (const Command* command : commands)
        width = std::max(width, command->name().size());
    std::string out;
    for (const Command* command : commands) {
        const std::string name = command->name();
        out += "  " + name + std::string(width - name.size() + 2, ' ') + command->summary + "\n";
    }
    return out;
}

// Paragraphs in lines that fit; indented lines are examples and stay as they are.
std::string reflowed(const std::string& text) {
    constexpr std::size_t kColumns = 100;
    std::string out, paragraph;
    const auto flush = [&] {
        if (!paragraph.empty()) out += wrapped(paragraph, kColumns, 0) + "\n";
        paragraph.clear();
    };
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.starts_with(' ')) {
            flush();
            out += line + "\n";
        } else {
            paragraph += (paragraph.empty() ? "" : " ") + line;
        }
    }
    flush();
    return out;
}

}  // namespace

const std::vector<Command>& all_commands() {
    static const std::vector<Command> commands = all_made();
    return commands;
}

const std::vector<Option>& global_options() {
    static const std::vector<Option> options = {
        {"controller", "URL", "Where the controller is (default: this machine's)"},
        {"token-file", "FILE", "File with an administrator's token"},
        {"ca-file", "FILE", "Certificate authority of the controller, PEM"},
        {"context", "NAME", "Which of your contexts to use; see: understudyctl context list"},
        {"output", "FORMAT", "table, wide or json", 'o'},
        {"help", "", "Show this help", 'h'},
    };
    return options;
}

Result<Chosen> choose_command(const std::vector<std::string>& words) {
    Chosen chosen;
    chosen.rest = words;
    std::string noun = take_word(chosen.rest);
    const bool help_word = noun == "help";
    if (help_word) noun = take_word(chosen.rest);
    if (noun == "observe") noun = "dry-run";  // as it was called before, for one version
    const bool help = help_word || std::ranges::any_of(words, [](const std::string& word) {
                          return word == "--help" || word == "-h";
                      });
    if (noun.empty()) {
        if (help || words.empty()) return chosen;
        return invalid({}, "no command is given", "see: understudyctl --help");
    }
    if (!known_noun(noun)) {
        return no_such_noun(noun);
    }
    chosen.noun = noun;
    chosen.command = find_command(noun, "");
    if (chosen.command != nullptr) return chosen;
    const std::string verb = take_word(chosen.rest);
    chosen.command = find_command(noun, verb);
    if (chosen.command != nullptr || (verb.empty() && help)) return chosen;
    return invalid({},
                   verb.empty() ? "'" + noun + "' needs one more word"
                                : "there is no command '" + noun + " " + verb + "'",
                   "one of: " + verbs_of(noun));
}

std::string missing_word(const Command& command, std::size_t given) {
    std::istringstream words{command.usage};
    std::string before;
    for (std::string word; words >> word; before = word) {
        if (word == "|") break;
        const bool of_an_option = before.starts_with("--");
        if (word.starts_with("-") || word.starts_with("[") || of_an_option) continue;
        if (given-- == 0) return word;
    }
    return "a word";
}

std::string general_help() {
    std::vector<const Command*> commands;
    for (const Command& command : all_commands())
        commands.push_back(&command);
    return "understudyctl asks and directs an Understudy controller.\n\nUsage: understudyctl "
           "COMMAND [options]\n\n"
           "Commands:\n" +
           summary_lines(commands) + "\nOptions for all commands:\n" +
           options_help(global_options()) +
           "\nWhere the controller is and with which token comes from a context that --context or\n"
           "$UNDERSTUDY_CONTEXT names; else, piece by piece, from --controller, --token-file and\n"
           "--ca-file, else $UNDERSTUDY_URL, $UNDERSTUDY_TOKEN_FILE, $UNDERSTUDY_TOKEN and\n"
           "$UNDERSTUDY_CA_FILE, else from the context in use (not beside --controller, nor\n"
           "the first three of those), else ~/.config/understudy/ctl.json or\n"
           "/etc/understudy/ctl.json.\n\n"
           "Exit status: 0 done; 1 refused by the controller; 2 wrong usage; 3 controller "
           "unreachable or TLS\n"
           "trouble; 4 not authorised; 5 ordered, but not every record is confirmed.\n\n"
           "First steps:\n"
           "  understudyctl provider add main --kind cloudflare --credential-file token.txt\n"
           "  understudyctl server add web1 --ipv4 203.0.113.10\n"
           "  understudyctl server add web2 --ipv4 203.0.113.20\n"
           "  understudyctl domain add www.example.org --servers web1,web2\n"
           "  understudyctl watch\n";
}

std::string noun_help(const std::string& noun) {
    std::vector<const Command*> commands;
    for (const Command& command : all_commands()) {
        if (command.noun == noun) commands.push_back(&command);
    }
    return "Usage: understudyctl " + noun + " COMMAND [options]\n\nCommands:\n" +
           summary_lines(commands) + "\n'understudyctl " + noun + " COMMAND --help' tells more.\n";
}

std::string command_help(const Command& command) {
    std::string out = "Usage: understudyctl " + command.name();
    if (!command.usage.empty()) out += " " + command.usage;
    out += "\n\n" + command.summary + ".\n";
    if (!command.details.empty()) out += "\n" + reflowed(command.details);
    if (!command.options.empty()) out += "\nOptions:\n" + options_help(command.options);
    return out + "\nOptions for all commands:\n" + options_help(global_options());
}

}  // namespace understudy::ctl
