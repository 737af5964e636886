// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_PNG_REPORT_H_
#define SLEEVE_IMAGE_PNG_REPORT_H_

#include <csetjmp>
#include <cstring>

#include <png.h>

namespace sleeve {

// What libpng has to say, for this room's reader and writer of PNG, which derive from it: an error is kept
// and leaves the failed step by longjmp, a warning is dropped, and nothing is printed. So the functions that
// call setjmp hold nothing with a destructor, and what they fill lives in the derived struct.
struct PngReport {
  static void on_error(png_structp png, png_const_charp text) {
    auto* report = static_cast<PngReport*>(png_get_error_ptr(png));
    std::strncpy(report->message, text, sizeof(report->message) - 1);
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}

  char message[128] = {};
};

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_PNG_REPORT_H_
