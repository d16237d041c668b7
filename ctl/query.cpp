#include "ctl/query.h"

#include "ctl/display.h"
#include "ctl/time_range.h"

namespace understudy::ctl {

Result<std::string> with_query(std::string path, const Arguments& arguments,
                               const std::vector<std::string>& words,
                               const std::vector<std::string>& moments) {
    const auto add = [&path](const std::string& name, const std::string& value) {
        path += (path.find('?') == std::string::npos ? "?" : "&") + name + "=" + url_part(value);
    };
    for (const std::string& name : words) {
        if (const auto value = arguments.text(name)) add(name, *value);
    }
    for (const std::string& name : moments) {
        const auto text = arguments.text(name);
        if (!text) continue;
        const auto moment = moment_words("--" + name, *text);
        if (!moment) return moment.error();
        add(name, *moment);
    }
    return path;
}

int show_pages(Session& session, const Arguments& arguments, const std::string& path,
               const std::vector<std::string>& words, std::int64_t most, View view) {
    const auto limit = arguments.integer("limit");
    if (!limit) return session.complain(kUsage, limit.error());
    if (limit->value_or(1) < 1) return session.usage("--limit", "it must be at least 1");
    return session.show(session.get_all(*with_query(path, arguments, words),
                                        static_cast<std::size_t>(limit->value_or(most))),
                        [&](json::Value root) { return view(session, root); });
}

}  // namespace understudy::ctl
