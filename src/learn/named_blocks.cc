// SPDX-License-Identifier: Apache-2.0
#include "learn/named_blocks.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

std::vector<std::string> names_of(std::span<const ColumnBlock> blocks) {
  std::vector<std::string> names;
  for (const ColumnBlock& block : blocks) names.push_back(block.name);
  return names;
}

bool is_called(const ColumnBlock& block, std::string_view name) {
  return block.name == name || (block.name.starts_with(name) && block.name[name.size()] == ':');
}

}  // namespace

Status check_block_names(const std::vector<std::string>& names, std::string_view owner,
                         std::string_view example) {
  std::vector<std::string> seen;
  for (const std::string& text : names) {
    const std::string name(trim(text));
    if (name.empty()) {
      return make_error(ErrorCode::kUsage, "{}: say which descriptors, as in {}", owner, example);
    }
    if (std::ranges::find(seen, name) != seen.end()) {
      return make_error(ErrorCode::kUsage, "{}: '{}' is named twice", owner,
                        printable(std::string_view(name)));
    }
    seen.push_back(name);
  }
  return {};
}

Status check_no_bags(std::span<const ColumnBlock> blocks, std::string_view owner) {
  const auto bag =
      std::ranges::find_if(blocks, [](const ColumnBlock& block) { return block.bag.has_value(); });
  if (bag == blocks.end()) return {};
  return make_error(
      ErrorCode::kUsage,
      "{}: '{}' is a bag of local features, which 'words' must make columns of first: words > {}", owner,
      printable(std::string_view(bag->name)), owner);
}

Status check_blocks_known(std::span<const ColumnBlock> blocks, std::string_view owner) {
  if (!blocks.empty()) return {};
  return make_error(ErrorCode::kUsage,
                    "{}: which columns are whose descriptor's is not known here: it must stand before pca, "
                    "select and nystroem, and the data must say it",
                    owner);
}

Result<std::vector<std::vector<ColumnBlock>>> find_blocks(std::span<const ColumnBlock> blocks,
                                                          const std::vector<std::string>& names,
                                                          std::string_view owner) {
  SLEEVE_CHECK(check_blocks_known(blocks, owner));
  std::vector<std::vector<ColumnBlock>> found;
  std::vector<size_t> taken;
  for (const std::string& name : names) {
    found.emplace_back();
    for (const ColumnBlock& block : blocks) {
      if (!is_called(block, name) || block.begin == block.end) continue;
      if (std::ranges::find(taken, block.begin) != taken.end()) {
        return make_error(ErrorCode::kUsage, "{}: '{}' is named twice", owner,
                          printable(std::string_view(block.name)));
      }
      taken.push_back(block.begin);
      found.back().push_back(block);
    }
    if (!found.back().empty()) continue;
    return make_error(ErrorCode::kUsage, "{}: there is no descriptor '{}' here (there are: {})", owner,
                      printable(std::string_view(name)), join_text(names_of(blocks), ", "));
  }
  return found;
}

}  // namespace sleeve
