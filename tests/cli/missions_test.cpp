// The command recipe, and every built-in recipe from a table to a report, on real rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::run_program;
using testing::write_file;

TEST(RecipeCommand, ListsAndPrintsTheBuiltInOnes) {
  const auto list = run_program("recipe list");
  EXPECT_EQ(list.code, 0);
  for (const char* name : {"4xmm ", "4xmm-optical ", "csc2 ", "csc2-bayes ", "maxi ", "muwclass "})
    EXPECT_NE(list.out.find(std::string("\n") + name), std::string::npos) << list.out;
  const auto show = run_program("recipe show maxi");
  EXPECT_EQ(show.out, testing::read_file(UHURU_SOURCE_DIR "/recipes/maxi.toml"));
  EXPECT_EQ(run_program("recipe show no-such").code, 1);
}

TEST(RecipeCommand, ProposesAndChecks) {
  const testing::ScratchFolder folder;
  std::string csv = "name,ra,dec,HR1,HR1_ERR,flux,class\n";
  for (int i = 0; i < 90; ++i)
    csv += "s" + std::to_string(i) + "," + std::to_string(i) + ",1," +
           std::to_string((i % 30) / 60.0 - (i % 2 ? 0.6 : 0)) + ",0.1," +
           std::to_string(0.001 * (1 + (i * i) % 1000)) + "," + (i % 2 ? "A" : "B") + "\n";
  write_file(folder / "t.csv", csv);
  const std::string recipe = folder / "mine.toml", table = folder / "t.csv";
  const auto made = run_program("recipe new " + table + " --out " + recipe);
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_NE(made.out.find("next: uhuru recipe check"), std::string::npos);
  EXPECT_EQ(run_program("recipe new " + table + " --out " + recipe).code, 2);  // it exists
  EXPECT_EQ(run_program("recipe new " + table).out, testing::read_file(recipe));
  const auto check = run_program("recipe check " + recipe + " " + table);
  EXPECT_EQ(check.code, 0) << check.err;
  EXPECT_NE(check.out.find("HR1      90 (100 %)  -       -        yes     HR1"), std::string::npos)
      << check.out;
  EXPECT_NE(check.out.find("in class · A 45 · B 45"), std::string::npos) << check.out;
  EXPECT_NE(check.out.find("The recipe fits the table."), std::string::npos);
  // The whole way, in one command.
  const auto run = run_program("run --detections " + table + " --recipe " + recipe + " --out " +
                               (folder / "run") + " --report " + (folder / "page.html"));
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_NE(testing::read_file(folder / "page.html").find("<html"), std::string::npos);
  // A report does not replace what it is about, and nothing begins without its folder.
  const std::string again = "run --overwrite --detections " + table + " --recipe " + recipe +
                            " --out " + (folder / "run") + " --report ";
  EXPECT_EQ(run_program(again + table).code, 2);
  EXPECT_EQ(run_program(again + (folder / "run/clusters.csv")).code, 2);
  EXPECT_EQ(run_program(again + (folder / "nowhere/page.html")).code, 1);
  EXPECT_EQ(testing::read_file(table), csv);
  EXPECT_EQ(run_program(again + (folder / "run/page.html")).code, 0);
  EXPECT_EQ(run_program("predict " + table + " --model " + (folder / "run/model.json") + " --out " +
                        (folder / "p.csv"))
                .code,
            0);
  write_file(folder / "bad.toml", "name = \"x\"\n[columns]\nnam = \"y\"\n");
  const auto bad = run_program("recipe check " + (folder / "bad.toml"));
  EXPECT_EQ(bad.code, 1);
  for (const char* what : {"mistakes in the recipe", "missing key in the recipe; expected features",
                           "expected columns.name", "found columns.nam", "expected classes"})
    EXPECT_NE(bad.err.find(what), std::string::npos) << what << "\n" << bad.err;
  const auto unfit = run_program("recipe check csc2 " + table);
  EXPECT_EQ(unfit.code, 1);
  EXPECT_NE(unfit.err.find("needs var_sigma_b"), std::string::npos) << unfit.err;
}

TEST(RecipeCommand, LiveRunsNeedServices) {
  const testing::ScratchFolder folder;
  const auto result = run_program("run --live --recipe maxi --out " + (folder / "run"));
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err.find("the recipe names no service for detections"), std::string::npos)
      << result.err;
  EXPECT_TRUE(folder.files().empty());  // nothing was begun
}

TEST(NewMap, IsProposedAndUsed) {
  const testing::ScratchFolder folder;
  write_file(folder / "ours.csv", "name,class\na,QSO\nb,YSO\nc,HMXB\nd,\n");
  write_file(folder / "theirs.csv", "Designation,Class\na,agn\nb,Yso\nc,CV\nx,agn\ny,Yso\nz,CV\n");
  const std::string tables = (folder / "ours.csv") + " " + (folder / "theirs.csv") + " ";
  const auto made = run_program("compare " + tables + "--new-map " + (folder / "map.toml"));
  EXPECT_EQ(made.code, 0) << made.err;
  const std::string map = testing::read_file(folder / "map.toml");
  for (const char* line : {"name = \"Designation\"", "class = \"Class\"",
                           "\"agn\" = \"AGN\"   # 2 rows; in our table QSO 1", "\"Yso\" = \"YSO\"",
                           "# \"CV\" = \"\"   # 2 rows; in our table HMXB 1"})
    EXPECT_NE(map.find(line), std::string::npos) << line << "\n" << map;
  const auto used = run_program("compare " + tables + "--map " + (folder / "map.toml"));
  EXPECT_EQ(used.code, 0) << used.err;
  EXPECT_NE(used.out.find("compared 2"), std::string::npos) << used.out;
  EXPECT_EQ(run_program("compare " + tables).code, 2);
  EXPECT_EQ(run_program("compare " + tables + "--map muwclass --new-map -").code, 2);
  EXPECT_EQ(run_program("compare " + tables + "--new-map - --csv x.csv").code, 2);
  const auto other =
      run_program("compare " + tables + "--new-map - --their-class-column designation");
  EXPECT_NE(other.out.find("class = \"Designation\""), std::string::npos) << other.out << other.err;
}

/// From the line of the features on, without the names of columns.
std::string features_of(const std::string& check) { return check.substr(check.find("\nrows ")); }

TEST(Recipes, KnowReleasesAsFitsAndFromTap) {
  UHURU_REAL_DATA(rows, "missions/4xmm_dr14_10rows.csv");
  const testing::ScratchFolder folder;
  // The released FITS has names in upper case and logical flags.
  std::string csv = testing::read_file(rows);
  const size_t end = csv.find('\n');
  std::transform(csv.begin(), csv.begin() + static_cast<long>(end), csv.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  write_file(folder / "upper.csv", csv);
  EXPECT_EQ(run_program("convert " + (folder / "upper.csv") + " --out " + (folder / "x.fits")).code,
            0);
  const auto tap = run_program("recipe check 4xmm " + rows);
  const auto fits = run_program("recipe check 4xmm " + (folder / "x.fits"));
  EXPECT_NE(tap.out.find("sc_hr1          10 (100 %)"), std::string::npos) << tap.out;
  std::string of_fits = features_of(fits.out);
  std::transform(of_fits.begin(), of_fits.end(), of_fits.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string of_tap = features_of(tap.out);
  std::transform(of_tap.begin(), of_tap.end(), of_tap.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  EXPECT_EQ(of_fits, of_tap);
  // The names of the next catalog.
  UHURU_REAL_DATA(next, "missions/5xmm_3c273_2rows.csv");
  const auto newer = run_program("recipe check 4xmm " + next);
  EXPECT_NE(newer.out.find("sc_hr1          2 (100 %)  -       -        yes     ep_hr1"),
            std::string::npos)
      << newer.out;
}

/// A built-in recipe, its real rows, and how many of them are used.
struct Mission {
  const char *recipe, *table, *more;
  size_t rows;
};

class Missions : public ::testing::TestWithParam<Mission> {};

TEST_P(Missions, GoFromTableToReport) {
  const Mission& mission = GetParam();
  UHURU_REAL_DATA(table, mission.table);
  const testing::ScratchFolder folder;
  // Quick: the recipe with few trees.
  std::string recipe =
      testing::read_file(UHURU_SOURCE_DIR "/recipes/" + std::string(mission.recipe) + ".toml");
  recipe += "\n[bayes]\nreplicates = 3\ntrees = 3\n";
  write_file(folder / "r.toml", recipe);
  std::string more = mission.more;
  if (!more.empty()) {
    UHURU_REAL_DATA(labels, "simbad_types_by_name.csv");
    more = "--labels " + labels + " " + more;
  }
  const auto run =
      run_program("run --detections " + table + " --recipe " + (folder / "r.toml") + " --out " +
                  (folder / "run") + " --report " + (folder / "page.html") + " " + more);
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(io::read_table(folder / "run/clusters.csv").rows(), mission.rows);
  EXPECT_NE(testing::read_file(folder / "page.html").find("</html>"), std::string::npos);
  const auto check = run_program("recipe check " + std::string(mission.recipe) + " " + table);
  EXPECT_EQ(check.code, 0) << check.err;
}

INSTANTIATE_TEST_SUITE_P(
    BuiltIn, Missions,
    ::testing::Values(Mission{"4xmm", "missions/xmm4_dr13.csv", "", 771},
                      Mission{"4xmm-optical", "missions/xmm4_dr13.csv", "", 771},
                      Mission{"muwclass", "muwclass_training.csv", "", 2776},
                      Mission{"maxi", "missions/maxi_33.csv", "", 31444},
                      Mission{"csc2-compact", "missions/csc2_compact.csv", "", 1276},
                      Mission{"csc2", "csc2_detections.vot", "--join name", 3426},
                      Mission{"csc2-bayes", "csc2_detections.vot", "--join name", 3761}),
    [](const auto& one) {
      std::string name = one.param.recipe;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

}  // namespace
}  // namespace uhuru
