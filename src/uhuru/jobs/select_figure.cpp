#include <limits>

#include "uhuru/figure/chart.hpp"
#include "uhuru/jobs/select.hpp"

namespace uhuru::jobs {

std::string select_figure(const std::vector<SelectRow>& rows) {
  figure::Chart chart;
  chart.title = "Numbers of components";
  chart.columns = 2;
  const auto add = [&](const char* title, std::optional<int> chosen, auto value) {
    figure::SeriesPanel panel;
    panel.title = title;
    panel.x.title = "components";
    panel.x.whole = true;
    panel.x.labelled = chart.panels.size() >= 2;  // the panels below have the same axis
    panel.height = 150;
    figure::Series line;
    figure::Series choice;
    choice.mark = figure::Mark::points;
    choice.color = 1;
    for (const SelectRow& row : rows) {
      line.x.push_back(row.components);
      line.y.push_back(value(row));
      if (row.components != chosen) continue;
      choice.x.push_back(line.x.back());
      choice.y.push_back(line.y.back());
    }
    figure::Series points = line;
    points.mark = figure::Mark::points;
    panel.series = {std::move(line), std::move(points), std::move(choice)};
    if (chosen) {
      panel.marked = *chosen;
      panel.note = "selects " + std::to_string(*chosen);
      chart.description += std::string(chart.description.empty() ? "" : ", ") + title +
                           " selects " + std::to_string(*chosen);
    }
    chart.panels.emplace_back(std::move(panel));
  };
  const Choice choice = choose(rows);
  add("BIC", choice.bic, [](const SelectRow& row) { return row.bic; });
  add("AIC", choice.aic, [](const SelectRow& row) { return row.aic; });
  add("Gradient of BIC", choice.bic_gradient,
      [](const SelectRow& row) { return row.bic_gradient; });
  add("Silhouette", choice.silhouette, [](const SelectRow& row) {
    return row.silhouette.value_or(std::numeric_limits<double>::quiet_NaN());
  });
  return figure::to_svg(chart);
}

}  // namespace uhuru::jobs
