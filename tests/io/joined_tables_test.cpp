// Several tables that are one.
#include "uhuru/io/joined_tables.hpp"

#include <fmt/format.h>

#include <random>

#include "io/joined_files.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/io/input.hpp"

namespace uhuru::io {
namespace {

using testing::error_of;

class JoinedTables : public JoinedFiles {};

TEST_F(JoinedTables, FollowOneAnother) {
  const Table all = joined({file("a.csv", "x,name\n1,a\n2,b\n"), file("b.csv", "x,name\n3,c\n")});
  EXPECT_EQ(cells_of(all),
            (std::vector<std::vector<std::string>>{{"1", "a"}, {"2", "b"}, {"3", "c"}}));
  EXPECT_TRUE(all.notes.empty()) << all.notes.front();
}

TEST_F(JoinedTables, AreMatchedByName) {
  const Table all = joined(
      {file("a.csv", "x,y\n1,2\n"), file("b.csv", "Y,z,X\n20,30,10\n"), file("c.csv", "z\n7\n")});
  EXPECT_EQ(all.column_names(), (std::vector<std::string>{"x", "y", "z"}));
  EXPECT_EQ(cells_of(all),
            (std::vector<std::vector<std::string>>{
                {"1", "2", "missing"}, {"10", "20", "30"}, {"missing", "missing", "7"}}));
  EXPECT_TRUE(has_note(all, "column x and 1 other: missing in " + (folder_ / "c.csv")));
  EXPECT_TRUE(has_note(all, "column z: missing in " + (folder_ / "a.csv")));
  const Table two =
      joined({file("a.csv", "x,y\n1,2\n"), file("b.csv", "x\n1\n"), file("c.csv", "x\n1\n")});
  EXPECT_TRUE(has_note(two, "column y: missing in 2 of 3 files, first in " + (folder_ / "b.csv")));
}

TEST_F(JoinedTables, MayHaveNamesThatDifferInCase) {
  const std::string both = table("a.vot", [] {
    Table table = one_column(make_field("x", Type::int32, ""), {1});
    table.columns.push_back(one_column(make_field("X", Type::int32, ""), {2}).columns[0]);
    return table;
  }());
  const Table all = joined({both, both});
  EXPECT_EQ(cells_of(all), (std::vector<std::vector<std::string>>{{"1", "2"}, {"1", "2"}}));
  const std::string exact = table("b.vot", one_column(make_field("X", Type::int32, ""), {3}));
  EXPECT_EQ(cells_of(joined({both, exact}))[1], (std::vector<std::string>{"missing", "3"}));
  const std::string other = table("c.vot", one_column(make_field("name", Type::int32, ""), {3}));
  const std::string names = table("d.vot", [] {
    Table table = one_column(make_field("Name", Type::int32, ""), {1});
    table.columns.push_back(one_column(make_field("NAME", Type::int32, ""), {2}).columns[0]);
    return table;
  }());
  EXPECT_NE(std::string(error_of([&] {
                          joined({names, other});
                        }).what())
                .find("upper and lower"),
            std::string::npos);
}

TEST_F(JoinedTables, KeepWhatTheirHeadersAgreeOn) {
  const auto written = [&](const std::string& name, const std::string& observation) {
    Table table = one_column(make_field("x", Type::int32, "What it is", "phot"), {1});
    table.name = "same";
    table.description = observation;
    for (const auto& [key, value] :
         {std::pair<std::string, std::string>{"TELESCOP", "CHANDRA"}, {"OBS_ID", observation}})
      table.parameters.push_back({make_field(key, Type::text, ""), value, true});
    return this->table(name, table);
  };
  const Table all = joined({file("n.csv", "x\n1\n"), written("a.vot", "1"), written("b.vot", "2")});
  ASSERT_EQ(all.parameters.size(), 1u);
  EXPECT_EQ(all.parameters[0].field.name, "TELESCOP");
  EXPECT_EQ(all.columns[0].field.ucd, "phot");
  EXPECT_EQ(all.columns[0].field.description, "What it is");
  EXPECT_EQ(all.description, "");
}

TEST_F(JoinedTables, InOtherCoordinateSystemsAreRefused) {
  const auto written = [&](const std::string& name, const std::string& system,
                           const std::string& id) {
    Table table = one_column(with_unit("ra", Type::float64, "deg"), {1});
    table.systems.push_back({"COOSYS", {{"ID", id}, {"system", system}}});
    table.columns[0].field.ref = id;
    return this->table(name, table);
  };
  const std::string icrs = written("a.vot", "ICRS", "one"), fk5 = written("b.vot", "eq_FK5", "one"),
                    same = written("c.vot", "ICRS", "other"), bare = file("d.csv", "ra\n2\n"),
                    fits = table("e.fits", read_table(icrs)),
                    fk5_fits = table("f.fits", read_table(fk5));
  const Table all = joined({bare, icrs, same, fits});
  EXPECT_TRUE(has_note(all, "no coordinate system is stated in " + bare));
  ASSERT_EQ(all.systems.size(), 1u);
  EXPECT_EQ(all.columns[0].field.ref, "one");
  for (const auto& names : {std::vector{icrs, fk5}, std::vector{bare, fk5, icrs},
                            std::vector{icrs, fk5_fits}, std::vector{fits, fk5}}) {
    const Error error = error_of([&] { joined(names); });
    EXPECT_EQ(error.message(), "the tables have different coordinate systems");
    EXPECT_NE(error.where().find(names.back()), std::string::npos) << error.what();
  }
  const Table from_fits = joined({fits, bare});
  EXPECT_TRUE(std::any_of(
      from_fits.parameters.begin(), from_fits.parameters.end(),
      [](const Parameter& p) { return p.field.name == "RADESYS" && p.value == "ICRS"; }));
}

TEST_F(JoinedTables, AreReadInBatchesAcrossFiles) {
  std::vector<std::string> names;
  std::vector<std::string> expected;
  for (int i = 0; i < 30; ++i) {
    std::string text = "x\n";
    for (int row = 0; row < i % 4; ++row) {
      text += fmt::format("{}\n", 10 * i + row);
      expected.push_back(std::to_string(10 * i + row));
    }
    names.push_back(file(fmt::format("{}.csv", i), text));
  }
  for (const size_t size : {1, 2, 7, 1000}) {
    const auto reader = open_table(joined_name(names));
    Table batch = reader->header().empty_copy();
    std::vector<std::string> found;
    double before = 0;
    while (reader->read(batch, size)) {
      for (size_t row = 0; row < batch.rows(); ++row)
        found.push_back(cell_text(batch.columns[0], row));
      EXPECT_LE(batch.rows(), size + 3);  // a block of a file more
      EXPECT_GE(reader->fraction_read(), before);
      before = reader->fraction_read();
    }
    EXPECT_EQ(found, expected);
    EXPECT_EQ(reader->rows_read(), expected.size());
    EXPECT_EQ(reader->fraction_read(), 1);
  }
}

/// A random table whose column j of `names` has one of the types that hold whole numbers below 100.
Table random_table(std::mt19937& random, std::vector<std::string> names) {
  constexpr Type types[] = {Type::byte,    Type::int16,   Type::int32, Type::int64,
                            Type::float32, Type::float64, Type::text};
  std::shuffle(names.begin(), names.end(), random);
  names.resize(1 + random() % names.size());
  const size_t rows = random() % 6;
  Table table;
  for (const std::string& name : names) {
    Column& column = table.add(make_field(name, types[random() % (name == "t" ? 7 : 6)], ""));
    for (size_t row = 0; row < rows; ++row) {
      const auto value = static_cast<double>(random() % 100);
      if (random() % 4 == 0)
        column.append_missing();
      else if (column.field.type == Type::text)
        column.append_text(fmt::format("w{}", value));
      else
        column.append_number(value);
    }
  }
  return table;
}

/// A value as in any type: "5.0" and "5" are the same.
std::string plain(std::string text) {
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

TEST_F(JoinedTables, AreTheRowsAppendedByHand) {
  std::mt19937 random(5);
  for (int round = 0; round < 60; ++round) {
    std::vector<std::string> names, columns;
    std::vector<Table> tables;
    const size_t count = 1 + random() % 4;
    for (size_t i = 0; i < count; ++i) {
      tables.push_back(random_table(random, {"a", "b", "c", "t"}));
      const char* ending = random() % 2 ? "vot" : "fits";
      names.push_back(table(fmt::format("{}.{}", i, ending), tables.back()));
      for (const std::string& name : tables.back().column_names())
        if (std::find(columns.begin(), columns.end(), name) == columns.end())
          columns.push_back(name);
    }
    std::vector<std::vector<std::string>> expected;
    for (const Table& table : tables)
      for (size_t row = 0; row < table.rows(); ++row) {
        auto& cells = expected.emplace_back();
        for (const std::string& name : columns) {
          const Column* column = table.find(name);
          cells.push_back(!column || column->missing(row) ? "missing"
                                                          : plain(cell_text(*column, row)));
        }
      }
    const Table all = joined(names);
    EXPECT_EQ(all.column_names(), columns);
    auto found = cells_of(all);
    for (auto& row : found)
      for (std::string& cell : row) cell = plain(cell);
    EXPECT_EQ(found, expected) << round;
  }
}

TEST_F(JoinedTables, NameTheFileAndItsRowInErrorsAndNotes) {
  const std::string good = file("a.csv", "x\n1\n2\n");
  const std::string bad = file("b.vot",
                               "<VOTABLE><RESOURCE><TABLE><FIELD name='x' datatype='int'/>"
                               "<DATA><TABLEDATA><TR><TD>1</TD></TR><TR><TD>no</TD></TR>"
                               "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>");
  const Table all = joined({good, bad});
  EXPECT_TRUE(has_note(all, bad + ": column x: 1 cell is not"));
  EXPECT_TRUE(has_note(all, "row 2"));
  const std::string cut = file("c.vot", testing::read_file(bad).substr(0, 120));
  const Error error = error_of([&] { joined({good, cut}); });
  EXPECT_TRUE(error.where().starts_with(cut)) << error.what();
  const Error absent = error_of([&] { joined({good, folder_ / "none.csv"}); });
  EXPECT_EQ(absent.cause(), ErrorCause::absent_file);
  EXPECT_NE(absent.where().find("none.csv"), std::string::npos);
}

TEST_F(JoinedTables, SayWhatIsThereTwice) {
  const std::string a = file("a.csv", "x\n1\n");
  const Table all = joined({a, a});
  EXPECT_EQ(all.rows(), 2u);
  EXPECT_TRUE(has_note(all, a + " is given twice"));
  EXPECT_TRUE(has_note(joined({a, folder_ / "./a.csv"}), "a.csv is given twice"));
  EXPECT_TRUE(has_note(joined({a, a, a}), "2 files are given more than once"));
}

TEST_F(JoinedTables, MayBeMany) {
  // More than there are descriptors.
  std::vector<std::string> names;
  for (int i = 0; i < 1500; ++i)
    names.push_back(file(fmt::format("{:04}.csv", i), fmt::format("x\n{}\n", i)));
  const Table all = read_table(folder_ / "*.csv");
  ASSERT_EQ(all.rows(), 1500u);
  EXPECT_EQ(all.columns[0].number(1499), 1499);
}

TEST_F(JoinedTables, HaveADigestEach) {
  const std::string a = file("a.csv", "x\n1\n"), b = file("b.csv", "x\n2\n");
  const Input input(a + "\n" + b);
  const auto digests = input.digests();
  ASSERT_EQ(digests.size(), 2u);
  EXPECT_EQ(digests[1].name, "b.csv");
  EXPECT_EQ(digests[1].sha256, sha256_of_file(b));
  EXPECT_EQ(input.sha256(),
            sha256_of_text(sha256_of_file(a) + "  a.csv\n" + sha256_of_file(b) + "  b.csv\n"));
  EXPECT_EQ(input.name(), a + " and 1 more");
  for (int times = 0; times < 2; ++times) EXPECT_EQ(read_table(*input.open(Threads(1))).rows(), 2u);
  const std::vector<NamedDigest> many(1001, digests[0]);
  EXPECT_EQ(digests_for_header(many, a + "\n" + b).size(), 1u);
  EXPECT_EQ(digests_for_header(digests, a + "\n" + b).size(), 2u);
}

TEST_F(JoinedTables, TellOfChanges) {
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) names.push_back(file(fmt::format("{}.csv", i), "x\n1\n"));
  const auto reader = open_table(joined_name(names));
  file("19.csv", "y\n1\n");
  const Error error = error_of([&] { read_table(*reader); });
  EXPECT_EQ(error.message(), "the table has changed while it was read");
  EXPECT_TRUE(error.where().starts_with(names.back())) << error.what();
}

}  // namespace
}  // namespace uhuru::io
