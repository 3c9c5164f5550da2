// SVG elements and their styles.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace uhuru::figure {

struct Point {
  double x, y;
};

struct Box {
  double left, top, width, height;
};

/// Text sizes in pixels; must match the style sheet.
constexpr double title_size = 14, panel_title_size = 12, text_size = 11, cell_size = 10;

/// Collects elements. Their styles are given by `classes`, words of the style sheet; see svg.cpp.
/// Coordinates are pixels, rounded to tenths.
class Svg {
 public:
  void rect(const Box& box, std::string_view classes);
  /// With opacity 0…1.
  void rect(const Box& box, std::string_view classes, double opacity);
  void line(Point from, Point to, std::string_view classes);
  void circle(Point center, double radius, std::string_view classes);
  /// `data`: as built by path_step().
  void path(std::string_view data, std::string_view classes);
  /// Text whose base line starts at `at`, or has its middle or end there with the class "middle" or
  /// "end"; rotated clockwise by `degrees`. Invalid UTF-8 is read as Latin-1.
  void text(Point at, std::string_view text, std::string_view classes, double degrees = 0);

  /// The complete file; title and description are for screen readers.
  std::string document(double width, double height, std::string_view title,
                       std::string_view description) const;

 private:
  std::string elements_;
};

/// Appends a path command: 'M' to move, 'L' to draw a line.
void path_step(char command, Point to, std::string& data);

/// The classes of the palette colour with this index, which wraps around; curves are then dashed,
/// and dotted the third time.
std::string color_classes(size_t color);

}  // namespace uhuru::figure
