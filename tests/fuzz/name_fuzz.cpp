// Any bytes as what a name server answers, to each of the questions that are asked: nothing is
// taken from an answer that is nobody's word on the zone, and never more than was to be read.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/ensure.h"
#include "base/text.h"
#include "controller/runtime/served/name_answer.h"

using namespace understudy;

namespace {

void read(std::string_view message, int status, NameQuestion::Type type, bool recurse) {
    NameQuestion question;
    question.name = "www.example.org";
    question.type = type;
    question.recurse = recurse;
    const NameAnswer answer = read_name_answer(question, status, message);
    ensure(answer.answered == answer.problem.empty());
    ensure(is_plain(answer.problem));
    const bool anything = !answer.addresses.empty() || !answer.names.empty();
    ensure(!anything || answer.answered);
    ensure(answer.addresses.ipv4.size() <= 64 && answer.addresses.ipv6.size() <= 64);
    ensure(answer.names.size() <= 32);
    for (const auto& name : answer.names)
        ensure(!name.empty() && is_plain(name));
}

}  // namespace

// The first byte is what c-ares made of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view message{reinterpret_cast<const char*>(data) + 1, size - 1};
    for (const auto type :
         {NameQuestion::Type::A, NameQuestion::Type::Aaaa, NameQuestion::Type::Ns}) {
        read(message, data[0] % 30, type, true);
        read(message, data[0] % 30, type, false);
        read(message, 0, type, true);
    }
    return 0;
}
