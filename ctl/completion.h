// What may follow on a line that is being typed. The shells ask the program itself
// ("understudyctl complete -- WORDS..."), so that there is one answer for all of them, made from
// the table of commands.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ctl/here.h"

namespace understudy::ctl {

struct Candidate {
    std::string word, about;
    friend bool operator==(const Candidate&, const Candidate&) = default;
};

struct Completion {
    std::vector<Candidate> words;
    bool files = false;  // the shell knows those
};

// The names of a kind: "servers", "pools", "domains", "providers", "channels", "contexts".
using NamesOf = std::function<std::vector<std::string>(const std::string& kind)>;

// The last of `words` is being typed, and may be empty.
Completion complete(const std::vector<std::string>& words, const NamesOf& names_of);

// The hidden command: prints a candidate a line, "word<TAB>about", or ":files". Says nothing else,
// whatever goes wrong: somebody is typing.
int print_completion(const Here& here, const std::vector<std::string>& words);

// What a shell reads at its start; empty: no such shell is known.
std::string completion_script(const std::string& shell);

}  // namespace understudy::ctl
