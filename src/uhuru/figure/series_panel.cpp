// A panel of series: axes, grid, legend.

#include <algorithm>
#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/figure/labels.hpp"
#include "uhuru/figure/panel_drawing.hpp"

namespace uhuru::figure {
namespace {

constexpr double tick_length = 4, panel_gap = 6;  // pixels, as all below
constexpr double entry_height = 17, swatch = 20;  // of the legend
constexpr double widest_name = 150;

void check(const Series& series) {
  const size_t size = series.x.size();
  if (series.y.size() != size || series.low.size() != series.high.size() ||
      !(series.low.empty() || series.low.size() == size))
    throw Error(ErrorKind::bug, "the lists of a series differ in length", series.name);
}

AxisScale x_scale(const SeriesPanel& panel) {
  std::vector<double> values;
  for (const Series& series : panel.series) {
    const double beside = series.mark == Mark::bars ? bar_width(series) / 2 : 0;
    for (const double x : series.x) values.insert(values.end(), {x - beside, x + beside});
  }
  return {panel.x, values};
}

AxisScale y_scale(const SeriesPanel& panel) {
  Axis axis = panel.y;
  std::vector<double> values;
  for (const Series& series : panel.series) {
    for (const auto* list : {&series.y, &series.low, &series.high})
      values.insert(values.end(), list->begin(), list->end());
    if (series.mark == Mark::bars && std::isnan(axis.low)) axis.low = 0;
  }
  return {axis, values};
}

/// As many ticks as fit side by side.
Ticks fitting_ticks(const AxisScale& scale, double length) {
  for (auto most = static_cast<size_t>(length / 30);; --most) {
    Ticks ticks = scale.ticks(std::max<size_t>(most, 2));
    bool fits = true;
    for (size_t i = 1; i < ticks.values.size(); ++i) {
      const double distance =
          (scale.place(ticks.values[i]) - scale.place(ticks.values[i - 1])) * length;
      const double labels =
          text_width(ticks.labels[i - 1], text_size) + text_width(ticks.labels[i], text_size);
      fits = fits && distance >= labels / 2 + panel_gap;
    }
    if (fits || most <= 2) return ticks;
  }
}

/// The title, including the power of ten omitted from the numbers.
std::string title_of(const Axis& axis, const Ticks& ticks) {
  if (ticks.exponent == 0) return axis.title;
  const std::string power = power_of_ten(ticks.exponent);
  return axis.title.empty() ? power : axis.title + " (" + power + ")";
}

class SeriesDrawing : public PanelDrawing {
 public:
  explicit SeriesDrawing(const SeriesPanel& panel)
      : panel_(panel), x_(x_scale(panel)), y_(y_scale(panel)) {
    x_ticks_ = fitting_ticks(x_, panel.width);
    y_ticks_ = y_.ticks(std::max<size_t>(3, static_cast<size_t>(panel.height / 30)));
    x_title_ = title_of(panel.x, x_ticks_);
    y_title_ = title_of(panel.y, y_ticks_);
    for (const std::string& label : y_ticks_.labels)
      labels_width_ = std::max(labels_width_, text_width(label, text_size));
    extent_.width = panel.width;
    extent_.height = panel.height;
    extent_.left = tick_length + 3 + labels_width_ + (y_title_.empty() ? 0 : text_size + 8);
    extent_.right = panel_gap;
    extent_.bottom = panel_gap;
    if (panel.x.labelled) {
      extent_.bottom = tick_length + 2 + text_size + (x_title_.empty() ? 0 : text_size + 7);
      if (!x_ticks_.labels.empty())  // the last label may protrude
        extent_.right = std::max(panel_gap, text_width(x_ticks_.labels.back(), text_size) / 2);
    }
    reserve_legend();
    reserve_heading(panel.title, panel.note);
  }

  void draw(Point corner, Svg& svg) const override {
    draw_heading(panel_.title, panel_.note, corner, svg);
    const PlotArea area{{corner.x, corner.y, extent_.width, extent_.height}, x_, y_};
    draw_axes(area.box, svg);
    if (panel_.diagonal) {
      const double from = std::max(x_.low(), y_.low());
      const double to = std::min(x_.high(), y_.high());
      if (from < to) svg.line(area.at(from, from), area.at(to, to), "guide");
    }
    if (panel_.marked && x_.has_place(*panel_.marked)) {
      const double x = area.at(*panel_.marked, y_.low()).x;
      svg.line({x, corner.y}, {x, corner.y + extent_.height}, "guide");
    }
    for (const Series& series : panel_.series) draw_series(series, area, svg);
    draw_legend(corner, svg);
  }

 private:
  void reserve_legend() {
    double names_width = 0;
    double values_width = 0;
    for (const Series& series : panel_.series) {
      if (series.name.empty()) continue;
      ++entries_;
      names_width =
          std::max(names_width, text_width(fitted(series.name, text_size, widest_name), text_size));
      values_width = std::max(values_width, text_width(series.value, text_size));
    }
    if (entries_ == 0) return;
    double width = swatch + panel_gap + names_width;
    if (values_width > 0) width += 14 + values_width;
    legend_width_ = 18 + std::max(width, text_width(panel_.legend_title, text_size));
    extent_.right = std::max(extent_.right, legend_width_);
    const double height = static_cast<double>(entries_ + 1) * entry_height;
    extent_.bottom = std::max(extent_.bottom, height - extent_.height);
  }

  void draw_axes(const Box& box, Svg& svg) const {
    const double bottom = box.top + box.height;
    const double right = box.left + box.width;
    for (size_t i = 0; i < y_ticks_.values.size(); ++i) {
      const double y = bottom - y_.place(y_ticks_.values[i]) * box.height;
      svg.line({box.left, y}, {right, y}, "grid");
      svg.line({box.left - tick_length, y}, {box.left, y}, "axis");
      svg.text({box.left - tick_length - 3, y + 0.36 * text_size}, y_ticks_.labels[i], "end");
    }
    for (size_t i = 0; i < x_ticks_.values.size(); ++i) {
      const double x = box.left + x_.place(x_ticks_.values[i]) * box.width;
      svg.line({x, box.top}, {x, bottom}, "grid");
      svg.line({x, bottom}, {x, bottom + tick_length}, "axis");
      if (panel_.x.labelled)
        svg.text({x, bottom + tick_length + 2 + text_size}, x_ticks_.labels[i], "middle");
    }
    svg.line({box.left, box.top}, {box.left, bottom}, "axis");
    svg.line({box.left, bottom}, {right, bottom}, "axis");
    if (panel_.x.labelled && !x_title_.empty())
      svg.text({box.left + box.width / 2, bottom + tick_length + 2 + 2 * text_size + 5},
               fitted(x_title_, text_size, box.width), "name middle");
    if (!y_title_.empty())
      svg.text({box.left - tick_length - 3 - labels_width_ - 8, box.top + box.height / 2},
               fitted(y_title_, text_size, box.height), "name middle", -90);
  }

  void draw_legend(Point corner, Svg& svg) const {
    const double left = corner.x + extent_.width + 18;
    const double right = corner.x + extent_.width + legend_width_;
    double y = corner.y + text_size;
    if (entries_ > 0 && !panel_.legend_title.empty()) {
      svg.text({right, y}, panel_.legend_title, "end");
      y += entry_height;
    }
    for (const Series& series : panel_.series) {
      if (series.name.empty()) continue;
      const double middle = y - 0.36 * text_size;
      const std::string classes = color_classes(series.color);
      if (series.mark == Mark::points)
        svg.circle({left + swatch / 2, middle}, 3, "mark " + classes);
      else if (series.mark == Mark::bars)
        svg.rect({left + 5, middle - 5, 10, 10}, "bar " + classes);
      else
        svg.line({left, middle}, {left + swatch, middle}, "curve " + classes);
      svg.text({left + swatch + panel_gap, y}, fitted(series.name, text_size, widest_name), "name");
      if (!series.value.empty()) svg.text({right, y}, series.value, "name end");
      y += entry_height;
    }
  }

  const SeriesPanel& panel_;
  AxisScale x_, y_;
  Ticks x_ticks_, y_ticks_;
  std::string x_title_, y_title_;
  double labels_width_ = 0;  // of the numbers on the y axis
  double legend_width_ = 0;  // with its distance from the axes
  size_t entries_ = 0;
};

}  // namespace

std::unique_ptr<PanelDrawing> lay_out(const SeriesPanel& panel) {
  for (const Series& series : panel.series) check(series);
  return std::make_unique<SeriesDrawing>(panel);
}

}  // namespace uhuru::figure
