#include "uhuru/figure/chart.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "figure/svg_reader.hpp"
#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using testing::SvgReader;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

figure::Series series(figure::Mark mark, std::vector<double> x, std::vector<double> y) {
  figure::Series result;
  result.mark = mark;
  result.x = std::move(x);
  result.y = std::move(y);
  return result;
}

template <class Panel>
std::string drawn(const Panel& panel) {
  figure::Chart chart;
  chart.panels.emplace_back(panel);
  return figure::to_svg(chart);
}

std::string drawn(const figure::Series& any) {
  figure::SeriesPanel panel;
  panel.series = {any};
  return drawn(panel);
}

/// The path of the only curve.
std::string path_of(const figure::Series& any) {
  const auto curves = SvgReader(drawn(any)).with_class("curve");
  EXPECT_EQ(curves.size(), 1u);
  return curves.empty() ? "" : curves[0].attributes.at("d");
}

size_t count(const std::string& text, char c) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), c));
}

figure::MatrixPanel matrix(const std::vector<std::string>& labels, const Matrix& counts) {
  figure::MatrixPanel panel;
  panel.rows = panel.columns = labels;
  panel.counts = counts;
  return panel;
}

TEST(Chart, EscapesWhatFilesSay) {
  const std::string hostile = "</text><script>alert(\"1\")</script>&amp;' \x01\x1b[31m";
  figure::Chart chart;
  chart.title = chart.description = hostile;
  figure::SeriesPanel panel;
  panel.title = panel.note = panel.x.title = panel.y.title = panel.legend_title = hostile;
  panel.series = {series(figure::Mark::line, {1, 2}, {1, 2})};
  panel.series[0].name = panel.series[0].value = hostile;
  figure::MatrixPanel counts =
      matrix({hostile, "\xff\xfe\x80", "\xef\xbf\xbf\xed\xa0\x80"}, Matrix::Ones(3, 3));
  counts.title = counts.note = counts.row_title = counts.column_title = hostile;
  chart.panels = {panel, counts};
  const SvgReader svg(figure::to_svg(chart));
  const std::set<std::string> known = {"svg",  "title", "desc",   "style", "rect",
                                       "line", "path",  "circle", "text"};
  for (const auto& element : svg.elements)
    EXPECT_TRUE(known.contains(element.name)) << element.name;
  EXPECT_EQ(svg.elements[0].attributes.at("role"), "img");
  EXPECT_TRUE(svg.elements[1].text.starts_with("</text><script>")) << svg.elements[1].text;
}

TEST(Chart, LeavesGapsWhereValuesAreMissing) {
  EXPECT_EQ(count(path_of(series(figure::Mark::line, {1, 2, 3, 4, 5}, {1, 2, nan, 4, 5})), 'M'),
            2u);
  // An isolated point between gaps is drawn as a dot.
  EXPECT_EQ(count(path_of(series(figure::Mark::line, {1, 2, 3}, {nan, 2, nan})), 'L'), 1u);
  EXPECT_EQ(
      count(path_of(series(figure::Mark::steps, {1, 2, nan, 4, 5, 6}, {1, 2, 3, 4, 5, 6})), 'M'),
      2u);
  const auto dots = SvgReader(drawn(series(figure::Mark::points, {1, nan, 3}, {1, 2, nan})));
  EXPECT_EQ(dots.with_class("mark").size(), 1u);
  const auto bars = SvgReader(drawn(series(figure::Mark::bars, {1, 2, 3}, {1, nan, -3})));
  EXPECT_EQ(bars.with_class("bar").size(), 2u);
  for (const figure::Mark mark :
       {figure::Mark::line, figure::Mark::steps, figure::Mark::points, figure::Mark::bars})
    for (const figure::Scale scale : {figure::Scale::linear, figure::Scale::log}) {
      figure::SeriesPanel panel;
      panel.y.scale = scale;
      panel.series = {series(mark, {}, {}), series(mark, {nan}, {nan}), series(mark, {3}, {0})};
      const std::string svg = drawn(panel);
      SvgReader reader(svg);
      EXPECT_EQ(svg.find("nan"), std::string::npos);
    }
}

TEST(Chart, DrawsStepsAcrossThenUp) {
  figure::SeriesPanel panel;
  panel.x.low = panel.y.low = 0;
  panel.x.high = panel.y.high = 1;
  panel.width = panel.height = 100;
  panel.series = {series(figure::Mark::steps, {0, 0.5, 1}, {0, 1, 0.5})};
  panel.x.labelled = false;
  const SvgReader reader(drawn(panel));
  const auto axis = reader.with_class("axis").back();
  const auto at = [&](int x, double y) {
    return fmt::format("{:g} {:g}", axis.number("x1") + x, axis.number("y1") - y);
  };
  EXPECT_EQ(reader.with_class("curve")[0].attributes.at("d"), "M" + at(0, 0) + "L" + at(50, 0) +
                                                                  "L" + at(50, 100) + "L" +
                                                                  at(100, 100) + "L" + at(100, 50));
}

TEST(Chart, ThinsCurvesButKeepsTheirPeaks) {
  figure::Series curve;
  for (int i = 0; i < 100000; ++i) {
    curve.x.push_back(i);
    curve.y.push_back(i == 54321 ? 7 : std::sin(i));
  }
  const std::string path = path_of(curve);
  EXPECT_LT(count(path, 'L'), 4u * 2 * 320);
  double highest = 1e9;
  for (size_t at = path.find(' '); at != std::string::npos; at = path.find(' ', at + 1))
    highest = std::min(highest, std::stod(path.substr(at)));
  // The highest point is a twentieth of the range below the top of the axis.
  SvgReader reader(drawn(curve));
  EXPECT_NEAR(highest, reader.with_class("grid").back().number("y1") + 200 / 1.1 / 20, 0.2);
  figure::Series cloud = curve;
  cloud.mark = figure::Mark::points;
  cloud.y.assign(cloud.x.size(), 1);
  EXPECT_LT(SvgReader(drawn(cloud)).with_class("mark").size(), 330u);
}

TEST(Chart, DrawsErrorBarsToTheEndOfALogarithmicAxis) {
  figure::SeriesPanel panel;
  panel.y.scale = figure::Scale::log;
  panel.series = {series(figure::Mark::points, {1, 2, 3}, {10, 100, 1000})};
  panel.series[0].low = {5, 0, nan};
  panel.series[0].high = {20, 200, 2000};
  const SvgReader reader(drawn(panel));
  const auto errors = reader.with_class("error");
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[1].number("y1"), reader.with_class("axis").back().number("y1"));
}

TEST(Chart, LabelsOfTicksDoNotOverlap) {
  for (const double high : {1.0, 12345.678, 99999.0, 3e-7}) {
    figure::SeriesPanel panel;
    panel.width = 150;
    panel.x.high = high;
    panel.x.low = -high;
    const SvgReader reader(drawn(panel));
    double end = -1;
    for (const auto& text : reader.with_class("middle")) {
      if (text.has_class("name")) continue;
      const double half = 0.33 * 11 * static_cast<double>(text.text.size()) / 2;
      EXPECT_GT(text.number("x") - half, end);
      end = text.number("x") + half;
    }
  }
}

TEST(Chart, ShowsCountsAndPartsOfRows) {
  Matrix counts(3, 3);
  counts << 1859, 1, 0, 3, 5.5, 0, 0, 0, 0;
  const SvgReader reader(drawn(matrix({"QSO", "YSO", "none"}, counts)));
  for (const char* text : {"1,859", ">99%", "1", "<1%", "3", "35%", "5.5", "65%", "QSO", "YSO"})
    EXPECT_TRUE(reader.has_text(text)) << text;
  EXPECT_EQ(reader.with_class("heat").size(), 4u);
  EXPECT_EQ(reader.with_class("none").size(), 5u);
  EXPECT_EQ(reader.with_class("over").size(), 2u);  // white on the only dark cell
  const SvgReader empty(drawn(matrix({}, Matrix())));
}

TEST(Chart, TextOnCellsIsReadable) {
  // The WCAG contrast of the text with the cell, on white ground.
  const auto luminance = [](double r, double g, double b) {
    const auto linear = [](double v) {
      return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  };
  for (int percent = 1; percent <= 100; ++percent) {
    Matrix counts(1, 2);
    counts << percent, 100 - percent;
    figure::MatrixPanel panel = matrix({"a"}, counts);
    panel.columns = {"a", "b"};
    const SvgReader reader(drawn(panel));
    const double part = reader.with_class("heat")[0].number("fill-opacity");
    const auto on_white = [&](int channel) { return (part * channel + (1 - part) * 255) / 255; };
    const double cell = luminance(on_white(0x08), on_white(0x51), on_white(0x9c));
    const bool white = reader.with_class("cell")[0].has_class("over");
    EXPECT_GE(white ? 1.05 / (cell + 0.05) : (cell + 0.05) / 0.05, 4.5) << percent;
  }
}

TEST(Chart, TurnsLongNamesOfColumns) {
  const auto turned = [](const std::string& name) {
    const SvgReader reader(drawn(matrix({name, "b"}, Matrix::Ones(2, 2))));
    const auto names = reader.with_class("name");
    return names.back().attributes.contains("transform");
  };
  EXPECT_FALSE(turned("QSO"));
  EXPECT_TRUE(turned("Seyfert_1"));
}

TEST(Chart, GivesTheSameBytes) {
  figure::Chart chart;
  chart.columns = 5;
  for (int i = 0; i < 3; ++i) {
    figure::SeriesPanel panel;
    panel.series = {series(figure::Mark::line, {1, 2, 3}, {0.1, 1.0 / 3, 1e-17})};
    chart.panels.emplace_back(panel);
  }
  const std::string svg = figure::to_svg(chart);
  EXPECT_EQ(figure::to_svg(chart), svg);
  for (const std::string& text : SvgReader(svg).texts()) EXPECT_LT(text.size(), 12u) << text;
}

/// A chart with all that charts can have.
figure::Chart with_all_parts() {
  figure::Chart chart;
  chart.title = "All parts";
  chart.description = "Two lines, & more";
  chart.columns = 2;
  figure::SeriesPanel full;
  full.title = "Marks";
  full.note = "a note that is wider than the panel would be without it";
  full.x = {.title = "x", .low = 0, .high = 3.5e6};
  full.y.title = "y";
  full.legend_title = "value";
  full.diagonal = true;
  full.marked = 2.2e6;
  full.width = 160;
  full.series = {series(figure::Mark::line, {0, 1e6, 2e6, 3e6}, {1e5, 2e6, nan, 3e6}),
                 series(figure::Mark::steps, {0, 1e6, 2e6}, {1e6, 4e5, 2.2e6}),
                 series(figure::Mark::points, {5e5, 1.5e6}, {1e6, 2e6}),
                 series(figure::Mark::bars, {1e6, 2e6, 3e6}, {5e5, 2.5e5, 1e6})};
  full.series[2].low = {8e5, nan};
  full.series[2].high = {1.7e6, 3e6};
  for (size_t i = 0; i < 4; ++i) full.series[i].color = i;
  full.series[0].name = "line";
  full.series[0].value = "0.51";
  full.series[1].name = "steps of a long, long, long, long name";
  full.series[2].name = "points";
  full.series[2].value = "1,234.5";
  full.series[3].name = "bars";
  figure::MatrixPanel long_names = matrix({"Seyfert_1", "QSO"}, Matrix::Ones(2, 2));
  long_names.counts << 9000, 1000, 0, 3;
  long_names.title = "Counts";
  long_names.note = "2 classes";
  long_names.row_title = "true";
  long_names.column_title = "found";
  figure::SeriesPanel plain;
  plain.width = plain.height = 70;
  plain.x = {.title = "", .scale = figure::Scale::log, .labelled = false};
  plain.y = {.title = "high", .scale = figure::Scale::log, .low = 0.5};
  for (int i = 1; i < 7; ++i) {
    plain.series.push_back(series(figure::Mark::points, {2.0 * i, 20.0 * i}, {1.0 * i, 3.0 * i}));
    plain.series.back().name = fmt::format("no. {}", i);
  }
  figure::MatrixPanel short_names = matrix({"a"}, Matrix::Constant(1, 2, 0.25));
  short_names.columns = {"b", "c"};
  figure::SeriesPanel bars;
  bars.width = 200;
  bars.height = 50;
  bars.x.whole = true;
  bars.y.title = "a title that is too high for its axis";
  bars.series = {series(figure::Mark::bars, {1, 2, 4}, {3, -1, 2})};
  chart.panels = {full, long_names, plain, short_names, bars};
  return chart;
}

TEST(Chart, LooksAsItDid) {
  // The figure was looked at. To renew it, run the test with UHURU_RENEW=1, and look at it again.
  const std::string path = UHURU_SOURCE_DIR "/tests/figure/all_parts.svg";
  const std::string svg = figure::to_svg(with_all_parts());
  if (std::getenv("UHURU_RENEW")) testing::write_file(path, svg);
  EXPECT_EQ(svg, testing::read_file(path));
}

TEST(Chart, RefusesListsThatDoNotFit) {
  EXPECT_EQ(error_of([] { figure::to_svg({}); }).kind(), ErrorKind::bug);
  EXPECT_EQ(error_of([] {
              drawn(series(figure::Mark::line, {1, 2}, {1}));
            }).kind(),
            ErrorKind::bug);
  figure::Series low = series(figure::Mark::points, {1}, {1});
  low.low = {0};
  EXPECT_EQ(error_of([&] { drawn(low); }).kind(), ErrorKind::bug);
  EXPECT_EQ(error_of([] { drawn(matrix({"a"}, Matrix::Ones(2, 2))); }).kind(), ErrorKind::bug);
}

}  // namespace
}  // namespace uhuru
