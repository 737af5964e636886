# Installs the program, libsleeve with its headers, and the package that find_package(sleeve) reads.
include(CMakePackageConfigHelpers)

install(TARGETS sleeve RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS sleeve_api EXPORT sleeve_targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/sleeve DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_BINARY_DIR}/generated/sleeve/version.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sleeve)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sleeve)
# The target file can be included as it stands: libsleeve's own libraries are linked into it or
# found by the loader, so that its users need no further package.
install(EXPORT sleeve_targets FILE sleeveConfig.cmake NAMESPACE sleeve:: DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sleeveConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sleeveConfigVersion.cmake DESTINATION ${package_dir})
