#include "uhuru/study/compare.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::error_of;

const recipe::Recipe& csc2() {
  static const recipe::Recipe recipe = recipe::load_recipe("csc2");
  return recipe;
}

Table table(const std::string& csv) {
  return io::read_table(*io::open_table_in_memory(csv, "t.csv"));
}

study::ClassMap map_of(const std::string& level) {
  return study::parse_class_map(
      "name = \"other\"\nlevel = \"" + level +
          "\"\n[columns]\nname = \"id\"\nra = \"RA\"\ndec = \"DE\"\n"
          "class = \"type\"\n[classes]\nquasar = \"QSO\"\nyoung = \"YSO\"\n",
      "other.toml", csc2());
}

const char* const ours =
    "name,master_class,ra,dec\n"
    "a,QSO,10,0\n"
    "b,AGN,20,0\n"
    "c,YSO,30,0\n"
    "d,,40,0\n"
    "e,TTau*,50,0\n"
    "f,QSO,60,0\n"
    "g,QSO,70,0\n";
const char* const theirs =
    "id,RA,DE,type\n"
    "a ,10.0001,0,quasar\n"
    "a,10,0,young\n"
    "b,20,0,quasar\n"
    "c,30,0,star\n"
    "d,40,0,quasar\n"
    "e,50,0,young\n"
    "g,,,\n"
    "h,80,0,quasar\n";

TEST(Compare, AccountsForEveryRow) {
  const study::Comparison found =
      study::compare(table(ours), table(theirs), map_of("groups"), csc2(), {}, Threads(1));
  EXPECT_EQ(found.class_column, "master_class");
  EXPECT_EQ(found.counts.ours, 7u);
  EXPECT_EQ(found.counts.theirs, 8u);
  EXPECT_EQ(found.counts.without_class, 1u);
  EXPECT_EQ(found.counts.unmatched, 1u);
  EXPECT_EQ(found.counts.theirs_without_class, 1u);
  EXPECT_EQ(found.counts.excluded, (std::map<std::string, size_t>{{"star", 1}}));
  EXPECT_EQ(found.counts.compared, 3u);
  ASSERT_EQ(found.joined.rows(), 4u);
  EXPECT_EQ(found.joined.at("theirs").text(0), "quasar");  // the first of two rows
  EXPECT_EQ(found.joined.at("mapped").text(0), "AGN");
  EXPECT_EQ(found.joined.at("name").text(2), "c");
  EXPECT_TRUE(found.joined.at("mapped").missing(2));
  EXPECT_EQ(found.cross.at("quasar")[0], 1u);
  EXPECT_EQ(found.cross.at("quasar")[1], 1u);
  EXPECT_EQ(found.cross.at("star")[7], 1u);
  ASSERT_EQ(found.evaluations.size(), 1u);
  const study::Evaluation& groups = found.evaluations[0];
  EXPECT_EQ(groups.of, "groups");
  EXPECT_EQ(groups.level, "sources");
  EXPECT_EQ(groups.labels, (std::vector<std::string>{"AGN", "Seyfert", "XB", "YSO"}));
  EXPECT_EQ(groups.confusion(0, 0), 2);
  EXPECT_EQ(groups.confusion(3, 3), 1);
  EXPECT_EQ(groups.scores.accuracy.value, 1);
}

TEST(Compare, ComparesClassesAndGroupsWhereTheMapNamesClasses) {
  const study::Comparison found =
      study::compare(table(ours), table(theirs), map_of("classes"), csc2(), {}, Threads(1));
  ASSERT_EQ(found.evaluations.size(), 2u);
  EXPECT_EQ(found.evaluations[0].of, "classes");
  EXPECT_EQ(found.evaluations[0].confusion(0, 1), 1);  // b, a QSO of theirs
  EXPECT_DOUBLE_EQ(found.evaluations[0].scores.accuracy.value, 1.0 / 3);
  EXPECT_EQ(found.evaluations[1].of, "groups");
  EXPECT_EQ(found.evaluations[1].scores.accuracy.value, 1);
  EXPECT_EQ(found.joined.at("mapped").text(0), "QSO");
}

TEST(Compare, JoinsByPosition) {
  study::CompareOptions options;
  options.join = recipe::LabelJoin::position;
  const study::Comparison found =
      study::compare(table(ours), table(theirs), map_of("groups"), csc2(), options, Threads(2));
  EXPECT_EQ(found.joined.at("theirs").text(0), "young");  // the nearest
  EXPECT_EQ(found.counts.unmatched, 2u);
  EXPECT_EQ(found.counts.compared, 3u);
  options.radius_arcsec = -1;
  EXPECT_EQ(error_of([&] {
              study::compare(table(ours), table(theirs), map_of("groups"), csc2(), options,
                             Threads(1));
            }).kind(),
            ErrorKind::usage);
}

TEST(Compare, CountsDetectionsAndTheirSources) {
  const std::string detections = "name,obsid,main_type\na,1,QSO\na,2,YSO\nb,1,QuasarOld\n";
  const std::string aliased = "name,obsid,main_type\na,1,QSO\na,2,Y*O\nb,1,YSO\nb,2,QSO\n";
  const study::Comparison found =
      study::compare(table(aliased), table(theirs), map_of("groups"), csc2(), {}, Threads(1));
  EXPECT_EQ(found.class_column, "main_type");
  EXPECT_EQ(found.evaluations[0].level, "detections");
  EXPECT_EQ(found.evaluations[0].rows, 4);
  EXPECT_EQ(found.evaluations[0].sources, 2u);
  EXPECT_EQ(found.evaluations[0].scores.accuracy.value, 0.5);
  const Error unknown = error_of([&] {
    study::compare(table(detections), table(theirs), map_of("groups"), csc2(), {}, Threads(1));
  });
  EXPECT_EQ(unknown.message(), "unknown class");
  EXPECT_EQ(unknown.where(), "our table, t.csv, row 3, column main_type");
}

TEST(Compare, SaysWhatIsNotThere) {
  const auto error = [&](const std::string& left, const std::string& right,
                         const study::ClassMap& map, const study::CompareOptions& options = {}) {
    return error_of(
        [&] { study::compare(table(left), table(right), map, csc2(), options, Threads(1)); });
  };
  const study::ClassMap map = map_of("groups");
  EXPECT_EQ(error("name,kind\na,QSO\n", theirs, map).message(), "no class column");
  study::CompareOptions other;
  other.class_column = "master_clas";
  EXPECT_EQ(error(ours, theirs, map, other).expected(),
            "a column with this name (did you mean master_class?)");
  const Error no_type = error(ours, "id,kind\na,star\n", map);
  EXPECT_EQ(no_type.message(), "no column type");
  EXPECT_EQ(no_type.where(), "their table, t.csv");
  const Error no_name = error("source,class\na,QSO\n", theirs, map);
  EXPECT_EQ(no_name.message(), "no column name");
  EXPECT_EQ(no_name.where(), "our table, t.csv");
  const Error none = error("name,class\nz,QSO\n", theirs, map);
  EXPECT_EQ(none.message(), "no row can be compared");
  EXPECT_EQ(none.found(), "1 rows of ours and 8 of theirs, 0 with a counterpart");
  EXPECT_EQ(error("name,class\nc,QSO\n", theirs, map).message(), "no row can be compared");
  study::ClassMap nameless = map;
  nameless.name_column = nameless.ra_column = "";
  EXPECT_EQ(error(ours, theirs, nameless).message(),
            "the map other does not support a join by name");
  other = {};
  other.join = recipe::LabelJoin::position;
  EXPECT_EQ(error(ours, theirs, nameless, other).message(),
            "the map other does not support a join by position");
}

TEST(Compare, GivesTheCountsAndEvaluationsAsJson) {
  const auto json = study::comparison_json(
      study::compare(table(ours), table(theirs), map_of("classes"), csc2(), {}, Threads(1)),
      csc2());
  EXPECT_EQ(json["class_column"], "master_class");
  EXPECT_EQ(json["counts"]["excluded"]["star"], 1);
  EXPECT_EQ(json["counts"]["compared"], 3);
  EXPECT_EQ(json["cross"]["theirs"], (std::vector<std::string>{"quasar", "star", "young"}));
  EXPECT_EQ(json["cross"]["counts"][2][8], 1);
  EXPECT_EQ(json["evaluations"].size(), 2u);
  EXPECT_EQ(json["evaluations"][1]["of"], "groups");
  EXPECT_TRUE(json["evaluations"][0]["log_loss"].is_null());
}

}  // namespace
}  // namespace uhuru
