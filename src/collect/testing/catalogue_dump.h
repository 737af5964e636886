// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_TESTING_CATALOGUE_DUMP_H_
#define SLEEVE_COLLECT_TESTING_CATALOGUE_DUMP_H_

#include <filesystem>
#include <string>

namespace sleeve {

// All that was collected into a workspace, as text: everything but dates, row numbers and how many calls it
// took.
std::string catalogue_dump(const std::filesystem::path& workspace);

// The first lines in which two workspaces' dumps differ; "" if they are the same.
std::string catalogue_difference(const std::filesystem::path& a, const std::filesystem::path& b);

// Files below covers/ without a row and rows without a file; "" if there are none.
std::string picture_faults(const std::filesystem::path& workspace);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_TESTING_CATALOGUE_DUMP_H_
