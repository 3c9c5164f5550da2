// The language of expressions: precedence, texts, missing values, functions, errors.
#include "uhuru/recipe/expression.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru {
namespace {

using recipe::Expression;
using recipe::Operand;
using recipe::Reads;
using testing::error_of;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The value of an expression without operands.
double value(const std::string& text) { return Expression(text)({}); }

/// The value where the operands are these, in order of appearance.
double value(const std::string& text, const std::vector<double>& operands) {
  const Expression expression(text);
  EXPECT_EQ(expression.operands().size(), operands.size()) << text;
  return expression(operands);
}

TEST(ExpressionLanguage, BindsAsArithmeticDoes) {
  EXPECT_EQ(value("1 + 2 * 3 - 4 / 8"), 6.5);
  EXPECT_EQ(value("2 ^ 3 ^ 2"), 512);
  EXPECT_EQ(value("-2 ^ 2"), -4);
  EXPECT_EQ(value("2 ^ -1"), 0.5);
  EXPECT_EQ(value("10 - 4 - 3"), 3);
  EXPECT_EQ(value("- - + 5"), 5);
  EXPECT_EQ(value("1 + 1 < 3 && 2 * 2 == 4"), 1);
  EXPECT_EQ(value("1 || 0 && 0"), 1);
  EXPECT_EQ(value("0 ? 1 : 1 ? 2 : 3"), 2);
  EXPECT_EQ(value("!0 + 1"), 2);
  EXPECT_EQ(value("!!7"), 1);
  EXPECT_EQ(value("1 != 2"), 1);
  EXPECT_EQ(value(".5e1\t+\n1."), 6);
}

TEST(ExpressionLanguage, HasThreeTruths) {
  const auto both = [](double a, double b) { return value("a && b", {a, b}); };
  const auto either = [](double a, double b) { return value("a || b", {a, b}); };
  EXPECT_EQ(both(0, nan), 0);
  EXPECT_EQ(both(nan, 0), 0);
  EXPECT_TRUE(std::isnan(both(1, nan)));
  EXPECT_EQ(either(nan, 2), 1);
  EXPECT_EQ(either(2, nan), 1);
  EXPECT_TRUE(std::isnan(either(0, nan)));
  for (const char* text : {"a > 1", "a != 1", "!a", "a ? 1 : 2", "a + 1", "-a", "min(1, a)",
                           "max(a, 1)", "bit(a + 0, 1)", "sign(a)"})
    EXPECT_TRUE(std::isnan(value(text, {nan}))) << text;
  EXPECT_EQ(value("a ? b : c", {1, 2, nan}), 2);
  EXPECT_EQ(value("a ? b : c", {0, nan, 3}), 3);
  EXPECT_EQ(value("isnan(a * 2) || a > 5", {nan}), 1);
}

TEST(ExpressionLanguage, ReadsColumnsTextsAndMissingCells) {
  const Expression expression(
      "\"F_x/F_o\" > 1 && flag == 'f' && 't' != flag && missing(\"a b\") && !isnan(x) && flag == "
      "'f'");
  EXPECT_EQ(expression.operands(), (std::vector<Operand>{{"F_x/F_o"},
                                                         {"flag", Reads::equals_text, {"f"}},
                                                         {"flag", Reads::equals_text, {"t"}},
                                                         {"a b", Reads::is_missing},
                                                         {"x", Reads::is_missing}}));
  EXPECT_EQ(expression(std::vector<double>{2, 1, 0, 1, 0}), 1);
  EXPECT_EQ(expression(std::vector<double>{2, 1, 1, 1, 0}), 0);
  EXPECT_TRUE(std::isnan(expression(std::vector<double>{2, 1, nan, 1, 0})));
  EXPECT_EQ(expression.columns(), (std::vector<std::string>{"F_x/F_o", "a b", "flag", "x"}));
  // Doubled quotes stand for themselves.
  EXPECT_EQ(Expression("\"a\"\"b\" > 1 && c == 'it''s'").operands(),
            (std::vector<Operand>{{"a\"b"}, {"c", Reads::equals_text, {"it's"}}}));
}

TEST(ExpressionLanguage, KnowsItsFunctions) {
  EXPECT_EQ(value("log10(1000)"), 3);
  EXPECT_EQ(value("ln(_e)"), 1);
  EXPECT_EQ(value("min(3, 1, 2) + max(3, 1, 2) + sum(1, 2, 3) + avg(1, 3)"), 12);
  EXPECT_EQ(value("bit(5, 0) * 4 + bit(5, 1) * 2 + bit(5, 2)"), 5);
  EXPECT_EQ(value("bit(-1, 40)"), 1);
  EXPECT_EQ(Expression("bit(flags, 60) + bit(flags + 0, 1)").operands(),
            (std::vector<Operand>{{"flags", Reads::bit, {}, 60}, {"flags"}}));
  for (const char* none :
       {"bit(1.5, 0)", "bit(1, 63)", "bit(1, -1)", "bit(1e19, 0)", "bit(1, 0.5)"})
    EXPECT_TRUE(std::isnan(value(none))) << none;
  // The Galactic centre and pole.
  EXPECT_NEAR(value("galactic_longitude(266.40499, -28.93617)"), 0, 1e-4);
  EXPECT_NEAR(value("galactic_latitude(192.85948, 27.12825)"), 90, 1e-4);
  EXPECT_TRUE(std::isnan(value("galactic_latitude(10, 91)")));
  EXPECT_EQ(value("atan2(1, 1) * 4 - _pi"), 0);
  for (const auto& entry : recipe::expression_functions()) {
    EXPECT_FALSE(entry.meaning.empty()) << entry.name;
    if (entry.arguments.find('\'') != entry.arguments.npos || entry.name == "inside") continue;
    // Each is callable with as many arguments as the documentation says.
    std::string call = std::string(entry.name) + "(0.5";
    for (const char c : entry.arguments) call += c == ',' ? ", 0.5" : "";
    Expression(call + ")");
  }
}

TEST(ExpressionLanguage, HasWordsForOperators) {
  EXPECT_EQ(value("1 = 1 and 2 <> 3 or 0"), 1);
  EXPECT_EQ(value("1 OR 0 AND 0"), 1);
  // As in SQL and Python, "not" denies the comparison, "!" only the number.
  EXPECT_EQ(value("not 2 = 1"), 1);
  EXPECT_EQ(value("!2 = 1"), 0);
  EXPECT_EQ(value("not not 7"), 1);
  EXPECT_EQ(value("not 0 and not 0"), 1);
  EXPECT_EQ(value("nota + order + inner", {1, 2, 3}), 6);
  EXPECT_EQ(value("\"in\" + \"and\"", {1, 2}), 3);
  EXPECT_EQ(value("x in (3, -1, 2.5) or x in (7)", {7}), 1);
  EXPECT_EQ(value("x in (3, -1, - -2.5)", {-1}), 1);
  EXPECT_EQ(value("x not in (3, -1)", {2}), 1);
  EXPECT_EQ(value("not x in (3, 2)", {2}), 0);
  EXPECT_TRUE(std::isnan(value("x not in (3, 2)", {nan})));
  EXPECT_EQ(Expression("c in ('b', 'a') and c not in ('a', 'b')").operands(),
            (std::vector<Operand>{{"c", Reads::equals_text, {"b", "a"}},
                                  {"c", Reads::equals_text, {"a", "b"}}}));
  EXPECT_EQ(value("c not in ('b', 'a')", {0}), 1);
  EXPECT_EQ(value("holds(a)", {nan}), 0);
  EXPECT_EQ(value("not holds(a > 1)", {nan}), 1);
  EXPECT_EQ(value("holds(a)", {-3}), 1);
}

TEST(ExpressionLanguage, ComparesTexts) {
  EXPECT_EQ(Expression("contains(set_90, 'QSO') and starts(name, '2CXO')").operands(),
            (std::vector<Operand>{{"set_90", Reads::contains_word, {"QSO"}},
                                  {"name", Reads::starts_with, {"2CXO"}}}));
  for (const char* list : {"QSO", "AGN|QSO", "QSO AGN", "a QSO|b", "QSOs|QSO"})
    EXPECT_TRUE(recipe::contains_word(list, "QSO")) << list;
  for (const char* list : {"", "QSOs", "AQSO|QSO2", "QS"})
    EXPECT_FALSE(recipe::contains_word(list, "QSO")) << list;
  EXPECT_TRUE(recipe::contains_word("old star|QSO", "old star"));
  EXPECT_TRUE(recipe::starts_with("2CXO J1", "2cxo j"));
  EXPECT_FALSE(recipe::starts_with("2CX", "2cxo"));
  EXPECT_EQ(recipe::text_key(" T "), recipe::text_key("true"));
  EXPECT_EQ(recipe::text_key(" a b "), "a b");
}

TEST(ExpressionLanguage, KnowsPolygons) {
  const std::string square = "inside(x, 2 * y, -1, 0, 1, 0, 1, 2, -1, 2)";
  EXPECT_EQ(value(square, {0.5, 0.5}), 1);
  EXPECT_EQ(value(square, {0.5, 1.5}), 0);
  EXPECT_EQ(value("not " + square, {-1.5, 0.5}), 1);
  EXPECT_TRUE(std::isnan(value(square, {nan, 0.5})));
  EXPECT_TRUE(std::isnan(value(square, {0.5, nan})));
  EXPECT_EQ(value(square, {0.5, -std::numeric_limits<double>::infinity()}), 0);
  // Longer than any stack.
  std::string many = "inside(x, x";
  for (int i = 0; i < 300; ++i) many += i % 2 ? ",1,0" : ",0,1";
  EXPECT_EQ(value(many + ")", {5}), 0);
}

/// P(word) is the column P_word, here(number) is known.
recipe::KnownFunctions known_functions() {
  return {{{"P", "class", ""}, {"here", "number, …", ""}},
          [](std::string_view name, std::span<const recipe::KnownFunctions::Constant> arguments) {
            if (name == "P") return Operand{"P_" + arguments[0].text};
            for (size_t i = 0; i < arguments.size(); ++i)
              if (arguments[i].is_text) throw recipe::KnownFunctions::BadArgument{i, "a number"};
            if (arguments.size() > 2) throw recipe::KnownFunctions::BadArgument{3, "here(x, y)"};
            return Operand{.column = "", .reads = Reads::known, .place = arguments.size()};
          }};
}

TEST(ExpressionLanguage, LeavesFunctionsOfConstantsToTheCaller) {
  const Expression expression("P(XB) > 0.5 and P('TTau*') < 1 and here(-1, + 2e1) or x",
                              known_functions());
  EXPECT_EQ(expression.operands(),
            (std::vector<Operand>{
                {"P_XB"}, {"P_TTau*"}, {.column = "", .reads = Reads::known, .place = 2}, {"x"}}));
  EXPECT_EQ(expression.columns(), (std::vector<std::string>{"P_TTau*", "P_XB", "x"}));
  const auto error = [](const std::string& text) {
    return error_of([&] { Expression(text, known_functions()); });
  };
  EXPECT_NE(error("x > here(1, word)").where().find("character 13 "), std::string::npos);
  EXPECT_EQ(error("x > here(1, word)").expected(), "a number");
  EXPECT_NE(error("x > here(1, 2, 3)").where().find("character 5 "), std::string::npos);
  EXPECT_EQ(error("here(x + 1)").expected(), "',' or ')'");
  EXPECT_EQ(error("here()").expected(), "a number or a text");
  const Error unknown = error("her(1)");
  EXPECT_EQ(unknown.message(), "unknown function");
  EXPECT_NE(unknown.expected().find("did you mean here"), std::string::npos);
  EXPECT_EQ(error_of([] { Expression("here(1)"); }).message(), "unknown function");
  // Long lists, but not many operations.
  std::string names = "x in ('a'";
  for (int i = 0; i < 20000; ++i) names += ", 'name " + std::to_string(i) + "'";
  EXPECT_EQ(Expression(names + ")", known_functions()).operands()[0].texts.size(), 20001u);
  EXPECT_EQ(error_of([&] { Expression(names + ")"); }).message(), "expression too long");
  std::string sums = "x";
  for (int i = 0; i < 6000; ++i) sums += "+x";
  EXPECT_NE(error(sums).expected().find("operations"), std::string::npos);
}

TEST(ExpressionLanguage, EvaluatesRowsTogether) {
  const Expression expression(
      "a > 1 and b in (1, 2) or max(a, b, 2) < 0 ? -a ^ 2 : inside(a, b, 0, 0, 3, 0, 0, 3) + "
      "missing(b)");
  ASSERT_EQ(expression.operands().size(), 3u);
  RandomState random(3);
  constexpr size_t rows = 77;
  std::vector<std::vector<double>> columns(3, std::vector<double>(rows));
  for (size_t row = 0; row < rows; ++row) {
    for (auto& column : columns) column[row] = static_cast<double>(random.integer(4)) - 1;
    for (auto& column : columns)
      if (random.integer(4) == 0) column[row] = nan;
  }
  const std::vector<const double*> operands = {columns[0].data(), columns[1].data(),
                                               columns[2].data()};
  std::vector<double> stack(expression.stack_height() * rows);
  expression.evaluate(operands, rows, stack.data());
  for (size_t row = 0; row < rows; ++row) {
    const double alone =
        expression(std::vector<double>{columns[0][row], columns[1][row], columns[2][row]});
    EXPECT_TRUE(alone == stack[row] || (std::isnan(alone) && std::isnan(stack[row]))) << row;
  }
}

TEST(ExpressionLanguage, CallsFunctionsFromLeftToRight) {
  int calls = 0;
  const auto next = [&] { return static_cast<double>(++calls); };
  EXPECT_EQ(Expression("next() - 10 * next()", {{"next", next}})({}), -19);
}

TEST(ExpressionLanguage, SaysWhatIsWrongAndWhere) {
  struct Case {
    const char *text, *place, *expected;
  };
  for (const auto& [text, place, expected] : {
           Case{"0 < x < 1", "character 7", "'and'"},
           Case{"x = 1 = 2", "character 7", "'and'"},
           Case{"x not 5", "character 7", "'in', or 'and not'"},
           Case{"x in 5", "character 6", "'('"},
           Case{"x in ()", "character 7", "a number"},
           Case{"x in (1, 'a')", "character 10", "a number"},
           Case{"x in ('a', 1)", "character 12", "a text in single quotes"},
           Case{"x in ('a' 'b')", "character 11", "',' or ')'"},
           Case{"x + 1 in ('a')", "character 11", "before 'in'"},
           Case{"x in ('null')", "character 7", "see missing(column)"},
           Case{"and > 1", "character 1", "double quotes"},
           Case{"1 + not x", "character 5", "double quotes"},
           Case{"contains(1, 'a')", "character 10", "the name of a column"},
           Case{"contains(x, a)", "character 13", "a text in single quotes"},
           Case{"contains(x)", "character 11", "',' and a text"},
           Case{"starts(x, '')", "character 11", "not empty"},
           Case{"inside(x, y, 0, 0, 1, 1)", "character 1", "3 corners or more"},
           Case{"inside(x, y, 0, 0, 1, 1, 2)", "character 1", "inside(x, y, x1, y1"},
           Case{"inside(x, y, 0, x, 1)", "character 17", "a number"},
           Case{"inside(x)", "character 9", "',' and the corners"},
           Case{"cone(1, 2, 3)", "character 1", "one of the functions"},
           Case{"x == 'a' + 1", "character 10", "an operator"},
           Case{"'a' < x", "character 1", "a text can only be compared"},
           Case{"x + 'a'", "character 5", "a text can only be compared"},
           Case{"'a' == 'b'", "character 7", "a column"},
           Case{"log(x)", "character 1", "ln or log10"},
           Case{"sqr(x)", "character 1", "(did you mean sqrt"},
           Case{"min()", "character 5", "a column, a number"},
           Case{"atan2(x)", "character 1", "atan2(y, x)"},
           Case{"sqrt(x, y)", "character 1", "sqrt(x)"},
           Case{"(x", "character 3", "')'"},
           Case{"x ? y", "character 6", "':'"},
           Case{"\"x", "character 1", "a closing \""},
           Case{"\"\" > 1", "character 1", "between the quotes"},
           Case{"bit(x, 63)", "character 8", "from 0 to 62"},
           Case{"bit(x, y)", "character 8", "from 0 to 62"},
           Case{"bit(x)", "character 6", "', n'"},
           Case{"x == 'NaN'", "character 6", "see missing(column)"},
           Case{"2MASS > 1", "character 1", "double quotes"},
           Case{"x ; y", "character 3", "an operator"},
           Case{"x, y", "character 2", "an operator"},
           Case{"1 +", "character 4", "a column"},
       }) {
    const Error error = error_of([&text = text] { Expression{text}; });
    EXPECT_NE((error.where() + " ").find(std::string(place) + " "), std::string::npos)
        << text << ": " << error.where();
    EXPECT_NE(error.expected().find(expected), std::string::npos)
        << text << ": " << error.expected();
  }
}

TEST(ExpressionLanguage, IsBounded) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '(') + "1" + std::string(depth, ')');
  };
  EXPECT_EQ(value(nested(60)), 1);
  EXPECT_EQ(error_of([&] { value(nested(70)); }).kind(), ErrorKind::input);
  // Deep in values, not in brackets.
  std::string deep = "1";
  for (int i = 0; i < 60; ++i) deep = "0 || 1 && 1 == 1 + 1 * 1 ^ (" + deep + ")";
  EXPECT_EQ(error_of([&] { value(deep); }).kind(), ErrorKind::input);
  std::string powers = "1";
  for (int i = 0; i < 500; ++i) powers += "^1";
  EXPECT_EQ(error_of([&] { value(powers); }).kind(), ErrorKind::input);
  EXPECT_EQ(value(std::string(3001, '-') + "1"), -1);
}

/// A random expression as text, and its value computed while it is drawn, by other code.
struct Drawn {
  std::string text;
  double value;
};

Drawn draw(RandomState& random, int depth) {
  const auto truth = [](bool holds) { return holds ? 1.0 : 0.0; };
  const auto either_nan = [](double a, double b) { return std::isnan(a) || std::isnan(b); };
  if (depth == 0) {
    const auto number = static_cast<double>(random.integer(7)) - 1;
    if (number < 0) return {"(0/0)", nan};
    return {std::to_string(static_cast<int>(number)), number};
  }
  const Drawn a = draw(random, depth - 1), b = draw(random, depth - 1);
  const auto infix = [&](const char* symbol, double result) {
    return Drawn{"(" + a.text + " " + symbol + " " + b.text + ")", result};
  };
  switch (random.integer(11)) {
    case 0:
      return infix("+", a.value + b.value);
    case 1:
      return infix("-", a.value - b.value);
    case 2:
      return infix("*", a.value * b.value);
    case 3:
      return infix("<", either_nan(a.value, b.value) ? nan : truth(a.value < b.value));
    case 4:
      return infix("==", either_nan(a.value, b.value) ? nan : truth(a.value == b.value));
    case 5:
      return infix("&&", a.value == 0 || b.value == 0 ? 0 : either_nan(a.value, b.value) ? nan : 1);
    case 6: {
      const bool holds =
          (a.value != 0 && !std::isnan(a.value)) || (b.value != 0 && !std::isnan(b.value));
      return infix("||", holds ? 1 : either_nan(a.value, b.value) ? nan : 0);
    }
    case 7:
      return {"max(" + a.text + ", " + b.text + ")",
              either_nan(a.value, b.value) ? nan : std::max(a.value, b.value)};
    case 8:
      return {"-" + a.text, -a.value};
    case 9:
      return {"isnan(" + a.text + ")", truth(std::isnan(a.value))};
    default: {
      const Drawn c = draw(random, depth - 1);
      return {"(" + a.text + " ? " + b.text + " : " + c.text + ")", std::isnan(a.value) ? nan
                                                                    : a.value != 0      ? b.value
                                                                                        : c.value};
    }
  }
}

TEST(ExpressionLanguage, AgreesWithAnotherEvaluation) {
  RandomState random(1);
  for (int i = 0; i < 2000; ++i) {
    const Drawn drawn = draw(random, static_cast<int>(random.integer(5)));
    if (drawn.text.size() > 4000) continue;
    const double found = value(drawn.text);
    EXPECT_TRUE(found == drawn.value || (std::isnan(found) && std::isnan(drawn.value)))
        << drawn.text << ": " << found << ", expected " << drawn.value;
  }
}

}  // namespace
}  // namespace uhuru
