// Joins, positions, recipes and labels as real tables have them.
#include <gtest/gtest.h>

#include <cctype>

#include "support/support.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/recipe/recipe.hpp"

namespace uhuru {
namespace {

using testing::run_program;
using testing::write_file;

const std::string detections_csv =
    "name,ra,dec,obsid,hard_hm,hard_hs,hard_ms,powlaw_gamma,bb_kt,var_prob_b,var_prob_h,var_prob_s,"
    "var_mean_b,var_sigma_b,var_mean_h,var_sigma_h,var_mean_s,var_sigma_s,var_max_b,var_min_b\n"
    "a,245.8755,-26.50289,946,-0.65,0.62,0.47,1.51,1.09,0.44,0.65,0.78,0.01,0.002,0.004,0.001,0."
    "006,"
    "0.001,0.02,0.005\n"
    "b,245.879667,-26.503168,947,-0.73,-0.84,0.60,1.86,1.57,0.01,0.44,0.72,0.01,0.002,0.004,0.001,"
    "0.006,0.001,0.02,0.005\n";

class MethodCli : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& content) const {
    write_file(scratch_ / name, content);
    return scratch_ / name;
  }
  /// Detections with a text replaced.
  std::string changed(const std::string& name, const std::string& from,
                      const std::string& to) const {
    std::string text = detections_csv;
    EXPECT_NE(text.find(from), std::string::npos);
    return file(name, text.replace(text.find(from), from.size(), to));
  }
  Table predicted(const std::string& input, std::string* err = nullptr) const {
    const auto result =
        run_program("predict " + input + " --overwrite --out " + (scratch_ / "o.csv"));
    EXPECT_EQ(result.code, 0) << result.err;
    if (err) *err = result.out + result.err;
    return io::read_table(scratch_ / "o.csv");
  }
  static std::string votable(const std::string& fields, const std::string& cells) {
    return "<VOTABLE version='1.4'><RESOURCE><TABLE>" + fields + "<DATA><TABLEDATA><TR>" + cells +
           "</TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
  }

  testing::ScratchFolder scratch_;
};

TEST_F(MethodCli, JoinsKeysOfTextAndNumber) {
  const std::string left = file("l.vot", votable("<FIELD name='obsid' datatype='char' "
                                                 "arraysize='10'/>",
                                                 "<TD>0012300101</TD></TR><TR><TD>0982300101</TD>"
                                                 "</TR><TR><TD></TD>"));
  const std::string right = file("r.vot", votable("<FIELD name='obsid' datatype='long'/>"
                                                  "<FIELD name='w' datatype='int'/>",
                                                  "<TD>982300101</TD><TD>20</TD></TR><TR>"
                                                  "<TD>12300101</TD><TD>10</TD>"));
  const auto result = run_program("crossmatch " + left + " " + right + " --key obsid --out " +
                                  (scratch_ / "k.csv"));
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.out.find("matched 2"), std::string::npos) << result.out;
  const Table joined = io::read_table(scratch_ / "k.csv");
  EXPECT_EQ(joined.at("w").number(0), 10);
  EXPECT_EQ(joined.at("w").number(1), 20);
  EXPECT_TRUE(joined.at("w").missing(2));
}

TEST_F(MethodCli, UnderstandsRadiansAndRefusesOtherUnits) {
  const auto fields = [](const std::string& unit) {
    return "<FIELD name='ra' datatype='double' unit='" + unit +
           "'/><FIELD name='dec' datatype='double' unit='" + unit + "'/>";
  };
  const std::string degrees = file("deg.csv", "id,ra,dec\n1,50,10\n");
  const std::string radians =
      file("rad.vot", votable(fields("rad"), "<TD>0.872664626</TD><TD>0.174532925</TD>"));
  const std::string line = " " + degrees + " --overwrite --out " + (scratch_ / "k.csv");
  const auto matched = run_program("crossmatch " + radians + line);
  EXPECT_NE(matched.out.find("matched 1"), std::string::npos) << matched.out << matched.err;
  const std::string pixels = file("pix.vot", votable(fields("pix"), "<TD>50</TD><TD>10</TD>"));
  const auto refused = run_program("crossmatch " + pixels + line);
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("'pix'"), std::string::npos) << refused.err;
}

TEST_F(MethodCli, UnderstandsSexagesimalDetections) {
  const Table decimal = predicted(file("d.csv", detections_csv));
  const Table sexagesimal =
      predicted(changed("s.csv", "245.8755,-26.50289", "16 23 30.12,-26 30 10.404"));
  // The second row is still decimal.
  EXPECT_EQ(sexagesimal.rows(), 2U);
  EXPECT_NEAR(sexagesimal.at("ra").number(0), decimal.at("ra").number(0), 1e-9);
  EXPECT_NEAR(sexagesimal.at("dec").number(0), decimal.at("dec").number(0), 1e-9);
  EXPECT_NEAR(sexagesimal.at("ra").number(1), 245.879667, 1e-9);
}

TEST_F(MethodCli, FindsColumnsInUpperCase) {
  Table table = io::read_table(file("d.csv", detections_csv));
  const Table lower_case = predicted(scratch_ / "d.csv");
  for (Column& column : table.columns)
    for (char& c : column.field.name) c = static_cast<char>(std::toupper(c));
  io::write_table(scratch_ / "upper.fits", table);
  const Table upper_case = predicted(scratch_ / "upper.fits");
  EXPECT_EQ(upper_case.column_names(), lower_case.column_names());
  for (size_t c = 0; c < lower_case.columns.size(); ++c)
    EXPECT_EQ(cell_text(upper_case.columns[c], 1), cell_text(lower_case.columns[c], 1))
        << lower_case.columns[c].field.name;
  const std::string both = changed("both.csv", "hard_hs", "HARD_HM");
  const auto refused = run_program("predict " + both + " --out " + (scratch_ / "x.csv"));
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("hard_hm, HARD_HM"), std::string::npos) << refused.err;
}

TEST_F(MethodCli, TakesValuesOutsideTheRangeForMissing) {
  const Table missing = predicted(changed("m.csv", "946,-0.65", "946,"));
  std::string said;
  const Table marked = predicted(changed("s.csv", "946,-0.65", "946,-999"), &said);
  for (const char* column : {"class_name", "p_lmxb", "features_missing", "hard_hm"})
    EXPECT_EQ(cell_text(marked.at(column), 0), cell_text(missing.at(column), 0)) << column;
  EXPECT_EQ(marked.at("features_missing").number(0), 1);
  EXPECT_NE(said.find("values out of range 1"), std::string::npos) << said;
  EXPECT_NE(said.find("hard_hm: 1 value outside the recipe's range -1 to 1 counts as missing "
                      "(first: -999 in row 1)"),
            std::string::npos)
      << said;
  // A column of an expression.
  predicted(changed("e.csv", "0.01,0.002", "-99,-99"), &said);
  EXPECT_NE(said.find("var_ratio_b: 2 values that the recipe calls missing"), std::string::npos)
      << said;
}

TEST_F(MethodCli, StopsWhereTheSelectionCannotBeApplied) {
  std::string recipe = recipe::load_recipe("csc2").text;
  const size_t begin = recipe.find("selection = [");
  recipe.replace(begin, recipe.find('\n', begin) - begin, "selection = [\"signifcance > 5\"]");
  ASSERT_EQ(run_program("simulate --rows 300 --out " + (scratch_ / "all.csv")).code, 0);
  Table table = io::read_table(scratch_ / "all.csv");
  std::erase_if(table.columns,
                [](const Column& column) { return column.field.name == "flux_significance_b"; });
  io::write_table(scratch_ / "d.csv", table);
  const std::string line = "cluster " + (scratch_ / "d.csv") + " --components 2 --out " +
                           (scratch_ / "c.csv") + " --recipe ";
  const auto refused = run_program(line + file("r.toml", recipe));
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("condition signifcance > 5"), std::string::npos) << refused.err;
  // That of csc2 is optional.
  const auto gone_on = run_program(line + "csc2");
  EXPECT_EQ(gone_on.code, 0) << gone_on.err;
  EXPECT_NE(gone_on.err.find("flux_significance_b > 5 was not applied"), std::string::npos);
}

TEST_F(MethodCli, LearnsFromTheColumnsOfSimbadsServicesButNotFromOneLabel) {
  ASSERT_EQ(run_program("simulate --rows 3000 --out " + (scratch_ / "d.csv") + " --labels-out " +
                        (scratch_ / "l.csv"))
                .code,
            0);
  const std::string run = "run --detections " + (scratch_ / "d.csv") + " --labels ";
  Table labels = io::read_table(scratch_ / "l.csv");
  Column& type =
      labels.columns[static_cast<size_t>(&labels.at("main_type") - labels.columns.data())];
  const auto types_of = [&](const std::string& folder) {
    return testing::read_file(scratch_ / (folder + "/clusters.csv"));
  };
  ASSERT_EQ(run_program(run + (scratch_ / "l.csv") + " --out " + (scratch_ / "a")).code, 0);
  type.field.name = "otype";
  io::write_table(scratch_ / "otype.csv", labels);
  ASSERT_EQ(run_program(run + (scratch_ / "otype.csv") + " --out " + (scratch_ / "b")).code, 0);
  EXPECT_EQ(types_of("b"), types_of("a"));
  type.field.name = "kind";
  io::write_table(scratch_ / "kind.csv", labels);
  const std::string kind = run + (scratch_ / "kind.csv") + " --out " + (scratch_ / "c");
  const auto refused = run_program(kind);
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("--label-column"), std::string::npos) << refused.err;
  ASSERT_EQ(run_program(kind + " --label-column KIND").code, 0);
  EXPECT_EQ(types_of("c"), types_of("a"));

  const std::vector<size_t> one = {0};
  io::write_table(scratch_ / "one.csv", labels.select(one));
  const auto alone = run_program(run + (scratch_ / "one.csv") +
                                 " --label-column kind --method bayes"
                                 " --out " +
                                 (scratch_ / "e"));
  EXPECT_EQ(alone.code, 1);
  EXPECT_NE(alone.err.find("class can be learned"), std::string::npos) << alone.err;
  EXPECT_NE(alone.err.find("1 rows read"), std::string::npos) << alone.err;
}

}  // namespace
}  // namespace uhuru
