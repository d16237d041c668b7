#include "base/undo_log.h"

#include <doctest/doctest.h>

#include <string>

using namespace understudy;

namespace {

using Words = std::map<int, std::string>;

struct Tables {
    UndoLog log;
    UndoMap<Words> words{log};
    UndoSet<int> numbers{log};
    UndoValue<std::string> value{log, "before"};

    Tables() {
        words.put(1, "one");
        words.put(2, "two");
        numbers.insert(1);
    }
};

}  // namespace

TEST_CASE("undo log: what was changed, made and erased is as it was") {
    Tables tables;
    tables.log.begin();
    *tables.words.edit(1) = "changed";
    *tables.words.edit(1) = "changed again";
    tables.words.erase(2);
    tables.words[2] = "made again";
    tables.words.put(3, "three");
    tables.words.put(4, "four");
    tables.words.erase(4);
    tables.numbers.insert(2);
    tables.numbers.erase(1);
    *tables.value = "after";
    tables.log.take_back();
    CHECK(tables.words.all() == Words{{1, "one"}, {2, "two"}});
    CHECK(tables.numbers.all() == std::set<int>{1});
    CHECK(*tables.value == "before");
}

TEST_CASE("undo log: a row that was changed and then erased comes back as it was") {
    Tables tables;
    const std::string* one = tables.words.find(1);
    tables.log.begin();
    *tables.words.edit(1) = "changed";
    CHECK(tables.words.take(1) == "changed");
    tables.words.put(1, "another");
    tables.words.erase(1);
    tables.log.take_back();
    CHECK(tables.words.find(1) == one);  // the very row
    CHECK(*one == "one");
}

TEST_CASE("undo log: what is kept cannot be taken back by what follows") {
    Tables tables;
    tables.log.begin();
    *tables.words.edit(1) = "kept";
    *tables.value = "kept";
    tables.numbers.insert(2);
    tables.log.keep();
    tables.log.begin();
    tables.words.erase(2);
    tables.log.take_back();
    CHECK(tables.words.all() == Words{{1, "kept"}, {2, "two"}});
    CHECK(*tables.value == "kept");
    CHECK(tables.numbers.all() == std::set<int>{1, 2});
}

TEST_CASE("undo log: without begin() nothing is remembered") {
    Tables tables;
    tables.words.erase(1);
    CHECK(tables.words.take(2) == "two");
    CHECK_FALSE(tables.words.take(2).has_value());
    tables.log.begin();
    tables.log.take_back();
    CHECK(tables.words.all().empty());
}
