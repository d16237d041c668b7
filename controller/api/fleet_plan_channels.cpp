// Channels of a fleet document. Their settings keep the references that the file gives, so that an
// export is the same file; what the references stand for is compared with what is sealed.
#include <algorithm>

#include "base/json.h"
#include "controller/api/channel_settings.h"
#include "controller/api/fleet_planning.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

using ChannelItem = FleetDocument::ChannelItem;

// What a channel has or shall have, in a form that can be compared.
struct Shape {
    std::vector<std::string> to;
    std::string origin, url_reference, secret_reference;
    Secret url, secret;  // what the references stand for: only compared
    std::set<NoticeType> types;
    std::set<std::string> pools;
    std::map<std::string, std::string> labels;
};

std::string string_at(json::Value value, std::string_view key) {
    return std::string{value[key].string().value_or("")};
}

Shape shape_of(const Planning& planning, const Channel& channel) {
    Shape shape;
    if (const auto settings = json::Document::parse(channel.settings)) {
        const json::Value root = settings->root();
        root["to"].each(
            [&](json::Value each) { shape.to.emplace_back(each.string().value_or("")); });
        shape.origin = string_at(root, "origin");
        shape.url_reference = root["url"].text();
        shape.secret_reference = root["secret"].text();
    }
    const Secret sealed = planning.in.secrets_of(channel);
    if (const auto secrets = json::Document::parse(sealed.reveal())) {
        shape.url = Secret{string_at(secrets->root(), "url")};
        shape.secret = Secret{string_at(secrets->root(), "secret")};
    }
    shape.types = channel.types;
    const auto pools = subscribed_pools(planning.in.fleet, channel);
    shape.pools = {pools.begin(), pools.end()};
    shape.labels = channel.labels;
    return shape;
}

// `before`: what is there, for what the file leaves out.
Shape wanted_shape(const ChannelItem& item, const Shape& before) {
    Shape shape;
    shape.to = item.to;
    shape.url = item.url ? item.url->content : before.url;
    shape.origin = item.url ? origin_of(shape.url.reveal()) : before.origin;
    shape.secret = item.secret ? item.secret->content : before.secret;
    shape.url_reference = item.url ? item.url->json : "";
    shape.secret_reference = item.secret ? item.secret->json : "";
    shape.types = item.types;
    shape.pools = {item.pools.begin(), item.pools.end()};
    shape.labels = item.labels;
    return shape;
}

std::string types_text(const std::set<NoticeType>& types) {
    std::vector<std::string> words;
    for (const NoticeType type : types)
        words.emplace_back(to_text(type));
    return listed(words);
}

std::vector<FieldChange> changes(const Shape& before, const Shape& after) {
    const auto hidden = [](const char* field, const Secret& was, const Secret& is) {
        const bool same = was.reveal() == is.reveal();
        return FieldChange{field, "(hidden)", same ? "(hidden)" : "(another)"};
    };
    std::vector<FieldChange> fields{
        {"settings.to", text_of(before.to), text_of(after.to)},
        {"settings.url", before.url_reference, after.url_reference},
        {"settings.secret", before.secret_reference, after.secret_reference},
        hidden("content of settings.url", before.url, after.url),
        hidden("content of settings.secret", before.secret, after.secret),
        {"types", types_text(before.types), types_text(after.types)},
        {"pools", text_of(std::vector<std::string>{before.pools.begin(), before.pools.end()}),
         text_of(std::vector<std::string>{after.pools.begin(), after.pools.end()})},
        {"labels", text_of(before.labels), text_of(after.labels)},
    };
    return only_real(std::move(fields));
}

std::string settings_of(const ChannelItem& item, const Shape& shape) {
    json::Writer out;
    out.begin_object();
    if (item.kind == "email") {
        write_texts(out, "to", shape.to);
    } else {
        out.field("origin", shape.origin);
        if (!shape.url_reference.empty()) out.key("url").raw(shape.url_reference);
        if (!shape.secret_reference.empty()) out.key("secret").raw(shape.secret_reference);
    }
    out.end_object();
    return out.take();
}

// False when something was complained about.
bool check_secrets(Planning& planning, const std::string& path, const ChannelItem& item,
                   const Shape& shape) {
    if (item.kind != "webhook") return true;
    for (const auto* given : {&item.url, &item.secret}) {
        if (*given && (*given)->content.empty()) return false;  // complained about already
    }
    if (shape.url.empty()) {
        planning.complain(path + ".settings.url", "this is missing",
                          R"(say where the URL is: {"file": "..."} or {"env": "..."})");
        return false;
    }
    if (shape.origin.empty()) {
        planning.complain(path + ".settings.url",
                          "what the reference stands for is no URL of the form https://host/path",
                          "put the receiver's https URL there");
        return false;
    }
    if (sound_webhook_secret(shape.secret.reveal())) return true;
    planning.complain(path + ".settings.secret",
                      "what the reference stands for is no webhook secret",
                      "put whsec_ and 24 to 64 bytes in base64 there, or leave secret out to have "
                      "one made");
    return false;
}

// The channel without its pools, which the order has by name; and what is to be sealed.
Channel channel_of(const ChannelItem& item, const Shape& shape) {
    Channel channel;
    channel.name = item.name;
    channel.kind = item.kind;
    channel.settings = settings_of(item, shape);
    channel.types = shape.types;
    channel.labels = shape.labels;
    return channel;
}

Secret to_seal(const ChannelItem& item, const Shape& shape) {
    if (item.kind != "webhook") return {};
    return webhook_secrets(shape.url, shape.secret);
}

bool check_driver(Planning& planning, const std::string& path, const ChannelItem& item,
                  const Channel& channel, const Secret& secrets) {
    auto trouble = planning.in.channel_trouble(item.kind, channel.settings, secrets);
    if (!trouble) return true;
    const bool about_kind = trouble->field == "kind";
    trouble->field = path + (about_kind ? ".kind" : ".settings." + trouble->field);
    planning.plan.problems.push_back(*std::move(trouble));
    return false;
}

void plan_new(Planning& planning, const std::string& path, const ChannelItem& item) {
    Shape shape = wanted_shape(item, {});
    PlannedOrder order;
    order.path = path;
    if (item.kind == "webhook" && !item.secret) {
        order.generated = planning.in.make_secret();
        shape.secret = order.generated;
    }
    planning.differ(Difference::How::Added, "channel", item.name,
                    only_real({{"kind", "", item.kind}, {"to", "", text_of(item.to)}}));
    if (!check_secrets(planning, path, item, shape)) return;
    Channel channel = channel_of(item, shape);
    order.to_seal = to_seal(item, shape);
    if (!check_driver(planning, path, item, channel, order.to_seal)) return;
    order.action = AddChannel{std::move(channel), {shape.pools.begin(), shape.pools.end()}};
    planning.phases.channels.push_back(std::move(order));
}

void plan_change(Planning& planning, const std::string& path, const ChannelItem& item,
                 const Channel& known) {
    if (item.kind != known.kind) {
        return planning.complain(
            path + ".kind",
            "channel '" + known.name + "' is of kind " + known.kind + ", which cannot be changed",
            "give the new channel another name");
    }
    const Shape before = shape_of(planning, known);
    const Shape after = wanted_shape(item, before);
    auto fields = changes(before, after);
    if (fields.empty()) return;
    planning.differ(Difference::How::Changed, "channel", known.name, std::move(fields));
    if (!check_secrets(planning, path, item, after)) return;
    Channel channel = channel_of(item, after);
    channel.id = known.id;
    const Secret secrets = to_seal(item, after);
    if (!check_driver(planning, path, item, channel, secrets)) return;
    planning.phases.channels.push_back(
        {EditChannel{std::move(channel), {after.pools.begin(), after.pools.end()}},
         path,
         secrets,
         {}});
}

void check_pools(Planning& planning, const std::string& path, const ChannelItem& item) {
    for (std::size_t i = 0; i < item.pools.size(); ++i) {
        if (item.pools[i].empty() || planning.end.pools.contains(item.pools[i])) continue;
        planning.complain(path + ".pools[" + std::to_string(i) + "]",
                          "there is no pool " + quoted(item.pools[i]),
                          "name one that there is, or add it to pools");
    }
}

}  // namespace

void plan_channels(Planning& planning) {
    if (!planning.in.document.channels) return;
    const auto& items = *planning.in.document.channels;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::string path = item_path("channels", i);
        check_pools(planning, path, items[i]);
        if (items[i].name.empty() || items[i].kind.empty()) continue;
        const Channel* known = planning.in.fleet.channel_named(items[i].name);
        if (known == nullptr) {
            plan_new(planning, path, items[i]);
        } else {
            plan_change(planning, path, items[i], *known);
        }
    }
    for (const Channel* channel : planning.in.fleet.channels()) {
        if (planning.end.channels.contains(channel->name)) continue;
        planning.differ(Difference::How::Removed, "channel", channel->name);
        planning.phases.gone_channels.push_back({RemoveChannel{channel->id}, "channels"});
    }
}

}  // namespace understudy::api
