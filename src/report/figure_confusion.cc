// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "report/axis.h"
#include "report/figure.h"
#include "report/figure_text.h"
#include "report/font.h"

namespace sleeve {
namespace {

constexpr double kClassLabelSize = 12.5;

Colour mixed(double share) {
  const auto part = [&](uint8_t paint) {
    return static_cast<uint8_t>(std::lround(255 + share * (paint - 255)));
  };
  return {part(kBlue.red), part(kBlue.green), part(kBlue.blue)};
}

struct Table {
  std::vector<std::string> labels;
  std::vector<std::vector<double>> counts;
};

Table table_of(const Json& confusion) {
  Table table;
  for (const Json& label : confusion["labels"])
    table.labels.push_back(printable(std::string_view(label.get_ref<const std::string&>())));
  for (const Json& row : confusion["rows"]) table.counts.push_back(row.get<std::vector<double>>());
  return table;
}

void draw_cells(Drawing& drawing, const Table& table, Point corner, double cell) {
  for (size_t t = 0; t < table.labels.size(); ++t) {
    double total = 0;
    for (const double count : table.counts[t]) total += count;
    for (size_t p = 0; p < table.labels.size(); ++p) {
      const Point at{corner.x + static_cast<double>(p) * cell, corner.y + static_cast<double>(t) * cell};
      const double share = total > 0 ? table.counts[t][p] / total : 0;
      drawing.rectangle({at.x + 1, at.y + 1}, cell - 2, cell - 2, mixed(0.04 + 0.96 * share));
      const Colour ink = share > 0.55 ? Colour{255, 255, 255} : kInk;
      const bool roomy = cell >= 48;
      drawing.text({at.x + cell / 2, at.y + cell / 2 + (roomy ? -1 : 4)},
                   with_thousands(static_cast<long long>(table.counts[t][p])),
                   {roomy ? 14.0 : std::min(11.0, cell * 0.3), ink, Anchor::kMiddle});
      if (roomy && total > 0) {
        drawing.text({at.x + cell / 2, at.y + cell / 2 + 15}, fmt::format("{:.0f} %", 100 * share),
                     {11, share > 0.55 ? faded(ink, 0.8) : kFaintInk, Anchor::kMiddle});
      }
    }
  }
}

// The model that a reader of several would look at.
const NamedEvaluation* best_of(const std::vector<NamedEvaluation>& evaluations) {
  const NamedEvaluation* best = nullptr;
  double highest = -1;
  for (const NamedEvaluation& named : evaluations) {
    const double accuracy = number_at(*named.evaluation, {"accuracy", "value"}).value_or(0);
    if (!named.evaluation->contains("confusion") || accuracy <= highest) continue;
    highest = accuracy;
    best = &named;
  }
  return best;
}

}  // namespace

Result<Drawing> confusion_figure(const Json& report) {
  const std::vector<NamedEvaluation> evaluations = evaluations_of(report);
  const NamedEvaluation* shown = best_of(evaluations);
  if (shown == nullptr) {
    return make_error(ErrorCode::kNoData, "the report has no confusion matrix of covers that were held out");
  }
  const Table table = table_of((*shown->evaluation)["confusion"]);
  const auto classes = static_cast<double>(table.labels.size());
  double widest = 0;
  for (const std::string& label : table.labels) widest = std::max(widest, text_width(label, kClassLabelSize));
  const double names = std::clamp(widest + 10, 50.0, 200.0);
  const double cell = std::clamp(640 / classes, 30.0, 96.0);
  const bool slanted = widest + 8 > cell;  // names below each other's columns: upwards
  const double above = kHeadHeight + 30 + (slanted ? names : 22);
  const Point corner{kMargin + 24 + names, above};
  const double width = std::max(620.0, corner.x + classes * cell + kMargin);
  Drawing drawing(width, above + classes * cell + 56, "Confusion matrix of " + shown->name);
  draw_head(drawing, "Confusion of " + shown->name, report_subtitle(report));
  for (size_t i = 0; i < table.labels.size(); ++i) {
    const double middle = (static_cast<double>(i) + 0.5) * cell;
    const std::string name = fitted(table.labels[i], kClassLabelSize, names - 8);
    drawing.text({corner.x - 8, corner.y + middle + 4.5}, name, {kClassLabelSize, kInk, Anchor::kEnd});
    if (slanted) {
      drawing.text({corner.x + middle + 4.5, corner.y - 8}, name,
                   {kClassLabelSize, kInk, Anchor::kStart, true});
    } else {
      drawing.text({corner.x + middle, corner.y - 8}, name, {kClassLabelSize, kInk, Anchor::kMiddle});
    }
  }
  const double side = classes * cell;
  drawing.text({corner.x + side / 2, kHeadHeight + 14}, "predicted", {12, kFaintInk, Anchor::kMiddle});
  drawing.text({kMargin + 8, corner.y + side / 2}, "true", {12, kFaintInk, Anchor::kMiddle, true});
  draw_cells(drawing, table, corner, cell);
  const auto accuracy = number_at(*shown->evaluation, {"accuracy", "value"});
  drawing.text({corner.x, corner.y + side + 28},
               fmt::format("covers and share of their true class; accuracy {:.3f}", accuracy.value_or(0)),
               {11.5, kFaintInk});
  return drawing;
}

}  // namespace sleeve
