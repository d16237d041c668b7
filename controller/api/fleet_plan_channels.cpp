// Channels of a fleet document. Their settings keep the references that the file gives, so that an
// export is the same file; what the references stand for is compared with what is sealed.
#include <algorithm>

#include "base/attention_fields.h"
#include "controller/api/channel_settings.h"
#include "controller/api/fleet_planning.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

using ChannelItem = FleetDocument::ChannelItem;

// What a channel has or shall have, in a form that can be compared.
struct Shape {
    ChannelValues settings;  // secrets: what the references stand for, only compared
    std::set<NoticeType> types;
    std::set<std::string> pools;
    std::map<std::string, std::string> labels;
    Attention attention;
};

Shape shape_of(const Planning& planning, const ChannelKind& kind, const Channel& channel) {
    const auto pools = subscribed_pools(planning.in.fleet, channel);
    return {channel_values(kind, channel.settings, planning.in.secrets_of(channel)),
            channel.types,
            {pools.begin(), pools.end()},
            channel.labels,
            channel.attention};
}

// `before`: what is there, for the secrets that the file leaves out.
Shape wanted_shape(const ChannelItem& item, const Shape& before) {
    Shape shape;
    shape.settings.texts = item.texts;
    shape.settings.secrets = before.settings.secrets;
    for (const auto& [name, given] : item.secrets) {
        shape.settings.secrets[name] = given.content;
        shape.settings.references[name] = given.json;
    }
    shape.types = item.types;
    shape.attention = item.attention;
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

FieldChange hidden(const std::string& name, const Secret& was, const Secret& is) {
    const bool same = was.reveal() == is.reveal();
    return {"content of settings." + name, "(hidden)", same ? "(hidden)" : "(another)"};
}

std::vector<FieldChange> changes(const ChannelKind& kind, const Shape& before, const Shape& after) {
    const ChannelValues &was = before.settings, &is = after.settings;
    std::vector<FieldChange> fields, contents;
    for (const ChannelSetting& setting : kind.settings) {
        const std::string name{setting.name};
        if (!setting.secret) {
            fields.push_back({"settings." + name, text_of(was.text(name)), text_of(is.text(name))});
        } else {
            fields.push_back({"settings." + name, was.reference(name), is.reference(name)});
            contents.push_back(hidden(name, was.secret(name), is.secret(name)));
        }
    }
    fields.insert(fields.end(), contents.begin(), contents.end());
    fields.push_back({"types", types_text(before.types), types_text(after.types)});
    const auto attention = described_fields("", before.attention, after.attention);
    fields.insert(fields.end(), attention.begin(), attention.end());
    fields.push_back({"pools",
                      text_of(std::vector<std::string>{before.pools.begin(), before.pools.end()}),
                      text_of(std::vector<std::string>{after.pools.begin(), after.pools.end()})});
    fields.push_back({"labels", text_of(before.labels), text_of(after.labels)});
    return only_real(std::move(fields));
}

// What is wrong with what a reference stands for.
std::optional<Error> reference_trouble(const ChannelSetting& setting, const Secret& content) {
    const std::string name{setting.name}, wanted{setting.wanted};
    if (content.empty() && setting.required) {
        return invalid({}, "this is missing",
                       "say where the " + std::string{setting.noun} +
                           R"( is: {"file": "..."} or {"env": "..."})");
    }
    const bool left_out = content.empty() && setting.make == nullptr;
    if (left_out || setting.sound(content.reveal())) return std::nullopt;
    return invalid(
        {}, "what the reference stands for is no " + std::string{setting.form_of},
        "put " + wanted + " there" +
            (setting.make != nullptr ? ", or leave " + name + " out to have one made" : ""));
}

// False when something was complained about.
bool check_secrets(Planning& planning, const std::string& path, const ChannelKind& kind,
                   const ChannelItem& item, const Shape& shape) {
    for (const auto& [name, given] : item.secrets)
        if (given.content.empty()) return false;  // complained about already
    for (const ChannelSetting& setting : kind.settings) {
        if (!setting.secret) continue;
        const auto trouble = reference_trouble(setting, shape.settings.secret(setting.name));
        if (!trouble) continue;
        planning.complain(path + ".settings." + std::string{setting.name}, trouble->message,
                          trouble->remedy);
        return false;
    }
    return true;
}

// A secret that the file leaves out was given for one place, and goes to no other by itself.
bool check_place(Planning& planning, const std::string& path, const ChannelKind& kind,
                 const ChannelItem& item, const Shape& before, const Shape& after) {
    if (before.settings.text("server") == after.settings.text("server")) return true;
    bool sound = true;
    for (const ChannelSetting& setting : kind.settings) {
        const bool carried = setting.secret && !item.secrets.contains(setting.name) &&
                             !after.settings.secret(setting.name).empty();
        if (!carried) continue;
        planning.complain(path + ".settings." + std::string{setting.name},
                          "it was given for another server",
                          R"(say again where it is: {"file": "..."} or {"env": "..."})");
        sound = false;
    }
    return sound;
}

// The channel without its pools, which the order has by name; and what is to be sealed.
Channel channel_of(const ChannelKind& kind, const ChannelItem& item, const Shape& shape) {
    Channel channel;
    channel.name = item.name;
    channel.kind = item.kind;
    channel.settings = readable_settings(kind, shape.settings);
    channel.types = shape.types;
    channel.attention = shape.attention;
    channel.labels = shape.labels;
    return channel;
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

void plan_new(Planning& planning, const std::string& path, const ChannelKind& kind,
              const ChannelItem& item) {
    Shape shape = wanted_shape(item, {});
    PlannedOrder order;
    order.path = path;
    std::vector<FieldChange> fields{{"kind", "", item.kind}};
    for (const ChannelSetting& setting : kind.settings) {
        if (!setting.secret) {
            fields.push_back(
                {std::string{setting.name}, "", text_of(shape.settings.text(setting.name))});
        } else if (setting.make != nullptr && !item.secrets.contains(setting.name)) {
            order.generated = planning.in.make_secret(setting);
            shape.settings.secrets.emplace(setting.name, order.generated);
        }
    }
    planning.differ(Difference::How::Added, "channel", item.name, only_real(std::move(fields)));
    if (!check_secrets(planning, path, kind, item, shape)) return;
    Channel channel = channel_of(kind, item, shape);
    order.to_seal = secret_settings(kind, shape.settings);
    if (!check_driver(planning, path, item, channel, order.to_seal)) return;
    order.action = AddChannel{std::move(channel), {shape.pools.begin(), shape.pools.end()}};
    planning.phases.channels.push_back(std::move(order));
}

void plan_change(Planning& planning, const std::string& path, const ChannelKind& kind,
                 const ChannelItem& item, const Channel& known) {
    if (item.kind != known.kind) {
        return planning.complain(
            path + ".kind",
            "channel '" + known.name + "' is of kind " + known.kind + ", which cannot be changed",
            "give the new channel another name");
    }
    const Shape before = shape_of(planning, kind, known);
    const Shape after = wanted_shape(item, before);
    auto fields = changes(kind, before, after);
    if (fields.empty()) return;
    planning.differ(Difference::How::Changed, "channel", known.name, std::move(fields));
    if (!check_secrets(planning, path, kind, item, after)) return;
    if (!check_place(planning, path, kind, item, before, after)) return;
    Channel channel = channel_of(kind, item, after);
    channel.id = known.id;
    const Secret secrets = secret_settings(kind, after.settings);
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
        const ChannelKind* kind = find_channel_kind(items[i].kind);
        if (items[i].name.empty() || kind == nullptr) continue;
        const Channel* known = planning.in.fleet.channel_named(items[i].name);
        if (known == nullptr) {
            plan_new(planning, path, *kind, items[i]);
        } else {
            plan_change(planning, path, *kind, items[i], *known);
        }
    }
    for (const Channel* channel : planning.in.fleet.channels()) {
        if (planning.end.channels.contains(channel->name)) continue;
        planning.differ(Difference::How::Removed, "channel", channel->name);
        planning.phases.gone_channels.push_back({RemoveChannel{channel->id}, "channels"});
    }
}

}  // namespace understudy::api
