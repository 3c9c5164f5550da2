#include "uhuru/figure/svg.hpp"

#include <fmt/format.h>

#include <cmath>

#include "uhuru/io/utf8.hpp"
#include "uhuru/io/xml_text.hpp"

namespace uhuru::figure {
namespace {

// Okabe & Ito's colours without yellow, which is invisible on white; lighter ones on a dark ground.
// Only plain selectors and currentColor, no variables: converters from SVG to PDF support no more.
constexpr std::string_view style = R"(
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:11px;fill:#333}
.title{font-size:14px;font-weight:600;fill:#000}
.panel{font-size:12px;font-weight:600;fill:#000}
.name{fill:#000}
.middle{text-anchor:middle}
.end{text-anchor:end}
.cell{font-size:10px;fill:#000}
.over{fill:#fff}
.none{fill:#767676}
.ground{fill:#fff}
.heat{fill:#08519c}
.edge{fill:none;stroke:#ccc}
.grid{stroke:#e6e6e6}
.axis{stroke:#666}
.guide{stroke:#888;stroke-dasharray:4 3}
.curve,.error{fill:none;stroke:currentColor;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}
.error{stroke-width:1.2}
.curve.dashed{stroke-dasharray:5 4}
.curve.dotted{stroke-dasharray:0.1 4}
.mark,.bar{fill:currentColor}
.c0{color:#0072b2}.c1{color:#d55e00}.c2{color:#009e73}.c3{color:#cc79a7}.c4{color:#e69f00}.c5{color:#56b4e9}.c6{color:#000}
@media (prefers-color-scheme:dark){
text{fill:#c8ccd0}
.title,.panel,.name,.cell,.over{fill:#f4f4f4}
.none{fill:#8b9096}
.ground{fill:#14171a}
.heat{fill:#2b6cb0}
.edge{stroke:#3c4248}
.grid{stroke:#262b30}
.axis{stroke:#8b9096}
.c0{color:#3f97dd}.c1{color:#e8733a}.c2{color:#1fb58a}.c3{color:#d98fba}.c4{color:#f0b03a}.c5{color:#9bd6f7}.c6{color:#f4f4f4}
}
)";

constexpr size_t colors = 7;

/// Rounded to tenths, in the shortest form.
std::string number(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

std::string box_attributes(const Box& box) {
  return fmt::format(R"(x="{}" y="{}" width="{}" height="{}")", number(box.left), number(box.top),
                     number(box.width), number(box.height));
}

}  // namespace

void Svg::rect(const Box& box, std::string_view classes) {
  elements_ += fmt::format("<rect class=\"{}\" {}/>\n", classes, box_attributes(box));
}

void Svg::rect(const Box& box, std::string_view classes, double opacity) {
  elements_ += fmt::format("<rect class=\"{}\" {} fill-opacity=\"{:.2f}\"/>\n", classes,
                           box_attributes(box), opacity);
}

void Svg::line(Point from, Point to, std::string_view classes) {
  elements_ += fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n",
                           classes, number(from.x), number(from.y), number(to.x), number(to.y));
}

void Svg::circle(Point center, double radius, std::string_view classes) {
  elements_ += fmt::format("<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>\n", classes,
                           number(center.x), number(center.y), number(radius));
}

void Svg::path(std::string_view data, std::string_view classes) {
  elements_ += fmt::format("<path class=\"{}\" d=\"{}\"/>\n", classes, data);
}

void Svg::text(Point at, std::string_view text, std::string_view classes, double degrees) {
  elements_ +=
      fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\"", classes, number(at.x), number(at.y));
  if (degrees != 0)
    elements_ +=
        fmt::format(" transform=\"rotate({} {} {})\"", number(degrees), number(at.x), number(at.y));
  elements_ += '>';
  io::escape_xml(io::to_utf8(text), false, elements_);
  elements_ += "</text>\n";
}

std::string Svg::document(double width, double height, std::string_view title,
                          std::string_view description) const {
  width = std::ceil(width);
  height = std::ceil(height);
  std::string document = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\">\n<title>",
      width, height);
  io::escape_xml(io::to_utf8(title), false, document);
  document += "</title>\n<desc>";
  io::escape_xml(io::to_utf8(description), false, document);
  return document +
         fmt::format("</desc>\n<style>{}</style>\n<rect class=\"ground\" {}/>\n", style,
                     box_attributes({0, 0, width, height})) +
         elements_ + "</svg>\n";
}

void path_step(char command, Point to, std::string& data) {
  data += command + number(to.x) + ' ' + number(to.y);
}

std::string color_classes(size_t color) {
  constexpr const char* dashes[] = {"", " dashed", " dotted"};
  return fmt::format("c{}{}", color % colors, dashes[color / colors % 3]);
}

}  // namespace uhuru::figure
