#include "base/xml.h"

#include <pugixml.hpp>

#include "base/ascii.h"
#include "base/utf8.h"

namespace understudy::xml {
namespace {

// A document type is read so that it can be refused; comments are not kept, nor what is all blanks.
constexpr unsigned kParsing = pugi::parse_default | pugi::parse_doctype;

pugi::xml_node at(void* node) {
    return pugi::xml_node{static_cast<pugi::xml_node_struct*>(node)};
}

std::string_view local(std::string_view name) {
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_element(const pugi::xml_node& node) {
    return node.type() == pugi::node_element;
}

// Without recursion: the depth is what is to be found out.
bool deeper_than(const pugi::xml_node& root, int most) {
    int depth = 0;
    for (pugi::xml_node node = root; node;) {
        if (depth > most) return true;
        if (node.first_child()) {
            node = node.first_child();
            ++depth;
            continue;
        }
        while (node && node != root && !node.next_sibling()) {
            node = node.parent();
            --depth;
        }
        if (node == root) return false;
        node = node.next_sibling();
    }
    return false;
}

Error bad(const std::string& why) {
    return invalid({}, "this is no usable XML: " + why);
}

}  // namespace

struct Document::Impl {
    pugi::xml_document document;
};

Document::Document(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::parse(std::string_view text, const ParseOptions& options) {
    if (text.size() > options.max_bytes)
        return bad("it is longer than " + std::to_string(options.max_bytes) + " bytes");
    auto impl = std::make_unique<Impl>();
    const auto read =
        impl->document.load_buffer(text.data(), text.size(), kParsing, pugi::encoding_utf8);
    if (!read) return bad("byte " + std::to_string(read.offset) + ": " + read.description());
    int roots = 0;
    for (const auto& node : impl->document.children()) {
        if (node.type() == pugi::node_doctype) return bad("it has a document type");
        if (is_element(node)) ++roots;
    }
    if (roots != 1) return bad("it has more than one root");
    if (deeper_than(impl->document.document_element(), options.max_depth))
        return bad("it is nested more than " + std::to_string(options.max_depth) + " deep");
    return Document{std::move(impl)};
}

Element Document::root() const {
    return Element{impl_->document.document_element().internal_object()};
}

std::string_view Element::name() const {
    return exists() ? local(at(node_).name()) : std::string_view{};
}

std::string Element::text() const {
    std::string text;
    if (!exists()) return text;
    // Comments and CDATA sections part it.
    for (const auto& child : at(node_).children()) {
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
            text += child.value();
    }
    const std::string valid{valid_utf8(text)};
    return std::string{trimmed(valid, " \t\r\n")};
}

std::optional<std::string> Element::attribute(std::string_view name) const {
    if (!exists()) return std::nullopt;
    for (const auto& each : at(node_).attributes()) {
        if (std::string_view{each.name()}.starts_with("xmlns:")) continue;
        if (local(each.name()) == name) return std::string{valid_utf8(each.value())};
    }
    return std::nullopt;
}

Element Element::operator[](std::string_view name) const {
    if (!exists()) return {};
    for (const auto& child : at(node_).children()) {
        if (is_element(child) && local(child.name()) == name)
            return Element{child.internal_object()};
    }
    return {};
}

void Element::each(const std::function<void(Element)>& visit) const {
    if (!exists()) return;
    for (const auto& child : at(node_).children()) {
        if (is_element(child)) visit(Element{child.internal_object()});
    }
}

void Element::each(std::string_view name, const std::function<void(Element)>& visit) const {
    each([&](Element child) {
        if (child.name() == name) visit(child);
    });
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : valid_utf8(text)) {
        const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n';
        if (control) continue;
        switch (c) {
            case '\'':
                out += "&apos;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace understudy::xml
