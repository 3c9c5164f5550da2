// Odd texts and VOTables are the same in parts, wherever these begin.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>
#include <vector>

#include "io/table_parts.hpp"
#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru {
namespace {

using testing::expect_same;
using testing::ScratchFolder;
using testing::write_file;

/// Any characters that matter to a text, in lines that often have as many cells as the header.
std::string odd_text(RandomState& random) {
  const char delimiter = ",\t; |"[random.integer(5)];
  const size_t columns = 1 + random.integer(3);
  const std::string end = random.uniform() < 0.2 ? "\r\n" : random.uniform() < 0.1 ? "\r" : "\n";
  std::string text = random.uniform() < 0.1 ? "\xef\xbb\xbf" : "";
  if (random.uniform() < 0.1) text += "# a \"comment" + end;
  for (size_t c = 0; c < columns; ++c)
    text += fmt::format("{}{}", c ? std::string(1, delimiter) : "", std::string(1 + c, 'n'));
  text += end;
  static const std::vector<std::string> cells = {
      "1",    "2.5", "x",        "\"q\"",      "\"a,b\"", "\"two\nlines\"",
      "\"\"", "n/a", "5\"x",     "\"a\"\"b\"", "\"\n\"",  "\"c\"d\"e\"",
      "",     "007", "\"#\n#\"", "--"};
  const size_t kinds = random.uniform() < 0.3 ? 3 : cells.size();
  const size_t rows = random.integer(30);
  for (size_t row = 0; row < rows; ++row) {
    for (size_t c = 0; c < columns; ++c)
      text += (c ? std::string(1, delimiter) : "") + cells[random.integer(kinds)];
    if (random.uniform() < 0.01) text += random.uniform() < 0.5 ? "\"" : std::string(1, delimiter);
    if (row + 1 < rows || random.uniform() < 0.7) text += end;
    if (random.uniform() < 0.03) text += random.uniform() < 0.5 ? end : "#\" comment" + end;
  }
  return text;
}

TEST(OddTableParts, OfTextsAreTheTables) {
  const ScratchFolder scratch;
  const std::string file = scratch / "a.csv";
  int divided = 0;
  for (uint32_t seed = 0; seed < 200; ++seed) {
    RandomState random(seed);
    write_file(file, odd_text(random));
    for (const char* part : {"", "#csv", "#blanks"})
      for (const int count : {2, 5}) divided += expect_same(file + part, count) > 1;
    if (HasFailure()) FAIL() << "seed " << seed << "\n" << testing::read_file(file);
  }
  EXPECT_GT(divided, 100);
}

/// A VOTable with odd elements, attributes and blanks between and within its rows.
std::string odd_votable(RandomState& random) {
  const auto one_of = [&](const std::vector<std::string>& texts) {
    return random.uniform() < 0.9 ? texts[0]
                                  : texts[random.integer(static_cast<uint32_t>(texts.size()))];
  };
  const bool odd = random.uniform() < 0.5;
  std::string text =
      "<VOTABLE>\n<RESOURCE><TABLE><FIELD name='a' datatype='int'/>"
      "<FIELD name='b' datatype='char' arraysize='*'/>\n<DATA>\n<TABLEDATA>" +
      one_of({"\n", "", " "});
  const size_t rows = random.integer(20);
  for (size_t row = 0; row < rows; ++row) {
    text += odd ? one_of({"<TR>", "<TR >", "<TR ID='x'>", "<!-- <TR> --><TR>", "<tr/><TR>",
                          "<TR/><TR>", "<TR><TR>"})
                : "<TR>";
    text += one_of({"", "\n", "\r\n", "\r"});
    text += "<TD>" + one_of({"1", "x", "", "99999999999", "7 "}) + "</TD>";
    text += one_of({"", " "});
    text +=
        odd ? one_of({"<TD>t</TD>", "<TD/>", "<TD><![CDATA[<TR>]]></TD>", "<TD>&lt;</TD>",
                      "<TD x='/>'>y</TD>", "<TD>t</TD><TD>u</TD>", "", "<TD>\xc3\xa9</TD>",
                      "<?TR <TR>?>", "<TDX/>", "<TD>a</TD"})
            : one_of({"<TD>t</TD>", "<TD>&lt;</TD>", "<TD >u</TD >", "", "<TD>t</TD><TD>u</TD>"});
    text += one_of({"</TR>", "</TR >"}) + one_of({"\n", "", "\r\n", "\r"});
  }
  text += "</TABLEDATA></DATA></TABLE>";
  if (random.uniform() < 0.5) text += "<!-- <TR> -->";
  if (random.uniform() < 0.3) text += "<INFO name='QUERY_STATUS' value='OVERFLOW'/>";
  if (random.uniform() < 0.3)
    text +=
        "<TABLE><FIELD name='c' datatype='int'/><DATA><TABLEDATA><TR><TD>1</TD></TR>"
        "</TABLEDATA></DATA></TABLE>";
  if (random.uniform() < 0.1) text += "<INFO name='QUERY_STATUS' value='ERROR'>no</INFO>";
  return text + (random.uniform() < 0.95 ? "</RESOURCE></VOTABLE>\n" : "");
}

TEST(OddTableParts, OfVotablesAreTheTables) {
  const ScratchFolder scratch;
  const std::string file = scratch / "a.vot";
  int divided = 0;
  for (uint32_t seed = 0; seed < 200; ++seed) {
    RandomState random(seed);
    write_file(file, odd_votable(random));
    for (const int count : {2, 5}) divided += expect_same(file, count) > 1;
    if (HasFailure()) FAIL() << "seed " << seed << "\n" << testing::read_file(file);
  }
  EXPECT_GT(divided, 100);
}

}  // namespace
}  // namespace uhuru
