# understudy_embed(<target> <header> <prefix> FILES ...) compiles text files (SQL, JSON Schemas,
# web pages) into <target> as std::string_view constants of namespace understudy::embedded. They
# are declared in <header>, made in the build folder and included as "embedded/<header>". A constant
# is named after prefix and file: kSql and 0001_initial.sql give kSql_0001_initial_sql; kSql_all has
# all of them in the order of the call.
#
# Made when CMake configures, and again whenever one of the files changes. A long file becomes
# several adjacent literals, which compilers take as one of more than the 65,536 bytes that they
# must; clang warns of that. The length is written down, because a compiler counts only so far.
function(understudy_embed target header prefix)
    cmake_parse_arguments(arg "" "" "FILES" ${ARGN})
    set(all "")
    set(text "#pragma once\n\n#include <array>\n#include <string_view>\n\n")
    string(APPEND text "#pragma GCC diagnostic push\n"
           "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n")
    string(APPEND text "namespace understudy::embedded {\n\n")
    foreach(file ${arg_FILES})
        cmake_path(ABSOLUTE_PATH file OUTPUT_VARIABLE path)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
        cmake_path(GET path FILENAME name)
        string(MAKE_C_IDENTIFIER "${prefix}_${name}" constant)
        file(READ ${path} content)
        string(LENGTH "${content}" length)
        set(start 0)
        string(APPEND text "inline constexpr std::string_view ${constant}{\n")
        while(start LESS length)
            string(SUBSTRING "${content}" ${start} 8000 piece)
            string(APPEND text "R\"~~embed~~(${piece})~~embed~~\"\n")
            math(EXPR start "${start} + 8000")
        endwhile()
        string(APPEND text ", ${length}};\n\n")
        list(APPEND all ${constant})
    endforeach()
    list(JOIN all ",\n    " all)
    string(APPEND text "inline constexpr std::array ${prefix}_all{\n    ${all}};\n\n")
    string(APPEND text "}  // namespace understudy::embedded\n\n#pragma GCC diagnostic pop\n")
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/embedded/${header} CONTENT "@text@" @ONLY)
    target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
