#include "providers/cloudflare/change.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/json.h"

namespace understudy::cloudflare {
namespace {

constexpr std::uint32_t kMaximumTtl = 86'400;

std::uint32_t ttl_to_write(const Ttl& ttl, bool proxied, std::uint32_t minimum_ttl_s) {
    if (proxied || ttl.automatic()) return kAutomaticTtl;
    return std::clamp(ttl.seconds, minimum_ttl_s, kMaximumTtl);
}

std::optional<Ipv4> parse(const std::string& text, const Ipv4*) {
    return parse_ipv4(text);
}

std::optional<Ipv6> parse(const std::string& text, const Ipv6*) {
    return parse_ipv6(text);
}

// Addresses of one family. Compared as bytes: an IPv6 address has many spellings.
template <typename Address>
void plan_family(const std::string& type, const std::vector<Address>& wanted,
                 const std::vector<Record>& present, const RecordPost& model, Change& change) {
    std::vector<Address> missing = wanted;
    std::vector<Record> surplus;
    const auto ttl_of = [&model](const Record& record) {
        return record.ttl == model.ttl ? std::nullopt : std::optional{model.ttl};
    };
    for (const auto& record : present) {
        if (record.type != type) continue;
        const auto address = parse(record.content, static_cast<const Address*>(nullptr));
        const auto kept = std::ranges::find_if(
            missing, [&address](const Address& each) { return address == each; });
        if (kept == missing.end()) {
            surplus.push_back(record);
            continue;
        }
        missing.erase(kept);
        if (ttl_of(record)) change.patches.push_back({record, std::nullopt, ttl_of(record)});
    }
    for (auto& record : surplus) {
        if (missing.empty()) {
            change.deletes.push_back(std::move(record));
        } else {
            const auto ttl = ttl_of(record);
            change.patches.push_back({std::move(record), to_string(missing.front()), ttl});
            missing.erase(missing.begin());
        }
    }
    for (const auto& address : missing) {
        RecordPost post = model;
        post.type = type;
        post.content = to_string(address);
        change.posts.push_back(std::move(post));
    }
}

template <typename T>
void move_all(std::vector<T>& from, std::vector<T>& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void write_patch(json::Writer& writer, const RecordPatch& patch, bool with_id) {
    writer.begin_object();
    if (with_id) writer.field("id", patch.record.id);
    if (patch.content) writer.field("content", *patch.content);
    if (patch.ttl) writer.field("ttl", *patch.ttl);
    writer.end_object();
}

}  // namespace

void Change::append(Change other) {
    move_all(other.deletes, deletes);
    move_all(other.patches, patches);
    move_all(other.posts, posts);
}

Change plan_change(const RecordReplacement& replacement, const std::vector<Record>& present,
                   bool proxied, std::uint32_t minimum_ttl_s) {
    Change change;
    RecordPost model;
    model.name = replacement.name;
    model.ttl = ttl_to_write(replacement.ttl, proxied, minimum_ttl_s);
    model.proxied = proxied;
    plan_family("A", replacement.wanted.ipv4, present, model, change);
    if (replacement.with_ipv6) {
        plan_family("AAAA", replacement.wanted.ipv6, present, model, change);
    }
    return change;
}

std::string patch_body(const RecordPatch& patch) {
    json::Writer writer;
    write_patch(writer, patch, false);
    return writer.take();
}

std::string batch_body(const Change& change) {
    json::Writer writer;
    writer.begin_object();
    if (!change.deletes.empty()) {
        writer.key("deletes").begin_array();
        for (const auto& record : change.deletes) {
            writer.begin_object().field("id", record.id).end_object();
        }
        writer.end_array();
    }
    if (!change.patches.empty()) {
        writer.key("patches").begin_array();
        for (const auto& patch : change.patches)
            write_patch(writer, patch, true);
        writer.end_array();
    }
    if (!change.posts.empty()) {
        writer.key("posts").begin_array();
        for (const auto& post : change.posts) {
            writer.begin_object().field("name", post.name).field("type", post.type);
            writer.field("content", post.content).field("ttl", post.ttl);
            writer.field("proxied", post.proxied).end_object();
        }
        writer.end_array();
    }
    return writer.end_object().take();
}

}  // namespace understudy::cloudflare
