# One static library each: understudy_library(<name> SOURCES ... [PUBLIC libs] [PRIVATE libs]).
# CMake links only what the arrows of docs/ARCHITECTURE.md allow.

add_library(understudy_flags INTERFACE)
target_include_directories(understudy_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(understudy_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # All misfire when g++ 12 optimises: the first on moves of std::variant and std::optional (GCC
    # bug 80635), the others on moves of std::string (105329), which is not in a system header any
    # more once it is precompiled. The sanitizers and clang watch over what they are meant for.
    target_compile_options(understudy_flags INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds
        -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
    # What it says of headers it also says of a file that is compiled together with others.
    target_compile_options(understudy_flags INTERFACE -Wno-subobject-linkage)
else()
    target_compile_options(understudy_flags INTERFACE -Wreserved-identifier)
endif()
# So that the linker can leave out what a program does not use: compiled together, the functions of
# a target would be one section, and all of them used.
target_compile_options(understudy_flags INTERFACE
    "$<$<CONFIG:Release,RelWithDebInfo>:-ffunction-sections;-fdata-sections>")
if(UNDERSTUDY_WERROR)
    target_compile_options(understudy_flags INTERFACE -Werror)
endif()
if(UNDERSTUDY_SANITIZE)
    target_compile_options(understudy_flags INTERFACE
        -fsanitize=${UNDERSTUDY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
        target_compile_options(understudy_flags INTERFACE
            -fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/cmake/sanitizer-ignore.txt)
        # clang 14 cannot emit a coroutine under this one (LLVM 49689): it puts the data that the
        # check reads in front of functions of which it makes several.
        target_compile_options(understudy_flags INTERFACE -fno-sanitize=function)
    endif()
    target_link_options(understudy_flags INTERFACE -fsanitize=${UNDERSTUDY_SANITIZE})
endif()
if(UNDERSTUDY_FUZZ)
    # For tests as well: what shares precompiled headers has to be instrumented alike.
    target_compile_options(understudy_flags INTERFACE -fsanitize=fuzzer-no-link)
    target_link_options(understudy_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

function(understudy_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    add_library(understudy_${name} STATIC ${arg_SOURCES})
    target_link_libraries(understudy_${name}
        PUBLIC understudy_flags ${arg_PUBLIC}
        PRIVATE ${arg_PRIVATE})
endfunction()
