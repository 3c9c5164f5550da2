// Curves, points and bars.

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "uhuru/figure/panel_drawing.hpp"

namespace uhuru::figure {
namespace {

using Points = std::vector<Point>;

bool is_drawn(Point point) { return !std::isnan(point.x) && !std::isnan(point.y); }

/// The points between consecutive gaps, with the corners of steps.
std::vector<Points> runs_of(const Series& series, const PlotArea& area) {
  std::vector<Points> runs;
  bool gap = true;
  for (size_t i = 0; i < series.x.size(); ++i) {
    const Point point = area.at(series.x[i], series.y[i]);
    if (!is_drawn(point)) {
      gap = true;
      continue;
    }
    if (gap) runs.emplace_back();
    if (!gap && series.mark == Mark::steps) runs.back().push_back({point.x, runs.back().back().y});
    runs.back().push_back(point);
    gap = false;
  }
  return runs;
}

/// Of neighbours within half a pixel in x, keeps the first, lowest, highest and last: the line
/// through these covers the same pixels.
Points thinned(const Points& points) {
  Points result;
  for (size_t begin = 0, end = 0; begin < points.size(); begin = end) {
    const auto column = [&](size_t i) { return std::floor(points[i].x * 2); };
    size_t lowest = begin;
    size_t highest = begin;
    for (end = begin; end < points.size() && column(end) == column(begin); ++end) {
      if (points[end].y > points[lowest].y) lowest = end;
      if (points[end].y < points[highest].y) highest = end;
    }
    for (const size_t kept : std::set<size_t>{begin, lowest, highest, end - 1})
      result.push_back(points[kept]);
  }
  return result;
}

void draw_curve(const Series& series, const PlotArea& area, Svg& svg) {
  std::string data;
  for (const Points& run : runs_of(series, area)) {
    const Points points = thinned(run);
    path_step('M', points[0], data);
    for (size_t i = 1; i < points.size(); ++i) path_step('L', points[i], data);
    if (points.size() == 1) path_step('L', points[0], data);  // its round ends make a dot
  }
  if (!data.empty()) svg.path(data, "curve " + color_classes(series.color));
}

/// The end of an error bar: at the axis if it is unbounded, e.g. reaches 0 on a logarithmic axis.
double error_end(double value, const AxisScale& scale) {
  if (scale.has_place(value) || std::isnan(value)) return value;
  return value > scale.low() ? scale.high() : scale.low();
}

void draw_points(const Series& series, const PlotArea& area, Svg& svg) {
  const std::string classes = color_classes(series.color);
  std::set<std::pair<double, double>> drawn;  // whole pixels
  for (size_t i = 0; i < series.x.size(); ++i) {
    const Point center = area.at(series.x[i], series.y[i]);
    if (!is_drawn(center)) continue;
    if (!series.low.empty()) {
      const Point low = area.at(series.x[i], error_end(series.low[i], area.y));
      const Point high = area.at(series.x[i], error_end(series.high[i], area.y));
      if (is_drawn(low) && is_drawn(high)) svg.line(low, high, "error " + classes);
    }
    if (drawn.emplace(std::round(center.x), std::round(center.y)).second)
      svg.circle(center, 3, "mark " + classes);
  }
}

void draw_bars(const Series& series, const PlotArea& area, Svg& svg) {
  const double half = bar_width(series) / 2;
  const double foot = std::clamp(0.0, area.y.low(), area.y.high());
  for (size_t i = 0; i < series.x.size(); ++i) {
    const Point begin = area.at(series.x[i] - half, foot);
    const Point end = area.at(series.x[i] + half, series.y[i]);
    if (!is_drawn(begin) || !is_drawn(end)) continue;
    const double gap = std::min(1.0, (end.x - begin.x) / 4);  // between bars
    svg.rect({begin.x + gap / 2, std::min(begin.y, end.y), end.x - begin.x - gap,
              std::abs(end.y - begin.y)},
             "bar " + color_classes(series.color));
  }
}

}  // namespace

double bar_width(const Series& series) {
  std::vector<double> x;
  for (const double value : series.x)
    if (std::isfinite(value)) x.push_back(value);
  std::sort(x.begin(), x.end());
  double width = std::numeric_limits<double>::infinity();
  for (size_t i = 1; i < x.size(); ++i)
    if (x[i] > x[i - 1]) width = std::min(width, x[i] - x[i - 1]);
  return std::isfinite(width) ? width : 1;
}

void draw_series(const Series& series, const PlotArea& area, Svg& svg) {
  switch (series.mark) {
    case Mark::line:
    case Mark::steps:
      return draw_curve(series, area, svg);
    case Mark::points:
      return draw_points(series, area, svg);
    case Mark::bars:
      return draw_bars(series, area, svg);
  }
}

}  // namespace uhuru::figure
