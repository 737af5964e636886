// SPDX-License-Identifier: Apache-2.0
#include <iterator>
#include <new>

#include <fmt/format.h>
#include <opencv2/core/mat.hpp>

#include "image/encode.h"
#include "report/drawing.h"

namespace sleeve {
namespace {

// Drawing has made the text printable UTF-8; what is left is XML's own.
std::string escaped(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    // U+FFFE and U+FFFF are UTF-8, and yet no XML.
    const std::string_view three = text.substr(i, 3);
    if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") {
      result += "\xEF\xBF\xBD";
      i += 2;
      continue;
    }
    switch (text[i]) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result.push_back(text[i]);
    }
  }
  return result;
}

// Two decimals at most: "12.5", "3".
std::string number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string paint(std::string_view attribute, const Colour& colour) {
  std::string text =
      fmt::format("{}=\"#{:02x}{:02x}{:02x}\"", attribute, colour.red, colour.green, colour.blue);
  if (colour.opacity < 1) text += fmt::format(" {}-opacity=\"{}\"", attribute, number(colour.opacity));
  return text;
}

std::string point_list(const std::vector<Point>& points) {
  std::string text;
  for (const Point& point : points) {
    if (!text.empty()) text += ' ';
    text += number(point.x) + "," + number(point.y);
  }
  return text;
}

std::string base64(const Bytes& bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = bytes.size() - i;
    const unsigned group = static_cast<unsigned>(bytes[i]) << 16 |
                           (left > 1 ? static_cast<unsigned>(bytes[i + 1]) << 8 : 0U) |
                           (left > 2 ? static_cast<unsigned>(bytes[i + 2]) : 0U);
    text += kDigits[group >> 18 & 63];
    text += kDigits[group >> 12 & 63];
    text += left > 1 ? kDigits[group >> 6 & 63] : '=';
    text += left > 2 ? kDigits[group & 63] : '=';
  }
  return text;
}

// The pixels as PNG within the file's text, so that the SVG stays one file that fetches nothing.
std::string data_address(const Bitmap& bitmap) {
  const cv::Mat pixels(bitmap.height, bitmap.width, CV_8UC3, const_cast<uint8_t*>(bitmap.bgr.data()));
  const auto png = encode_png(pixels);
  if (!png.ok()) throw std::bad_alloc();  // nothing else can be wrong with pixels of our own
  return "data:image/png;base64," + base64(*png);
}

struct SvgWriter {
  std::string svg;

  void operator()(const FilledPolygon& polygon) {
    svg +=
        fmt::format("<polygon points=\"{}\" {}/>\n", point_list(polygon.points), paint("fill", polygon.fill));
  }
  void operator()(const Polyline& line) {
    svg += fmt::format(
        "<polyline points=\"{}\" fill=\"none\" {} stroke-width=\"{}\" stroke-linejoin=\"round\"{}/>\n",
        point_list(line.points), paint("stroke", line.colour), number(line.width),
        line.dashed ? " stroke-dasharray=\"6 4\"" : "");
  }
  void operator()(const Disc& disc) {
    svg += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>\n", number(disc.centre.x),
                       number(disc.centre.y), number(disc.radius), paint("fill", disc.fill));
  }
  void operator()(const Image& image) {
    svg += fmt::format(
        "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\"{} href=\"{}\"/>\n",
        number(image.corner.x), number(image.corner.y), number(image.width), number(image.height),
        image.smooth ? "" : " style=\"image-rendering:pixelated\"", data_address(*image.bitmap));
  }
  void operator()(const Label& label) {
    static constexpr const char* kAnchors[] = {"start", "middle", "end"};
    const std::string x = number(label.origin.x), y = number(label.origin.y);
    const std::string turn = label.style.upwards ? fmt::format(" transform=\"rotate(-90 {} {})\"", x, y) : "";
    svg += fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{}\" {}{}>{}</text>\n", x, y,
                       number(label.style.size), kAnchors[static_cast<size_t>(label.style.anchor)],
                       paint("fill", label.style.colour), turn, escaped(label.text));
  }
};

}  // namespace

std::string to_svg(const Drawing& drawing) {
  SvgWriter writer;
  writer.svg = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "role=\"img\" font-family=\"'DejaVu Sans', Verdana, sans-serif\">\n<title>{2}</title>\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
      number(drawing.width()), number(drawing.height()), escaped(drawing.title()));
  for (const Shape& shape : drawing.shapes()) std::visit(writer, shape);
  return writer.svg + "</svg>\n";
}

}  // namespace sleeve
