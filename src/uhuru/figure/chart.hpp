// Charts as SVG: panels of curves, points, bars or a matrix, in rows and columns.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/figure/axis.hpp"

#pragma GCC visibility push(default)
namespace uhuru::figure {

/// line: from point to point; steps: horizontal to the next x, then vertical; points: dots, with
/// error bars if `low` and `high` are given; bars: from 0, as wide as the smallest distance between
/// two x.
enum class Mark { line, steps, points, bars };

/// x and y have equal length. A point without a place on its axis (see AxisScale) is omitted and
/// leaves a gap.
struct Series {
  std::string name;   // in the legend; empty: none
  std::string value;  // to the right of the name
  Mark mark = Mark::line;
  size_t color = 0;  // index in the palette
  std::vector<double> x, y;
  std::vector<double> low, high;  // ends of the error bars; empty: none
};

/// The area within the axes is `width` × `height` pixels; everything else is around it, with the
/// legend on the right.
struct SeriesPanel {
  std::string title;
  std::string note;  // at the other end of the title line
  Axis x, y;
  std::vector<Series> series;
  bool diagonal = false;         // the line y = x
  std::optional<double> marked;  // a line at this x
  double width = 320, height = 200;
  std::string legend_title;  // above the values
};

/// Counts, each with its fraction of the row total, which sets its colour.
struct MatrixPanel {
  std::string title;
  std::string note;                     // as above
  std::string row_title, column_title;  // what the labels are
  std::vector<std::string> rows, columns;
  Matrix counts;  // non-negative
};

struct Chart {
  std::string title;
  std::string description;  // additional text for screen readers
  size_t columns = 1;       // of panels, filled row by row
  std::vector<std::variant<SeriesPanel, MatrixPanel>> panels;
};

/// Renders the chart as an SVG file that follows the light or dark scheme of the browser.
///
/// Labels may be any text; they are truncated if they do not fit. Curves with many points are
/// thinned without visible difference. The same chart gives the same bytes. Throws Error (bug) if
/// lists that belong together differ in length, or there are no panels or columns. Thread-safe.
std::string to_svg(const Chart& chart);

}  // namespace uhuru::figure
#pragma GCC visibility pop
