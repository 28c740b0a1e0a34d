# What every target of palier is compiled with. Third-party code never links palier_settings, so our warnings stay ours.

option(PALIER_WERROR "Warnings are errors" OFF)
option(PALIER_FUZZ "Build what libFuzzer drives; needs clang" OFF)
option(PALIER_COVERAGE "Count executed lines with gcov" OFF)
set(PALIER_SANITIZE "" CACHE STRING "Value for -fsanitize, e.g. address,undefined")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(palier_settings INTERFACE)
target_compile_features(palier_settings INTERFACE cxx_std_20)
target_include_directories(palier_settings INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(palier_settings INTERFACE PALIER_VERSION="${PROJECT_VERSION}"
                           JSON_DIAGNOSTICS=1) # JSON errors name the path of the value that was wrong
target_compile_options(palier_settings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wnon-virtual-dtor;-Woverloaded-virtual;-Wcast-align;-Wno-psabi>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15)
  # At -O3 these see ghosts in the standard library's strings and optionals (GCC bugs 105329 and 105562) and in
  # nlohmann-json's comparisons. The other builds have them all.
  target_compile_options(palier_settings INTERFACE
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Release>>:-Wno-maybe-uninitialized;-Wno-restrict;-Wno-array-bounds>)
endif()
# Finding two thousand symbols of a shared C++ library would be half of each start, and finding them one by one when they
# are called an eighth of a detection. The sanitizers want the shared one.
target_link_options(palier_settings INTERFACE $<$<CONFIG:Release>:-static-libstdc++;-static-libgcc;-Wl,-z,now;-Wl,--gc-sections>)
# Seven thousand addresses are written at each start; in this form they take a tenth of the space.
include(CheckLinkerFlag)
check_linker_flag(CXX "-Wl,-z,pack-relative-relocs" PALIER_PACKED_RELOCATIONS)
if(PALIER_PACKED_RELOCATIONS)
  target_link_options(palier_settings INTERFACE $<$<CONFIG:Release>:-Wl,-z,pack-relative-relocs>)
endif()
if(PALIER_WERROR)
  target_compile_options(palier_settings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
endif()
if(PALIER_COVERAGE)
  target_compile_options(palier_settings INTERFACE --coverage)
  target_link_options(palier_settings INTERFACE --coverage)
endif()
if(PALIER_FUZZ)
  target_compile_options(palier_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(PALIER_SANITIZE)
  target_compile_options(palier_settings INTERFACE -fsanitize=${PALIER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(palier_settings INTERFACE -fsanitize=${PALIER_SANITIZE})
  if(PALIER_SANITIZE MATCHES "thread") # Asio uses fences that ThreadSanitizer does not model
    target_compile_options(palier_settings INTERFACE -Wno-error=tsan)
  endif()
endif()

# palier_room(NAME SOURCES... ): the static library of one room, with its public libraries given by target_link_libraries.
function(palier_room name)
  add_library(palier_${name} STATIC ${ARGN})
  target_link_libraries(palier_${name} PUBLIC palier_settings)
endfunction()
