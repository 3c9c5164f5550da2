// Several tables that several ranks read as one.
#include <gtest/gtest.h>

#include "base/thread_transport.hpp"
#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru::io {
namespace {

TEST(JoinedParts, AreReadByRanksInTheirOrder) {
  const testing::ScratchFolder scratch;
  size_t next = 0;
  std::string lines;
  for (const int rows : {3, 0, 40, 1, 1, 7, 200}) {
    std::string text = next % 2 ? "name,x,odd\n" : "name,x\n";
    for (int row = 0; row < rows; ++row)
      text += "n" + std::to_string(next) + "_" + std::to_string(row) + "," +
              (row == 5 && next > 1 ? "what" : std::to_string(row)) + (next % 2 ? ",1\n" : "\n");
    const std::string file = std::to_string(next++) + ".csv";
    testing::write_file(scratch / file, text);
    lines += (lines.empty() ? "" : "\n") + scratch / file;
  }
  const auto whole = open_table(lines);
  const Table expected = read_table(*whole);
  EXPECT_EQ(expected.rows(), 252u);
  EXPECT_FALSE(expected.notes.empty());
  for (const int count : {1, 2, 3, 8, 20})
    testing::as_ranks(count, [&](const Communicator& ranks) {
      const auto reader = open_table_part(lines, Threads(1).across(ranks));
      ASSERT_EQ(reader->header().column_names(), expected.column_names());
      Table own = reader->header().empty_copy();
      Table batch = own;
      while (reader->read(batch)) own.append_rows(batch);
      EXPECT_EQ(reader->remarks(), expected.notes);
      uint64_t before = 0;
      const auto of_ranks = ranks.of_each(uint64_t{own.rows()});
      for (int rank = 0; rank < ranks.rank(); ++rank) before += of_ranks[rank];
      EXPECT_EQ(reader->rows_before() + reader->late_rows(), before);
      gather_rows(own, ranks);
      if (!ranks.is_first()) return;
      ASSERT_EQ(own.rows(), expected.rows());
      for (size_t c = 0; c < own.columns.size(); ++c)
        for (size_t row = 0; row < own.rows(); ++row)
          EXPECT_EQ(cell_text(own.columns[c], row), cell_text(expected.columns[c], row));
    });
}

}  // namespace
}  // namespace uhuru::io
