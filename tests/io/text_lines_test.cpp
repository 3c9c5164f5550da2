// Lines without quotes are read on several threads, records with quotes one by one: the tables are
// the same.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

/// All cells with the types of the columns, or the error.
std::string outcome(const std::string& text, int threads) {
  try {
    const Table table = io::read_table(*io::open_table_in_memory(text, "a.txt", Threads(threads)));
    std::string cells;
    for (const Column& column : table.columns)
      cells += fmt::format("{} {} {}|", column.field.name, type_name(column.field.type),
                           column.field.unicode);
    for (size_t row = 0; row < table.rows(); ++row) {
      cells += '\n';
      for (const Column& column : table.columns)
        cells += (column.missing(row) ? "-" : cell_text(column, row)) + "|";
    }
    return cells;
  } catch (const Error& error) {
    return error.message() + " / " + error.where();
  }
}

/// A table whose first cell in each row is a word, with or without quotes.
std::string document(RandomState random, size_t rows, char delimiter, bool quoted) {
  static const std::vector<std::string> kinds[] = {
      {"1", "-22", "+3", " 4 ", "", "9223372036854775807", "-0"},
      {"1.5", "-2e-300", "NaN", "null", "", "1e99", ".5", "5.", "+7", "inf", "1e5", "3"},
      {"12345678901234567", "123456789012345678", "-1234567890123456789", "1"},
      {"true", "False", "", "null"},
      {"", "NaN"},
      {"007", "12", "n/a", "--", "", "-08"},
      {"1.0D+03", "-.5d2", "N/A", "2", "None", ""},
      {"9007199254740993", "9007199254740992", "1.5", "18446744073709551615"},
      {"abc", "\xc3\x85ngstr\xc3\xb6m", "\xc5", "1e", "-", ".", "1e999", "1.2.3", " x ",
       "99999999"},
  };
  constexpr size_t kinds_count = std::size(kinds);
  const size_t columns = random.integer(5);
  std::vector<size_t> kind(columns);
  for (size_t& k : kind) k = random.integer(kinds_count);
  const double odd = random.uniform() < 0.5 ? 0 : 0.02;
  const bool wrong = random.uniform() < 0.1;
  std::string text = "word";
  for (size_t c = 0; c < columns; ++c) text += fmt::format("{}c{}", delimiter, c);
  text += '\n';
  for (size_t row = 0; row < rows; ++row) {
    const std::string word = fmt::format("w{}", random.integer(1000));
    text += quoted ? '"' + word + '"' : word;
    for (size_t c = 0; c < columns; ++c) {
      const auto& cells = kinds[random.uniform() < odd ? random.integer(kinds_count) : kind[c]];
      text += delimiter + cells[random.integer(cells.size())];
    }
    if (wrong && random.uniform() < 0.01) text += delimiter;
    if (random.uniform() < 0.1) text += '\r';
    if (row + 1 < rows || random.uniform() < 0.5) text += '\n';
    const char* const blanks = delimiter == '\t' ? " \r\n" : " \t\r\n";
    if (columns > 0 && random.uniform() < 0.02) text += random.uniform() < 0.5 ? blanks : "\n";
  }
  return text;
}

TEST(TextLines, AreTheSameWithAndWithoutQuotes) {
  for (uint32_t seed = 0; seed < 400; ++seed) {
    RandomState random(seed);
    const size_t rows = seed % 40 == 0 ? 100000 : random.integer(200);
    const char delimiter = "\t,;|"[seed % 4];
    const std::string plain = document(random, rows, delimiter, false);
    const std::string expected = outcome(document(random, rows, delimiter, true), 1);
    for (const int threads : {1, 3})
      ASSERT_EQ(outcome(plain, threads), expected) << "seed " << seed << "\n"
                                                   << plain.substr(0, 3000);
  }
}

}  // namespace
}  // namespace uhuru
