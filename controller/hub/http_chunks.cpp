#include "controller/hub/http_chunks.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace understudy {
namespace {

constexpr std::size_t kLineLimit = 256;  // size and extensions, or one trailer
constexpr std::size_t kTrailersLimit = 4096;
constexpr std::size_t kSizeDigits = 8;

// Takes a line off the front; false when its end has not arrived.
bool take_line(std::string_view& rest, std::string_view& line) {
    const std::size_t end = rest.find("\r\n");
    if (end == std::string_view::npos) return false;
    line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return true;
}

}  // namespace

std::string http_chunk(std::string_view bytes) {
    char digits[2 * sizeof(std::size_t)] = {};
    const auto written = std::to_chars(std::begin(digits), std::end(digits), bytes.size(), 16);
    std::string chunk{std::begin(digits), written.ptr};
    return chunk.append("\r\n").append(bytes).append("\r\n");
}

ChunkReader::Next ChunkReader::read(std::string& buffer, std::string& body, std::size_t limit) {
    std::string_view rest = buffer;
    Next next = Next::NeedMore;
    std::size_t before = 0;
    do {
        before = rest.size();
        next = step(rest, body, limit);
    } while (next == Next::NeedMore && rest.size() < before);
    buffer.erase(0, buffer.size() - rest.size());
    return next;
}

ChunkReader::Next ChunkReader::step(std::string_view& rest, std::string& body, std::size_t limit) {
    if (part_ == Part::Data) {
        const std::size_t taken = std::min(left_, rest.size());
        body.append(rest.substr(0, taken));
        rest.remove_prefix(taken);
        left_ -= taken;
        if (left_ == 0) part_ = Part::DataEnd;
        return Next::NeedMore;
    }
    // The same answer however the bytes are cut: the CR may have arrived alone, and an LF alone
    // ends no line.
    const std::size_t most = part_ == Part::DataEnd ? 0 : kLineLimit;
    std::string_view line;
    const bool whole = take_line(rest, line);
    if (!whole) line = rest;
    if (line.size() > (whole ? most : most + 1) || line.find('\n') != line.npos) {
        return Next::Broken;
    }
    if (!whole) return Next::NeedMore;
    switch (part_) {
        case Part::Size:
            return read_size(line, body.size(), limit);
        case Part::DataEnd:
            part_ = Part::Size;
            return Next::NeedMore;
        default:
            trailer_bytes_ += line.size();
            if (line.empty()) return Next::Done;
            return trailer_bytes_ > kTrailersLimit ? Next::Broken : Next::NeedMore;
    }
}

ChunkReader::Next ChunkReader::read_size(std::string_view line, std::size_t taken,
                                         std::size_t limit) {
    const std::string_view digits = line.substr(0, line.find_first_of(" \t;"));
    std::size_t size = 0;
    const auto [stop, trouble] =
        std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    if (digits.empty() || digits.size() > kSizeDigits || trouble != std::errc{} ||
        stop != digits.data() + digits.size()) {
        return Next::Broken;
    }
    if (size > limit - taken) return Next::TooLong;
    left_ = size;
    part_ = size == 0 ? Part::Trailers : Part::Data;
    return Next::NeedMore;
}

}  // namespace understudy
