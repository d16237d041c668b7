#include "ctl/fleet_file.h"

#include <cstdlib>
#include <map>
#include <set>
#include <string_view>

#include "base/channel_kinds.h"
#include "ctl/input.h"

namespace understudy::ctl {
namespace {

Result<Secret> look_up(const std::string& kind, const std::string& name,
                       const std::string& folder) {
    if (kind == "file") {
        return read_file(name.starts_with('/') ? name : folder + "/" + name);
    }
    const char* content = std::getenv(name.c_str());
    if (content != nullptr) return Secret{content};
    return invalid({}, "$" + name + " is not set", "set it, or refer to a file");
}

// Collects what references stand for, each once, and every error about them.
class References {
  public:
    explicit References(const std::string& folder) : folder_(folder) {}

    void read(const std::string& path, json::Value reference) {
        for (const char* kind : {"file", "env"}) {
            const auto name = reference[kind].string();
            if (name && !name->empty()) take(path, kind, std::string{*name});
        }
    }
    Secret to_json() const {
        json::Writer out;
        out.begin_object();
        for (const auto& [name, content] : found_)
            out.field(name, content.reveal());
        out.end_object();
        return Secret{out.take()};
    }
    std::vector<Error> errors;

  private:
    void take(const std::string& path, const std::string& kind, const std::string& name) {
        const auto read = look_up(kind, name, folder_);
        if (!read) {
            Error error = read.error();
            if (!error.field.empty()) error.message = error.field + ": " + error.message;
            error.field = path;
            errors.push_back(std::move(error));
            return;
        }
        Secret content = trimmed(*read);
        if (content.empty()) {
            errors.push_back(
                invalid(path, kind + " " + name + " is empty", "put the secret there"));
            return;
        }
        found_.insert_or_assign(kind + " " + name, std::move(content));
    }

    const std::string& folder_;
    std::map<std::string, Secret> found_;
};

// Of any kind: nothing else of a file is read from elsewhere.
std::set<std::string_view> secret_settings() {
    std::set<std::string_view> names;
    for (const ChannelKind& kind : channel_kinds()) {
        for (const ChannelSetting& setting : kind.settings)
            if (setting.secret) names.insert(setting.name);
    }
    return names;
}

}  // namespace

FleetFileReading read_fleet_text(std::string_view text, const std::string& folder) {
    FleetFileReading reading;
    json::ParseOptions options;
    options.comments = true;
    options.max_bytes = kFleetFileLimitBytes;
    const auto document = json::Document::parse(text, options);
    if (!document) {
        reading.errors.push_back(document.error());
        return reading;
    }
    References references{folder};
    std::size_t index = 0;
    document->root()["channels"].each([&](json::Value channel) {
        const std::string path = "channels[" + std::to_string(index++) + "].settings.";
        for (const std::string_view name : secret_settings())
            references.read(path + std::string{name}, channel["settings"][name]);
    });
    reading.file = {document->root().text(), references.to_json()};
    reading.errors = std::move(references.errors);
    return reading;
}

FleetFileReading read_fleet_file(const std::string& path) {
    const auto text =
        path == "-" ? read_stdin(kFleetFileLimitBytes) : read_file(path, kFleetFileLimitBytes);
    if (!text) return {{}, {text.error()}};
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash);
    FleetFileReading reading = read_fleet_text(text->reveal(), folder);
    for (Error& error : reading.errors)
        error.field = error.field.empty() ? path : path + ": " + error.field;
    return reading;
}

}  // namespace understudy::ctl
