#include "base/json_schema.h"

#include <algorithm>
#include <optional>
#include <utility>

// valijson prints on std::cerr and aborts where it would throw: only for a schema that is broken.
#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/json_node.h"
#include "base/text.h"

namespace understudy::json {
namespace {

constexpr std::size_t kLongestValueShown = 80;
// std::regex, which valijson uses for `pattern`, recurses once per character.
constexpr std::size_t kLongestString = 2048;

std::string shorten(std::string text) {
    if (text.size() <= kLongestValueShown) return text;
    std::size_t end = kLongestValueShown - 3;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
        --end;
    return text.substr(0, end) + "...";
}

std::string join(const std::string& path, std::string_view key) {
    return path.empty() ? std::string{key} : path + "." + std::string{key};
}

// Follows "$ref": "#/definitions/x"; our schemas refer to nothing outside themselves.
Value resolve(const Value& root, Value schema) {
    for (int hops = 0; hops < 8; ++hops) {
        const auto reference = schema["$ref"].string();
        if (!reference || !reference->starts_with("#/")) break;
        std::string_view rest = reference->substr(2);
        schema = root;
        while (!rest.empty()) {
            const auto slash = std::min(rest.find('/'), rest.size());
            schema = schema[rest.substr(0, slash)];
            rest.remove_prefix(std::min(slash + 1, rest.size()));
        }
    }
    return schema;
}

// A place in the document and, as far as it can be told, the part of the schema that rules it.
struct Place {
    std::string path;
    Value value;
    Value schema;
};

void descend(Place& place, const Value& root, const std::string& step) {
    if (place.value.is_array()) {
        place.path += "[" + step + "]";
        place.value = place.value[static_cast<std::size_t>(std::stoul(step))];
        place.schema = resolve(root, place.schema["items"]);
        return;
    }
    place.path = join(place.path, step);
    place.value = place.value[std::string_view{step}];
    const Value named = place.schema["properties"][std::string_view{step}];
    place.schema = resolve(root, named.exists() ? named : place.schema["additionalProperties"]);
}

// valijson's context is "<root>", "[servers]", "[3]", ...
Place find_place(const std::vector<std::string>& context, const Value& root,
                 const Value& document) {
    Place place{{}, document, resolve(root, root)};
    for (std::size_t i = 1; i < context.size(); ++i) {
        const std::string& step = context[i];
        if (step.size() >= 2) descend(place, root, step.substr(1, step.size() - 2));
    }
    return place;
}

std::string list_of(const Value& values) {
    std::string out;
    values.each([&out](Value each) { add_item(out, each.text()); });
    return out;
}

std::string number_text(std::string text) {
    const auto dot = text.find('.');
    if (dot != std::string::npos && text.find_first_not_of('0', dot + 1) == std::string::npos) {
        text.resize(dot);
    }
    return text;
}

std::string wanted_type(const Value& schema) {
    const Value type = schema["type"];
    if (const auto one = type.string()) return "must be of type " + std::string{*one};
    if (type.is_array()) return "must be of one of the types " + list_of(type);
    return "has the wrong type";
}

std::string wanted_text(const Value& schema) {
    if (const auto why = schema["description"].string()) return "must be: " + std::string{*why};
    if (const auto pattern = schema["pattern"].string()) {
        return "must match " + std::string{*pattern};
    }
    return "does not have the form it must have";
}

std::optional<std::string> after(const std::string& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return std::nullopt;
    return text.substr(prefix.size());
}

// The name in single quotes near the end of one of valijson's sentences.
std::string quoted(const std::string& text) {
    const auto last = text.rfind('\'');
    const auto first =
        text.find('\'', text.rfind(": '") == std::string::npos ? 0 : text.rfind(": '"));
    if (first == std::string::npos || last <= first) return {};
    return text.substr(first + 1, last - first - 1);
}

std::string wants(const std::string& description, const Place& place) {
    if (description.starts_with("Value type not permitted")) return wanted_type(place.schema);
    if (description.starts_with("Failed to match against any enum")) {
        const std::string allowed = list_of(place.schema["enum"]);
        return allowed.empty() ? "is not one of the allowed values" : "must be one of " + allowed;
    }
    if (description.starts_with("Failed to match regex")) return wanted_text(place.schema);
    if (description.starts_with("Missing required property")) {
        return "lacks the required key '" + quoted(description) + "'";
    }
    using Rewording = std::pair<std::string_view, std::string_view>;
    for (const auto& [theirs, ours] : {
             Rewording{"Expected number greater than or equal to ", "must be at least "},
             Rewording{"Expected number less than or equal to ", "must be at most "},
             Rewording{"Expected number greater than ", "must be greater than "},
             Rewording{"Expected number less than ", "must be less than "},
         }) {
        if (const auto rest = after(description, theirs))
            return std::string{ours} + number_text(*rest);
    }
    return description;
}

// valijson repeats a violation for every enclosing value; those lines add nothing.
bool is_consequence(const std::string& description) {
    return description.starts_with("Failed to validate ") &&
           !description.starts_with("Failed to validate against exactly one");
}

Violation describe(const valijson::ValidationResults::Error& error, const Value& root,
                   const Value& document) {
    Place place = find_place(error.context, root, document);
    if (error.description.starts_with("Object contains a property")) {
        const std::string key = quoted(error.description);
        // What nobody knows may be a secret under a mistyped name.
        return {join(place.path, key), {}, "is not a known key"};
    }
    const bool secret = place.schema["writeOnly"].boolean().value_or(false);
    return {std::move(place.path), secret ? std::string{} : shorten(place.value.text()),
            wants(error.description, place)};
}

void find_long_strings(const Value& value, const std::string& path, std::vector<Violation>& found) {
    const auto text = value.string();
    if (text && text->size() > kLongestString) {
        found.push_back({path,
                         {},  // it may be a secret
                         "must be at most " + std::to_string(kLongestString) + " bytes long"});
    }
    std::size_t index = 0;
    value.each([&](Value each) {
        find_long_strings(each, path + "[" + std::to_string(index++) + "]", found);
    });
    value.each_member([&](std::string_view key, Value member) {
        find_long_strings(member, join(path, key), found);
    });
}

void add_once(std::vector<Violation>& list, Violation violation) {
    const bool known = std::ranges::any_of(list, [&violation](const Violation& each) {
        return each.path == violation.path && each.message == violation.message;
    });
    if (!known) list.push_back(std::move(violation));
}

}  // namespace

std::vector<Violation> violations(std::string_view schema_text, const Value& document) {
    std::vector<Violation> found;
    find_long_strings(document, {}, found);
    if (!found.empty()) return found;

    const auto parsed = Document::parse(schema_text);
    ensure(parsed.ok());
    const Value root = parsed->root();
    valijson::Schema schema;
    valijson::SchemaParser parser{valijson::SchemaParser::kDraft7};
    parser.populateSchema(valijson::adapters::RapidJsonAdapter{node_of(root)}, schema);

    ensure(document.exists());
    valijson::Validator validator;
    valijson::ValidationResults results;
    const valijson::adapters::RapidJsonAdapter target{node_of(document)};
    if (validator.validate(schema, target, &results)) return {};
    for (const auto& error : results) {
        if (!is_consequence(error.description)) add_once(found, describe(error, root, document));
    }
    if (found.empty()) found.push_back({{}, shorten(document.text()), "does not fit the schema"});
    return found;
}

}  // namespace understudy::json
