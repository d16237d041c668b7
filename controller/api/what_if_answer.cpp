#include "controller/api/what_if_answer.h"

#include <memory>
#include <optional>
#include <utility>

#include "controller/api/long_answers.h"
#include "controller/api/view_parts.h"
#include "controller/api/what_if_text.h"
#include "controller/core/engine_view.h"

namespace understudy::api {
namespace {

// Of each pool; the others are counted.
constexpr std::size_t kDomainsNamed = 100;
// What is written of a pool takes as long as a look at so many domains.
constexpr std::size_t kWorkOfText = 20;

double seconds_of(Duration span) {
    return static_cast<double>(span.count()) / 1000.0;
}

void write_span(json::Writer& out, std::string_view name, const WaitSpan& span) {
    out.key(name).begin_object().field("best_s", seconds_of(span.best));
    out.field("worst_s", seconds_of(span.worst)).end_object();
}

void write_time(json::Writer& out, const WhatIfTime& time) {
    const WaitSpan written = time.until_written();
    out.key("time").begin_object();
    write_span(out, "detection", time.detection);
    write_span(out, "waiting", time.waiting);
    write_span(out, "writing", time.writing);
    write_span(out, "until_written", written);
    out.field("ttl_s", seconds_of(time.ttl));
    write_span(out, "until_seen", {written.best, written.worst + time.ttl});
    out.end_object();
}

void write_fates(json::Writer& out, const WhatIfCounts& counts) {
    out.field("moving", counts.moving).field("unserved", counts.unserved);
    out.field("in_conflict", counts.blocked).field("ignored", counts.ignored);
    out.field("same", counts.same);
    out.field("not_ready", counts.not_ready);
}

void write_held_by(json::Writer& out, const Context& api, std::string_view name,
                   const std::optional<Restraint>& held) {
    out.key(name);
    if (held) {
        write_restraint(out, api, *held);
    } else {
        out.null();
    }
}

void write_named(json::Writer& out, const WhatIfPool& pool) {
    out.objects("named", pool.named, [&](const WhatIfDomain& each) {
        out.field("name", each.name).field("outcome", to_text(each.fate));
        write_content(out, "from", each.from);
        write_content(out, "to", each.to);
        out.text_or_null("why", each.why);
    });
    const bool hit = pool.fate != WhatIfPool::Fate::Untouched;
    const std::size_t all = hit ? pool.domains.all() : 0;
    out.field("more", all - pool.named.size());
}

void write_pool_then(json::Writer& out, const Context& api, const WhatIfPool& pool,
                     const WhatIfTime& whole) {
    const bool moves = pool.fate == WhatIfPool::Fate::Moves;
    out.begin_object().field("pool", pool.name);
    out.field("outcome", to_text(pool.fate)).field("reason", pool.reason);
    out.list("to_servers",
             server_names(api.fleet(), moves ? pool.to.servers : std::vector<ServerId>{}));
    write_content(out, "from", pool.from_text);
    write_content(out, "to", pool.to_text);
    out.object("domains", [&] { write_fates(out, pool.domains); });
    write_time(out, time_of(pool, whole));
    write_held_by(out, api, "held", pool.held);
    out.field("observed", pool.dry_run).field("standby_left", pool.standby);
    write_named(out, pool);
    out.end_object();
}

void write_writings(json::Writer& out, const Fleet& fleet,
                    const std::vector<WhatIfWriting>& writings) {
    out.objects("writing", writings, [&](const WhatIfWriting& each) {
        out.field("provider", name_of(fleet.provider(each.provider)));
        out.field("records", each.records).field("zones", each.zones).field("calls", each.calls);
        out.field("calls_free", each.means ? each.means->calls_free : std::nullopt);
    });
}

void write_totals(json::Writer& out, const WhatIfTotals& totals) {
    out.key("domains").begin_object();
    write_fates(out, totals.domains);
    out.field("held", totals.held).field("observed", totals.dry_run).end_object();
    out.list("without_standby", totals.without_standby);
}

void write_loss_of(json::Writer& out, const WhatIfServer& row) {
    out.field("server", row.name).field("sentence", sentence_of(row.name, row));
    out.field("pools", row.published).field("moving", row.moving);
    out.field("unserved", row.unserved).field("held", row.held).field("staying", row.staying);
    out.field("not_ready", row.not_ready);
    out.field("pools_without_standby", row.last_standby);
    out.field("why_held", row.why ? std::optional{row.why->sentence()} : std::nullopt);
}

// What was looked at one after the other, with decisions in between, says so.
class LookedAt {
  public:
    explicit LookedAt(const Call& call)
        : begun_(call.wall), changes_(call.api.state.fleet_changes) {}

    void begin(json::Writer& out) const { out.begin_object().field("at", begun_); }
    ApiResponse end(json::Writer& out, const Context& api, const Moment& at) const {
        out.field("until", at.wall);
        out.field("changed_meanwhile", api.state.fleet_changes != changes_).end_object();
        return json_response(out.take());
    }

  private:
    WallTime begun_;
    std::uint64_t changes_;
};

class LossAnswer {
  public:
    LossAnswer(const Call& call, const std::vector<ServerId>& lost)
        : api_(call.api),
          looked_(call),
          names_(server_names(call.api.fleet(), lost)),
          walk_(lost, kDomainsNamed) {}

    std::optional<ApiResponse> go_on(const Moment& at, Work& work) {
        if (!found_) {
            if (!walk_.go_on(api_.engine.view(at.now), work)) return std::nullopt;
            found_ = walk_.take();
            write_sum();
            work.spend(found_->pools.size());
        }
        for (; next_ < found_->pools.size(); ++next_) {
            if (!work.left()) return std::nullopt;
            const WhatIfPool& pool = found_->pools[next_];
            write_pool_then(out_, api_, pool, time_);
            work.spend(kWorkOfText + pool.named.size());
        }
        out_.end_array();
        return looked_.end(out_, api_, at);
    }

  private:
    void write_sum() {
        const Fleet& fleet = api_.fleet();
        const auto writings = writings_of(
            found_->zones, [&](ProviderId provider) { return api_.desk.means_of(provider); });
        time_ = time_of(*found_, writings);
        const WhatIfTotals totals = totals_of(fleet, *found_);
        looked_.begin(out_);
        out_.list("lost", names_);
        out_.field("sentence", sentence_of(names_, *found_, totals, time_));
        out_.list("obstacles", obstacles_of(fleet, *found_, writings));
        write_held_by(out_, api_, "doubted", found_->doubted);
        write_totals(out_, totals);
        write_time(out_, time_);
        write_writings(out_, fleet, writings);
        out_.key("pools").begin_array();
    }

    const Context& api_;
    LookedAt looked_;
    std::vector<std::string> names_;
    what_if::LossWalk walk_;
    std::optional<WhatIf> found_;
    WhatIfTime time_;
    json::Writer out_;
    std::size_t next_ = 0;  // of its pools, to be written
};

class EachLossAnswer {
  public:
    explicit EachLossAnswer(const Call& call) : api_(call.api), looked_(call) {}

    std::optional<ApiResponse> go_on(const Moment& at, Work& work) {
        if (!walk_.go_on(api_.engine.view(at.now), work)) return std::nullopt;
        json::Writer out;
        looked_.begin(out);
        out.objects("servers", walk_.take(),
                    [&](const WhatIfServer& row) { write_loss_of(out, row); });
        return looked_.end(out, api_, at);
    }

  private:
    const Context& api_;
    LookedAt looked_;
    what_if::EachLossWalk walk_;
};

template <typename Answer>
void begin_answer(const Call& call, std::shared_ptr<Answer> answer) {
    call.api.longer.begin(call, [answer = std::move(answer)](const Moment& at, Work& work) {
        return answer->go_on(at, work);
    });
}

}  // namespace

void answer_what_if(const Call& call, const std::vector<ServerId>& lost) {
    begin_answer(call, std::make_shared<LossAnswer>(call, lost));
}

void answer_what_if_each(const Call& call) {
    begin_answer(call, std::make_shared<EachLossAnswer>(call));
}

}  // namespace understudy::api
