// SPDX-License-Identifier: Apache-2.0
#include "feature/text.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <tuple>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

namespace sleeve {
namespace {

constexpr int kTextSide = TextDescriptor::kSide;
constexpr int kWindow = 41;                                // pixels whose mean a letter is compared with
constexpr int kLowest = 5, kHighest = 80, kNarrowest = 2;  // letters, in pixels
constexpr size_t kMinParts = 3;                            // of a line

int third(int place) { return place * 3 / kTextSide; }

// Pixels whose third() is `part`.
size_t extent_of_third(size_t part) {
  const auto first = [](size_t third) { return (third * kTextSide + 2) / 3; };
  return first(part + 1) - first(part);
}

bool before(const cv::Rect& a, const cv::Rect& b) {
  return std::tie(a.x, a.y, a.width, a.height) < std::tie(b.x, b.y, b.width, b.height);
}

bool may_be_letters(const cv::Rect& box, int pixels) {
  if (box.height < kLowest || box.height > kHighest || box.width < kNarrowest) return false;
  if (box.width > 6 * box.height || box.height > 8 * box.width) return false;
  if (5 * pixels < box.area()) return false;  // too thin to be one shape
  return box.x > 0 && box.y > 0 && box.br().x < kTextSide && box.br().y < kTextSide;
}

// Connected parts of a mask by its runs: neighbours along rows and columns (not diagonals) belong together.
// Only what is needed is kept of each: its box and its pixels.
class Parts {
 public:
  struct Part {
    int left, top, right, bottom, pixels;  // right and bottom exclusive
  };

  Parts(const cv::Mat& difference, int contrast) {
    size_t above_begin = 0, above_end = 0;
    for (int y = 0; y < difference.rows; ++y) {
      const size_t begin = runs_.size();
      find_runs(difference.ptr<uint8_t>(y), difference.cols, contrast, y);
      size_t above = above_begin;
      for (size_t run = begin; run < runs_.size(); ++run) {
        while (above < above_end && runs_[above].right <= runs_[run].left) ++above;
        for (size_t k = above; k < above_end && runs_[k].left < runs_[run].right; ++k) join(k, run);
      }
      above_begin = begin;
      above_end = runs_.size();
    }
    for (size_t run = 0; run < runs_.size(); ++run) {
      const size_t root = root_of(run);
      if (root != run) add(runs_[root], runs_[run]);
    }
  }

  template <class Take>
  void for_each(const Take& take) const {
    for (size_t run = 0; run < runs_.size(); ++run) {
      if (parents_[run] == run) take(runs_[run]);
    }
  }

 private:
  void find_runs(const uint8_t* row, int width, int contrast, int y) {
    for (int x = 0; x < width; ++x) {
      if (row[x] <= contrast) continue;
      const int left = x;
      while (x < width && row[x] > contrast) ++x;
      parents_.push_back(runs_.size());
      runs_.push_back({left, y, x, y + 1, x - left});
    }
  }
  size_t root_of(size_t run) {
    while (parents_[run] != run) run = parents_[run] = parents_[parents_[run]];
    return run;
  }
  // The earlier run stays the root, so that roots are complete when all others have been added.
  void join(size_t a, size_t b) {
    a = root_of(a);
    b = root_of(b);
    parents_[std::max(a, b)] = std::min(a, b);
  }
  static void add(Part& whole, const Part& part) {
    whole.left = std::min(whole.left, part.left);
    whole.top = std::min(whole.top, part.top);
    whole.right = std::max(whole.right, part.right);
    whole.bottom = std::max(whole.bottom, part.bottom);
    whole.pixels += part.pixels;
  }

  std::vector<Part> runs_;
  std::vector<size_t> parents_;
};

// Boxes of the parts that may be letters, from left to right.
std::vector<cv::Rect> letters_of(const cv::Mat& difference, int contrast) {
  std::vector<cv::Rect> letters;
  Parts(difference, contrast).for_each([&](const Parts::Part& part) {
    const cv::Rect box(part.left, part.top, part.right - part.left, part.bottom - part.top);
    if (may_be_letters(box, part.pixels)) letters.push_back(box);
  });
  std::ranges::sort(letters, before);
  return letters;
}

// Whether `right` continues the line that `left` ends.
bool continues(const cv::Rect& left, const cv::Rect& right) {
  const int high = std::max(left.height, right.height), low = std::min(left.height, right.height);
  if (right.x - left.br().x > high || right.x < left.x + left.width / 2) return false;
  if (3 * high > 5 * low) return false;
  const int off_top = std::abs(right.y - left.y), off_bottom = std::abs(right.br().y - left.br().y);
  if (5 * std::min(off_top, off_bottom) > high) return false;
  const int overlap = std::min(left.br().y, right.br().y) - std::max(left.y, right.y);
  return 10 * overlap >= 7 * low;
}

// A line from its parts, if it is long and even enough.
void add_line(const std::vector<cv::Rect>& parts, int min_letters, std::vector<TextLine>& lines) {
  if (parts.size() < kMinParts) return;
  TextLine line{parts[0], 0};
  std::vector<int> heights;
  for (const cv::Rect& part : parts) {
    line.box |= part;
    line.letters += std::max(1, (part.width + part.height / 2) / part.height);
    heights.push_back(part.height);
  }
  std::ranges::sort(heights);
  const int middle = heights[heights.size() / 2];
  if (line.letters >= min_letters && line.box.height <= 2 * middle) lines.push_back(line);
}

void chain(const std::vector<cv::Rect>& letters, int min_letters, std::vector<TextLine>& lines) {
  std::vector<uint8_t> used(letters.size(), 0);
  std::vector<cv::Rect> parts;
  for (size_t first = 0; first < letters.size(); ++first) {
    if (used[first] != 0) continue;
    parts.clear();
    for (size_t last = first; last < letters.size();) {
      used[last] = 1;
      parts.push_back(letters[last]);
      const cv::Rect from = letters[last];
      size_t next = letters.size();
      for (size_t j = last + 1; j < letters.size() && letters[j].x - from.br().x <= kHighest; ++j) {
        // From left to right, so that the first that fits is the nearest.
        if (used[j] != 0 || !continues(from, letters[j])) continue;
        next = j;
        break;
      }
      last = next;
    }
    add_line(parts, min_letters, lines);
  }
}

// Of lines that lie on one another (a light letter's dark holes) the one with more letters stays.
std::vector<TextLine> without_overlaps(std::vector<TextLine> lines) {
  std::ranges::sort(lines, [](const TextLine& a, const TextLine& b) {
    return a.letters != b.letters ? a.letters > b.letters : before(a.box, b.box);
  });
  std::vector<TextLine> kept;
  for (const TextLine& line : lines) {
    const bool covered = std::ranges::any_of(
        kept, [&](const TextLine& other) { return 2 * (line.box & other.box).area() > line.box.area(); });
    if (!covered) kept.push_back(line);
  }
  return kept;
}

}  // namespace

std::vector<TextLine> find_text(const Picture& picture, const TextOptions& options) {
  const cv::Mat& grey = picture.planes->grey(kTextSide);
  cv::Mat mean, difference;
  cv::blur(grey, mean, {kWindow, kWindow});
  std::vector<TextLine> lines;
  cv::subtract(grey, mean, difference);  // never below 0
  chain(letters_of(difference, options.contrast), options.letters, lines);
  cv::subtract(mean, grey, difference);
  chain(letters_of(difference, options.contrast), options.letters, lines);
  return without_overlaps(std::move(lines));
}

Result<std::unique_ptr<Descriptor>> TextDescriptor::make(const TextOptions& options) {
  return std::unique_ptr<Descriptor>(std::make_unique<TextDescriptor>(options));
}

std::vector<std::string> TextDescriptor::value_names() const {
  std::vector<std::string> names = {"share",       "lines / 10",    "letters / 100", "largest height",
                                    "mean height", "largest width", "centre across", "centre down"};
  for (int cell = 0; cell < 9; ++cell)
    names.push_back(fmt::format("share of cell {},{}", cell / 3, cell % 3));
  return names;
}

Status TextDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  const std::vector<TextLine> lines = find_text(picture, options_);
  cv::Mat mask(kTextSide, kTextSide, CV_8UC1, cv::Scalar(0));
  cv::Rect all;
  int letters = 0, heights = 0, highest = 0, widest = 0;
  for (const TextLine& line : lines) {
    mask(line.box).setTo(1);
    all |= line.box;
    letters += line.letters;
    heights += line.box.height;
    highest = std::max(highest, line.box.height);
    widest = std::max(widest, line.box.width);
  }
  std::array<int, 9> cells{};
  int64_t across = 0, down = 0, covered = 0;
  for (int y = all.y; y < all.br().y; ++y) {
    const auto* row = mask.ptr<uint8_t>(y);
    for (int x = all.x; x < all.br().x; ++x) {
      if (row[x] == 0) continue;
      ++cells[static_cast<size_t>(third(y)) * 3 + static_cast<size_t>(third(x))];
      ++covered;
      across += 2 * x + 1;
      down += 2 * y + 1;
    }
  }
  const auto share = [](int64_t part, double whole) {
    return static_cast<float>(static_cast<double>(part) / whole);
  };
  const auto count = static_cast<int>(lines.size());
  out[0] = share(covered, kTextSide * kTextSide);
  out[1] = share(count, 10.0);
  out[2] = share(letters, 100.0);
  out[3] = share(highest, kTextSide);
  out[4] = count == 0 ? 0.0F : share(heights, static_cast<double>(count) * kTextSide);
  out[5] = share(widest, kTextSide);
  out[6] = covered == 0 ? 0.5F : share(across, 2.0 * kTextSide * static_cast<double>(covered));
  out[7] = covered == 0 ? 0.5F : share(down, 2.0 * kTextSide * static_cast<double>(covered));
  for (size_t cell = 0; cell < 9; ++cell) {
    out[8 + cell] =
        share(cells[cell], static_cast<double>(extent_of_third(cell / 3) * extent_of_third(cell % 3)));
  }
  return {};
}

}  // namespace sleeve
