#include "base/attention_fields.h"
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
    channel.types = read_types(fields);
    const auto pools = fields.texts("pools");
    for (std::size_t i = 0; i < pools.size(); ++i) {
        const std::string field = "pools[" + std::to_string(i) + "]";
        if (const auto pool = fields.take(as_field(find_pool(fleet, pools[i]), field))) {
            channel.pools.push_back((*pool)->id);
        }
    }
    channel.labels = fields.labels("labels");
    read_described(fields, channel.attention, false);
}

// The secret that was made, because none is given.
Secret read_secret(Fields& fields, const ChannelSetting& setting, ChannelValues& values) {
    Secret given{setting.required ? fields.required_text(setting.name)
                                  : fields.text(setting.name).value_or("")};
    Secret generated;
    if (given.empty() && setting.make != nullptr) given = generated = setting.make();
    if (!given.empty() && !setting.sound(given.reveal())) {
        fields.complain(setting.name, "this is no " + std::string{setting.form_of},
                        "give " + std::string{setting.wanted} +
                            (setting.make != nullptr ? ", or leave it out to have one made" : ""));
    }
    values.secrets.emplace(setting.name, std::move(given));
    return generated;
}

void read_by_kind(Fields& fields, const ChannelKind& kind, NewChannel& made) {
    ChannelValues values;
    for (const ChannelSetting& setting : kind.settings) {
        if (!setting.secret) {
            values.texts.emplace(setting.name, read_texts(fields, setting));
        } else if (Secret generated = read_secret(fields, setting, values); !generated.empty()) {
            made.generated = std::move(generated);
        }
    }
    made.channel.settings = readable_settings(kind, values);
    made.secrets = secret_settings(kind, values);
}

NewChannel read_channel(const Context& api, Fields& fields) {
    NewChannel made;
    made.channel.name = fields.label("name");
    made.channel.kind = fields.required_text("kind");
    if (const ChannelKind* kind = known_kind(fields, made.channel.kind))
        read_by_kind(fields, *kind, made);
    read_filters(api.fleet(), fields, made.channel);
    if (!fields.problems().empty()) return made;
    const auto trouble =
        driver_trouble(made.channel.kind, made.channel.settings, made.secrets, api.settings);
    if (trouble) fields.problems().push_back(*trouble);
    return made;
}

}  // namespace

void list_channels(const Call& call) {
    answer_list(call, call.api.fleet().channels(), [&](json::Writer& out, const Channel& channel) {
        write_channel(out, call.api, channel);
    });
}

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
                           out.text_or_null("secret", generated.reveal()).end_object();
                       });
                   },
                   location));
}

}  // namespace understudy::api
