// Matrix, client-server API: PUT .../rooms/{room}/send/m.room.message/{transaction}
// https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
//
// The transaction is the message's id, so that a server that has it already takes it as the same.
// The text has no formatted form; with "m.mentions" there, clients look for no names in it.
#include "base/json.h"
#include "notify/chat_text.h"
#include "notify/service_channel.h"

namespace understudy {
namespace {

Result<Done> check_matrix(const ServiceValues& values) {
    auto token = check_word(values, "credential", "_-.=:~+/", 1024, "syt_dW5kZXJzdHVkeQ_x");
    if (!token) return token;
    if (!values["room"].starts_with('!')) {
        return invalid("room", "this is no room id, which begins with !",
                       "give the internal room id of its settings, like !abc:example.org; an "
                       "alias (#...) is not looked up");
    }
    return check_word(values, "room", "!:._-=+/[]", 255, "!abc:example.org");
}

HttpRequest matrix_request(const ServiceValues& values, const Message& message,
                           const Notice& notice) {
    // An event may have 65,536 bytes, as JSON and with what the server adds.
    constexpr ChatForm kForm{16'000, ChatForm::Unit::Byte};
    json::Writer body;
    body.begin_object().field("msgtype", "m.text");
    body.field("body", chat_text(message, notice, kForm));
    body.key("m.mentions").begin_object().end_object().end_object();
    HttpRequest request =
        post_json(values["server"] + "/_matrix/client/v3/rooms/" + url_encode(values["room"]) +
                      "/send/m.room.message/" + url_encode(message.id),
                  body.take());
    request.method = "PUT";
    request.headers.push_back({"Authorization", "Bearer " + values["credential"]});
    return request;
}

}  // namespace

const Service kMatrix{"matrix", "server", {}, check_matrix, matrix_request};

}  // namespace understudy
