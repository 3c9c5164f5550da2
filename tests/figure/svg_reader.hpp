// Parses an SVG to inspect its content.
#pragma once

#include <map>

#include "uhuru/io/xml_parser.hpp"

namespace uhuru::testing {

/// The elements of an SVG with their attributes and text. Fails if it is not well-formed.
class SvgReader : public io::XmlParser {
 public:
  struct Element {
    std::string name, text;
    std::map<std::string, std::string, std::less<>> attributes;

    bool has_class(const std::string& word) const {
      const auto classes = attributes.find("class");
      return classes != attributes.end() &&
             (" " + classes->second + " ").find(" " + word + " ") != std::string::npos;
    }
    double number(const std::string& attribute) const {
      return std::stod(attributes.at(attribute));
    }
  };

  explicit SvgReader(const std::string& svg) : io::XmlParser("figure", "SVG") { feed(svg, true); }

  std::vector<Element> with_class(const std::string& word) const {
    std::vector<Element> found;
    for (const Element& element : elements)
      if (element.has_class(word)) found.push_back(element);
    return found;
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> found;
    for (const Element& element : elements)
      if (element.name == "text") found.push_back(element.text);
    return found;
  }
  bool has_text(const std::string& wanted) const {
    for (const std::string& text : texts())
      if (text == wanted) return true;
    return false;
  }

  std::vector<Element> elements;

 protected:
  void start_element(std::string_view name, const io::XmlAttributes& attributes) override {
    elements.push_back({std::string(name), "", {}});
    inside_ = true;
    for (const auto& [key, value] : attributes)
      elements.back().attributes.emplace(std::string(key), std::string(value));
  }
  void end_element(std::string_view) override { inside_ = false; }
  void text(std::string_view characters) override {
    if (inside_) elements.back().text += characters;
  }

 private:
  bool inside_ = false;  // the last element, not between two
};

}  // namespace uhuru::testing
