// The elements of an SVG, and how they look.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace uhuru {

struct Point {
  double x, y;
};

struct Box {
  double left, top, width, height;
};

/// Sizes of the text in pixels; the style sheet has the same.
constexpr double title_size = 14, panel_title_size = 12, text_size = 11, cell_size = 10;

/// Collects elements. How one looks is said by its `classes`, words of the style sheet; see
/// svg.cpp. Coordinates are pixels, rounded to tenths.
class Svg {
 public:
  void rect(const Box& box, std::string_view classes);
  /// More or less opaque: 0…1.
  void rect(const Box& box, std::string_view classes, double opacity);
  void line(Point from, Point to, std::string_view classes);
  void circle(Point center, double radius, std::string_view classes);
  /// `data`: as path_step() makes it.
  void path(std::string_view data, std::string_view classes);
  /// Text whose base line begins, or with the class "middle" or "end" has its middle or its end, at
  /// `at`; turned by `degrees` clockwise. Anything but UTF-8 is read as Latin-1.
  void text(Point at, std::string_view text, std::string_view classes, double degrees = 0);

  /// The file; title and description are what a screen reader reads.
  std::string document(double width, double height, std::string_view title,
                       std::string_view description) const;

 private:
  std::string elements_;
};

/// Appends a command of a path: 'M' to move, 'L' to draw a line.
void path_step(char command, Point to, std::string& data);

/// The classes of the color at this place of the palette, which goes round; curves are dashed the
/// second time and dotted the third.
std::string color_classes(size_t color);

}  // namespace uhuru
