// SPDX-License-Identifier: Apache-2.0
#include "report/show_figure.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "base/try.h"
#include "report/feature_panel.h"
#include "report/font.h"

namespace sleeve {
namespace {

constexpr double kPanelSide = 260, kGap = 28, kTitle = 26, kCaption = 30;
constexpr size_t kMostColumns = 4;

// Where panel `i` of `count` lies.
struct Grid {
  size_t columns, rows;
  explicit Grid(size_t count)
      : columns(std::min(count, kMostColumns)), rows((count + columns - 1) / columns) {}
  [[nodiscard]] double width() const {
    return 2 * kMargin + static_cast<double>(columns) * (kPanelSide + kGap) - kGap;
  }
  [[nodiscard]] double height() const {
    return kHeadHeight + static_cast<double>(rows) * (kTitle + kPanelSide + kCaption) + kMargin / 2;
  }
  [[nodiscard]] Frame frame(size_t i) const {
    const size_t row = i / columns, column = i % columns;
    return {kMargin + static_cast<double>(column) * (kPanelSide + kGap),
            kHeadHeight + static_cast<double>(row) * (kTitle + kPanelSide + kCaption) + kTitle, kPanelSide,
            kPanelSide};
  }
};

// As somebody would type it. What sleeve fills in where a network is used says nothing to a reader; its panel
// names the layers.
std::string typed(std::vector<DescriptorId> descriptors) {
  for (DescriptorId& id : descriptors) {
    id.options.erase("print");
    id.options.erase("layers");
  }
  return FeatureSet{std::move(descriptors)}.text();
}

void write_title(Drawing& drawing, const Frame& frame, const std::string& title) {
  drawing.text({frame.left, frame.top - 8}, fitted(title, 14, frame.width), {14, kInk});
}

void write_caption(Drawing& drawing, const Frame& frame, const std::string& caption) {
  drawing.text({frame.left, frame.bottom() + 16}, fitted(caption, 11, frame.width), {11, kFaintInk});
}

}  // namespace

Result<Drawing> show_figure(const ShowReport& report) {
  const Grid grid(report.descriptors.size() + 1);
  const std::string name = printable(report.path.filename());
  Drawing drawing(grid.width(), grid.height(), "What descriptors see in " + name);
  std::vector<DescriptorId> all;
  for (const ShownDescriptor& shown : report.descriptors) all.push_back(shown.id);
  drawing.text({kMargin, 34}, fitted(name, 19, drawing.width() - 2 * kMargin), {19, kInk});
  drawing.text({kMargin, 56}, fitted(typed(std::move(all)), 12.5, drawing.width() - 2 * kMargin),
               {12.5, kFaintInk});
  write_title(drawing, grid.frame(0), "cover");
  draw_picture(drawing, grid.frame(0), report.picture);
  write_caption(drawing, grid.frame(0),
                fmt::format("{} × {} px, {}", report.picture.width(), report.picture.height(),
                            name_of(report.picture.format)));
  for (size_t i = 0; i < report.descriptors.size(); ++i) {
    const ShownDescriptor& shown = report.descriptors[i];
    const Frame frame = grid.frame(i + 1);
    write_title(drawing, frame, typed({shown.id}));
    const PanelInput input{report.picture, *shown.itself, shown.id.options, shown.values, shown.names};
    SLEEVE_TRY(const std::string caption, find_panel(shown.id.name)(drawing, frame, input));
    write_caption(drawing, frame, caption);
  }
  return drawing;
}

}  // namespace sleeve
