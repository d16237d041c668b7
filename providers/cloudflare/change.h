// Change: the operations that turn the address records of some names into others.
//
// The set difference comes first and the rest is paired as patches. A patch names only the content
// (and the TTL where it differs), so that proxy, comment, tags and settings stay whatever they are;
// PUT would reset them. A new record copies `proxied`: one unproxied address beside proxied ones
// would publish it. It copies comment and tags as well, of the first record of its family or else
// of the other one: people find their records by them.
//
// A name is never without an address in between. Cloudflare carries out a batch's deletes first and
// publishes record by record; so a record is deleted only where another one stays or is patched,
// and where none does the new ones go in a call before (`posts_first`).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "providers/cloudflare/record.h"
#include "providers/service.h"

namespace understudy::cloudflare {

struct RecordPatch {
    Record record;  // as it was read
    std::optional<std::string> content;
    std::optional<std::uint32_t> ttl;
};

struct RecordPost {
    std::string name;
    std::string type;
    std::string content;
    std::uint32_t ttl = kAutomaticTtl;
    bool proxied = false;
    std::string comment;
    std::vector<std::string> tags;
};

struct Change {
    std::vector<RecordPost> posts_first;  // a call of their own, before all others
    std::vector<Record> deletes;
    std::vector<RecordPatch> patches;
    std::vector<RecordPost> posts;

    std::size_t operations() const {
        return posts_first.size() + deletes.size() + patches.size() + posts.size();
    }
    bool is_one_patch() const { return operations() == 1 && patches.size() == 1; }
    void append(Change other);
    // Takes comments and tags off the new records; whether there were any.
    bool strip_notes();
};

// `present`: the records of that name, sound by fold(); `ttl`: what they shall have.
Change plan_change(const Write& write, const std::vector<Record>& present, Ttl ttl);

std::string patch_body(const RecordPatch& patch);
// All but posts_first.
std::string batch_body(const Change& change);

}  // namespace understudy::cloudflare
