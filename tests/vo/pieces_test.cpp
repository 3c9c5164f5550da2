// Fetches in pieces: interrupted at any point, they resume and give the same rows.
#include "uhuru/vo/pieces.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>
#include <stdexcept>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using testing::ScratchFolder;

/// A service with one row for each number, which returns at most `limit`.
class Numbers {
 public:
  explicit Numbers(uint64_t limit) : limit_(limit) {}

  std::optional<Table> operator()(const vo::Range& range) {
    if (asked == ends_after) throw std::runtime_error("interrupted");
    ++asked;
    if (range.end - range.begin > limit_) return std::nullopt;
    Table table;
    Column& column = table.add(make_field("number", Type::int64, ""));
    for (uint64_t i = range.begin; i < range.end; ++i) column.append(static_cast<int64_t>(i));
    return table;
  }
  size_t asked = 0;
  size_t ends_after = static_cast<size_t>(-1);

 private:
  uint64_t limit_;
};

class Pieces : public ::testing::Test {
 protected:
  std::vector<double> fetch(Numbers& service) {
    const vo::PieceFolder folder(scratch_ / "out.vot", "numbers", false);
    counts_ = {};
    const auto paths =
        vo::fetch_pieces(folder, {{0, 10}, {10, 30}, {30, 37}},
                         [&](const vo::Range& range) { return service(range); }, counts_, {});
    std::vector<double> all;
    vo::read_pieces(paths, [&](const Table& rows) {
      const auto some = numbers(rows.columns[0]);
      all.insert(all.end(), some.begin(), some.end());
    });
    return all;
  }
  ScratchFolder scratch_;
  vo::FetchCounts counts_;
  std::vector<double> whole_ = [] {
    std::vector<double> all(37);
    std::iota(all.begin(), all.end(), 0.0);
    return all;
  }();
};

TEST_F(Pieces, HalvesWhereRowsAreLeftOut) {
  for (const uint64_t limit : {1, 2, 3, 7, 100}) {
    Numbers service(limit);
    EXPECT_EQ(fetch(service), whole_) << limit;
    EXPECT_EQ(counts_.rows, 37u);
    EXPECT_EQ(counts_.queries, service.asked);
    std::filesystem::remove_all(scratch_ / "out.vot.pieces");
  }
}

TEST_F(Pieces, GoesOnWhereItWasInterrupted) {
  Numbers whole(3);
  fetch(whole);
  std::filesystem::remove_all(scratch_ / "out.vot.pieces");
  for (size_t first = 0; first < whole.asked; ++first) {
    Numbers service(3);
    service.ends_after = first;
    EXPECT_THROW(fetch(service), std::runtime_error);
    service.ends_after = static_cast<size_t>(-1);
    EXPECT_EQ(fetch(service), whole_) << first;
    EXPECT_EQ(service.asked, whole.asked) << "nothing is asked twice";
    std::filesystem::remove_all(scratch_ / "out.vot.pieces");
  }
}

TEST_F(Pieces, HalfWrittenPiecesAreNotTaken) {
  Numbers service(3);
  fetch(service);
  const std::string folder = scratch_ / "out.vot.pieces";
  testing::write_file(folder + "/.000000000000-000000000010.vot.17-0.partial", "<VOTABLE>");
  EXPECT_EQ(fetch(service), whole_);
  EXPECT_EQ(counts_.queries, 0u);
  EXPECT_EQ(counts_.pieces_earlier, counts_.pieces);
  EXPECT_FALSE(std::filesystem::exists(folder + "/.000000000000-000000000010.vot.17-0.partial"));
}

TEST_F(Pieces, OfAnotherRequestAreAnError) {
  {
    const vo::PieceFolder folder(scratch_ / "out.vot", "one", false);
    folder.mark("000000000000-000000000010.vot");
  }
  const Error error = error_of([&] { vo::PieceFolder(scratch_ / "out.vot", "other", false); });
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_NE(error.expected().find("--restart"), std::string::npos);
  const vo::PieceFolder folder(scratch_ / "out.vot", "other", true);
  folder.finish();
  EXPECT_TRUE(scratch_.files().empty());
}

TEST_F(Pieces, OfARefusedRequestAreNone) {
  { const vo::PieceFolder folder(scratch_ / "out.vot", "one", false); }
  { const vo::PieceFolder folder(scratch_ / "out.vot", "other", false); }
  {
    const vo::PieceFolder folder(scratch_ / "out.vot", "other", false);
    folder.mark("000000000000-000000000010.vot");
  }
  EXPECT_EQ(error_of([&] { vo::PieceFolder(scratch_ / "out.vot", "one", false); }).kind(),
            ErrorKind::usage);
}

TEST_F(Pieces, OfAFetchThatWasKilledWhileItRemovedThem) {
  const std::string out = scratch_ / "out.vot";
  { const vo::PieceFolder folder(out, "one", false); }
  EXPECT_FALSE(vo::PieceFolder::finish_earlier(out, "one")) << "there is no output";
  testing::write_file(out, "<VOTABLE/>");
  EXPECT_FALSE(vo::PieceFolder::finish_earlier(out, "other"));
  EXPECT_TRUE(vo::PieceFolder::finish_earlier(out, "one"));
  EXPECT_EQ(scratch_.files(), (std::vector<std::string>{"out.vot"}));
  // An output that existed before the fetch, which would have replaced it, does not belong to the
  // fetch.
  { const vo::PieceFolder folder(out, "one", false); }
  EXPECT_FALSE(vo::PieceFolder::finish_earlier(out, "one"));
}

TEST_F(Pieces, LeaveWhatOthersHaveInTheirFolder) {
  Numbers service(100);
  const std::string folder = scratch_ / "out.vot.pieces";
  std::filesystem::create_directory(folder);
  for (const char* name : {"thesis.tex", "catalog.vot"}) {
    testing::write_file(folder + "/" + name, "mine");
    EXPECT_EQ(error_of([&] { fetch(service); }).where(), folder + "/" + name);
    EXPECT_EQ(testing::read_file(folder + "/" + name), "mine");
    std::filesystem::remove(folder + "/" + name);
  }
  EXPECT_EQ(fetch(service), whole_);
  const std::string elsewhere = scratch_ / "elsewhere";
  std::filesystem::rename(folder, elsewhere);
  std::filesystem::create_directory_symlink(elsewhere, folder);
  EXPECT_EQ(error_of([&] { fetch(service); }).message(), "the folder of pieces is a link");
}

TEST_F(Pieces, OneProcessAtATime) {
  const vo::PieceFolder folder(scratch_ / "out.vot", "one", false);
  EXPECT_EQ(error_of([&] { vo::PieceFolder(scratch_ / "out.vot", "one", false); }).kind(),
            ErrorKind::usage);
}

TEST_F(Pieces, TheSmallestPieceMustBeWhole) {
  Numbers service(0);
  EXPECT_EQ(error_of([&] { fetch(service); }).kind(), ErrorKind::service);
}

TEST_F(Pieces, ChangedColumnsAreAnError) {
  const vo::PieceFolder folder(scratch_ / "out.vot", "one", false);
  vo::FetchCounts counts;
  const auto paths = vo::fetch_pieces(
      folder, {{0, 1}, {1, 2}},
      [](const vo::Range& range) {
        Table table;
        table.add(make_field(range.begin == 0 ? "one" : "other", Type::float64, ""));
        return table;
      },
      counts, {});
  EXPECT_EQ(error_of([&] { vo::read_pieces(paths, [](const Table&) {}); }).kind(),
            ErrorKind::service);
}

TEST_F(Pieces, NeedAFile) {
  EXPECT_EQ(error_of([&] { vo::PieceFolder("-", "one", false); }).kind(), ErrorKind::usage);
  EXPECT_EQ(error_of([&] { vo::PieceFolder(scratch_ / "no/out.vot", "one", false); }).kind(),
            ErrorKind::input);
}

}  // namespace
}  // namespace uhuru
