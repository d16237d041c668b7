// Peers for tests that care about who it is, not where from.
#pragma once

#include "controller/hub/peer.h"

namespace understudy::test {

// 192.0.2.<last>, as sockets for both families show it.
inline Peer some_peer(std::uint8_t last) {
    Peer peer;
    peer.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, last};
    return peer;
}

}  // namespace understudy::test
