// POST /api/v1/channels.
#include "base/domain_name.h"
#include "controller/api/channel_settings.h"
#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/page.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

struct NewChannel {
    Channel channel;
    Secret secrets;    // JSON, to be sealed
    Secret generated;  // the webhook's signing secret when we made it
};

void read_filters(const Fleet& fleet, Fields& fields, Channel& channel) {
    const auto types = fields.texts("types");
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (const auto type = notice_type_from(types[i])) {
            channel.types.insert(*type);
        } else if (!types[i].empty()) {
            fields.complain("types[" + std::to_string(i) + "]",
                            quoted(types[i]) + " is no type of notification",
                            "see the list of types in the operator's guide");
        }
    }
    const auto pools = fields.texts("pools");
    for (std::size_t i = 0; i < pools.size(); ++i) {
        const std::string field = "pools[" + std::to_string(i) + "]";
        if (const auto pool = fields.take(as_field(find_pool(fleet, pools[i]), field))) {
            channel.pools.push_back((*pool)->id);
        }
    }
    channel.labels = fields.labels("labels");
}

void read_email(Fields& fields, Channel& channel) {
    const auto recipients = fields.texts("to");
    if (recipients.empty())
        fields.complain("to", "no recipient is given", "give a list of e-mail addresses");
    json::Writer out;
    out.begin_object();
    write_texts(out, "to", recipients);
    out.end_object();
    channel.settings = out.take();
}

void read_webhook(Fields& fields, NewChannel& made) {
    const Secret url{fields.required_text("url")};
    const std::string origin = origin_of(url.reveal());
    if (!url.empty() && origin.empty()) {
        fields.complain("url", "this is no URL of the form https://host/path",
                        "give the receiver's https URL");
    }
    Secret secret{fields.text("secret").value_or("")};
    if (secret.empty()) {
        secret = make_webhook_secret();
        made.generated = secret;
    } else if (!sound_webhook_secret(secret.reveal())) {
        fields.complain(
            "secret", "this is no webhook secret",
            "give whsec_ and 24 to 64 bytes in base64, or leave it out to have one made");
    }
    json::Writer shown_settings;
    shown_settings.begin_object().field("origin", origin).end_object();
    made.channel.settings = shown_settings.take();
    made.secrets = webhook_secrets(url, secret);
}

NewChannel read_channel(const Context& api, Fields& fields) {
    NewChannel made;
    const std::string name = fields.required_text("name");
    if (!name.empty()) made.channel.name = fields.take(read_label("name", name)).value_or("");
    made.channel.kind = fields.required_text("kind");
    if (made.channel.kind == "email") {
        read_email(fields, made.channel);
    } else if (made.channel.kind == "webhook") {
        read_webhook(fields, made);
    } else if (!made.channel.kind.empty()) {
        fields.complain("kind", quoted(made.channel.kind) + " is no kind of channel",
                        "one of: email, webhook");
    }
    read_filters(api.fleet(), fields, made.channel);
    if (!fields.problems().empty()) return made;
    const auto trouble =
        driver_trouble(made.channel.kind, made.channel.settings, made.secrets, api.settings);
    if (trouble) fields.problems().push_back(*trouble);
    return made;
}

}  // namespace

void add_channel(const Call& call) {
    NewChannel made;
    if (!read_body(call, [&](Fields& fields) { made = read_channel(call.api, fields); })) return;
    if (!made.secrets.empty()) made.channel.sealed_settings = call.api.sealer.seal(made.secrets);
    const std::string location = "/api/v1/channels/" + made.channel.name;
    give_order(call, AddChannel{made.channel},
               as_created(
                   [generated = made.generated](const Context& api, std::int64_t id) {
                       const Channel* channel = api.fleet().channel(ChannelId{id});
                       return shown(channel, [&](json::Writer& out, const Channel& found) {
                           out.begin_object().key("channel");
                           write_channel(out, api, found);
                           out.key("secret");
                           generated.empty() ? out.null() : out.value(generated.reveal());
                           out.end_object();
                       });
                   },
                   location));
}

}  // namespace understudy::api
