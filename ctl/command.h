// The commands of understudyctl, as data: one table per noun, put together in command.cpp.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ctl/here.h"
#include "ctl/options.h"
#include "ctl/session.h"

namespace understudy::ctl {

class RequestBody;
struct PlainOrder;

using View = std::string (*)(const Session& session, json::Value answer);
using Fill = void (*)(RequestBody& body);
using SeenThrough = int (*)(Session& session, const Arguments& arguments, const PlainOrder& order,
                            const json::Document& answer, Duration timeout);

// A command that is one request about the thing named first: "{}" in path and sentence. "{pool}" in
// the path: the pool of that name, or of the domain of that name. Its body has what `fill` writes,
// and what --why, --for, --until and --force say.
struct PlainOrder {
    std::string method, path;
    std::string said = {};  // once it is done
    View view = nullptr;    // in place of that
    Fill fill = nullptr;
    std::string rehearsed = {};  // how /rehearse calls it: what it moves is shown before
    // Of one that moves records: tells of it, and waits for them (confirmation.h) until `timeout`.
    SeenThrough seen_through = nullptr;
    bool gone = false;  // it removes the thing: programs are told nothing more of it
};
PlainOrder shows(std::string path, View view);
PlainOrder order(std::string method, std::string path, View view, Fill fill = nullptr);
PlainOrder order(std::string method, std::string path, std::string said);
PlainOrder removes(std::string path, std::string said);

inline const std::vector<Option> kNoOptions;

struct Command {
    std::string noun;
    std::string verb;     // empty: the noun is the command ("status")
    std::string usage;    // "NAME --ipv4 ADDRESS [options]"
    std::string summary;  // one line
    std::string details;  // paragraphs and examples for --help
    std::vector<Option> options;
    std::size_t least_words = 0, most_words = 0;
    int (*run)(Session& session, const Arguments& arguments) = nullptr;  // null: a plain order
    PlainOrder order = {};
    // In place of both: it asks no controller, or finds one by itself.
    Result<int> (*here)(const Here& here, const Arguments& arguments) = nullptr;

    std::string name() const { return verb.empty() ? noun : noun + " " + verb; }
};

std::vector<Command> server_commands();
std::vector<Command> server_edit_commands();
std::vector<Command> domain_commands();
std::vector<Command> domain_settle_commands();
std::vector<Command> domain_move_commands();
std::vector<Command> pool_commands();
std::vector<Command> pool_edit_commands();
std::vector<Command> switching_commands();
std::vector<Command> drill_commands();
std::vector<Command> hold_commands();
std::vector<Command> control_commands();
std::vector<Command> provider_commands();
std::vector<Command> channel_commands();
std::vector<Command> incident_commands();
std::vector<Command> event_commands();
std::vector<Command> fleet_commands();
std::vector<Command> notification_commands();
std::vector<Command> explain_commands();
std::vector<Command> replay_commands();
std::vector<Command> what_if_commands();
std::vector<Command> status_commands();
std::vector<Command> watch_commands();
std::vector<Command> backup_commands();
std::vector<Command> context_commands();
std::vector<Command> doctor_commands();
std::vector<Command> completion_commands();
std::vector<Command> token_commands();

const std::vector<Command>& all_commands();
const std::vector<Option>& global_options();

// Which command the words name, and the words left for its options. The error is a usage error.
struct Chosen {
    const Command* command = nullptr;  // none: help was asked for
    std::string noun;                  // of the help asked for; empty: the whole
    std::vector<std::string> rest;
};
Result<Chosen> choose_command(const std::vector<std::string>& words);

int carry_out(const Command& command, Session& session, const Arguments& arguments);
// For commands that choose among several.
int give(Session& session, const Arguments& arguments, const PlainOrder& order);

// The word that is missing behind those given, as the usage names it: "NAME".
std::string missing_word(const Command& command, std::size_t given);

std::string general_help();
std::string noun_help(const std::string& noun);
std::string command_help(const Command& command);

}  // namespace understudy::ctl
