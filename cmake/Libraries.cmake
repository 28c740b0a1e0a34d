# The distribution's own packages, found once, under one name each whatever the release.

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(CURL REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS filesystem)
find_package(yaml-cpp REQUIRED)
if(NOT TARGET yaml-cpp::yaml-cpp) # Debian 12 exports the target without its namespace
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

find_path(HWLOC_INCLUDE_DIR hwloc.h REQUIRED)
find_library(HWLOC_LIBRARY hwloc REQUIRED)
add_library(hwloc::hwloc UNKNOWN IMPORTED)
set_target_properties(hwloc::hwloc PROPERTIES IMPORTED_LOCATION ${HWLOC_LIBRARY}
                      INTERFACE_INCLUDE_DIRECTORIES ${HWLOC_INCLUDE_DIR})

find_path(NETTLE_INCLUDE_DIR nettle/sha2.h REQUIRED)
find_library(NETTLE_LIBRARY nettle REQUIRED)
add_library(nettle::nettle UNKNOWN IMPORTED)
set_target_properties(nettle::nettle PROPERTIES IMPORTED_LOCATION ${NETTLE_LIBRARY}
                      INTERFACE_INCLUDE_DIRECTORIES ${NETTLE_INCLUDE_DIR})

# Loaded when they are first needed (base/library.hpp): linked, these two and the thirty libraries that they bring would be
# three quarters of the program's start-up time. Only their headers are used here.
add_library(curl_headers INTERFACE IMPORTED)
target_include_directories(curl_headers INTERFACE ${CURL_INCLUDE_DIRS})
find_path(JSONNET_INCLUDE_DIR libjsonnet.h REQUIRED)
add_library(jsonnet_headers INTERFACE IMPORTED)
target_include_directories(jsonnet_headers INTERFACE ${JSONNET_INCLUDE_DIR})

find_file(CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js REQUIRED NO_DEFAULT_PATH)
