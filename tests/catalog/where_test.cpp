// Conditions as expressions, compared with the expression evaluated row by row over the table.
#include "uhuru/catalog/where.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "support/simulated_run.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/catalog/source_lookup.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/recipe/expression.hpp"
#include "uhuru/sky/galactic.hpp"

namespace uhuru {
namespace {

using recipe::Operand;
using recipe::Reads;
using testing::error_of;
using Constant = recipe::KnownFunctions::Constant;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

class Where : public ::testing::Test {
 protected:
  Where()
      : path_(testing::simulated_run(scratch_, 2000) + "/catalog.sqlite"),
        all_(testing::sources_on_pages(path_)),
        store_(path_, Threads(2)),
        maps_(store_, Threads(2)),
        lookup_(path_),
        names_{[this](const std::string& prefix) {
                 return lookup_.with_prefix(prefix, store_.size());
               },
               [this](std::span<const std::string> names) {
                 std::vector<int64_t> ids;
                 for (const std::string& name : names)
                   if (const auto id = lookup_.find(name)) ids.push_back(*id);
                 return ids;
               }} {}

  catalog::Selection select(const std::vector<std::string>& where, int threads = 2) {
    return catalog::select_sources(store_, maps_, {.where = where}, names_, Threads(threads));
  }
  std::string name_of(size_t row) const { return std::string(all_.at("name").text(row)); }
  sky::SkyPosition position(size_t row) const {
    return {all_.at("ra").number(row), all_.at("dec").number(row)};
  }

  /// What a function of constants is in each row, by obvious code.
  std::function<double(size_t)> known(const std::string& name,
                                      const std::vector<Constant>& arguments) const {
    if (name == "named")
      return [=, this](size_t row) {
        return std::any_of(arguments.begin(), arguments.end(), [&](const Constant& argument) {
          return same_but_case(argument.text, name_of(row));
        });
      };
    const auto inside = [=, this](size_t row) -> bool {
      const sky::SkyPosition at = position(row);
      if (name == "cone")
        return sky::separation_arcsec({arguments[0].number, arguments[1].number}, at) <=
               arguments[2].number * 3600;
      if (name == "near") {
        for (size_t i = 1; i < arguments.size(); i += 2)
          if (sky::separation_arcsec({arguments[i].number, arguments[i + 1].number}, at) <=
              arguments[0].number)
            return true;
        return false;
      }
      sky::MapPoint point = sky::mollweide(at.ra_deg, at.dec_deg);
      if (arguments[0].text == "galactic")
        point = sky::mollweide(sky::galactic(at).l_deg, sky::galactic(at).b_deg);
      catalog::Lasso lasso;
      for (size_t i = 1; i < arguments.size(); i += 2)
        lasso.push_back({arguments[i].number, arguments[i + 1].number});
      return catalog::is_inside({static_cast<float>(point.x), static_cast<float>(point.y)}, lasso);
    };
    return [=, this](size_t row) {
      return sky::is_valid(position(row)) ? static_cast<double>(inside(row)) : nan;
    };
  }

  double value_of(const Operand& operand, size_t row) const {
    const Column& column = all_.at(operand.column);
    if (operand.reads == Reads::is_missing) return column.missing(row);
    if (column.missing(row)) return nan;
    if (operand.reads == Reads::number) return column.number(row);
    if (operand.reads == Reads::bit) return recipe::bit_of_number(column.number(row), operand.bit);
    if (operand.column == "name" && operand.reads == Reads::starts_with)
      return lower(column.text(row)).starts_with(lower(operand.texts[0]));
    if (operand.reads == Reads::starts_with)
      return recipe::starts_with(column.text(row), operand.texts[0]);
    if (operand.reads == Reads::contains_word)
      return recipe::contains_word(column.text(row), operand.texts[0]);
    return std::any_of(operand.texts.begin(), operand.texts.end(), [&](const std::string& text) {
      if (operand.column == "name") return same_but_case(text, column.text(row));
      return column.field.type == Type::text ? column.text(row) == text
                                             : column.number(row) == *parse_double(text);
    });
  }

  /// The values of an expression in all rows, one by one.
  std::vector<double> row_by_row(const std::string& text) const {
    std::vector<std::function<double(size_t)>> functions;
    const recipe::KnownFunctions of_caller = {
        {{"P", "", ""}, {"sky", "", ""}, {"cone", "", ""}, {"near", "", ""}, {"named", "", ""}},
        [&](std::string_view name, std::span<const Constant> arguments) -> Operand {
          if (name == "P")
            return {all_.find("group_" + arguments[0].text) ? "group_" + arguments[0].text
                                                            : arguments[0].text};
          functions.push_back(
              known(std::string(name), std::vector<Constant>(arguments.begin(), arguments.end())));
          return {.column = "", .reads = Reads::known, .place = functions.size() - 1};
        }};
    const recipe::Expression expression(text, of_caller);
    std::vector<double> result, values(expression.operands().size());
    for (size_t row = 0; row < all_.rows(); ++row) {
      for (size_t i = 0; i < values.size(); ++i) {
        const Operand& operand = expression.operands()[i];
        values[i] =
            operand.reads == Reads::known ? functions[operand.place](row) : value_of(operand, row);
      }
      result.push_back(expression(values));
    }
    return result;
  }

  /// Expects that an expression selects what it holds for, which is neither all nor nothing unless
  /// it `may_be`; returns the number of missing values.
  size_t expect_same(const std::string& text, bool may_be = false) {
    const std::vector<double> values = row_by_row(text);
    const catalog::Selection selected = select({text});
    size_t missing = 0;
    for (size_t row = 0; row < values.size(); ++row) {
      EXPECT_EQ(selected.holds(row), !std::isnan(values[row]) && values[row] != 0)
          << text << ", row " << row;
      missing += std::isnan(values[row]);
    }
    EXPECT_EQ(selected.missing(), missing) << text;
    EXPECT_TRUE(may_be || (selected.count() > 0 && selected.count() < values.size())) << text;
    const catalog::Selection alone = select({text}, 1);
    EXPECT_EQ(alone.words(), selected.words()) << text;
    EXPECT_EQ(alone.missing(), missing) << text;
    return missing;
  }

  testing::ScratchFolder scratch_;
  std::string path_;
  Table all_;
  catalog::ColumnStore store_;
  catalog::SkyMaps maps_;
  catalog::SourceLookup lookup_;
  catalog::SourceNames names_;
};

TEST_F(Where, AgreesRowByRow) {
  for (const char* text :
       {"hard_hs > 0.1 and P(XB) > 0.2", "P('XB') > 0.2 or P(HMXB) > 0.5", "P(\"AGN\") < P(XB)",
        "class in ('QSO', 'YSO', 'none such')", "class not in ('QSO', 'YSO')",
        "not class = 'YSO' and not (group = 'XB')", "class <> 'YSO' or detections in (1, 3)",
        "detections = '2'", "detections > 1 ? probability > 0.5 : probability > 0.8",
        "starts(class, 'h') or starts(label, 'YS')", "contains(standing, 'learned')",
        "missing(label) and hard_hs > 0", "not holds(probability > 0.6)",
        "holds(probability > 0.6)", "bit(detections, 0) = 1", "log10(detections) > hard_hs ^ 2",
        "inside(hard_hs, probability, -1, 0.1, 1, 0.1, 1, 0.9, -1, 0.9)",
        "galactic_latitude(ra, dec) > 0"})
    expect_same(text);
  // Sources that were learned from have no probability.
  EXPECT_GT(expect_same("probability > 0.5"), 0u);
  EXPECT_GT(expect_same("probability > 0.5 or hard_hs > 0.1"), 0u);
  EXPECT_EQ(expect_same("missing(probability)"), 0u);
}

TEST_F(Where, KnowsRegionsAndNames) {
  const sky::SkyPosition centre = position(11);
  for (const double radius : {0.2, 30.0, 150.0}) {
    const std::string cone = fmt::format("cone({}, {}, {})", centre.ra_deg, centre.dec_deg, radius);
    expect_same(cone);
    expect_same("not " + cone + " and class = 'YSO'", true);
  }
  expect_same("sky('galactic', -1, -0.5, 1, -0.5, 0, 1)");
  expect_same("sky(equatorial, -1, -0.5, 1, -0.5, 0, 1) or P(XB) > 0.4");
  expect_same(fmt::format("named('{}', '{}', 'no such name')", lower(name_of(5)), name_of(7)));
  expect_same(fmt::format("name in ('{}', 'x') or name = '{}'", lower(name_of(5)), name_of(9)));
  expect_same(fmt::format("starts(name, '{}')", lower(name_of(3).substr(0, 8))));
  expect_same(fmt::format("name <> '{}' and not starts(name, 'x')", name_of(9)));
}

TEST_F(Where, IsNearAnyOfManyPositions) {
  RandomState random(2);
  const auto positions = [&](size_t count, double distance_arcsec) {
    std::string list;
    for (size_t i = 0; i < count; ++i) {
      const sky::SkyPosition near_to = position(random.integer(all_.rows()));
      if (!sky::is_valid(near_to)) continue;
      const sky::SkyPosition at = sky::offset_position(
          near_to, distance_arcsec * random.uniform() / 3600, 360 * random.uniform());
      list += fmt::format(", {}, {}", at.ra_deg, at.dec_deg);
    }
    return list;
  };
  expect_same("near(10" + positions(300, 20) + ")");
  expect_same("near(3600" + positions(30, 9000) + ")");
  expect_same("near(200000, 10, 89, 350, -89.5)");
  expect_same("near(0, " + fmt::format("{}, {})", position(3).ra_deg, position(3).dec_deg));
}

TEST_F(Where, CombinesConditions) {
  const catalog::Selection first = select({"P(XB) > 0.2"});
  const catalog::Selection second = select({"probability > 0.6"});
  const catalog::Selection both = select({"P(XB) > 0.2", "probability > 0.6"});
  for (size_t w = 0; w < both.words().size(); ++w)
    EXPECT_EQ(both.words()[w], first.words()[w] & second.words()[w]);
  const catalog::Selection together = select({"P(XB) > 0.2 and probability > 0.6"});
  EXPECT_EQ(together.words(), both.words());
  EXPECT_EQ(together.missing(), both.missing());
  EXPECT_GT(both.missing(), 0u);
  // Only among the sources that the other conditions leave.
  const catalog::SourceFilter of_class = {.values = {{"class", {"YSO"}}},
                                          .where = {"probability > 0.6"}};
  const catalog::Selection rest =
      catalog::select_sources(store_, maps_, of_class, names_, Threads(2));
  const catalog::Selection same = select({"class = 'YSO'", "probability > 0.6"});
  EXPECT_EQ(rest.words(), same.words());
  EXPECT_GT(rest.missing(), 0u);
  EXPECT_LT(rest.missing(), second.missing());
  EXPECT_EQ(select({}).missing(), 0u);
  EXPECT_EQ(select({"1"}).count(), all_.rows());
  EXPECT_EQ(select({"0/0"}).missing(), all_.rows());
}

TEST_F(Where, SaysWhatIsWrong) {
  const auto error = [&](const std::string& text) { return error_of([&] { select({text}); }); };
  EXPECT_NE(error("probabilty > 1").expected().find("probability"), std::string::npos);
  EXPECT_EQ(error("class > 1").expected(), "a numeric column");
  EXPECT_EQ(error("starts(ra, '1')").expected(), "a text column");
  EXPECT_NE(error("name > 1").expected().find("named("), std::string::npos);
  struct Case {
    const char *text, *place, *expected;
  };
  for (const auto& [text, place, expected] :
       {Case{"P(QS0) > 1", "character 3 ", "did you mean QSO"},
        Case{"1 < P(QSO, XB)", "character 5 ", "P(group or class)"},
        Case{"P(1)", "character 3 ", "P(group or class)"},
        Case{"sky(x, 1, 2)", "character 5 ", "'galactic' or 'equatorial'"},
        Case{"sky('galactic', 1, 2)", "character 1 ", "3 corners"},
        Case{"sky('galactic', 1, 2, a)", "character 23 ", "a number"},
        Case{"cone(1, 2)", "character 1 ", "cone(ra, dec, radius)"},
        Case{"cone(1, 92, 3)", "character 9 ", "a declination"},
        Case{"cone(1000, 2, 3)", "character 6 ", "a right ascension"},
        Case{"cone(1, 2, 181)", "character 12 ", "from 0 to 180"},
        Case{"near(1, 2)", "character 1 ", "near(radius, ra1"},
        Case{"near(-1, 2, 3)", "character 6 ", "a radius in arcsec"},
        Case{"near(1, 2, 'a')", "character 12 ", "a number"},
        Case{"named(1)", "character 7 ", "a name in single quotes"},
        Case{"near(ra, 2, 3)", "character 6 ", "a number"},
        Case{"conne(1, 2, 3)", "character 1 ", "did you mean cone"}}) {
    EXPECT_NE((error(text).where() + " ").find(place), std::string::npos)
        << text << ": " << error(text).where();
    EXPECT_NE(error(text).expected().find(expected), std::string::npos)
        << text << ": " << error(text).expected();
  }
  std::string wide = "near(3601";
  for (int i = 0; i < 101; ++i) wide += ", 1, 2";
  EXPECT_NE(error(wide + ")").expected().find("from 0 to 3600"), std::string::npos);
  std::string many = "cone(1, 2, 3)";
  for (int i = 0; i < 500; ++i) many += " or cone(1, 2, 3)";
  EXPECT_EQ(error(many).expected(), "at most 500 regions");
  std::string wider = "near(3601, 1, 2)";
  for (int i = 0; i < 100; ++i) wider += " or near(3601, 1, 2)";
  EXPECT_NE(error(wider).expected().find("up to 100 positions"), std::string::npos);
  std::string texts = "name = 'a'";
  for (int i = 0; i < 500; ++i) texts += " or name = '" + std::to_string(i) + "'";
  EXPECT_NE(error(texts).expected().find("named('a', 'b'"), std::string::npos);
}

TEST(WhereWithoutPositions, IsMissing) {
  const testing::ScratchFolder scratch;
  const std::string path = testing::labelled_run(scratch) + "/catalog.sqlite";
  const catalog::ColumnStore store(path, Threads(1));
  const catalog::SkyMaps maps(store, Threads(1));
  const std::vector<uint64_t> all = {~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, 255};
  for (const char* text :
       {"cone(1, 2, 180)", "near(1, 2, 3)", "sky('galactic', 0, 0, 1, 0, 0, 1)"}) {
    const catalog::WhereBits bits = catalog::evaluate_where(store, maps, {}, text, all, Threads(1));
    EXPECT_EQ(bits.missing, all) << text;
    EXPECT_EQ(bits.holds, std::vector<uint64_t>(4)) << text;
  }
  EXPECT_EQ(catalog::evaluate_where(store, maps, {}, "number >= 0", all, Threads(1)).holds, all);
}

}  // namespace
}  // namespace uhuru
