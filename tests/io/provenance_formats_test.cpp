// The provenance of a table in each format, as our own readers and others see it.
#include <gtest/gtest.h>

#include <map>

#include "support/support.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

/// Longer than one FITS card, with what each format has to escape.
const std::string command =
    "uhuru predict 'a <b> & \"c\".vot' --model mine.json --prior 'AGN=0.3,YSO=0.7' --coverage 0.95 "
    "--unique-detections";

class ProvenanceFormats : public ::testing::Test {
 protected:
  ProvenanceFormats() {
    table_.name = "t";
    table_.systems = {{"COOSYS", {{"ID", "icrs"}, {"system", "ICRS"}}}};
    table_.add(make_field("object", Type::text, "Object")).append_text("a");
    table_.add(make_field("ra", Type::float64, "")).append(1.5);
    table_.columns[1].field.ref = "icrs";
    Provenance provenance;
    provenance.software = "uhuru 0";
    provenance.command = command;
    provenance.recipe = {"csc2", ""};
    provenance.inputs = {{"det.vot", std::string(64, 'a')}, {"labels.csv", std::string(64, 'b')}};
    provenance.date = "2026-11-29T17:06:50";
    options_.overwrite = io::Overwrite::yes;
    options_.provenance = std::async(std::launch::deferred, [this, provenance] {
                            ++evaluated_;
                            return provenance;
                          }).share();
  }
  std::string write(const std::string& name) {
    io::write_table(scratch_ / name, table_, options_);
    return scratch_ / name;
  }
  /// Names in lower case.
  static std::map<std::string, std::string> facts_of(const Table& table) {
    std::map<std::string, std::string> facts;
    for (const Parameter& parameter : table.parameters)
      facts[lower(parameter.field.name)] = parameter.value;
    return facts;
  }

  testing::ScratchFolder scratch_;
  Table table_;
  io::WriteOptions options_;
  int evaluated_ = 0;
};

TEST_F(ProvenanceFormats, IsReadBackWhereThereIsAPlaceForIt) {
  for (const std::string name : {"t.vot", "t.fits", "t.ecsv", "t.fits.gz", "t.vot.gz"}) {
    const Table read = io::read_table(write(name));
    auto facts = facts_of(read);
    const bool is_fits = name.starts_with("t.fits");
    EXPECT_EQ(facts[is_fits ? "creator" : "software"], "uhuru 0") << name;
    EXPECT_EQ(facts["command"], command) << name;
    EXPECT_EQ(facts["recipe"], "csc2") << name;
    EXPECT_EQ(facts["input"], "det.vot sha256:" + std::string(64, 'a')) << name;
    EXPECT_EQ(facts["input_2"], "labels.csv sha256:" + std::string(64, 'b')) << name;
    EXPECT_EQ(facts["date"], "2026-11-29T17:06:50") << name;
    EXPECT_EQ(facts["radesys"], name.starts_with("t.vot") ? "" : "ICRS") << name;
    EXPECT_EQ(steps_of(read), std::vector<std::string>{"uhuru 0: " + command}) << name;
    EXPECT_EQ(read.rows(), 1u);
  }
  EXPECT_EQ(evaluated_, 1);
}

TEST_F(ProvenanceFormats, IsInHistoryCardsOfFits) {
  const std::string bytes = testing::read_file(write("t.fits"));
  EXPECT_NE(bytes.find("DATE    = '2026-11-29T17:06:50'"), std::string::npos);
  EXPECT_NE(bytes.find("CREATOR = 'uhuru 0 '"), std::string::npos);
  std::string history;
  for (size_t at = 0; at + 80 <= bytes.size(); at += 80)
    if (bytes.compare(at, 8, "HISTORY ") == 0) history += bytes.substr(at + 8, 72);
  EXPECT_EQ(trim(history), "uhuru 0: " + command);
}

TEST_F(ProvenanceFormats, IsNotInTextUnlessAsked) {
  EXPECT_EQ(testing::read_file(write("t.csv")), "object,ra\na,1.5\n");
  EXPECT_EQ(testing::read_file(write("t.tsv")), "object\tra\na\t1.5\n");
  EXPECT_EQ(evaluated_, 0);
  options_.comments = true;
  for (const auto& [name, delimiter] : {std::pair("t.csv", ","), {"t.tsv", "\t"}}) {
    const std::string text = testing::read_file(write(name));
    EXPECT_TRUE(text.starts_with("# software: uhuru 0\n# command: uhuru predict ")) << text;
    EXPECT_TRUE(text.ends_with("# RADESYS: ICRS\nobject" + std::string(delimiter) + "ra\na" +
                               delimiter + "1.5\n"))
        << text;
    const Table read = io::read_table(scratch_ / name);
    EXPECT_EQ(read.column_names(), table_.column_names());
    EXPECT_EQ(read.rows(), 1u);
    EXPECT_EQ(read.at("ra").number(0), 1.5);
    EXPECT_TRUE(read.notes.empty()) << read.notes[0];
  }
}

TEST_F(ProvenanceFormats, CommentsAreNotTakenForNames) {
  options_.comments = true;
  table_.parameters.push_back({make_field("line", Type::text, ""), "one\ntwo", false});
  table_.parameters.push_back({make_field("", Type::text, ""), "", false});
  Table one;
  one.parameters = table_.parameters;
  one.add(make_field("word", Type::text, "")).append_text("x");
  for (const Table& table : {table_, one}) {
    io::write_table(scratch_ / "t.csv", table, options_);
    const Table read = io::read_table(scratch_ / "t.csv");
    EXPECT_EQ(read.column_names(), table.column_names());
    EXPECT_EQ(read.rows(), 1u);
    EXPECT_TRUE(read.notes.empty());
  }
}

TEST_F(ProvenanceFormats, SpreadsArePlainInFits) {
  table_.columns[0].clear();
  table_.columns[0].append_text("0.056±0.152");
  std::vector<std::string> notes;
  options_.note = [&](const std::string& note) { notes.push_back(note); };
  EXPECT_EQ(io::read_table(write("t.fits")).at("object").text(0), "0.056+/-0.152");
  EXPECT_TRUE(notes.empty());
}

TEST(BareTableName, HasNoFolder) {
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "a.vot", "");
  testing::write_file(scratch / "b#1", "");
  EXPECT_EQ(io::bare_table_name(scratch / "a.vot"), "a.vot");
  EXPECT_EQ(io::bare_table_name(scratch / "a.vot#2"), "a.vot#2");
  EXPECT_EQ(io::bare_table_name(scratch / "a.vot[EVENTS]"), "a.vot[EVENTS]");
  EXPECT_EQ(io::bare_table_name(scratch / "b#1"), "b#1");
  EXPECT_EQ(io::bare_table_name("-"), "-");
  EXPECT_EQ(io::bare_table_name("-#csv"), "-#csv");
  EXPECT_EQ(io::bare_table_name("/dev/stdin#csv"), "-#csv");
}

}  // namespace
}  // namespace uhuru
