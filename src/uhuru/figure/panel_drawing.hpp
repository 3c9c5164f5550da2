// Layout of panels, before the chart places them.
#pragma once

#include <memory>

#include "uhuru/figure/chart.hpp"
#include "uhuru/figure/svg.hpp"

namespace uhuru::figure {

/// The area within a panel's axes, and the space needed around it, in pixels.
struct Extent {
  double width = 0, height = 0;
  double left = 0, right = 0, top = 0, bottom = 0;
};

class PanelDrawing {
 public:
  virtual ~PanelDrawing() = default;
  const Extent& extent() const { return extent_; }
  /// Draws the panel; `corner`: upper left corner of the area within its axes.
  virtual void draw(Point corner, Svg& svg) const = 0;

 protected:
  /// Reserves space for the title and the note, after all other space is reserved; they are drawn
  /// above `corner`.
  void reserve_heading(const std::string& title, const std::string& note);
  void draw_heading(const std::string& title, const std::string& note, Point corner,
                    Svg& svg) const;

  Extent extent_;

 private:
  double heading_width_ = 0;
};

/// Lays out a panel. Throws Error (bug) if lists that belong together differ in length.
std::unique_ptr<PanelDrawing> lay_out(const SeriesPanel& panel);
std::unique_ptr<PanelDrawing> lay_out(const MatrixPanel& panel);

/// The area within the axes, and the mapping of values to places in it.
struct PlotArea {
  Box box;
  const AxisScale &x, &y;

  /// NaN if a value has no place.
  Point at(double x_value, double y_value) const {
    return {box.left + x.place(x_value) * box.width, box.top + (1 - y.place(y_value)) * box.height};
  }
};

void draw_series(const Series& series, const PlotArea& area, Svg& svg);

/// The smallest distance between two x, 1 if there are none.
double bar_width(const Series& series);

}  // namespace uhuru::figure
