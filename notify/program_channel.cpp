#include "notify/program_channel.h"

#include "base/json.h"
#include "base/text.h"
#include "notify/render.h"
#include "schema/notice.h"

namespace understudy {
namespace {

constexpr int kNeverThisOne = 65;  // EX_DATAERR of sysexits.h

std::string names_of(const Programs& programs) {
    std::string names;
    for (const auto& [name, program] : programs)
        add_item(names, name);
    return names;
}

}  // namespace

Delivery ChannelDriver::read_program(const ProgramAnswer&) const {
    return GiveUp{"the channel was answered by a program", false};
}

Result<std::unique_ptr<ChannelDriver>> ProgramChannel::make(const std::string& settings,
                                                            const Programs& programs) {
    const auto document = json::Document::parse(settings);
    const std::string name{document ? document->root()["program"].string().value_or("") : ""};
    if (name.empty()) {
        return invalid("program", "no program is given",
                       "give a name out of programs in the controller's configuration");
    }
    const auto found = programs.find(name);
    if (found == programs.end()) {
        return invalid("program", quoted(name) + " is not in programs of the configuration",
                       programs.empty()
                           ? "add it there first, and restart the controller"
                           : "use " + names_of(programs) + ", or add it there and restart");
    }
    return std::unique_ptr<ChannelDriver>{new ProgramChannel{name, found->second}};
}

Result<Dispatch> ProgramChannel::compose(const Message& message, WallTime) const {
    const auto notice = decode_notice(message.payload);
    if (!notice) return notice.error();
    const RenderedNotice text = render_unwrapped(*notice);
    json::Writer out;
    out.begin_object().field("id", message.id).field("incident", message.incident);
    out.field("attempt", message.attempt);
    out.field("severity", to_text(severity_of(notice->type)));
    out.field("subject", text.subject).field("text", text.body);
    out.key("notification").raw(message.payload).end_object();
    return Dispatch{ProgramRequest{program_, out.take() + "\n"}};
}

Delivery ProgramChannel::read_program(const ProgramAnswer& answer) const {
    constexpr std::size_t kShown = 120;
    const std::string who = "program " + quoted(name_);
    if (!answer.trouble.empty()) return TryLater{who + ": " + plain_text(answer.trouble), {}};
    if (answer.timed_out) {
        const auto limit = std::chrono::duration_cast<std::chrono::seconds>(program_.timeout);
        return TryLater{
            who + " had not ended after " + std::to_string(limit.count()) + " s and was killed",
            {}};
    }
    if (answer.code == 0) return Delivered{};
    const std::string said = plain_text(answer.output, kShown, "...");
    const std::string error =
        who + " ended with " + std::to_string(answer.code) + (said.empty() ? "" : ": " + said);
    if (answer.code == kNeverThisOne) return GiveUp{error, false};
    return TryLater{error, {}};
}

Delivery ProgramChannel::read(const HttpAnswer&, WallTime) const {
    return GiveUp{"a program was answered over HTTP", false};
}

Delivery ProgramChannel::read(const MailAnswer&) const {
    return GiveUp{"a program was answered by a mail server", false};
}

}  // namespace understudy
