// SPDX-License-Identifier: Apache-2.0
#include "synth/lettering.h"

#include <opencv2/imgproc.hpp>

namespace sleeve::synth {
namespace {

// putText places whole pixels; drawing large and shrinking gives smooth edges at small sizes.
constexpr int kOversampling = 4;

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

struct Measured {
  double scale;  // of the Hershey font, in oversampled pixels
  double gap;    // between letters
  double width;
};

Measured measure(const std::string& text, int font, double height, double tracking) {
  constexpr double kCapital = 21;  // a Hershey capital at scale 1, in pixels
  Measured m{height / kCapital, tracking * height, 0};
  int baseline = 0;
  for (const char c : text) {
    m.width += cv::getTextSize(std::string(1, c), font, 1, 1, &baseline).width * m.scale + m.gap;
  }
  m.width -= m.gap;
  return m;
}

struct LineStyle {
  Point at;  // middle or left end, on the centre line
  float height;
  float tracking;
  float stroke;
  float alpha;
  int font;
};

void letter_line(Canvas& canvas, const Lettering& style, const LineStyle& line, const std::string& text) {
  const double unit = static_cast<double>(canvas.side()) * kOversampling;
  const double room =
      (style.centred ? static_cast<double>(style.room) : 0.94 - static_cast<double>(line.at.x)) * unit;
  Measured m = measure(text, line.font, line.height * unit, line.tracking);
  if (m.width > room) m = measure(text, line.font, line.height * unit * room / m.width, line.tracking);
  const double height = m.scale * 21;
  const int margin = static_cast<int>(height) + kOversampling;
  const cv::Size size((static_cast<int>(m.width) + 2 * margin) / kOversampling + 1,
                      (static_cast<int>(height) + 2 * margin) / kOversampling + 1);
  cv::Mat large(size.height * kOversampling, size.width * kOversampling, CV_8U, cv::Scalar(0));
  const int thickness = std::max(1, static_cast<int>(line.stroke * unit + 0.5));
  double pen = margin;
  int baseline = 0;
  for (const char c : text) {
    const std::string glyph(1, c);
    const cv::Point origin(static_cast<int>(pen), margin + static_cast<int>(height));
    cv::putText(large, glyph, origin, line.font, m.scale, cv::Scalar(255), thickness, cv::LINE_AA);
    pen += cv::getTextSize(glyph, line.font, 1, 1, &baseline).width * m.scale + m.gap;
  }
  cv::Mat mask;
  cv::resize(large, mask, size, 0, 0, cv::INTER_AREA);
  const double left = line.at.x * canvas.side() - (style.centred ? m.width / 2 / kOversampling : 0) -
                      margin / double{kOversampling};
  const double top = line.at.y * canvas.side() - (height / 2 + margin) / kOversampling;
  canvas.stamp(mask, static_cast<int>(std::lround(left)), static_cast<int>(std::lround(top)), style.colour,
               line.alpha);
}

}  // namespace

void letter(Canvas& canvas, const Lettering& style, const std::string& title, const std::string& small_line) {
  const LineStyle large{style.at, style.height, style.tracking, style.stroke, 0.95F, style.font};
  const LineStyle small{{style.at.x, style.at.y + style.height * 0.5F + 0.045F},
                        0.026F,
                        0.55F,
                        0.0065F,
                        0.8F,
                        cv::FONT_HERSHEY_SIMPLEX};
  letter_line(canvas, style, large, style.capitals ? upper(title) : title);
  letter_line(canvas, style, small, upper(small_line));
}

}  // namespace sleeve::synth
