// What a command says to the controller, made of its options. Pure, but for secrets, which are
// read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "ctl/options.h"

namespace understudy::ctl {

Option why_option();
// `own` with --why, --until and --for behind.
std::vector<Option> with_wish_options(std::vector<Option> own);

// A JSON object in which each option stands that was given. Errors name the option; the first one
// is kept and told by take().
class RequestBody {
  public:
    explicit RequestBody(const Arguments& arguments) : arguments_(arguments) {
        writer_.begin_object();
    }
    const Arguments& arguments() const { return arguments_; }

    // As the person wrote it; `field`: what the API calls it, if not the same.
    RequestBody& text(const std::string& option, const std::string& field = {});
    RequestBody& integer(const std::string& option, const std::string& field);
    RequestBody& null(const std::string& field);
    RequestBody& flag(const std::string& option);        // true
    RequestBody& flag_or_no(const std::string& option);  // --ipv6 and --no-ipv6
    RequestBody& on_or_off(const std::string& option);   // a word
    RequestBody& labels();                               // of --label, also when there are none
    RequestBody& labels(const std::map<std::string, std::string>& labels);
    RequestBody& list(const std::string& field, const std::vector<std::string>& items);
    RequestBody& secret(const std::string& option);
    std::size_t policy_fields();  // those of the policy that are given; how many there are
    RequestBody& policy();        // the same as an object in "policy", where there are any
    RequestBody& why();           // --why
    RequestBody& wish();          // --why, and --for or --until: what people say with an override

    // For what no option says.
    template <typename T>
    RequestBody& field(const std::string& name, const T& content) {
        writer_.field(name, content);
        return *this;
    }
    json::Writer& writer() { return writer_; }
    void refuse(const Error& error) {
        if (!error_) error_ = error;
    }

    Result<std::string> take();

  private:
    void write_end();

    const Arguments& arguments_;
    json::Writer writer_;
    std::optional<Error> error_;
};

}  // namespace understudy::ctl
