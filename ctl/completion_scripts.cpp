// completion: what shells read at their start. They only carry words to and fro.
#include <ostream>

#include "ctl/command.h"
#include "ctl/completion.h"

namespace understudy::ctl {
namespace {

constexpr char kBash[] =
    R"(# bash completion for understudyctl: the program itself knows what may follow.
_understudyctl() {
    local found
    COMPREPLY=()
    mapfile -t found < <(
        "${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
    if [[ ${found[0]-} == :files ]]; then
        compopt -o default
        return
    fi
    COMPREPLY=("${found[@]%%$'\t'*}")
    # After "--option=" bash looks at what follows alone.
    if [[ ${COMP_WORDS[COMP_CWORD]} != *=* ]]; then
        COMPREPLY=("${COMPREPLY[@]#--*=}")
    fi
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}
complete -F _understudyctl understudyctl
)";

constexpr char kZsh[] = R"(#compdef understudyctl
# zsh completion for understudyctl: the program itself knows what may follow.
_understudyctl() {
    local -a found shown
    local line
    found=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2> /dev/null)}")
    if [[ ${found[1]} == :files ]]; then
        _files
        return
    fi
    for line in $found; do
        shown+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    _describe -V understudyctl shown
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _understudyctl "$@"
else
    compdef _understudyctl understudyctl
fi
)";

constexpr char kFish[] =
    R"(# fish completion for understudyctl: the program itself knows what may follow.
function __understudyctl_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l found ($words[1] complete -- $words[2..-1] "$typed" 2> /dev/null)
    if test "$found[1]" = :files
        __fish_complete_path "$typed"
    else if test (count $found) -gt 0
        printf '%s\n' $found
    end
end
complete -c understudyctl -f -a '(__understudyctl_complete)'
)";

Result<int> print_script(const Here& here, const Arguments& arguments) {
    const std::string script = completion_script(arguments.words[0]);
    if (script.empty())
        return invalid("SHELL", "'" + arguments.words[0] + "' is not known",
                       "one of: bash, zsh, fish");
    here.streams.out << script;
    return static_cast<int>(kOk);
}

}  // namespace

std::string completion_script(const std::string& shell) {
    if (shell == "bash") return kBash;
    if (shell == "zsh") return kZsh;
    return shell == "fish" ? kFish : "";
}

std::vector<Command> completion_commands() {
    std::vector<Command> all = {
        {"completion",
         "",
         "bash|zsh|fish",
         "Print what makes a shell complete commands and names",
         "The Debian package installs it for all three. Names of servers, pools, domains, "
         "providers "
         "and channels are asked of the controller, for a second and a half at most.\n"
         "\n"
         "Elsewhere:\n"
         "  understudyctl completion bash > "
         "~/.local/share/bash-completion/completions/understudyctl\n"
         "  understudyctl completion zsh > ~/.zfunc/_understudyctl\n"
         "  understudyctl completion fish > ~/.config/fish/completions/understudyctl.fish\n",
         {},
         1,
         1}};
    all.front().here = print_script;
    return all;
}

}  // namespace understudy::ctl
