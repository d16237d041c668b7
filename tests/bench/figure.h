// How the benches in C++ print a figure; bench_scene.show is the same for those in Python.
#pragma once

#include <cstdio>
#include <string>

namespace understudy {

// What a figure is held against: a floor, measured in the same run.
struct Peer {
    std::string what;
    double value = 0;
};

// figure | value | unit | floor | ratio
inline void show(const std::string& name, double value, const char* unit, const Peer& peer) {
    const double ratio = peer.value > 0 ? value / peer.value : 0;
    std::printf("%-44s | %12.2f | %-8s | %-42s %10.2f | %7.2f\n", name.c_str(), value, unit,
                peer.what.c_str(), peer.value, ratio);
    std::fflush(stdout);
}

}  // namespace understudy
