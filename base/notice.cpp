#include "base/notice.h"

#include "base/words.h"

namespace understudy {
namespace {

constexpr Words<NoticeType, 15> kNoticeType{
    {{NoticeType::ServerDown, "server_down"},
     {NoticeType::ServerUp, "server_up"},
     {NoticeType::ServerError, "server_error"},
     {NoticeType::FailoverTriggered, "failover_triggered"},
     {NoticeType::ServerRecovered, "server_recovered"},
     {NoticeType::FailoverFailed, "failover_failed"},
     {NoticeType::OutageStarted, "outage_started"},
     {NoticeType::OutageResolved, "outage_resolved"},
     {NoticeType::FailoverHeld, "failover_held"},
     {NoticeType::DnsDrift, "dns_drift"},
     {NoticeType::CertificateExpiring, "certificate_expiring"},
     {NoticeType::StandbyNotReady, "standby_not_ready"},
     {NoticeType::TokenShared, "token_shared"},
     {NoticeType::AddressFollowed, "address_followed"},
     {NoticeType::Test, "test"}}};

}  // namespace

const char* to_text(NoticeType type) {
    return word(kNoticeType, type);
}

std::optional<NoticeType> notice_type_from(std::string_view text) {
    return value(kNoticeType, text);
}

}  // namespace understudy
