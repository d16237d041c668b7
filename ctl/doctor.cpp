// doctor: goes through everything a failover needs, and says what to do where something is amiss.
#include "ctl/doctor.h"

#include <algorithm>
#include <ostream>
#include <sstream>

#include "base/text.h"
#include "ctl/command.h"
#include "ctl/display.h"

namespace understudy::ctl {
namespace {

// One look at a controller. What the session would tell of a failure becomes a finding.
class Examination {
  public:
    Examination(Transport& transport, std::string url)
        : url_(std::move(url)), session_(transport, Output::Table, {out_, err_}) {}

    // kOk: it could be asked.
    int carry_out(Findings& findings) {
        const WallTime sent = wall_now();
        const auto status = get("controller", "/status", findings);
        if (!status) return session_.failure();
        findings.push_back(
            {Wellness::Ok, "controller",
             "answers at " + url_ + ", up for " +
                 span_text(Duration{status->root()["uptime_s"].integer().value_or(0) * 1000})});
        findings.push_back(look_at_clock(status->root(), sent, wall_now()));
        findings.push_back(look_at_tls(status->root(), url_));
        look_at_controller(status->root(), findings);
        if (const auto servers = all("servers", findings)) {
            look_at_versions(status->root(), servers->root()["items"], findings);
            look_at_servers(servers->root()["items"], findings);
        }
        if (const auto providers = all("providers", findings))
            verify(providers->root()["items"], findings);
        if (const auto channels = all("channels", findings))
            look_at_channels(status->root(), channels->root()["items"], findings);
        if (const auto domains = all("domains", findings))
            look_at_domains(status->root(), domains->root()["items"], findings);
        return kOk;
    }

  private:
    std::optional<json::Document> get(const std::string& about, const std::string& path,
                                      Findings& findings) {
        auto document = session_.get(path);
        if (!document) findings.push_back(trouble(about));
        return document;
    }
    std::optional<json::Document> all(const std::string& kind, Findings& findings) {
        auto document = session_.get_all("/" + kind);
        if (!document) findings.push_back(trouble(kind));
        return document;
    }
    // "understudyctl: ...", and the remedy on a line of its own.
    Finding trouble(const std::string& about) {
        std::istringstream told{err_.str()};
        err_.str({});
        std::string what, remedy;
        std::getline(told, what);
        std::getline(told, remedy);
        constexpr std::string_view kWho = "understudyctl: ";
        if (what.starts_with(kWho)) what.erase(0, kWho.size());
        return {Wellness::Fail, about, what,
                remedy.substr(std::min<std::size_t>(2, remedy.size()))};
    }
    void verify(json::Value providers, Findings& findings) {
        if (providers.size() == 0) {
            findings.push_back({Wellness::Warn, "providers", "none is registered",
                                "understudyctl provider add NAME --kind KIND"});
        }
        providers.each([&](json::Value provider) {
            const std::string name = name_in(provider);
            const auto answer = session_.post("/providers" + path_part(name) + "/verify");
            findings.push_back(answer ? look_at_verification(name, answer->root())
                                      : trouble("provider " + name));
        });
    }

    std::string url_;
    std::ostringstream out_, err_;
    Session session_;
};

std::string as_json(const Findings& findings) {
    json::Writer out;
    out.begin_object().key("items").begin_array();
    for (const Finding& each : findings) {
        out.begin_object().field("state", word_of(each.wellness)).field("about", each.about);
        out.field("what", each.what).field("remedy", each.remedy).end_object();
    }
    out.end_array().end_object();
    return out.take() + "\n";
}

std::string as_text(const Findings& findings, bool colours) {
    const auto tone = [](Wellness wellness) {
        return wellness == Wellness::Ok     ? Tone::Good
               : wellness == Wellness::Warn ? Tone::Warning
                                            : Tone::Bad;
    };
    std::string out;
    std::size_t counts[3] = {};
    for (const Finding& each : findings) {
        ++counts[static_cast<std::size_t>(each.wellness)];
        const std::string word = word_of(each.wellness);
        out += toned({word, tone(each.wellness)}, colours) + std::string(6 - word.size(), ' ') +
               plain_text(each.about + ": " + each.what) + "\n";
        if (!each.remedy.empty()) out += "      -> " + plain_text(each.remedy) + "\n";
    }
    return out + "\n" + std::to_string(counts[0]) + " ok, " + std::to_string(counts[1]) +
           " warn, " + std::to_string(counts[2]) + " fail\n";
}

// Over the machine's own socket the kernel says who we are.
bool needs_token(const ClientSettings& settings) {
    return settings.token.empty() && !settings.url.starts_with(kUnixScheme);
}

Result<int> examine(const Here& here, const Arguments& arguments) {
    Findings findings;
    int code = kUsage;
    auto settings = find_settings(arguments, here.environment, here.files);
    if (settings) {
        findings.push_back({Wellness::Ok, "configuration",
                            "the controller is " + settings->url +
                                (needs_token(*settings) ? ", without a token" : "")});
        const std::string url = settings->url;
        const auto transport = here.connect(std::move(*settings));
        code = Examination{*transport, url}.carry_out(findings);
    } else {
        const Error& error = settings.error();
        findings.push_back(
            {Wellness::Fail, "configuration",
             error.field.empty() ? error.message : error.field + ": " + error.message,
             error.remedy});
    }
    here.streams.out << (here.output == Output::Json ? as_json(findings)
                                                     : as_text(findings, here.streams.colours));
    const bool failed = std::ranges::any_of(
        findings, [](const Finding& each) { return each.wellness == Wellness::Fail; });
    return code == kOk && failed ? static_cast<int>(kRefused) : code;
}

}  // namespace

std::vector<Command> doctor_commands() {
    std::vector<Command> all = {
        {"doctor",
         "",
         "",
         "Look at everything a failover needs, and say what to do about the rest",
         "Goes from here to what is served: configuration, the way to the controller, clocks, TLS "
         "and its end, versions, store, what holds automation, servers, what each provider lets "
         "the "
         "credential do, channels, name servers, records, and whether every domain has a stand-by. "
         "Each line is ok, warn or fail; under it stands the remedy. Nothing is changed, and "
         "nothing sent.\n"
         "\n"
         "Exit status: 0 nothing fails; 1 something does; 2, 3 and 4 as for every command.\n",
         {},
         0,
         0}};
    all.front().here = examine;
    return all;
}

}  // namespace understudy::ctl
