#include "uhuru/figure/chart.hpp"

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/figure/labels.hpp"
#include "uhuru/figure/panel_drawing.hpp"

namespace uhuru::figure {
namespace {

constexpr double margin = 14, between_columns = 20, between_rows = 10;  // pixels
constexpr double widest_title = 600;
constexpr double bold = 1.15;  // wider than other text

/// A row or column of panels: their areas within the axes are aligned.
struct Track {
  double before = 0, after = 0;  // space needed on both sides of that line
  double line = 0;

  void hold(double panel_before, double panel_after) {
    before = std::max(before, panel_before);
    after = std::max(after, panel_after);
  }
};

/// Places the tracks consecutively from `begin` on; returns the end of the last.
double place(std::vector<Track>& tracks, double begin, double between) {
  double end = begin - between;
  for (Track& track : tracks) {
    track.line = end + between + track.before;
    end = track.line + track.after;
  }
  return end;
}

}  // namespace

void PanelDrawing::reserve_heading(const std::string& title, const std::string& note) {
  if (title.empty() && note.empty()) {
    extent_.top = text_size / 2;  // half of the highest label
    return;
  }
  extent_.top = panel_title_size + 10;
  const double words =
      bold * text_width(fitted(title, panel_title_size, widest_title), panel_title_size) +
      text_width(fitted(note, text_size, widest_title), text_size);
  heading_width_ = std::max(extent_.width, words + 20);
  extent_.right = std::max(extent_.right, heading_width_ - extent_.width);
}

void PanelDrawing::draw_heading(const std::string& title, const std::string& note, Point corner,
                                Svg& svg) const {
  const double y = corner.y - 9;
  if (!title.empty())
    svg.text({corner.x, y}, fitted(title, panel_title_size, widest_title), "panel");
  if (!note.empty())
    svg.text({corner.x + heading_width_, y}, fitted(note, text_size, widest_title), "end");
}

std::string to_svg(const Chart& chart) {
  if (chart.panels.empty() || chart.columns == 0)
    throw Error(ErrorKind::bug, "a chart without panels", chart.title);
  std::vector<std::unique_ptr<PanelDrawing>> drawings;
  for (const auto& panel : chart.panels)
    drawings.push_back(std::visit([](const auto& any) { return lay_out(any); }, panel));

  const size_t columns = std::min(chart.columns, drawings.size());
  std::vector<Track> across(columns);
  std::vector<Track> down((drawings.size() + columns - 1) / columns);
  for (size_t i = 0; i < drawings.size(); ++i) {
    const Extent& extent = drawings[i]->extent();
    across[i % columns].hold(extent.left, extent.width + extent.right);
    down[i / columns].hold(extent.top, extent.height + extent.bottom);
  }
  const std::string title = fitted(chart.title, title_size, widest_title);
  const double heading = title.empty() ? 0 : title_size + 12;
  const double width = std::max(place(across, margin, between_columns),
                                margin + bold * text_width(title, title_size));
  const double height = place(down, margin + heading, between_rows);

  Svg svg;
  if (!title.empty()) svg.text({margin, margin + title_size - 2}, title, "title");
  for (size_t i = 0; i < drawings.size(); ++i)
    drawings[i]->draw({across[i % columns].line, down[i / columns].line}, svg);
  return svg.document(width + margin, height + margin, chart.title, chart.description);
}

}  // namespace uhuru::figure
