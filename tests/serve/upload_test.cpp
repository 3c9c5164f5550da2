// Uploaded tables: their names, their classes by detection and by source, their positions.
#include "uhuru/serve/upload.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/io/pending_path.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/jobs/predict.hpp"
#include "uhuru/jobs/simulate.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/serve/upload_classifier.hpp"
#include "uhuru/serve/upload_positions.hpp"

namespace uhuru {
namespace {

using nlohmann::json;
using testing::error_of;
using Parameters = serve::Query::Parameters;

bool goes_on() { return false; }

std::string name_of(const std::string& file) { return serve::upload_name({{"file", file}}); }

TEST(UploadName, HasNothingThatCouldMislead) {
  EXPECT_EQ(serve::upload_name({}), "upload.csv");
  EXPECT_EQ(name_of("mine.vot"), "mine.vot");
  EXPECT_EQ(name_of("Kästchen 1.csv"), "Kästchen 1.csv");
  EXPECT_EQ(name_of("../../etc/passwd"), "passwd");
  EXPECT_EQ(name_of("C:\\data\\mine.fits"), "mine.fits");
  EXPECT_EQ(name_of("a\x1b[31m\nb\x7f.csv"), "a[31mb.csv");
  EXPECT_EQ(name_of("data/"), "upload.csv");
  EXPECT_EQ(name_of(" \n "), "upload.csv");
  EXPECT_EQ(name_of(std::string(300, 'a') + ".csv"), std::string(96, 'a') + ".csv");
  const std::string umlauts = name_of("x" + std::string(49, 'a') + "ä" + std::string(99, 'b'));
  EXPECT_EQ(umlauts, std::string(99, 'b'));  // no half letter at the beginning
}

serve::UploadClassifier published() {
  serve::UploadClassifier classifier(serve::UploadLimits(), Threads(2));
  classifier.add("published", "The published model", model::load_model("csc2-published"));
  return classifier;
}

json classified(const std::string& bytes, const Parameters& parameters) {
  const auto reader = io::open_table_in_memory(bytes, serve::upload_name(parameters), Threads(2));
  return json::parse(published().classify(parameters, *reader, goes_on).text);
}

/// A column of an answer's rows by the values of another.
std::map<std::string, json> column_by(const json& part, const char* key, const char* value) {
  const auto place = [&](const char* name) {
    const auto& columns = part["columns"];
    return static_cast<size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin());
  };
  std::map<std::string, json> result;
  for (const json& row : part["rows"])
    result[row[place(key)].get<std::string>()] = row[place(value)];
  return result;
}

/// Detections of some sources, several of each.
std::string several_of_each() {
  const testing::ScratchFolder scratch;
  jobs::SimulateOptions options;
  options.rows = 400;
  options.out = scratch / "d.csv";
  jobs::simulate(options, model::load_model("csc2-published"));
  return testing::read_file(options.out);
}

TEST(UploadClassifier, VotesBySourceAsPredictDoes) {
  const testing::ScratchFolder scratch;
  const std::string bytes = several_of_each();
  std::ofstream(scratch / "d.csv") << bytes;
  jobs::PredictOptions options;
  options.detections = scratch / "d.csv";
  options.out = scratch / "classes.csv";
  options.vote_folder = scratch / "votes";
  const auto expected =
      jobs::predict_table(options, model::load_model("csc2-published"), Threads(1)).votes;
  const json answer = classified(bytes, {});
  EXPECT_EQ(answer["identity"], json::parse(R"({"name":"name","ra":"ra","dec":"dec"})"));
  const json& sources = answer["sources"];
  ASSERT_EQ(sources["total"], expected->sources.rows());
  EXPECT_LT(sources["total"], answer["read"]);
  const auto classes = column_by(sources, "name", "class");
  const auto probabilities = column_by(sources, "name", "probability");
  std::map<std::string, uint64_t> counts;
  uint64_t with_class = 0;
  for (size_t row = 0; row < expected->sources.rows(); ++row) {
    const std::string name(expected->sources.at("name").text(row));
    const std::string own(cell_text(expected->sources.at("class_name"), row));
    EXPECT_EQ(classes.at(name), own.empty() ? json(nullptr) : json(own)) << name;
    if (own.empty()) continue;
    EXPECT_EQ(probabilities.at(name), expected->sources.at("probability").number(row)) << name;
    ++counts[own];
    ++with_class;
  }
  EXPECT_EQ(sources["classified"], with_class);
  for (const json& one : sources["counts"])
    EXPECT_EQ(one["count"], counts[one["value"].get<std::string>()]) << one;

  const auto reader = io::open_table_in_memory(bytes, "d.csv");
  const io::TemporaryFolder folder(scratch / "");
  EXPECT_EQ(published().write({{"format", "csv"}, {"level", "sources"}}, *reader, folder, goes_on),
            "sources.csv");
  EXPECT_EQ(testing::read_file(folder.file("sources.csv")),
            testing::read_file(scratch / "votes/sources.csv"));
}

TEST(UploadClassifier, HasNoSourcesWithoutNames) {
  const testing::ScratchFolder scratch;
  EXPECT_TRUE(classified("hard_hm\n0.5\n", {})["sources"].is_null());
  // Without observations, the rows of a source vote in their order.
  const json sources =
      classified("name,hard_hm,hard_hs\na,0.5,0.1\nb,-0.4,0.2\na,0.4,0.1\n", {})["sources"];
  EXPECT_EQ(sources["total"], 2);
  EXPECT_EQ(column_by(sources, "name", "detection_count").at("a"), 2);
  const auto reader = io::open_table_in_memory("hard_hm\n0.5\n", "u.csv");
  const io::TemporaryFolder folder(scratch / "");
  const Parameters of_sources = {{"format", "csv"}, {"level", "sources"}, {"file", "u.csv"}};
  const Error error = error_of([&] { published().write(of_sources, *reader, folder, goes_on); });
  EXPECT_EQ(error.message(), "the table has no names of sources");
  EXPECT_EQ(error.where(), "u.csv");
}

TEST(UploadClassifier, AnErrorNamesTheFile) {
  const Error error = error_of([] {
    classified("name,other\na,1\n", {{"file", "/home/me/mine.csv"}});
  });
  EXPECT_TRUE(error.where().starts_with("mine.csv")) << error.where();
  EXPECT_TRUE(error_of([] {
                classified("<html>", {{"file", "page.html"}});
              })
                  .where()
                  .starts_with("page.html"));
  // One about a parameter does not.
  EXPECT_EQ(error_of([] {
              classified("hard_hm\n1\n", {{"file", "a.csv"}, {"level", "x"}});
            })
                .where()
                .find("a.csv"),
            std::string::npos);
}

TEST(UploadClassifier, DescribesTheColumnsOfItsRecipe) {
  const json models = published().models();
  EXPECT_EQ(models[0]["recipe"], "csc2");
  std::map<std::string, json> names;
  for (const json& column : models[0]["columns"]) names[column["role"]] = column["names"];
  EXPECT_EQ(names.at("name")[0], "name");
  EXPECT_EQ(names.at("ra")[0], "ra");
  EXPECT_EQ(names.count("observation"), 1u);
}

json positions_of(const std::string& bytes, const std::string& file = "mine.csv") {
  const auto reader = io::open_table_in_memory(bytes, file);
  return json::parse(serve::upload_positions({{"file", file}}, *reader, goes_on).text);
}

TEST(UploadPositions, ReadsColumnsByNameAndUcd) {
  const json plain = positions_of("id,RA,Dec\nA,10.5,-3\nB,,4\nC,359.25,89\n");
  EXPECT_EQ(plain["rows"], json::parse(R"([["A",10.5,-3.0],["C",359.25,89.0]])"));
  EXPECT_EQ(plain["without_position"], 1);
  EXPECT_EQ(plain["read"], 3);
  EXPECT_EQ(plain["has_more"], false);
  const json sexagesimal = positions_of("RAJ2000,DEJ2000\n06:00:00,-10:30:00\n");
  EXPECT_EQ(sexagesimal["rows"], json::parse("[[null,90.0,-10.5]]"));
  EXPECT_TRUE(sexagesimal["name"].is_null());
  const json votable = positions_of(
      "<VOTABLE><RESOURCE><TABLE><FIELD name='x' ucd='pos.eq.ra;meta.main' unit='deg' "
      "datatype='double'/><FIELD name='y' ucd='pos.eq.dec;meta.main' unit='deg' "
      "datatype='double'/><DATA><TABLEDATA><TR><TD>1.5</TD><TD>2</TD></TR></TABLEDATA></DATA>"
      "</TABLE></RESOURCE></VOTABLE>",
      "mine.vot");
  EXPECT_EQ(votable["rows"], json::parse("[[null,1.5,2.0]]"));
  EXPECT_EQ(votable["ra"], "x");
  const json with_array = positions_of(
      "<VOTABLE><RESOURCE><TABLE><FIELD name='spectrum' datatype='double' arraysize='3'/>"
      "<FIELD name='ra' unit='deg' datatype='double'/><FIELD name='dec' unit='deg' "
      "datatype='double'/><DATA><TABLEDATA><TR><TD>1 2 3</TD><TD>4</TD><TD>5</TD></TR>"
      "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>",
      "mine.vot");
  EXPECT_EQ(with_array["rows"], json::parse("[[null,4.0,5.0]]"));
}

TEST(UploadPositions, HasALimitAndErrorsThatNameTheFile) {
  std::string many = "ra,dec\n";
  for (int row = 0; row < 10'001; ++row) many += "1,2\n";
  const json all = positions_of(many.substr(0, many.size() - 4));
  EXPECT_EQ(all["rows"].size(), 10'000u);
  EXPECT_EQ(all["has_more"], false);
  const json first = positions_of(many);
  EXPECT_EQ(first["rows"].size(), 10'000u);
  EXPECT_EQ(first["has_more"], true);
  const Error none = error_of([] { positions_of("a,b\n1,2\n"); });
  EXPECT_EQ(none.where(), "mine.csv");
  EXPECT_NE(none.expected().find("RAJ2000"), std::string::npos);
  EXPECT_EQ(none.found(), "a, b");
  EXPECT_TRUE(error_of([] { positions_of("ra,dec\n1,inf\n"); }).where().starts_with("mine.csv"));
  const auto reader = io::open_table_in_memory("ra,dec\n1,2\n", "mine.csv");
  EXPECT_EQ(error_of([&] { serve::upload_positions({}, *reader, [] { return true; }); }).message(),
            "the table takes too long to read");
}

}  // namespace
}  // namespace uhuru
