// The chunked transfer coding of one body (RFC 9112 7.1), strictly: sizes are plain hexadecimal,
// lines end with CR LF. Extensions and trailers are read over. Used by HttpReader; written for the
// streams of HttpListener. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace understudy {

// One chunk; of no bytes it would be the last.
std::string http_chunk(std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

class ChunkReader {
  public:
    enum class Next { NeedMore, Done, Broken, TooLong };
    // Moves what has arrived from `buffer` to `body`, which may have `limit` bytes. After Done the
    // rest of `buffer` is the next request's.
    Next read(std::string& buffer, std::string& body, std::size_t limit);

  private:
    enum class Part { Size, Data, DataEnd, Trailers };
    Next step(std::string_view& rest, std::string& body, std::size_t limit);
    Next read_size(std::string_view line, std::size_t taken, std::size_t limit);

    Part part_ = Part::Size;
    std::size_t left_ = 0;  // of the chunk
    std::size_t trailer_bytes_ = 0;
};

}  // namespace understudy
