// Values that one text column holds: lists and maps as JSON, enums as their words. Pure; for the
// SQLite store. Readers answer none when the text is not what the writer wrote.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/model.h"
#include "controller/store/store.h"

namespace understudy::columns {

std::string write(const std::map<std::string, std::string>& labels);
std::string write(const std::set<NoticeType>& types);
std::string write(const std::vector<PoolId>& pools);
std::string write(const std::vector<AddressSet>& contents);
std::string write(const std::vector<ServerId>& servers);
std::string write(const std::vector<WallTime>& times);
std::string write(const Override& forced);
std::string write(const SharedToken& shared);

std::optional<std::map<std::string, std::string>> read_labels(std::string_view text);
std::optional<std::set<NoticeType>> read_types(std::string_view text);
std::optional<std::vector<PoolId>> read_pools(std::string_view text);
std::optional<std::vector<AddressSet>> read_contents(std::string_view text);
std::optional<std::vector<ServerId>> read_servers(std::string_view text);
std::optional<std::vector<WallTime>> read_times(std::string_view text);
std::optional<Override> read_override(std::string_view text);
std::optional<SharedToken> read_shared_token(std::string_view text);

}  // namespace understudy::columns
