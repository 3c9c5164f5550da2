// Rows of TABLEDATA read by the scanner and by the XML parser alone: the same values, the same
// errors.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/io/tabledata_scanner.hpp"

namespace uhuru {
namespace {

constexpr const char* fields =
    "<FIELD name='d' datatype='double'><VALUES null='-9'/></FIELD>\n"
    "<FIELD name='i' datatype='int'><VALUES null='-1'/></FIELD>\n"
    "<FIELD name='t' datatype='char' arraysize='*'/>\r\n<FIELD name='f' datatype='float'/>"
    "<FIELD name='b' datatype='boolean'/><FIELD name='a' datatype='double' arraysize='2'/>";

std::string document(const std::string& rows) {
  return fmt::format(
      "<?xml version='1.0'?>\n<VOTABLE><RESOURCE><TABLE>{}<DATA><TABLEDATA>\n{}</TABLEDATA></DATA>"
      "</TABLE></RESOURCE></VOTABLE>\n",
      fields, rows);
}

/// The same document without any row that the scanner would accept.
std::string for_the_parser(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const size_t tag = std::min(text.find("<TR>", at), text.size());
    result += text.substr(at, tag - at);
    if (tag < text.size()) result += "<TR >";
    at = tag + 4;
  }
  return result;
}

/// All cells, or the error in all its parts.
std::string outcome(const std::string& text, int threads) {
  try {
    const auto reader = io::open_table_in_memory(text, "a.vot", Threads(threads));
    Table batch = reader->header().empty_copy();
    std::string cells;
    while (reader->read(batch, 1000))
      for (size_t row = 0; row < batch.rows(); ++row) {
        for (const Column& column : batch.columns)
          cells += (column.missing(row) ? "-" : cell_text(column, row)) + "|";
        cells += '\n';
      }
    for (const std::string& note : reader->notes()) cells += note + '\n';
    return cells;
  } catch (const Error& error) {
    return fmt::format("{} / {} / {} / {}", error.message(), error.where(), error.expected(),
                       for_the_parser(error.found()).substr(0, 40));
  }
}

void expect_same_outcome(const std::string& text) {
  const std::string expected = outcome(for_the_parser(text), 1);
  for (const int threads : {1, 3})
    // The content of a CDATA section is text: it got the blank too.
    ASSERT_EQ(for_the_parser(outcome(text, threads)), expected) << threads << " threads:\n"
                                                                << text.substr(0, 3000);
}

template <size_t n>
std::string one_of(RandomState& random, const char* const (&choices)[n]) {
  return choices[random.integer(n)];
}

std::string plain_row(RandomState& random) {
  static const char* const blanks[] = {"", "", "", "\n", " ", "\t\r\n ", "\n\n"};
  static const char* const doubles[] = {
      "1.5", "-2e-300", "NaN", "+Inf",  "",
      " 7 ", "+3",      "-9",  "1e999", "0.1000000000000000055511151231257827"};
  static const char* const wholes[] = {"12", "-1", "0x1F", "", "+5", "-2147483648", " 3"};
  static const char* const texts[] = {"", "2CXO J1", " a b ", "]", "it's \"x\" = y/z"};
  static const char* const booleans[] = {"T", "false", "?", "", "1"};
  static const char* const pairs[] = {"1 2", "", "NaN NaN", "3,4"};
  const auto cell = [&](const std::string& text) {
    const bool short_form = text.empty() && random.uniform() < 0.5;
    return one_of(random, blanks) + (short_form ? "<TD/>" : "<TD>" + text + "</TD>");
  };
  return "<TR>" + cell(one_of(random, doubles)) + cell(one_of(random, wholes)) +
         cell(one_of(random, texts)) + cell(one_of(random, doubles)) +
         cell(one_of(random, booleans)) + cell(one_of(random, pairs)) + one_of(random, blanks) +
         "</TR>" + one_of(random, blanks);
}

/// A row that the scanner leaves to the parser; some are invalid.
std::string odd_row(RandomState& random, bool wrong) {
  static const char* const good[] = {"<!-- <TD>1</TR> -->",
                                     "<?pi </TR>?>",
                                     "&amp;",
                                     "&#65;",
                                     "<![CDATA[</TR><TD>&]]>",
                                     "\xc3\x85",
                                     "\r",
                                     "\r\n",
                                     "\x7f",
                                     "<GROUP/>",
                                     "\t"};
  static const char* const bad[] = {
      "&nbsp;",       "]]>",          "\x01",        "\xff", "<TD>",     "</TD>",
      "</TR>",        "<TR>",         "<",           ">",    "abc",      "<TD/>",
      "\xef\xbf\xbf", "</TABLEDATA>", "<TABLEDATA>", "<!--", "<![CDATA["};
  std::string row = plain_row(random);
  const std::string piece = wrong ? one_of(random, bad) : one_of(random, good);
  // Anywhere after a '>': within a text, or between two tags.
  std::vector<size_t> places;
  for (size_t at = 0; at < row.size(); ++at)
    if (row[at] == '>') places.push_back(at + 1);
  return row.insert(places[random.integer(places.size())], piece);
}

TEST(TableData, IsTheSameWithAndWithoutTheScanner) {
  RandomState random(7);
  for (int round = 0; round < 600; ++round) {
    std::string rows;
    const size_t count = random.integer(12);
    for (size_t row = 0; row < count; ++row)
      rows += random.uniform() < 0.5 ? plain_row(random) : odd_row(random, random.uniform() < 0.1);
    std::string text = document(rows);
    if (random.uniform() < 0.2) text.resize(random.integer(text.size()) + 1);
    if (random.uniform() < 0.2)
      text[random.integer(text.size())] = static_cast<char>(random.integer(256));
    expect_same_outcome(text);
  }
}

TEST(TableData, IsTheSameInPieces) {
  RandomState random(8);
  for (const double odd : {0.0, 0.001, 0.3}) {
    std::string rows;
    while (rows.size() < 3000000)
      rows += random.uniform() < odd ? odd_row(random, false) : plain_row(random);
    // A comment and a text longer than several pieces, containing what looks like rows.
    const std::string block = rows.substr(0, rows.find("</TR>", 400000) + 5);
    for (const std::string& middle :
         {std::string(), "<!--" + std::string(300000, '\n') + "<TD/></TR>\n-->",
          std::string("<TR><TD>x</TD></TR>")})
      expect_same_outcome(document(std::string(block).append(middle).append(rows)));
  }
}

TEST(TableData, IsTheSameInOtherPlacesAndEncodings) {
  RandomState random(9);
  const std::string row = plain_row(random);
  const std::string whole = document(row + row);
  for (const auto& [from, to] :
       {std::pair<std::string, std::string>{"version='1.0'", "version='1.0' encoding='ISO-8859-1'"},
        {"version='1.0'", "version='1.0' encoding='UTF-16'"},
        {"<TABLEDATA>", "<TABLEDATA><GROUP>"},
        {"<TABLEDATA>", "<TABLEDATA><TABLEDATA>"},
        {"<DATA>", "<DATA><BINARY><STREAM encoding='base64'>"},
        {"<RESOURCE>", "<INFO name='QUERY_STATUS' value='ERROR'>"},
        {"<TABLEDATA>", ""},
        {"</TABLEDATA>", "</TABLEDATA><TABLEDATA>" + row + "</TABLEDATA>"}}) {
    std::string text = whole;
    text.replace(text.find(from), from.size(), to);
    expect_same_outcome(text);
  }
  std::string deep = whole;
  for (const size_t levels : {57, 58, 59, 60, 61}) {
    std::string open;
    for (size_t i = 0; i < levels; ++i) open += "<RESOURCE>";
    deep = whole;
    expect_same_outcome(deep.insert(deep.find("<TABLE>"), open));
  }
  for (const bool big_endian : {false, true}) {
    std::string wide = big_endian ? "\xfe\xff" : "\xff\xfe";
    for (const char c : whole) wide += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
    EXPECT_EQ(outcome(wide, 1), outcome(whole, 1));
  }
}

TEST(TableData, ScannerStopsWhereARowIsNotPlain) {
  Table rows;
  Field field;
  field.name = "x";
  rows.add(field);
  const std::vector<io::WireField> wire(1);
  const std::string text = " \n<TR><TD>1</TD></TR>\r\n<TR><TD/></TR>\n\n<TR ><TD>3</TD></TR>";
  const io::Scanned scanned = io::scan_rows(text, wire, rows);
  EXPECT_EQ(scanned.bytes, text.find("<TR >"));
  EXPECT_EQ(scanned.lines, 4u);
  ASSERT_EQ(rows.rows(), 2u);
  EXPECT_EQ(rows.columns[0].number(0), 1);
  EXPECT_TRUE(rows.columns[0].missing(1));
  for (const char* none : {"", "<TR>", "<TR><TD>1</TD>", "<TR><TD>1</TD></TR", "<TR><TD>1",
                           "<TR><TD>a</TD></TR>", "\r", "<TR></TR>", "<TR><TD>1</TD><TD/></TR>"})
    EXPECT_EQ(io::scan_rows(none, wire, rows).bytes, 0u) << none;
  EXPECT_EQ(rows.rows(), 2u);
}

}  // namespace
}  // namespace uhuru
