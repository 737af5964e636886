// SPDX-License-Identifier: Apache-2.0
#include "report/font.h"

#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <unordered_map>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

// The font file's bytes become part of the program.
// NOLINTNEXTLINE(hicpp-no-assembler)
asm(".pushsection .rodata\n"
    ".balign 16\n"
    ".global sleeve_font_begin\n"
    "sleeve_font_begin:\n"
    ".incbin \"" SLEEVE_FONT_FILE
    "\"\n"
    ".global sleeve_font_end\n"
    "sleeve_font_end:\n"
    ".byte 0\n"
    ".popsection\n");
extern "C" {
extern const unsigned char sleeve_font_begin[];
extern const unsigned char sleeve_font_end[];
}

namespace sleeve {
namespace {

// Outlines and widths are in font units; `kUnits` of them are the size of a letter's em.
struct Glyph {
  double advance = 0;
  std::vector<std::vector<Point>> outlines;
};

// Curves become lines: eight of them stay below a tenth of a pixel for letters of 40 pixels.
constexpr int kCurveSteps = 8;

struct OutlineBuilder {
  Glyph* glyph = nullptr;
  Point last;

  static Point at(const FT_Vector* v) { return {static_cast<double>(v->x), static_cast<double>(v->y)}; }
  void add(Point point) {
    glyph->outlines.back().push_back(point);
    last = point;
  }
  static int move(const FT_Vector* to, void* self) {
    auto* builder = static_cast<OutlineBuilder*>(self);
    builder->glyph->outlines.emplace_back();
    builder->add(at(to));
    return 0;
  }
  static int line(const FT_Vector* to, void* self) {
    static_cast<OutlineBuilder*>(self)->add(at(to));
    return 0;
  }
  static int conic(const FT_Vector* control, const FT_Vector* to, void* self) {
    auto* builder = static_cast<OutlineBuilder*>(self);
    const Point from = builder->last, c = at(control), end = at(to);
    for (int i = 1; i <= kCurveSteps; ++i) {
      const double t = static_cast<double>(i) / kCurveSteps, s = 1 - t;
      builder->add({s * s * from.x + 2 * s * t * c.x + t * t * end.x,
                    s * s * from.y + 2 * s * t * c.y + t * t * end.y});
    }
    return 0;
  }
  static int cubic(const FT_Vector* first, const FT_Vector* second, const FT_Vector* to, void* self) {
    auto* builder = static_cast<OutlineBuilder*>(self);
    const Point from = builder->last, a = at(first), b = at(second), end = at(to);
    for (int i = 1; i <= kCurveSteps; ++i) {
      const double t = static_cast<double>(i) / kCurveSteps, s = 1 - t;
      const double w0 = s * s * s, w1 = 3 * s * s * t, w2 = 3 * s * t * t, w3 = t * t * t;
      builder->add(
          {w0 * from.x + w1 * a.x + w2 * b.x + w3 * end.x, w0 * from.y + w1 * a.y + w2 * b.y + w3 * end.y});
    }
    return 0;
  }
};

class Font {
 public:
  static Font& get() {
    static Font font;
    return font;
  }
  [[nodiscard]] double units() const { return units_; }
  Glyph glyph(uint32_t character) {
    const std::lock_guard lock(mutex_);
    const auto [found, is_new] = glyphs_.try_emplace(character);
    if (is_new) found->second = load(character);
    return found->second;
  }

 private:
  Font() {
    // The bytes are our own: that they can't be read is a fault of the program.
    if (FT_Init_FreeType(&library_) != 0 ||
        FT_New_Memory_Face(library_, sleeve_font_begin, sleeve_font_end - sleeve_font_begin, 0, &face_) !=
            0) {
      std::abort();
    }
    units_ = face_->units_per_EM;
  }
  Glyph load(uint32_t character) {
    Glyph glyph;
    // A character that the font lacks is glyph 0, its empty box.
    if (FT_Load_Glyph(face_, FT_Get_Char_Index(face_, character), FT_LOAD_NO_SCALE) != 0) return glyph;
    glyph.advance = static_cast<double>(face_->glyph->metrics.horiAdvance);
    const FT_Outline_Funcs walk{
        OutlineBuilder::move, OutlineBuilder::line, OutlineBuilder::conic, OutlineBuilder::cubic, 0, 0};
    OutlineBuilder builder{&glyph, {}};
    if (FT_Outline_Decompose(&face_->glyph->outline, &walk, &builder) != 0) glyph.outlines.clear();
    return glyph;
  }

  std::mutex mutex_;
  FT_Library library_ = nullptr;
  FT_Face face_ = nullptr;
  double units_ = 1;
  std::unordered_map<uint32_t, Glyph> glyphs_;
};

// How many bytes a character takes; 0: it is no UTF-8.
size_t length_of(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  const size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
  if (length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xC0U) != 0x80U) return 0;
  }
  return length;
}

// Takes the first character off the text.
uint32_t take_character(std::string_view& text) {
  const size_t length = length_of(text);
  if (length == 0) {
    text.remove_prefix(1);
    return 0xFFFD;
  }
  constexpr uint8_t kLeadBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  uint32_t character = static_cast<uint8_t>(text[0]) & kLeadBits[length];
  for (size_t i = 1; i < length; ++i) character = character << 6 | (static_cast<uint8_t>(text[i]) & 0x3FU);
  text.remove_prefix(length);
  return character;
}

bool is_break(char c) { return c == ' ' || c == '>' || c == ':' || c == ',' || c == '+'; }

}  // namespace

double text_width(std::string_view text, double size) {
  Font& font = Font::get();
  double width = 0;
  while (!text.empty()) width += font.glyph(take_character(text)).advance;
  return width * size / font.units();
}

std::vector<std::vector<Point>> text_outlines(std::string_view text, double size) {
  Font& font = Font::get();
  const double scale = size / font.units();
  std::vector<std::vector<Point>> outlines;
  double pen = 0;
  while (!text.empty()) {
    Glyph glyph = font.glyph(take_character(text));
    for (auto& outline : glyph.outlines) {
      for (Point& point : outline) point = {(pen + point.x) * scale, -point.y * scale};
      outlines.push_back(std::move(outline));
    }
    pen += glyph.advance;
  }
  return outlines;
}

std::string fitted(std::string_view text, double size, double width) {
  if (text_width(text, size) <= width) return std::string(text);
  const double room = width - text_width("…", size);
  std::string_view rest = text;
  size_t kept = 0;
  double used = 0;
  while (!rest.empty()) {
    std::string_view after = rest;
    take_character(after);
    used += text_width(rest.substr(0, rest.size() - after.size()), size);
    if (used > room) break;
    rest = after;
    kept = text.size() - rest.size();
  }
  return std::string(text.substr(0, kept)) + "…";
}

std::vector<std::string> wrapped(std::string_view text, double size, double width, size_t lines) {
  std::vector<std::string> result;
  while (result.size() + 1 < lines && text_width(text, size) > width) {
    size_t cut = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      if (!is_break(text[i])) continue;
      if (text_width(text.substr(0, i + 1), size) > width + size / 2) break;
      cut = i + 1;
    }
    if (cut == 0) break;  // one word that is too long
    std::string_view line = text.substr(0, cut);
    while (line.ends_with(' ')) line.remove_suffix(1);
    result.emplace_back(line);
    text.remove_prefix(cut);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  if (!text.empty() || result.empty()) result.push_back(fitted(text, size, width));
  return result;
}

}  // namespace sleeve
