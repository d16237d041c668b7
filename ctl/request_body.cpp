#include "ctl/request_body.h"

#include "ctl/input.h"
#include "ctl/policy_options.h"
#include "ctl/time_range.h"

namespace understudy::ctl {

Option why_option() {
    return {"why", "TEXT", "Your reason, for those who find it later"};
}

std::vector<Option> with_wish_options(std::vector<Option> own) {
    own.push_back(why_option());
    own.push_back({"for", "TIME", "End by itself after that: 30m, 2h, 1h30m, 1d"});
    own.push_back({"until", "TIME", "End by itself then: 2026-11-21T02:08:42Z"});
    return own;
}

RequestBody& RequestBody::text(const std::string& option, const std::string& field) {
    if (const auto given = arguments_.text(option))
        writer_.field(field.empty() ? option : field, *given);
    return *this;
}

RequestBody& RequestBody::integer(const std::string& option, const std::string& field) {
    const auto given = arguments_.integer(option);
    if (!given) refuse(given.error());
    if (given && *given) writer_.field(field, **given);
    return *this;
}

RequestBody& RequestBody::null(const std::string& field) {
    writer_.key(field).null();
    return *this;
}

RequestBody& RequestBody::flag(const std::string& option) {
    if (arguments_.flag(option)) writer_.field(option, true);
    return *this;
}

RequestBody& RequestBody::flag_or_no(const std::string& option) {
    const bool no = arguments_.flag("no-" + option);
    if (no && arguments_.flag(option))
        refuse(invalid("--" + option, "given together with --no-" + option, "choose one"));
    if (no) writer_.field(option, false);
    return flag(option);
}

RequestBody& RequestBody::on_or_off(const std::string& option) {
    const auto word = arguments_.text(option);
    if (!word) return *this;
    if (const auto on = ctl::on_or_off(option, *word)) {
        writer_.field(option, *on);
    } else {
        refuse(on.error());
    }
    return *this;
}

RequestBody& RequestBody::labels() {
    const auto given = arguments_.pairs("label");
    if (given) return labels(*given);
    refuse(given.error());
    return *this;
}

RequestBody& RequestBody::labels(const std::map<std::string, std::string>& labels) {
    writer_.key("labels").begin_object();
    for (const auto& [key, value] : labels)
        writer_.field(key, value);
    writer_.end_object();
    return *this;
}

RequestBody& RequestBody::list(const std::string& field, const std::vector<std::string>& items) {
    writer_.key(field).begin_array();
    for (const std::string& item : items)
        writer_.value(item);
    writer_.end_array();
    return *this;
}

RequestBody& RequestBody::secret(const std::string& option) {
    if (error_) return *this;  // stdin is read once only
    if (const auto secret = read_secret(arguments_, option)) {
        writer_.field(option, secret->reveal());
    } else {
        refuse(secret.error());
    }
    return *this;
}

std::size_t RequestBody::policy_fields() {
    const auto count = write_policy(writer_, arguments_);
    if (!count) refuse(count.error());
    return count ? *count : 0;
}

RequestBody& RequestBody::policy() {
    RequestBody inner{arguments_};
    const std::size_t count = inner.policy_fields();
    const auto fields = inner.take();
    if (!fields) refuse(fields.error());
    if (fields && count > 0) writer_.key("policy").raw(*fields);
    return *this;
}

RequestBody& RequestBody::why() {
    return text("why");
}

RequestBody& RequestBody::wish() {
    why();
    write_end();
    return *this;
}

void RequestBody::write_end() {
    const auto span = arguments_.text("for");
    const auto until = arguments_.text("until");
    if (span && until) return refuse(invalid("--for", "given together with --until", "choose one"));
    if (span) {
        const auto length = parse_span("--for", *span);
        if (!length) return refuse(length.error());
        if (*length <= Duration{0}) return refuse(invalid("--for", "it must be more than nothing"));
        writer_.field("for", *span);
    }
    if (until) {
        const auto time = parse_rfc3339(*until);
        if (!time) {
            return refuse(
                invalid("--until", "'" + *until + "' is not a time",
                        "give it like 2026-11-21T02:08:42Z, or a length of time with --for 2h"));
        }
        writer_.field("until", to_rfc3339(*time));
    }
}

Result<std::string> RequestBody::take() {
    writer_.end_object();
    if (error_) return *error_;
    return writer_.take();
}

}  // namespace understudy::ctl
