#include "base/xml.h"

#include <doctest/doctest.h>

using namespace understudy;

namespace {

std::string trouble_with(const std::string& text, const xml::ParseOptions& options = {}) {
    const auto document = xml::Document::parse(text, options);
    return document ? "none" : document.error().message;
}

std::string nested(int depth) {
    std::string open, close;
    for (int i = 0; i < depth; ++i) {
        open += "<a>";
        close += "</a>";
    }
    return open + close;
}

}  // namespace

TEST_CASE("elements are found by their names, whatever prefix these have") {
    const auto document = xml::Document::parse(
        R"(<?xml version="1.0"?><!-- who -->)"
        R"(<r:Reply xmlns:r="https://example.org/" r:id="7"><Zone> a &amp; b </Zone>)"
        R"(<r:Zone><Id>2</Id></r:Zone><Other/></r:Reply>)");
    REQUIRE(document.ok());
    const auto root = document->root();
    CHECK(root.name() == "Reply");
    CHECK(root.attribute("id") == "7");
    CHECK_FALSE(root.attribute("nothing"));
    CHECK(root["Zone"].text() == "a & b");
    CHECK(root["Other"].exists());
    CHECK_FALSE(root["nothing"]["at"]["all"].exists());
    CHECK(root["nothing"].text().empty());
    std::string ids;
    root.each("Zone", [&](xml::Element zone) { ids += zone["Id"].text() + ";"; });
    CHECK(ids == ";2;");
}

TEST_CASE("text is whole, whatever parts it; a declaration of a prefix is no attribute") {
    const auto document = xml::Document::parse(
        R"(<R xmlns:id="urn:x" id="7"><a> 192.0.2.1<!-- x -->0 <![CDATA[and ]]>more
           </a></R>)");
    REQUIRE(document.ok());
    CHECK(document->root()["a"].text() == "192.0.2.10 and more");
    CHECK(document->root().attribute("id") == "7");
}

TEST_CASE("a document type is refused, and no entity grows or leads anywhere") {
    CHECK(trouble_with(R"(<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>)")
              .find("document type") != std::string::npos);
    const auto document = xml::Document::parse("<a>&e; &lt;</a>");
    REQUIRE(document.ok());
    CHECK(document->root().text() == "&e; <");
}

TEST_CASE("XML has its bounds") {
    xml::ParseOptions small;
    small.max_bytes = 40;
    small.max_depth = 3;
    CHECK(trouble_with(nested(4), small) == "none");
    CHECK(trouble_with(nested(5), small).find("deep") != std::string::npos);
    CHECK(trouble_with("<a>" + std::string(60, 'x') + "</a>", small).find("longer") !=
          std::string::npos);
    CHECK(trouble_with(nested(100'000)).find("deep") != std::string::npos);
    for (const char* broken : {"", "x", "<a>", "<a></b>", "<a/><b/>", "<a"})
        CHECK_MESSAGE(trouble_with(broken) != "none", broken);
}

TEST_CASE("text is written so that it is read back") {
    const std::string text = "a<b>&\"c\" 'd' \xc3\xa4";
    const auto document = xml::Document::parse("<a>" + xml::escaped(text) + "</a>");
    REQUIRE(document.ok());
    CHECK(document->root().text() == text);
    CHECK(xml::escaped(std::string("a\0b\x01", 4)) == "ab");
    CHECK(xml::escaped("\xff") == "\xef\xbf\xbd");
}
