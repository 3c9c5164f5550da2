// Panels laid out, before the chart gives them their places.
#pragma once

#include <memory>

#include "uhuru/figure/chart.hpp"
#include "uhuru/figure/svg.hpp"

namespace uhuru {

/// The area within a panel's axes, and what it needs around it, in pixels.
struct Extent {
  double width = 0, height = 0;
  double left = 0, right = 0, top = 0, bottom = 0;
};

class PanelDrawing {
 public:
  virtual ~PanelDrawing() = default;
  const Extent& extent() const { return extent_; }
  /// Draws the panel; `corner`: upper left one of the area within its axes.
  virtual void draw(Point corner, Svg& svg) const = 0;

 protected:
  /// Makes room for the title and the note, once all other room is made; draws them above `corner`.
  void reserve_heading(const std::string& title, const std::string& note);
  void draw_heading(const std::string& title, const std::string& note, Point corner,
                    Svg& svg) const;

  Extent extent_;

 private:
  double heading_width_ = 0;
};

/// Throw Error (bug) where lists that belong together are of different length.
std::unique_ptr<PanelDrawing> lay_out(const SeriesPanel& panel);
std::unique_ptr<PanelDrawing> lay_out(const MatrixPanel& panel);

/// The area within the axes, and how values become places in it.
struct PlotArea {
  Box box;
  const AxisScale &x, &y;

  /// NaN where a value has no place.
  Point at(double x_value, double y_value) const {
    return {box.left + x.place(x_value) * box.width, box.top + (1 - y.place(y_value)) * box.height};
  }
};

void draw_series(const Series& series, const PlotArea& area, Svg& svg);

/// The smallest distance of two x, 1 where there are none.
double bar_width(const Series& series);

}  // namespace uhuru
