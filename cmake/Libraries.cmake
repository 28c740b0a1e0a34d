# The distribution's own packages, found once, under one name each whatever the release.

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
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

find_path(JSONNET_INCLUDE_DIR libjsonnet.h REQUIRED)
find_library(JSONNET_LIBRARY jsonnet REQUIRED)
add_library(jsonnet::jsonnet UNKNOWN IMPORTED)
set_target_properties(jsonnet::jsonnet PROPERTIES IMPORTED_LOCATION ${JSONNET_LIBRARY}
                      INTERFACE_INCLUDE_DIRECTORIES ${JSONNET_INCLUDE_DIR})

find_file(CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js REQUIRED NO_DEFAULT_PATH)
