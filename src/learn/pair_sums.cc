// SPDX-License-Identifier: Apache-2.0
#include "learn/pair_sums.h"

#include <algorithm>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "learn/symmetric_sums.h"

namespace sleeve {
namespace {

constexpr size_t kPairTile = 64;

}  // namespace

SymmetricSums::SymmetricSums(PairSum kind, const Matrix& x, const WorkContext& context)
    : sums_(index_of(x.rows()), index_of(x.rows())), squares_(x.rows()) {
  const size_t tiles = blocks_in(x.rows(), kPairTile);
  parallel_for(tiles, [&](size_t tile) {
    const size_t i_begin = tile * kPairTile;
    const size_t i_end = std::min(x.rows(), i_begin + kPairTile);
    for (size_t j_begin = 0; j_begin <= i_begin && !context.stopping(); j_begin += kPairTile) {
      const size_t j_end = std::min(x.rows(), j_begin + kPairTile);
      const Rows part = pair_sums(kind, x, i_begin, i_end, x, j_begin, j_end);
      const auto rows = index_of(i_end - i_begin);
      const auto columns = index_of(j_end - j_begin);
      sums_.block(index_of(i_begin), index_of(j_begin), rows, columns) = part;
      // Of a tile on the diagonal only one half is kept, so that both sides are the same to the bit.
      if (i_begin != j_begin) {
        sums_.block(index_of(j_begin), index_of(i_begin), columns, rows) = part.transpose();
      } else {
        for (Eigen::Index i = 0; i < rows; ++i) {
          for (Eigen::Index j = 0; j < i; ++j) {
            sums_(index_of(i_begin) + j, index_of(i_begin) + i) = part(i, j);
          }
        }
      }
    }
    for (size_t i = i_begin; i < i_end; ++i) {
      squares_[i] = kind == PairSum::kProduct ? sums_(index_of(i), index_of(i)) : 0.0;
    }
  });
}

Rows SymmetricSums::kernel_values(const Kernel& kernel, std::span<const size_t> a,
                                  std::span<const size_t> b) const {
  Rows result(index_of(a.size()), index_of(b.size()));
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < b.size(); ++j) {
      result(index_of(i), index_of(j)) =
          kernel.value(sums_(index_of(a[i]), index_of(b[j])), squares_[a[i]], squares_[b[j]]);
    }
  }
  return result;
}

bool PairSums::fit_in_memory(size_t rows) {
  const auto count = static_cast<double>(rows);
  return count * count * sizeof(double) <= memory_bytes() / 4.0;
}

Status PairSums::add(PairSum kind, const Matrix& x, const WorkContext& context) {
  auto& sums = sums_[static_cast<size_t>(kind)];
  if (!sums) sums = std::make_shared<const SymmetricSums>(kind, x, context);
  if (!context.stopping()) return {};
  sums.reset();  // perhaps not all of them are there
  return make_error(ErrorCode::kCancelled, "stopped on request");
}

const SymmetricSums* PairSums::find(PairSum kind) const { return sums_[static_cast<size_t>(kind)].get(); }

}  // namespace sleeve
