// Reads of the outbox that several handlers need.
#pragma once

#include <string>
#include <vector>

#include "controller/store/store.h"

namespace understudy::api {

Result<NotificationRow> find_notification(Store& store, const std::string& key);
// All of a channel in that state, oldest first: the order in which they are sent.
Result<std::vector<NotificationRow>> outbox_of(Store& store, ChannelId channel,
                                               NotificationState state);

}  // namespace understudy::api
