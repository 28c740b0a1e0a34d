# `cpack -G DEB` in the build folder makes a package of what `cmake --install` puts in place.
set(CPACK_PACKAGE_NAME palier)
set(CPACK_PACKAGE_CONTACT "The palier developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Those that are loaded when first needed, which nothing can see in the program's file.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libcurl4 | libcurl4t64, libjsonnet0, libnettle8 | libnettle8t64, libssl3 | libssl3t64")
include(CPack)
