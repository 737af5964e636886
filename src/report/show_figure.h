// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_REPORT_SHOW_FIGURE_H_
#define SLEEVE_REPORT_SHOW_FIGURE_H_

#include <sleeve/result.h>

#include "report/drawing.h"
#include "stage/show.h"

namespace sleeve {

// The cover, and beside it a panel for each descriptor (feature_panel.h). Errors as the panels'.
Result<Drawing> show_figure(const ShowReport& report);

}  // namespace sleeve

#endif  // SLEEVE_REPORT_SHOW_FIGURE_H_
