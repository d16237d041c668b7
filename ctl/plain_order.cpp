// Carries commands out: those with a function by it, plain orders as their row says.
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/wish.h"

namespace understudy::ctl {
namespace {

std::string filled_in(std::string text, const std::string& name) {
    for (auto at = text.find("{}"); at != std::string::npos; at = text.find("{}", at + name.size()))
        text.replace(at, 2, name);
    return text;
}

Result<std::string> order_body(const PlainOrder& order, const Arguments& arguments) {
    json::Writer body;
    body.begin_object();
    const auto wish = write_wish(body, arguments);
    if (!wish) return wish.error();
    if (arguments.flag("force")) body.field("force", true);
    body.end_object();
    std::string text = body.take();
    return text == "{}" && order.method != "PUT" ? std::string{} : text;
}

int give_plain(const PlainOrder& order, Session& session, const Arguments& arguments) {
    const auto body = order_body(order, arguments);
    if (!body) return session.complain(kUsage, body.error());
    const std::string name = arguments.words.empty() ? "" : arguments.words[0];
    const std::string path = filled_in(order.path, path_part(name).substr(1));
    const auto answer = session.request(order.method, path, *body);
    if (!answer) return session.failure();
    if (order.method == "DELETE" && session.json()) return kOk;
    return session.show(*answer, [&](json::Value root) {
        return order.view != nullptr ? order.view(session, root) : filled_in(order.said, name);
    });
}

}  // namespace

int carry_out(const Command& command, Session& session, const Arguments& arguments) {
    if (command.run != nullptr) return command.run(session, arguments);
    return give_plain(command.order, session, arguments);
}

}  // namespace understudy::ctl
