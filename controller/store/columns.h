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

// For each of these.
template <typename Value>
std::optional<Value> read(std::string_view text);

template <>
std::optional<std::map<std::string, std::string>> read(std::string_view text);
template <>
std::optional<std::set<NoticeType>> read(std::string_view text);
template <>
std::optional<std::vector<PoolId>> read(std::string_view text);
template <>
std::optional<std::vector<AddressSet>> read(std::string_view text);
template <>
std::optional<std::vector<ServerId>> read(std::string_view text);
template <>
std::optional<std::vector<WallTime>> read(std::string_view text);
template <>
std::optional<Override> read(std::string_view text);
template <>
std::optional<SharedToken> read(std::string_view text);

}  // namespace understudy::columns
