#include "base/documentation_address.h"

namespace understudy {

bool is_documentation(const Ipv4& address) {
    const auto& b = address.bytes;
    return (b[0] == 192 && b[1] == 0 && b[2] == 2) || (b[0] == 198 && b[1] == 51 && b[2] == 100) ||
           (b[0] == 203 && b[1] == 0 && b[2] == 113);
}

bool is_documentation(const Ipv6& address) {
    const auto& b = address.bytes;
    return (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8) ||
           (b[0] == 0x3f && b[1] == 0xff && (b[2] & 0xf0) == 0);
}

}  // namespace understudy
