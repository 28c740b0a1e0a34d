# The distribution's own packages, found once, under one name each whatever the release.

find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(CURL REQUIRED)
find_package(mimalloc CONFIG REQUIRED)
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS filesystem)

# palier_library(NAME HEADER FILE): a library that comes without a CMake package of its own, or without its static file.
function(palier_library name header file)
  find_path(${name}_INCLUDE_DIR ${header} REQUIRED)
  find_library(${name}_LIBRARY ${file} REQUIRED)
  add_library(${name} UNKNOWN IMPORTED)
  set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${${name}_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${${name}_INCLUDE_DIR})
endfunction()

# Static where there is such a file: each shared library costs every start a tenth of a millisecond.
palier_library(yaml yaml.h libyaml.a)
palier_library(hwloc hwloc.h libhwloc.a)
target_link_libraries(hwloc INTERFACE palier_without_udev m)  # see hwdetect/without_udev.cpp

# Loaded when they are first needed (base/library.hpp): linked, these and the thirty libraries that they bring would be
# three quarters of the program's start-up time. Only their headers are used here.
add_library(curl_headers INTERFACE IMPORTED)
target_include_directories(curl_headers INTERFACE ${CURL_INCLUDE_DIRS})
function(palier_headers name header)
  find_path(${name}_INCLUDE_DIR ${header} REQUIRED)
  add_library(${name}_headers INTERFACE IMPORTED)
  target_include_directories(${name}_headers INTERFACE ${${name}_INCLUDE_DIR})
endfunction()
palier_headers(jsonnet libjsonnet.h)
palier_headers(nettle nettle/sha2.h)
palier_headers(openssl openssl/ssl.h)

find_file(CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js REQUIRED NO_DEFAULT_PATH)
