// A panel of counts in rows and columns.

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/figure/labels.hpp"
#include "uhuru/figure/panel_drawing.hpp"

namespace uhuru::figure {
namespace {

constexpr double cell_height = 38, least_cell_width = 46, label_gap = 6;  // pixels
constexpr double widest_label = 140;
// From this fraction of its row on, a cell is dark enough for white text: the contrast is then at
// least 4.5 with either text colour, for the colours of the style sheet.
constexpr double dark_part = 0.77;

class MatrixDrawing : public PanelDrawing {
 public:
  explicit MatrixDrawing(const MatrixPanel& panel) : panel_(panel) {
    for (const double count : panel.counts.reshaped())
      cell_width_ = std::max(cell_width_, text_width(short_number(count), cell_size) + 8);
    rows_width_ = widest(panel.rows);
    const double columns_width = widest(panel.columns);
    turned_ = columns_width + label_gap > cell_width_;
    // Column names end under their cells, rotated by 45 degrees.
    columns_height_ = turned_ ? 0.71 * (columns_width + text_size) : text_size;
    extent_.width = cell_width_ * static_cast<double>(panel.columns.size());
    extent_.height = cell_height * static_cast<double>(panel.rows.size());
    extent_.left = label_gap + rows_width_ + (panel.row_title.empty() ? 0 : text_size + 10);
    if (turned_) extent_.left = std::max(extent_.left, 0.71 * columns_width - cell_width_ / 2);
    extent_.bottom = label_gap + columns_height_ + (panel.column_title.empty() ? 0 : text_size + 9);
    reserve_heading(panel.title, panel.note);
  }

  void draw(Point corner, Svg& svg) const override {
    draw_heading(panel_.title, panel_.note, corner, svg);
    for (size_t row = 0; row < panel_.rows.size(); ++row) draw_row(row, corner, svg);
    svg.rect({corner.x, corner.y, extent_.width, extent_.height}, "edge");
    const double bottom = corner.y + extent_.height;
    for (size_t c = 0; c < panel_.columns.size(); ++c) {
      const double x = corner.x + (static_cast<double>(c) + 0.5) * cell_width_;
      const Point at = turned_ ? Point{x + 4, bottom + label_gap + 0.6 * text_size}
                               : Point{x, bottom + label_gap + 0.8 * text_size};
      svg.text(at, fitted(panel_.columns[c], text_size, widest_label),
               turned_ ? "name end" : "name middle", turned_ ? -45 : 0);
    }
    if (!panel_.column_title.empty())
      svg.text({corner.x + extent_.width / 2, bottom + extent_.bottom - 2},
               fitted(panel_.column_title, text_size, extent_.width), "middle");
    if (!panel_.row_title.empty())
      svg.text({corner.x - label_gap - rows_width_ - 10, corner.y + extent_.height / 2},
               fitted(panel_.row_title, text_size, extent_.height), "middle", -90);
  }

 private:
  static double widest(const std::vector<std::string>& labels) {
    double width = 0;
    for (const std::string& label : labels)
      width = std::max(width, text_width(fitted(label, text_size, widest_label), text_size));
    return width;
  }

  void draw_row(size_t row, Point corner, Svg& svg) const {
    const auto counts = panel_.counts.row(static_cast<Eigen::Index>(row));
    const double sum = counts.sum();
    const double top = corner.y + static_cast<double>(row) * cell_height;
    const double middle = top + cell_height / 2;
    svg.text({corner.x - label_gap, middle + 0.36 * text_size},
             fitted(panel_.rows[row], text_size, widest_label), "name end");
    for (size_t c = 0; c < panel_.columns.size(); ++c) {
      const double left = corner.x + static_cast<double>(c) * cell_width_;
      const double x = left + cell_width_ / 2;
      const double count = counts[static_cast<Eigen::Index>(c)];
      if (!(count > 0)) {
        svg.text({x, middle + 0.36 * cell_size}, short_number(count), "cell none middle");
        continue;
      }
      const double part = count / sum;
      const char* classes = part < dark_part ? "cell middle" : "cell over middle";
      svg.rect({left, top, cell_width_, cell_height}, "heat", part);
      svg.text({x, middle - 3}, short_number(count), classes);
      svg.text({x, middle + cell_size}, percent_text(part), classes);
    }
  }

  const MatrixPanel& panel_;
  double cell_width_ = least_cell_width;
  double rows_width_ = 0, columns_height_ = 0;  // of the labels
  bool turned_ = false;
};

}  // namespace

std::unique_ptr<PanelDrawing> lay_out(const MatrixPanel& panel) {
  if (panel.counts.rows() != static_cast<Eigen::Index>(panel.rows.size()) ||
      panel.counts.cols() != static_cast<Eigen::Index>(panel.columns.size()))
    throw Error(ErrorKind::bug, "the number of labels does not match the size of the matrix",
                panel.title);
  return std::make_unique<MatrixDrawing>(panel);
}

}  // namespace uhuru::figure
