// Drives a fuzz target without libFuzzer: every first input as it is, then seeded mutations of them
// for as many seconds as -max_total_time= says. An input that aborts it is kept at
// -artifact_prefix= with "crash" behind it. Takes libFuzzer's options so that both are called
// alike:
//     fuzz_wire -max_total_time=2 tests/fuzz/corpus/wire
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes* running = nullptr;
std::string artifact = "crash";

void keep_input(int) {
    const int file = open(artifact.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file >= 0 && write(file, running->data(), running->size()) >= 0) close(file);
}

void run(const Bytes& input) {
    running = &input;
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

std::vector<Bytes> read_folder(const std::filesystem::path& folder) {
    std::vector<Bytes> inputs;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        std::ifstream in{file, std::ios::binary};
        inputs.emplace_back(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
    }
    return inputs;
}

class Mutator {
  public:
    explicit Mutator(std::uint64_t seed) : engine_(seed) {}

    Bytes mutate(const std::vector<Bytes>& inputs) {
        Bytes bytes = inputs[below(inputs.size())];
        for (std::size_t edits = 1 + below(8); edits > 0; --edits) {
            edit(bytes, inputs[below(inputs.size())]);
        }
        return bytes;
    }

  private:
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : engine_() % bound; }
    static Bytes::difference_type at(std::size_t index) {
        return static_cast<Bytes::difference_type>(index);
    }

    void edit(Bytes& bytes, const Bytes& other) {
        const std::size_t place = below(bytes.size() + 1);
        switch (below(5)) {
            case 0:
                bytes.insert(bytes.begin() + at(place), static_cast<std::uint8_t>(engine_()));
                break;
            case 1:
                if (place < bytes.size()) bytes[place] = static_cast<std::uint8_t>(engine_());
                break;
            case 2:
                if (place < bytes.size()) {
                    bytes[place] = static_cast<std::uint8_t>(bytes[place] ^ (1U << below(8)));
                }
                break;
            case 3: {
                const std::size_t length = below(bytes.size() - place + 1);
                bytes.erase(bytes.begin() + at(place), bytes.begin() + at(place + length));
                break;
            }
            default: {
                const std::size_t from = below(other.size() + 1);
                const std::size_t length = below(other.size() - from + 1);
                const Bytes piece(other.begin() + at(from), other.begin() + at(from + length));
                bytes.insert(bytes.begin() + at(place), piece.begin(), piece.end());
                break;
            }
        }
    }

    std::mt19937_64 engine_;
};

}  // namespace

int main(int argc, char** argv) {
    constexpr std::string_view kTime = "-max_total_time=";
    constexpr std::string_view kArtifact = "-artifact_prefix=";
    constexpr std::uint64_t kSeed = 20260101;
    std::chrono::seconds time{1};
    std::vector<Bytes> inputs{Bytes{}};
    for (const std::string_view argument : std::vector<std::string_view>(argv + 1, argv + argc)) {
        if (argument.starts_with(kTime)) {
            time = std::chrono::seconds{std::atoi(argument.substr(kTime.size()).data())};
        } else if (argument.starts_with(kArtifact)) {
            artifact = std::string{argument.substr(kArtifact.size())} + "crash";
        } else if (!argument.starts_with("-")) {
            if (!std::filesystem::is_directory(argument)) {
                std::fprintf(stderr, "no folder %s with first inputs\n", argument.data());
                return 1;
            }
            for (Bytes& input : read_folder(argument))
                inputs.push_back(std::move(input));
        }
    }
    std::signal(SIGABRT, keep_input);
    for (const Bytes& input : inputs)
        run(input);
    Mutator mutator{kSeed};
    std::size_t count = inputs.size();
    const auto end = std::chrono::steady_clock::now() + time;
    for (; std::chrono::steady_clock::now() < end; ++count)
        run(mutator.mutate(inputs));
    std::printf("%zu inputs, seed %llu\n", count, static_cast<unsigned long long>(kSeed));
}
