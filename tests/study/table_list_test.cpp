// Every column of every table: its name, unit, UCD and description.
#include "uhuru/study/table_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "uhuru/base/text.hpp"

namespace uhuru {
namespace {

/// What our columns use of the UCD1+ controlled vocabulary (IVOA, version 1.4): P may only be the
/// first word, S only a later one, others both.
const std::map<std::string, char> ucd_words = {{"arith.ratio", 'S'},
                                               {"em.IR", 'S'},
                                               {"em.X-ray", 'S'},
                                               {"em.opt", 'S'},
                                               {"instr.offset", 'Q'},
                                               {"meta.code", 'P'},
                                               {"meta.code.class", 'P'},
                                               {"meta.code.qual", 'P'},
                                               {"meta.code.status", 'P'},
                                               {"meta.id", 'P'},
                                               {"meta.main", 'S'},
                                               {"meta.note", 'P'},
                                               {"meta.number", 'P'},
                                               {"meta.record", 'P'},
                                               {"obs", 'S'},
                                               {"phot.color", 'C'},
                                               {"phot.count", 'E'},
                                               {"phot.flux", 'E'},
                                               {"phot.mag", 'E'},
                                               {"phys.temperature", 'Q'},
                                               {"pos", 'Q'},
                                               {"pos.angDistance", 'Q'},
                                               {"pos.eq", 'S'},
                                               {"pos.eq.dec", 'Q'},
                                               {"pos.eq.ra", 'Q'},
                                               {"pos.parallax", 'Q'},
                                               {"pos.pm", 'Q'},
                                               {"spect.index", 'Q'},
                                               {"src", 'S'},
                                               {"src.class", 'Q'},
                                               {"src.var", 'Q'},
                                               {"src.var.amplitude", 'Q'},
                                               {"src.var.index", 'Q'},
                                               {"stat.error", 'P'},
                                               {"stat.likelihood", 'P'},
                                               {"stat.max", 'S'},
                                               {"stat.mean", 'S'},
                                               {"stat.min", 'S'},
                                               {"stat.probability", 'Q'},
                                               {"stat.snr", 'P'},
                                               {"stat.stdev", 'P'},
                                               {"stat.value", 'Q'},
                                               {"time.start", 'Q'}};

/// Reserved words of ADQL 2.0, in lower case.
std::set<std::string> reserved_words() {
  std::istringstream text(
      "abs acos area asin atan atan2 box ceiling centroid circle contains coord1 coord2 coordsys "
      "cos "
      "degrees distance exp floor intersects log log10 mod pi point polygon power radians region "
      "rand "
      "round sin sqrt tan top truncate absolute action add all allocate alter and any are as asc "
      "assertion at authorization avg begin between bit bit_length both by cascade cascaded case "
      "cast "
      "catalog char character char_length character_length check close coalesce collate collation "
      "column commit connect connection constraint constraints continue convert corresponding "
      "count "
      "create cross current current_date current_time current_timestamp current_user cursor date "
      "day "
      "deallocate decimal declare default deferrable deferred delete desc describe descriptor "
      "diagnostics disconnect distinct domain double drop else end end-exec escape except "
      "exception "
      "exec execute exists external extract false fetch first float for foreign found from full "
      "get "
      "global go goto grant group having hour identity immediate in indicator initially inner "
      "input "
      "insensitive insert int integer intersect interval into is isolation join key language last "
      "leading left level like local lower match max min minute module month names national "
      "natural "
      "nchar next no not null nullif numeric octet_length of on only open option or order outer "
      "output "
      "overlaps pad partial position precision prepare preserve primary prior privileges procedure "
      "public read real references relative restrict revoke right rollback rows schema scroll "
      "second "
      "section select session session_user set size smallint some space sql sqlcode sqlerror "
      "sqlstate "
      "substring sum system_user table temporary then time timestamp timezone_hour timezone_minute "
      "to "
      "trailing transaction translate translation trim true union unique unknown update upper "
      "usage "
      "user using value values varchar varying view when whenever where with work write year zone");
  std::set<std::string> words;
  for (std::string word; text >> word;) words.insert(word);
  return words;
}

/// Why a UCD is not valid; empty if it is.
std::string fault_of(const std::string& ucd) {
  if (ucd.empty()) return "none";
  std::istringstream words(ucd);
  bool first = true;
  for (std::string word; std::getline(words, word, ';'); first = false) {
    const auto known = ucd_words.find(word);
    if (known == ucd_words.end()) return "unknown word " + word;
    if (known->second == (first ? 'S' : 'P')) return word + " in the wrong place";
  }
  return "";
}

TEST(TableList, DescribesEveryColumnOfEveryBuiltInRecipe) {
  for (const std::string& name : recipe::built_in_recipes()) {
    const auto tables = study::tables_of_recipe(recipe::load_recipe(name));
    EXPECT_GE(tables.size(), 12u);
    for (const study::ListedTable& table : tables) {
      EXPECT_FALSE(table.what.empty());
      EXPECT_GE(table.columns.columns.size(), 4u) << table.name;
      for (const Column& column : table.columns.columns) {
        const std::string where = name + ", " + table.name + ", " + column.field.name;
        EXPECT_FALSE(column.field.description.empty()) << where;
        EXPECT_EQ(fault_of(column.field.ucd), "") << where << ": " << column.field.ucd;
        const bool is_position = column.field.ucd.starts_with("pos.eq.");
        EXPECT_EQ(column.field.unit == "deg", is_position) << where;
      }
    }
  }
}

/// The columns whose names uhuru gives need no quotes, but for those of the published tables.
TEST(TableList, HasNamesThatNeedNoQuotes) {
  const std::set<std::string> reserved = reserved_words();
  const std::regex plain("[a-z][a-z0-9_]*");
  const recipe::Recipe recipe = recipe::load_recipe("csc2-bayes");
  std::set<std::string> published(recipe.classes.begin(), recipe.classes.end());
  for (const study::ListedTable& table : study::tables_of_recipe(recipe)) {
    const bool may_have_published = table.name == "detection_level_classification" ||
                                    table.name == "uniquely_classified" ||
                                    table.name == "ambiguous_classification";
    std::set<std::string> names;
    for (const std::string& name : table.columns.column_names()) {
      EXPECT_TRUE(names.insert(lower(name)).second) << table.name << ": " << name;
      if (may_have_published && published.contains(name)) continue;
      EXPECT_TRUE(std::regex_match(name, plain)) << table.name << ": " << name;
      EXPECT_FALSE(reserved.contains(name)) << table.name << ": " << name;
    }
  }
  for (const Column& column : study::column_list(recipe).columns)
    EXPECT_FALSE(reserved.contains(column.field.name)) << column.field.name;
}

TEST(TableList, HasTheColumnsOfTheMethod) {
  const auto columns = [](const char* recipe, const std::string& table) {
    for (const study::ListedTable& one : study::tables_of_recipe(recipe::load_recipe(recipe)))
      if (one.name == table) return one.columns.column_names();
    return std::vector<std::string>();
  };
  const auto has = [](const std::vector<std::string>& names, const char* name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  EXPECT_TRUE(has(columns("csc2-bayes", "sources"), "set_90"));
  EXPECT_FALSE(has(columns("csc2", "sources"), "set_90"));
  EXPECT_TRUE(has(columns("csc2", "sources"), "p_ttau"));
  EXPECT_TRUE(has(columns("csc2", "sources"), "label"));
  EXPECT_TRUE(has(columns("csc2", "detection_level_classification"), "TTau*"));
  EXPECT_FALSE(has(columns("csc2", "detection_level_classification"), "class_group"));
  EXPECT_TRUE(has(columns("csc2-bayes", "detection_level_classification"), "p_group_xb"));
  EXPECT_TRUE(has(columns("csc2", "uniquely_classified"), "TTau*"));
  EXPECT_TRUE(has(columns("csc2", "uniquely_classified"), "p_ttau_std"));
  EXPECT_TRUE(has(columns("csc2", "catalog.sqlite: sources"), "p_ttau_mean"));
  EXPECT_TRUE(columns("csc2", "explanation").empty());
  EXPECT_TRUE(has(columns("csc2-bayes", "explanation"), "log_odds_ttau"));
}

}  // namespace
}  // namespace uhuru
