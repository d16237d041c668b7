#include "ctl/completion.h"

#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "base/channel_kinds.h"
#include "base/json.h"
#include "base/text.h"
#include "ctl/command.h"

namespace understudy::ctl {
namespace {

// Who presses TAB does not wait longer; then there are no names.
constexpr Duration kNamesTimeout{1500};
constexpr std::size_t kNamesAskedFor = 1000;

// Foreign text goes into a command line: nothing in it may mean anything to a shell.
bool harmless(const std::string& name) {
    return !name.empty() && name.front() != '-' && name.front() != ':' &&
           std::ranges::all_of(name,
                               [](unsigned char c) {
                                   return c > '~' || (c >= '0' && c <= '9') ||
                                          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                          std::string_view{"._+@:-"}.find(static_cast<char>(c)) !=
                                              std::string_view::npos;
                               }) &&
           is_plain(name);
}

// "A|B|C" as words.
std::vector<std::string> choices_of(const std::string& text) {
    std::vector<std::string> words;
    std::size_t begin = 0;
    for (std::size_t bar = 0; bar != std::string::npos; begin = bar + 1) {
        bar = text.find('|', begin);
        words.push_back(text.substr(begin, bar == std::string::npos ? bar : bar - begin));
    }
    return words;
}

// Which names an option takes; empty: none that are known.
std::string kind_of_option(const std::string& name) {
    static const std::map<std::string, std::string> kinds = {
        {"server", "servers"},   {"to", "servers"},         {"servers", "servers"},
        {"pool", "pools"},       {"from-pool", "pools"},    {"domain", "domains"},
        {"channel", "channels"}, {"provider", "providers"}, {"context", "contexts"}};
    const auto found = kinds.find(name);
    return found == kinds.end() ? std::string{} : found->second;
}

// The same for a word of the usage. A new thing's name is a person's to find.
std::string kind_of_word(const Command& command, const std::string& word) {
    if (word == "POOL") return "pools";
    if (word == "DOMAIN") return "domains";
    if (word == "SERVER" || word.starts_with("PRIMARY") || word.starts_with("SECONDARY"))
        return "servers";
    if (!word.starts_with("NAME") || command.verb == "add") return {};
    static const std::set<std::string> nouns = {"server",  "pool",    "domain", "provider",
                                                "channel", "context", "token"};
    for (const std::string& noun : {command.noun, command.verb}) {
        if (nouns.contains(noun)) return noun + "s";
    }
    return {};
}

class Completing {
  public:
    Completing(const std::vector<std::string>& words, const NamesOf& names_of)
        : names_of_(names_of), typed_(words.empty() ? std::string{} : words.back()) {
        for (const Option& option : global_options())
            options_.push_back(&option);
        for (std::size_t i = 0; i + 1 < words.size(); ++i)
            read(words[i]);
    }

    Completion take() {
        if (expected_ != nullptr) {
            value_of(*expected_, typed_);
        } else if (const auto equals = typed_.find('=');
                   typed_.starts_with("--") && equals != std::string::npos) {
            const Option* option = option_of(typed_.substr(0, equals));
            prefix_ = typed_.substr(0, equals + 1);
            if (option != nullptr) value_of(*option, typed_.substr(equals + 1));
        } else if (typed_.starts_with("-")) {
            for (const Option* option : options_)
                add("--" + option->name, option->help);
        } else {
            word();
        }
        return std::move(found_);
    }

  private:
    const Option* option_of(const std::string& word) const {
        const auto found = std::ranges::find_if(options_, [&](const Option* option) {
            return word == "--" + option->name ||
                   (option->letter != 0 && word == std::string{'-', option->letter});
        });
        return found == options_.end() ? nullptr : *found;
    }

    // One of the words before.
    void read(const std::string& word) {
        if (word == "=") return;  // bash makes a word of it
        if (expected_ != nullptr) {
            expected_ = nullptr;
        } else if (word.starts_with("-")) {
            const Option* option = option_of(word);
            if (option != nullptr && !option->value.empty()) expected_ = option;
        } else if (command_ != nullptr) {
            ++given_;
        } else if (noun_.empty()) {
            if (word == "help") return;
            noun_ = word;
            choose("");
        } else {
            choose(word);
        }
    }

    void choose(const std::string& verb) {
        for (const Command& command : all_commands()) {
            if (command.noun != noun_ || command.verb != verb) continue;
            command_ = &command;
            for (const Option& option : command.options)
                options_.push_back(&option);
        }
    }

    // What is typed in the place of a word that is no option.
    void word() {
        if (command_ == nullptr) {
            for (const Command& command : all_commands()) {
                if (noun_.empty()) {
                    add(command.noun, command.verb.empty() ? command.summary : std::string{});
                } else if (command.noun == noun_) {
                    add(command.verb, command.summary);
                }
            }
            return;
        }
        const std::string expected = expected_word();
        if (expected == "FILE") found_.files = true;
        if (expected == "KIND") {
            for (const ChannelKind& kind : channel_kinds())
                add(std::string{kind.name}, "");
        }
        if (expected.find('|') != std::string::npos) {
            for (const std::string& each : choices_of(expected))
                add(each, "");
        }
        add_names(kind_of_word(*command_, expected));
    }

    // As the usage names it; of "SECONDARY..." there may be many.
    std::string expected_word() const {
        if (given_ >= command_->most_words) return {};
        constexpr std::string_view kNone = "a word";  // of missing_word()
        for (std::size_t i = given_ + 1; i-- > 0;) {
            std::string name = missing_word(*command_, i);
            if (name == kNone) continue;
            return i == given_ || name.ends_with("...") ? name : std::string{};
        }
        return {};
    }

    void value_of(const Option& option, const std::string& typed) {
        if (option.name == "output") {
            for (const char* word : {"table", "wide", "json"})
                add(word, "");
        }
        found_.files = option.value == "FILE";
        // Of a list the last one is being typed.
        const auto comma = typed.rfind(',');
        if (option.name == "servers" && comma != std::string::npos)
            prefix_ += typed.substr(0, comma + 1);
        add_names(kind_of_option(option.name));
    }

    void add_names(const std::string& kind) {
        if (kind.empty()) return;
        for (const std::string& name : names_of_(kind)) {
            if (harmless(name)) add(name, "");
        }
    }

    void add(const std::string& word, const std::string& about) {
        const std::string whole = prefix_ + word;
        if (!whole.starts_with(typed_) || whole.empty()) return;
        const auto same = [&](const Candidate& each) { return each.word == whole; };
        if (std::ranges::none_of(found_.words, same)) found_.words.push_back({whole, about});
    }

    const NamesOf& names_of_;
    std::string typed_, prefix_, noun_;
    const Command* command_ = nullptr;
    const Option* expected_ = nullptr;  // its value comes next
    std::vector<const Option*> options_;
    std::size_t given_ = 0;  // words that are no options
    Completion found_;
};

std::vector<std::string> context_names(const Here& here) {
    std::vector<std::string> names;
    const auto contexts = read_contexts(contexts_file(here.environment));
    if (!contexts) return names;
    for (const auto& [name, context] : contexts->all)
        names.push_back(name);
    return names;
}

// Options that say which controller is meant, as they stand on the line that is being typed.
Arguments place_of_controller(const std::vector<std::string>& words) {
    Arguments arguments;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        for (const char* name : {"controller", "token-file", "ca-file", "context"}) {
            const std::string option = std::string{"--"} + name;
            if (words[i] == option) arguments.set(name, {words[i + 1]});
            if (words[i].starts_with(option + "="))
                arguments.set(name, {words[i].substr(option.size() + 1)});
        }
    }
    return arguments;
}

std::vector<std::string> names_at_controller(const Here& here, const Arguments& arguments,
                                             const std::string& kind) {
    std::vector<std::string> names;
    auto settings = find_settings(arguments, here.environment, here.files);
    if (!settings) return names;
    settings->timeout = kNamesTimeout;
    const auto transport = here.connect(std::move(*settings));
    const auto answer =
        transport->send("GET", "/api/v1/" + kind + "?limit=" + std::to_string(kNamesAskedFor), {});
    if (!answer || answer->status != 200) return names;
    const auto document =
        json::Document::parse(answer->body, {.comments = false, .max_bytes = 64u << 20});
    if (!document) return names;
    document->root()["items"].each(
        [&](json::Value item) { names.emplace_back(item["name"].string().value_or("")); });
    return names;
}

}  // namespace

Completion complete(const std::vector<std::string>& words, const NamesOf& names_of) {
    return Completing{words, names_of}.take();
}

int print_completion(const Here& here, const std::vector<std::string>& words) {
    const Arguments place = place_of_controller(words);
    const Completion found = complete(words, [&](const std::string& kind) {
        return kind == "contexts" ? context_names(here) : names_at_controller(here, place, kind);
    });
    if (found.files) here.streams.out << ":files\n";
    for (const Candidate& each : found.words)
        here.streams.out << each.word << "\t" << plain_text(each.about) << "\n";
    return kOk;
}

}  // namespace understudy::ctl
