// Charts as SVG: panels of curves, points and bars or of a matrix, in rows and columns.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/figure/axis.hpp"

namespace uhuru {

/// line: from point to point; steps: across to the next x, then up or down; points: dots with error
/// bars where `low` and `high` are given; bars: from 0 up or down, as wide as the smallest distance
/// of two x.
enum class Mark { line, steps, points, bars };

/// x and y are of equal length. A point without a place on its axis (see AxisScale) is left out and
/// leaves a gap.
struct Series {
  std::string name;   // in the legend; empty: not there
  std::string value;  // right of the name
  Mark mark = Mark::line;
  size_t color = 0;  // place in the palette
  std::vector<double> x, y;
  std::vector<double> low, high;  // ends of the error bars; empty: none
};

/// The area within the axes is `width` × `height` pixels; all else stands around it, the legend to
/// the right.
struct SeriesPanel {
  std::string title;
  std::string note;  // at the other end of the title's line
  Axis x, y;
  std::vector<Series> series;
  bool diagonal = false;         // the line y = x
  std::optional<double> marked;  // a line at this x
  double width = 320, height = 200;
  std::string legend_title;  // above the values
};

/// Counts, each with its part of its row, which is also its color.
struct MatrixPanel {
  std::string title;
  std::string note;                     // as above
  std::string row_title, column_title;  // what the labels are
  std::vector<std::string> rows, columns;
  Matrix counts;  // 0 or more
};

struct Chart {
  std::string title;
  std::string description;  // what a screen reader says besides
  size_t columns = 1;       // of panels, which fill row after row
  std::vector<std::variant<SeriesPanel, MatrixPanel>> panels;
};

/// The chart as the text of an SVG file, light or dark as the reader's browser wishes.
///
/// Texts may hold anything; they are cut where they would not fit. Curves of many points are
/// thinned without a difference to the eye. The same bytes for the same chart. Throws Error (bug)
/// where lists that belong together are of different length, or there are no panels or columns.
/// Thread-safe.
std::string to_svg(const Chart& chart);

}  // namespace uhuru
