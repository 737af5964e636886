// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_REPORT_FONT_H_
#define SLEEVE_REPORT_FONT_H_

#include <string>
#include <string_view>
#include <vector>

#include "report/drawing.h"

// The letters of figures: DejaVu Sans, which is part of the program, so that a figure doesn't depend on what
// fonts a machine has. It has Latin, Greek, Cyrillic and more, but no Chinese, Japanese or Korean signs (they
// become boxes in a PNG; in an SVG the viewer's fonts draw them). Nothing is shaped: each character stands
// for itself, from left to right. Thread-safe. Invalid UTF-8 counts as U+FFFD.
namespace sleeve {

// In pixels, for letters of the given size.
double text_width(std::string_view text, double size);

// The outlines of a line of text whose baseline begins at (0, 0); inside by the non-zero rule.
std::vector<std::vector<Point>> text_outlines(std::string_view text, double size);

// The text, or as much of its beginning as fits with "…" behind it.
std::string fitted(std::string_view text, double size, double width);

// The text in lines that fit, broken at spaces or behind > : , + where possible; at most `lines`, the
// last one shortened as by fitted(). REQUIRES: lines > 0.
std::vector<std::string> wrapped(std::string_view text, double size, double width, size_t lines);

}  // namespace sleeve

#endif  // SLEEVE_REPORT_FONT_H_
