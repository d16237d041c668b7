// Carries commands out: those with a function by it, plain orders as their row says.
#include "ctl/command.h"
#include "ctl/confirmation.h"
#include "ctl/display.h"
#include "ctl/pool_named.h"
#include "ctl/rehearsal.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

constexpr const char* kPool = "{pool}";

std::string filled_in(std::string text, std::string_view mark, const std::string& name) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + name.size()))
        text.replace(at, mark.size(), name);
    return text;
}

Result<std::string> body_of(const PlainOrder& order, const Arguments& arguments) {
    if (order.method == "GET" || order.method == "DELETE") return std::string{};
    RequestBody body{arguments};
    if (order.fill != nullptr) order.fill(body);
    body.wish().flag("force");
    auto text = body.take();
    const bool needed = order.fill != nullptr || order.seen_through != nullptr;
    if (text && *text == "{}" && order.method == "POST" && !needed) return std::string{};
    return text;
}

// Of the thing that it is about. None: said, return session.failure().
std::optional<std::string> name_of(Session& session, const Arguments& arguments,
                                   const PlainOrder& order) {
    std::string word =
        arguments.words.empty() ? arguments.text("pool").value_or("") : arguments.words[0];
    if (order.path.find(kPool) == std::string::npos) return word;
    const auto pool = find_pool(session, word);
    if (!pool) return std::nullopt;
    return name_in(pool->root());
}

int rehearse(Session& session, const Arguments& arguments, const PlainOrder& order,
             const std::string& name) {
    json::Writer body;
    body.begin_object().field("order", order.rehearsed);
    if (order.path.find(kPool) != std::string::npos) body.field("pool", name);
    body.end_object();
    return ask_first(session, arguments, body.take());
}

std::optional<Error> what_lacks(const Command& command, const Arguments& arguments) {
    for (const Option& option : command.options) {
        if (!option.missing.empty() && !arguments.text(option.name))
            return invalid("--" + option.name, "this is missing", option.missing);
    }
    return std::nullopt;
}

}  // namespace

PlainOrder shows(std::string path, View view) {
    return order("GET", std::move(path), view);
}

PlainOrder order(std::string method, std::string path, View view, Fill fill) {
    return {std::move(method), std::move(path), {}, view, fill};
}

PlainOrder order(std::string method, std::string path, std::string said) {
    return {std::move(method), std::move(path), std::move(said)};
}

PlainOrder removes(std::string path, std::string said) {
    PlainOrder removal = order("DELETE", std::move(path), std::move(said));
    removal.gone = true;
    return removal;
}

int give(Session& session, const Arguments& arguments, const PlainOrder& order) {
    const auto body = body_of(order, arguments);
    if (!body) return session.complain(kUsage, body.error());
    const auto timeout = timeout_of(arguments);
    if (!timeout) return session.complain(kUsage, timeout.error());
    const auto name = name_of(session, arguments, order);
    if (!name) return session.failure();
    if (!order.rehearsed.empty()) {
        const int code = rehearse(session, arguments, order, *name);
        if (code != kOk) return code;
    }
    const std::string part = url_part(*name);
    const auto answer = session.request(
        order.method, filled_in(filled_in(order.path, kPool, part), "{}", part), *body);
    if (!answer) return session.failure();
    if (order.seen_through != nullptr)
        return order.seen_through(session, arguments, order, *answer, *timeout);
    if (order.gone && session.json()) return kOk;
    return session.show(*answer, [&](json::Value root) {
        return order.view != nullptr ? order.view(session, root)
                                     : filled_in(order.said, "{}", *name);
    });
}

int carry_out(const Command& command, Session& session, const Arguments& arguments) {
    if (const auto error = what_lacks(command, arguments)) return session.complain(kUsage, *error);
    if (command.run != nullptr) return command.run(session, arguments);
    return give(session, arguments, command.order);
}

}  // namespace understudy::ctl
