#include "uhuru/table/keys.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "uhuru/table/table.hpp"

namespace uhuru {
namespace {

Column texts(const std::vector<std::string>& values) {
  Column column(make_field("t", Type::text, ""));
  for (const std::string& value : values) column.append_text(value);
  return column;
}

template <class T>
Column values(Type type, const std::vector<T>& given) {
  Column column(make_field("v", type, ""));
  for (const T value : given) column.append(value);
  return column;
}

/// The first row of `right` for each row of `left`; -1 if there is none.
std::vector<int> joined(const Column& left, const Column& right) {
  const KeyIndex index(left, right);
  std::vector<int> result;
  for (size_t row = 0; row < left.size(); ++row) {
    const auto rows = index.rows(row);
    result.push_back(rows.empty() ? -1 : static_cast<int>(rows[0]));
  }
  return result;
}

using Rows = std::vector<int>;

TEST(KeyIndex, ComparesNumbersByValueWhateverTheirTypes) {
  const Column text = texts({"0012300101", " 946.0 ", "+7", "-0", "1e3", "0.50", "x", ""});
  const Column whole = values<int64_t>(Type::int64, {12300101, 946, 7, 0, 1000});
  EXPECT_EQ(joined(text, whole), (Rows{0, 1, 2, 3, 4, -1, -1, -1}));
  EXPECT_EQ(joined(whole, text), (Rows{0, 1, 2, 3, 4}));
  const Column real = values<double>(Type::float64, {12300101.0, 946.0, std::nan(""), -0.0, 0.5});
  EXPECT_EQ(joined(text, real), (Rows{0, 1, -1, 3, -1, 4, -1, -1}));
  EXPECT_EQ(joined(real, whole), (Rows{0, 1, -1, 3, -1}));
  // 0.1 has another value in single precision, but is the same key.
  EXPECT_EQ(
      joined(values<float>(Type::float32, {0.1F, 3}), values<double>(Type::float64, {3, 0.1})),
      (Rows{1, 0}));
}

TEST(KeyIndex, ComparesWholeNumbersExactlyBeyondDoubles) {
  const Column whole = values<int64_t>(Type::int64, {9007199254740993, 9007199254740992});
  EXPECT_EQ(joined(whole, texts({"9007199254740992", "9007199254740993.0"})), (Rows{1, 0}));
  EXPECT_EQ(joined(whole, values<double>(Type::float64, {9007199254740992.0})), (Rows{-1, 0}));
  // Beyond 64 bits, as text.
  EXPECT_EQ(number_key("0036893488147419103232"), "36893488147419103232");
  EXPECT_EQ(number_key("-00.00"), "0");
  EXPECT_EQ(number_key("1e20"), "100000000000000000000");
  EXPECT_EQ(number_key(" 12a "), "12a");
  EXPECT_EQ(number_key("nan"), "nan");
}

TEST(KeyIndex, ComparesTextsExactly) {
  EXPECT_EQ(joined(texts({"007", " a ", "   "}), texts({"7", "a", "   ", "007"})),
            (Rows{3, 1, -1}));
  const Column left = texts({"", "007"});
  const Column right = texts({"7"});
  EXPECT_EQ(KeyIndex(left, right).columns(), "t is text (such as '007'), t is text (such as '7')");
  EXPECT_EQ(KeyIndex(texts({}), values<int64_t>(Type::int64, {5})).columns(),
            "t is text (without any value), v is long (such as '5')");
}

TEST(KeyIndex, KeepsAllRowsOfAKeyInOrder) {
  const Column left = texts({"a"});
  const Column right = texts({"b", "a", "a "});
  const KeyIndex index(left, right);
  const auto rows = index.rows(0);
  EXPECT_EQ(std::vector<size_t>(rows.begin(), rows.end()), (std::vector<size_t>{1, 2}));
}

}  // namespace
}  // namespace uhuru
