# The standard library's headers, parsed once: nearly all of a file's compile time is theirs (an
# expanded file is 170 to 720 times its own length). One set for every target: only headers that
# never change, so that touching one of ours recompiles just who includes it. Sets made of our own
# headers as well were tried and are slower to load than they save.
#
# It hides no missing include: tests/run.sh --all reads every file once more without it.

option(UNDERSTUDY_PRECOMPILE "Parse the standard library's headers once for all files" ON)

set(UNDERSTUDY_STANDARD_HEADERS
    <algorithm> <array> <charconv> <chrono> <cstdint> <cstdio> <cstring> <deque>
    <functional> <map> <memory> <optional> <set> <span> <string> <string_view> <unordered_map>
    <utility> <variant> <vector>)

# understudy_precompiled_set(<name> <header>...): the set as a target that others reuse.
function(understudy_precompiled_set name)
    file(WRITE ${PROJECT_BINARY_DIR}/${name}.cpp.new "// Only carries the precompiled headers.\n")
    file(COPY_FILE ${PROJECT_BINARY_DIR}/${name}.cpp.new ${PROJECT_BINARY_DIR}/${name}.cpp
        ONLY_IF_DIFFERENT)
    add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/${name}.cpp)
    target_link_libraries(${name} PRIVATE understudy_flags)
    target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()

function(understudy_targets_below folder result)
    get_property(found DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
    get_property(folders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
    foreach(inner ${folders})
        understudy_targets_below(${inner} more)
        list(APPEND found ${more})
    endforeach()
    set(${result} ${found} PARENT_SCOPE)
endfunction()

# Called once, when every target is known, so that none is forgotten.
function(understudy_precompile_all)
    if(NOT UNDERSTUDY_PRECOMPILE)
        return()
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
        # The same input gives the same bytes, so that ccache can keep what is compiled with it.
        target_compile_options(understudy_flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
    endif()
    understudy_targets_below(${PROJECT_SOURCE_DIR} targets)
    understudy_precompiled_set(understudy_standard ${UNDERSTUDY_STANDARD_HEADERS})
    if(UNDERSTUDY_TESTS)
        understudy_precompiled_set(understudy_standard_doctest
            ${UNDERSTUDY_STANDARD_HEADERS} <doctest/doctest.h>)
        # They must see the header's macros as the tests do.
        target_compile_definitions(understudy_standard_doctest PRIVATE
            DOCTEST_CONFIG_SUPER_FAST_ASSERTS)
    endif()
    foreach(target ${targets})
        get_target_property(type ${target} TYPE)
        if(NOT type MATCHES "EXECUTABLE|STATIC_LIBRARY" OR target STREQUAL understudy_unit_main)
            continue()
        endif()
        get_target_property(libraries ${target} LINK_LIBRARIES)
        if(understudy_unit_main IN_LIST libraries)
            target_precompile_headers(${target} REUSE_FROM understudy_standard_doctest)
        else()
            target_precompile_headers(${target} REUSE_FROM understudy_standard)
        endif()
    endforeach()
endfunction()
