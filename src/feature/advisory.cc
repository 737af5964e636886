// SPDX-License-Identifier: Apache-2.0
#include "feature/advisory.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <tuple>

#include <opencv2/imgproc.hpp>

#include "feature/opencv_threads.h"
#include "feature/portable_math.h"

namespace sleeve {
namespace {

constexpr int kAdvisorySide = 320;      // px of the longer side; a smaller picture stays as it is
constexpr double kNarrowestLabel = 18;  // px: the label's width in the first size
constexpr double kNextWidth = 1.16;     // by which the next size is wider
constexpr int kSizes = 11;
constexpr double kProportion = 0.62;         // height of a width
constexpr int kPlacesASize = 3, kApart = 3;  // coarse places that are kept, px between them
constexpr size_t kPlaces = 10;               // places that are looked at finely
constexpr std::array kFinerWidths = {0.86, 0.93, 1.0, 1.07, 1.15};
constexpr std::array kFinerProportions = {0.94, 1.0, 1.07};
constexpr int kAdvisoryMargin = 4;    // px around a finely looked at place, in its own scale
constexpr int kLetterRows = 22;       // of the fine label: "PARENTAL ADVISORY", without what is below it
constexpr double kWorthALook = 0.4;   // likeness under which letters aren't compared
constexpr double kFullContrast = 25;  // grey levels of deviation from which contrast no longer counts
constexpr double kCurve = 0.03;       // of the lettering's correlation: an e-fold of the odds
constexpr double kFlat = 1e-3;        // no division by zero in flat places; far below any other norm

}  // namespace

// A grey picture as whole numbers, with the sums of all that lies above and left of each pixel. Its memory is
// used again by the next one.
class AdvisoryPixels {
 public:
  void take(const cv::Mat& grey) {
    width_ = grey.cols;
    const size_t columns = static_cast<size_t>(width_) + 1;
    values_.resize(grey.total());
    sums_.assign(columns * (static_cast<size_t>(grey.rows) + 1), {});
    for (int y = 0; y < grey.rows; ++y) {
      const auto* from = grey.ptr<uint8_t>(y);
      int16_t* to = values_.data() + static_cast<ptrdiff_t>(y) * width_;
      const Sums* above = sums_.data() + static_cast<size_t>(y) * columns;
      Sums* here = sums_.data() + (static_cast<size_t>(y) + 1) * columns;
      Sums row;
      for (int x = 0; x < width_; ++x) {
        to[x] = from[x];
        row.values += from[x];
        row.squares += int64_t{from[x]} * from[x];
        here[x + 1] = {above[x + 1].values + row.values, above[x + 1].squares + row.squares};
      }
    }
  }
  [[nodiscard]] const int16_t* at(int x, int y) const {
    return values_.data() + static_cast<ptrdiff_t>(y) * width_ + x;
  }
  [[nodiscard]] int64_t sum(const cv::Rect& part) const { return within(part, &Sums::values); }
  // Σ (value - mean)² of a part, times its area.
  [[nodiscard]] double spread(const cv::Rect& part) const {
    const int64_t total = sum(part);
    return static_cast<double>(int64_t{part.area()} * within(part, &Sums::squares) - total * total);
  }

 private:
  struct Sums {
    int64_t values = 0, squares = 0;
  };
  [[nodiscard]] int64_t within(const cv::Rect& part, int64_t Sums::*which) const {
    const auto to = [&](int x, int y) {
      return sums_[static_cast<size_t>(y) * (static_cast<size_t>(width_) + 1) + static_cast<size_t>(x)].*
             which;
    };
    return to(part.x, part.y) + to(part.br().x, part.br().y) - to(part.br().x, part.y) -
           to(part.x, part.br().y);
  }

  int width_ = 0;
  std::vector<int16_t> values_;
  std::vector<Sums> sums_;
};

namespace {

cv::Mat letter(char which, int width, int height, int ink, int paper) {
  constexpr double kScale = 4;
  constexpr int kStroke = 24, kRoom = 40;
  const std::string text(1, which);
  const cv::Size size = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, kScale, 1, nullptr);
  cv::Mat drawn(size.height + 2 * kRoom, size.width + 2 * kRoom, CV_8UC1, cv::Scalar(paper));
  cv::putText(drawn, text, {kRoom, size.height + kRoom}, cv::FONT_HERSHEY_SIMPLEX, kScale, cv::Scalar(ink),
              kStroke, cv::LINE_AA);
  cv::Mat inked;
  cv::resize(drawn(cv::boundingRect(drawn != paper)), inked, {width, height}, 0, 0, cv::INTER_AREA);
  return inked;
}

// A line of the label, in shares of its width and height.
struct Line {
  std::string_view text;
  double left, right, top, bottom;
  double letter;  // width of a letter as a share of the distance to the next
  int ink, paper;
};

constexpr std::array kLines = {
    Line{"PARENTAL", 0.065, 0.935, 0.08, 0.23, 0.55, 255, 0},
    Line{"ADVISORY", 0.045, 0.955, 0.333, 0.656, 0.78, 0, 255},
    Line{"EXPLICIT CONTENT", 0.06, 0.94, 0.755, 0.925, 0.62, 255, 0},
};
constexpr double kBandTop = 0.28, kBandBottom = 0.70;  // the white band behind "ADVISORY"

double advance(char which) { return which == ' ' ? 0.5 : which == 'I' ? 0.45 : 1.0; }

void draw_line(cv::Mat& label, const Line& line) {
  double places = 0;
  for (const char which : line.text) places += advance(which);
  const double pitch = (line.right - line.left) * label.cols / (places - 1 + line.letter);
  const int top = cvRound(line.top * label.rows), height = cvRound((line.bottom - line.top) * label.rows);
  double x = line.left * label.cols;
  for (const char which : line.text) {
    if (which != ' ') {
      const int width = cvRound(pitch * line.letter * (which == 'I' ? 0.3 : 1.0));
      letter(which, width, height, line.ink, line.paper)
          .copyTo(label(cv::Rect(cvRound(x), top, width, height)));
    }
    x += pitch * advance(which);
  }
}

cv::Mat drawn_label() {
  constexpr int kWidth = 1000;
  cv::Mat label(cvRound(kWidth * kProportion), kWidth, CV_8UC1, cv::Scalar(0));
  label.rowRange(cvRound(kBandTop * label.rows), cvRound(kBandBottom * label.rows)).setTo(255);
  for (const Line& line : kLines) draw_line(label, line);
  return label;
}

// A picture of W × H whole numbers to be found in others.
template <int W, int H>
struct Pattern {
  static constexpr int kWidth = W, kHeight = H;
  static constexpr int64_t kArea = int64_t{W} * H;
  std::array<int16_t, static_cast<size_t>(W) * H> values;

  explicit Pattern(const cv::Mat& label) {
    cv::Mat small;
    cv::resize(label, small, {W, H}, 0, 0, cv::INTER_AREA);
    AdvisoryPixels pixels;
    pixels.take(small);
    std::copy_n(pixels.at(0, 0), values.size(), values.begin());
    total_ = pixels.sum({0, 0, W, H});
    norm_ = std::sqrt(pixels.spread({0, 0, W, H}));
  }

  // The correlation coefficient with what lies at x, y.
  [[nodiscard]] double at(const AdvisoryPixels& pixels, int x, int y) const {
    int32_t product = 0;  // of 1,440 bytes at the most: below 2^27
    for (int row = 0; row < H; ++row) {
      const int16_t* there = pixels.at(x, y + row);
      const int16_t* here = values.data() + static_cast<ptrdiff_t>(row) * W;
#pragma GCC unroll 1  // left as a loop it becomes a few vector instructions
      for (int i = 0; i < W; ++i) product += static_cast<int32_t>(here[i]) * there[i];
    }
    const cv::Rect part(x, y, W, H);
    return static_cast<double>(kArea * product - total_ * pixels.sum(part)) /
           (norm_ * std::sqrt(pixels.spread(part)) + kFlat);
  }

 private:
  int64_t total_ = 0;
  double norm_ = 0;  // √ of the values' spread
};

using Coarse = Pattern<16, 10>;
using Fine = Pattern<48, 30>;

// The label in both sizes, drawn once.
struct Label {
  Coarse coarse;
  Fine fine;

  Label() : Label(drawn_label()) {}
  explicit Label(const cv::Mat& drawn) : coarse(drawn), fine(drawn) {}
  static const Label& get() {
    static const Label label;
    return label;
  }
};

// Correlation of the upper rows once each row's mean is taken off: only letters have any.
double lettering_at(const Fine& label, const AdvisoryPixels& pixels, int x, int y) {
  int64_t product = 0, here_norm = 0, there_norm = 0;  // of values times the width less their row's sum
  for (int row = 0; row < kLetterRows; ++row) {
    const int16_t* there = pixels.at(x, y + row);
    const int16_t* here = label.values.data() + static_cast<ptrdiff_t>(row) * Fine::kWidth;
    int64_t sum_here = 0, sum_there = 0, both = 0, here_squares = 0, there_squares = 0;
    for (int i = 0; i < Fine::kWidth; ++i) {
      sum_here += here[i];
      sum_there += there[i];
      both += int64_t{here[i]} * there[i];
      here_squares += int64_t{here[i]} * here[i];
      there_squares += int64_t{there[i]} * there[i];
    }
    product += Fine::kWidth * both - sum_here * sum_there;
    here_norm += Fine::kWidth * here_squares - sum_here * sum_here;
    there_norm += Fine::kWidth * there_squares - sum_there * sum_there;
  }
  return static_cast<double>(product) /
         (std::sqrt(static_cast<double>(here_norm)) * std::sqrt(static_cast<double>(there_norm)) + kFlat);
}

double deviation_at(const AdvisoryPixels& pixels, int x, int y) {
  return std::sqrt(pixels.spread({x, y, Fine::kWidth, Fine::kHeight})) / static_cast<double>(Fine::kArea);
}

// REQUIRES: scale < 1.
void shrink_by(const cv::Mat& grey, double scale, cv::Mat& out) {
  const cv::Size size(std::max(1, cvRound(grey.cols * scale)), std::max(1, cvRound(grey.rows * scale)));
  cv::resize(grey, out, size, 0, 0, cv::INTER_AREA);
}

cv::Mat at_most(const cv::Mat& grey, int side) {
  const int longer = std::max(grey.cols, grey.rows);
  if (longer <= side) return grey;
  cv::Mat small;
  shrink_by(grey, static_cast<double>(side) / longer, small);
  return small;
}

struct Place {
  double likeness;
  double x, y, width;  // px
};

// Of equally like places the smaller, then the upper, then the left one.
bool more_like(const Place& a, const Place& b) {
  return std::tuple(-a.likeness, a.width, a.y, a.x) < std::tuple(-b.likeness, b.width, b.y, b.x);
}

}  // namespace

// Looks through one picture after the other in the same memory.
class AdvisorySearch {
 public:
  AdvisorySearch() { keep_opencv_on_this_thread(); }

  AdvisoryMatch find(const Picture& picture) {
    grey_ = at_most(picture.grey, kAdvisorySide);
    AdvisoryMatch best;
    for (const Place& place : coarse_places()) {
      const cv::Point2d middle(place.x + place.width / 2, place.y + place.width * kProportion / 2);
      for (const double finer : kFinerWidths) {
        const double width = place.width * finer;
        for (const double proportion : kFinerProportions) {
          const AdvisoryMatch match = look_closely(middle, width, width * kProportion * proportion);
          if (match.score > best.score) best = match;
        }
      }
    }
    const double across = static_cast<double>(picture.width()) / grey_.cols;
    const double down = static_cast<double>(picture.height()) / grey_.rows;
    best.box = {best.box.x * across, best.box.y * down, best.box.width * across, best.box.height * down};
    return best;
  }

 private:
  std::vector<Place> coarse_places() {
    std::vector<Place> places;
    double width = kNarrowestLabel;
    for (int size = 0; size < kSizes; ++size, width *= kNextWidth) add_places(width, places);
    std::ranges::sort(places, more_like);
    if (places.size() > kPlaces) places.resize(kPlaces);
    return places;
  }

  // The best places for a label of this width.
  void add_places(double width, std::vector<Place>& places) {
    const double scale = Coarse::kWidth / width;
    shrink_by(grey_, scale, small_);
    if (small_.cols < Coarse::kWidth || small_.rows < Coarse::kHeight) return;
    pixels_.take(small_);
    const Coarse& label = Label::get().coarse;
    const cv::Size size(small_.cols - Coarse::kWidth + 1, small_.rows - Coarse::kHeight + 1);
    likeness_.resize(static_cast<size_t>(size.area()));
    cv::Mat1d likeness(size.height, size.width, likeness_.data());
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) likeness(y, x) = label.at(pixels_, x, y);
    }
    for (int i = 0; i < kPlacesASize; ++i) {
      double best = 0;
      cv::Point at;
      cv::minMaxLoc(likeness, nullptr, &best, nullptr, &at);
      places.push_back({best, at.x / scale, at.y / scale, width});
      const cv::Rect around(at.x - kApart, at.y - kApart, 2 * kApart + 1, 2 * kApart + 1);
      likeness(around & cv::Rect({0, 0}, size)).setTo(-1);
    }
  }

  // The best match of a label of this width and height around a middle, to within a few pixels.
  AdvisoryMatch look_closely(cv::Point2d middle, double width, double height) {
    const double across = width / Fine::kWidth, down = height / Fine::kHeight;
    const cv::Size size(Fine::kWidth + 2 * kAdvisoryMargin, Fine::kHeight + 2 * kAdvisoryMargin);
    // Pixel centres lie half a pixel from the border in both.
    const cv::Matx23d from_patch(across, 0, middle.x - (size.width - 1) * across / 2 - 0.5,  //
                                 0, down, middle.y - (size.height - 1) * down / 2 - 0.5);
    cv::warpAffine(grey_, patch_, from_patch, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REPLICATE);
    pixels_.take(patch_);
    const Fine& label = Label::get().fine;
    AdvisoryMatch match;
    match.likeness = -1;
    cv::Point at;
    for (int y = 0; y <= 2 * kAdvisoryMargin; ++y) {
      for (int x = 0; x <= 2 * kAdvisoryMargin; ++x) {
        const double likeness = label.at(pixels_, x, y);
        if (likeness <= match.likeness) continue;
        match.likeness = likeness;
        at = {x, y};
      }
    }
    if (match.likeness < kWorthALook) return match;
    match.lettering = lettering_at(label, pixels_, at.x, at.y);
    match.score = std::sqrt(match.likeness * std::max(match.lettering, 0.0)) *
                  std::min(1.0, deviation_at(pixels_, at.x, at.y) / kFullContrast);
    match.box = {middle.x + (at.x - kAdvisoryMargin) * across - width / 2,
                 middle.y + (at.y - kAdvisoryMargin) * down - height / 2, width, height};
    return match;
  }

  cv::Mat grey_, small_, patch_;
  AdvisoryPixels pixels_;
  std::vector<double> likeness_;
};

AdvisoryMatch find_advisory(const Picture& picture) { return AdvisorySearch().find(picture); }

AdvisoryDescriptor::AdvisoryDescriptor(const AdvisoryOptions& options)
    : options_(options), search_(std::make_unique<AdvisorySearch>()) {}

AdvisoryDescriptor::~AdvisoryDescriptor() = default;

Result<std::unique_ptr<Descriptor>> AdvisoryDescriptor::make(const AdvisoryOptions& options) {
  return std::unique_ptr<Descriptor>(std::make_unique<AdvisoryDescriptor>(options));
}

std::vector<std::string> AdvisoryDescriptor::value_names() const { return {"has a label", "width"}; }

Status AdvisoryDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  const AdvisoryMatch match = search_->find(picture);
  const double likely = 1 / (1 + portable_exp((options_.lettering - match.lettering) / kCurve));
  out[0] = static_cast<float>(likely);
  out[1] = static_cast<float>(likely * match.box.width / picture.width());
  return {};
}

}  // namespace sleeve
