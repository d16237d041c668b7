#include "providers/powerdns/set_reader.h"

#include <utility>

#include "providers/powerdns/unserved.h"

namespace understudy::powerdns {
namespace {

constexpr std::size_t kNamesAskedSingly = 10;

}  // namespace

Step SetReader::read(const std::string& zone_id, const std::vector<std::string>& names,
                     Extent extent, Done done) {
    ensure(!names.empty());
    path_ = "/zones/" + url_encode(zone_id);
    names_ = names;
    extent_ = extent;
    next_ = 0;
    reading_ = {};
    for (const auto& name : names)
        reading_.sets[name];
    done_ = std::move(done);
    const bool at_once = extent == Extent::Whole || names.size() > kNamesAskedSingly;
    return at_once ? ask_whole_zone() : ask_name();
}

// The continuation may read again: it must not be destroyed while it runs.
Step SetReader::tell(Result<ZoneReading> result) {
    return std::exchange(done_, nullptr)(std::move(result));
}

Step SetReader::ask_whole_zone() {
    return conversation_.ask(server_->get(path_), [this](const HttpAnswer& answer) {
        auto error = take(answer);
        if (!error) return tell(std::move(reading_));
        if (error->code != Errc::Transient) return tell(*std::move(error));
        for (auto& entry : reading_.sets)
            entry.second.clear();
        return ask_name();
    });
}

Step SetReader::ask_name() {
    if (next_ == names_.size()) return tell(std::move(reading_));
    const auto filter = "?rrset_name=" + url_encode(absolute(names_[next_]));
    return conversation_.ask(server_->get(path_ + filter), [this](const HttpAnswer& answer) {
        if (auto error = take(answer)) return tell(*std::move(error));
        return extent_ == Extent::Whole ? ask_unserved() : next_name();
    });
}

Step SetReader::ask_unserved() {
    return conversation_.ask(
        server_->get(search_path(names_[next_])), [this](const HttpAnswer& answer) {
            const auto accepted = server_->read(answer);
            if (!accepted) return tell(accepted.error());
            const auto& name = names_[next_];
            auto& sets = reading_.sets[name];
            if (auto error = add_unserved(accepted->root(), reading_.zone, name, sets)) {
                return tell(*std::move(error));
            }
            return next_name();
        });
}

Step SetReader::next_name() {
    ++next_;
    return ask_name();
}

std::optional<Error> SetReader::take(const HttpAnswer& answer) {
    const auto accepted = server_->read(answer);
    if (!accepted) return accepted.error();
    auto zone = read_zone(accepted->root());
    if (!zone) return zone.error();
    reading_.zone = *std::move(zone);
    if (auto error = refuse(reading_.zone)) return error;
    return read_sets(accepted->root(), reading_.sets);
}

}  // namespace understudy::powerdns
