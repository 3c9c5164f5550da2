#include "uhuru/base/toml_section.hpp"

#include <gtest/gtest.h>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

TEST(TomlSection, ReadsEachKindOfValue) {
  const TomlFile file = parse_toml(
      "t = 'x'\nn = 1.5\nw = 3\nlist = ['a', 'b']\nvalues = [1, 2.5]\nmap = {a = 'b', c = 'd'}\n"
      "[part]\nt = 'y'\n[[many]]\nt = 'z'\n[[many]]\n",
      "a.toml", "settings");
  TomlSection root(file);
  EXPECT_EQ(root.text("t"), "x");
  EXPECT_EQ(root.text("none", false), "");
  EXPECT_EQ(root.number("n", 0, 0, 2), 1.5);
  EXPECT_EQ(root.number("w", 0, 3, 3), 3);
  EXPECT_EQ(root.number("none", 0.5, 0, 2), 0.5);
  EXPECT_EQ(root.integer("w", 0, 3, 3), 3);
  EXPECT_EQ(root.integer("none", 7, 0, 9), 7);
  EXPECT_EQ(root.texts("list"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(root.numbers("values"), (std::vector<double>{1, 2.5}));
  EXPECT_TRUE(root.numbers("none").empty());
  EXPECT_EQ(root.text_map("map"), (std::map<std::string, std::string>{{"a", "b"}, {"c", "d"}}));
  EXPECT_TRUE(root.text_map("none").empty());
  EXPECT_EQ(root.section("part").text("t"), "y");
  EXPECT_EQ(root.section("none", false).text("t", false), "");
  std::vector<TomlSection> many = root.sections("many", true);
  ASSERT_EQ(many.size(), 2u);
  EXPECT_EQ(many[0].text("t"), "z");
  EXPECT_TRUE(root.sections("none", false).empty());
  root.finish();
}

TEST(TomlSection, SaysWhatIsWrong) {
  const auto error = [](const std::string& text, auto read) {
    const TomlFile file = parse_toml("\n" + text + "\n", "a.toml", "settings");
    TomlSection root(file);
    const Error found = error_of([&] {
      read(root);
      file.check();
    });
    EXPECT_EQ(found.where(), "a.toml, line 2") << text;
    return found.message() + "; " + found.expected() + "; " + found.found();
  };
  const std::string wrong = "a value of the wrong type in the settings; a to be ";
  const auto text = [](TomlSection& root) { root.text("a"); };
  const auto number = [](TomlSection& root) { root.number("a", 0, 1, 2); };
  const auto integer = [](TomlSection& root) { root.integer("a", 0, 1, 2); };
  EXPECT_EQ(error("a = 1", text), wrong + "a string; ");
  EXPECT_EQ(error("a = '1'", number), wrong + "a number; ");
  EXPECT_EQ(error("a = 1.0", integer), wrong + "an integer; ");
  EXPECT_EQ(error("a = 'x'", [](TomlSection& root) { root.texts("a"); }),
            wrong + "a list of strings; ");
  EXPECT_EQ(error("a = ['x', 1]", [](TomlSection& root) { root.texts("a"); }),
            wrong + "a list of strings; ");
  EXPECT_EQ(error("a = ['x']", [](TomlSection& root) { root.numbers("a"); }),
            wrong + "a list of numbers; ");
  EXPECT_EQ(error("a = 1", [](TomlSection& root) { root.text_map("a"); }), wrong + "a table; ");
  EXPECT_EQ(error("a = {b = 1}", [](TomlSection& root) { root.text_map("a"); }),
            wrong + "a table of strings; ");
  EXPECT_EQ(error("a = 1", [](TomlSection& root) { root.section("a"); }), wrong + "a table; ");
  EXPECT_EQ(error("a = 1", [](TomlSection& root) { root.sections("a", true); }),
            wrong + "a list of tables; ");
  const std::string range = "number out of range in the settings; a between 1 and 2; ";
  EXPECT_EQ(error("a = 0.5", number), range + "0.5");
  EXPECT_EQ(error("a = 2.5", number), range + "2.5");
  EXPECT_EQ(error("a = nan", number), range + "nan");
  EXPECT_EQ(error("a = 0", integer), range + "0");
  EXPECT_EQ(error("a = 3", integer), range + "3");
  EXPECT_EQ(error("[part]", [](TomlSection& root) { root.section("part").text("a"); }),
            "missing key in the settings; part.a; ");
  EXPECT_EQ(error("part = {last = 1}",
                  [](TomlSection& root) {
                    TomlSection part = root.section("part");
                    part.text("list", false);
                    part.finish();
                  }),
            "unknown key in the settings; one of list (did you mean list?); part.last");
  // All mistakes are named at once, in the order of their lines.
  const TomlFile file = parse_toml("b = 1\n[part]\nx = 'y'\n", "a.toml", "settings");
  TomlSection root(file);
  TomlSection part = root.section("part");
  EXPECT_EQ(part.number("x", 0.5, 0, 1), 0.5);
  part.text("z");
  part.finish();
  EXPECT_EQ(root.text("b"), "");
  root.finish();
  const Error all = error_of([&] { file.check(); });
  EXPECT_EQ(all.message(), "3 mistakes in the settings");
  EXPECT_EQ(all.where(), "a.toml");
  EXPECT_EQ(all.found(),
            "line 1: a value of the wrong type in the settings; expected b to be a string\n"
            "line 2: missing key in the settings; expected part.z\n"
            "line 3: a value of the wrong type in the settings; expected part.x to be a number");
  EXPECT_EQ(error_of([] { parse_toml("\n\na = ", "b.toml", "map"); }).where(), "b.toml, line 3");
}

}  // namespace
}  // namespace uhuru
