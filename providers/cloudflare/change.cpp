#include "providers/cloudflare/change.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/json.h"

namespace understudy::cloudflare {
namespace {

std::optional<Ipv4> parse(const std::string& text, const Ipv4*) {
    return parse_ipv4(text);
}

std::optional<Ipv6> parse(const std::string& text, const Ipv6*) {
    return parse_ipv6(text);
}

// Whom a new record takes its comment and tags from.
const Record* sibling(const std::vector<Record>& present, const std::string& type) {
    const auto same = std::ranges::find(present, type, &Record::type);
    if (same != present.end()) return &*same;
    const auto other = std::ranges::find_if(present, &Record::is_address);
    return other == present.end() ? nullptr : &*other;
}

RecordPost like_siblings(const RecordPost& model, const std::string& type,
                         const std::vector<Record>& present) {
    RecordPost post = model;
    post.type = type;
    if (const Record* like = sibling(present, type)) {
        post.comment = like->comment;
        post.tags = like->tags;
    }
    return post;
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
    const RecordPost like = like_siblings(model, type, present);
    for (const auto& address : missing) {
        change.posts.push_back(like);
        change.posts.back().content = to_string(address);
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

void write_post(json::Writer& writer, const RecordPost& post) {
    writer.begin_object().field("name", post.name).field("type", post.type);
    writer.field("content", post.content).field("ttl", post.ttl);
    writer.field("proxied", post.proxied);
    if (!post.comment.empty()) writer.field("comment", post.comment);
    if (!post.tags.empty()) {
        writer.key("tags").begin_array();
        for (const auto& tag : post.tags)
            writer.value(tag);
        writer.end_array();
    }
    writer.end_object();
}

}  // namespace

void Change::append(Change other) {
    move_all(other.posts_first, posts_first);
    move_all(other.deletes, deletes);
    move_all(other.patches, patches);
    move_all(other.posts, posts);
}

bool Change::strip_notes() {
    bool any = false;
    for (auto* list : {&posts_first, &posts}) {
        for (auto& post : *list) {
            any = any || !post.comment.empty() || !post.tags.empty();
            post.comment.clear();
            post.tags.clear();
        }
    }
    return any;
}

Change plan_change(const Write& write, const std::vector<Record>& present, Ttl ttl) {
    Change change;
    RecordPost model;
    model.name = write.wanted.name;
    model.ttl = ttl.automatic() ? kAutomaticTtl : ttl.seconds;
    model.proxied = write.before.proxied;
    plan_family("A", write.wanted.wanted.ipv4, present, model, change);
    plan_family("AAAA", write.wanted.wanted.ipv6, present, model, change);
    if (static_cast<std::size_t>(std::ranges::count_if(present, &Record::is_address)) ==
        change.deletes.size()) {
        change.posts_first = std::exchange(change.posts, {});
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
        for (const auto& post : change.posts)
            write_post(writer, post);
        writer.end_array();
    }
    return writer.end_object().take();
}

}  // namespace understudy::cloudflare
