// What a header says of a table's making, and of the steps before.
#include "uhuru/table/provenance.hpp"

#include <gtest/gtest.h>

#include <map>

namespace uhuru {
namespace {

std::map<std::string, std::string> facts_of(const Table& table) {
  std::map<std::string, std::string> facts;
  for (const Parameter& parameter : table.parameters) {
    EXPECT_TRUE(facts.emplace(parameter.field.name, parameter.value).second)
        << parameter.field.name;
    EXPECT_NE(parameter.field.description, "") << parameter.field.name;
  }
  return facts;
}

Parameter parameter(const std::string& name, const std::string& value) {
  return {make_field(name, Type::text, "given"), value, false};
}

Provenance step(const std::string& command) {
  Provenance provenance;
  provenance.software = "uhuru 1";
  provenance.command = command;
  return provenance;
}

TEST(Provenance, BecomesParametersOfWhatIsKnown) {
  Provenance provenance = step("uhuru run");
  provenance.recipe = {"csc2", ""};
  provenance.model = {"", "ff"};
  provenance.inputs = {{"a.vot", "00"}, {"-", ""}, {"b.csv#2", "11"}};
  provenance.date = utc_time(1796000000);
  Table header;
  header.parameters = {parameter("TELESCOP", "CHANDRA")};
  add_provenance(provenance, header);
  const std::map<std::string, std::string> expected = {
      {"TELESCOP", "CHANDRA"}, {"software", "uhuru 1"},          {"command", "uhuru run"},
      {"recipe", "csc2"},      {"model", "sha256:ff"},           {"input", "a.vot sha256:00"},
      {"input_2", "-"},        {"input_3", "b.csv#2 sha256:11"}, {"date", "2026-11-30T00:53:20"}};
  EXPECT_EQ(facts_of(header), expected);
  EXPECT_FALSE(header.parameters[0].info);
  EXPECT_TRUE(header.parameters[1].info);
  Table empty;
  add_provenance({}, empty);
  EXPECT_TRUE(empty.parameters.empty());
}

TEST(Provenance, OfTheStepBeforeIsReplacedButForRecipeAndModel) {
  Provenance predict = step("uhuru predict a.vot");
  predict.model = {"m.json", "ff"};
  predict.inputs = {{"a.vot", "00"}, {"b.vot", "01"}};
  predict.date = "2026-11-30T00:00:00";
  Table header;
  add_provenance(predict, header);
  Provenance convert = step("uhuru convert c.vot");
  convert.software = "uhuru 2";
  convert.inputs = {{"c.vot", "22"}};
  add_provenance(convert, header);
  const std::map<std::string, std::string> expected = {{"step_1", "uhuru 1: uhuru predict a.vot"},
                                                       {"software", "uhuru 2"},
                                                       {"command", "uhuru convert c.vot"},
                                                       {"model", "m.json sha256:ff"},
                                                       {"input", "c.vot sha256:22"}};
  EXPECT_EQ(facts_of(header), expected);
  EXPECT_EQ(steps_of(header), (std::vector<std::string>{"uhuru 1: uhuru predict a.vot",
                                                        "uhuru 2: uhuru convert c.vot"}));
}

TEST(Provenance, IsFoundUnderTheNamesOfFits) {
  Table header;
  header.parameters = {parameter("CREATOR", "uhuru 1"), parameter("COMMAND", "uhuru predict"),
                       parameter("INPUT", "a.vot"),     parameter("HIERARCH input_2", "kept"),
                       parameter("INPUTS", "kept"),     parameter("DATE", "2001-01-01")};
  add_provenance(step("uhuru convert"), header);
  const std::map<std::string, std::string> expected = {{"HIERARCH input_2", "kept"},
                                                       {"INPUTS", "kept"},
                                                       {"step_1", "uhuru 1: uhuru predict"},
                                                       {"software", "uhuru 1"},
                                                       {"command", "uhuru convert"}};
  EXPECT_EQ(facts_of(header), expected);
}

TEST(Provenance, OfOtherProgramsGivesNoStep) {
  Table header;
  header.parameters = {parameter("CREATOR", "cxc"), parameter("INPUT", "theirs"),
                       parameter("RECIPE", "theirs"), parameter("DATE", "2001-01-01")};
  add_provenance(step("uhuru convert"), header);
  const std::map<std::string, std::string> expected = {{"INPUT", "theirs"},
                                                       {"RECIPE", "theirs"},
                                                       {"software", "uhuru 1"},
                                                       {"command", "uhuru convert"}};
  EXPECT_EQ(facts_of(header), expected);
}

TEST(Provenance, DoesNotPileUp) {
  Table header;
  for (int i = 1; i <= 20; ++i) add_provenance(step("uhuru " + std::to_string(i)), header);
  auto facts = facts_of(header);
  EXPECT_EQ(facts.size(), 9u + 2u);
  EXPECT_EQ(facts["step_1"], "uhuru 1: uhuru 11");
  EXPECT_EQ(facts["step_9"], "uhuru 1: uhuru 19");
  EXPECT_EQ(facts["command"], "uhuru 20");
}

TEST(Radesys, IsThatOfThePositions) {
  const auto system_of = [](const std::string& name, const std::string& equinox) {
    Table header;
    header.systems = {{"TIMESYS", {{"ID", "t"}}},
                      {"COOSYS", {{"ID", "c"}, {"system", name}, {"equinox", equinox}}}};
    for (const char* id : {"t", "c"}) header.add(make_field(id, Type::float64, "")).field.ref = id;
    add_radesys(header);
    return header.parameters.empty() ? "" : header.parameters[0].value;
  };
  EXPECT_EQ(system_of("ICRS", ""), "ICRS");
  EXPECT_EQ(system_of("eq_FK5", "J2000"), "FK5");
  EXPECT_EQ(system_of("eq_FK5", "J1975"), "");
  EXPECT_EQ(system_of("eq_FK4", "B1950"), "FK4");
  EXPECT_EQ(system_of("galactic", ""), "");
  Table header;
  header.systems = {{"COOSYS", {{"ID", "c"}, {"system", "ICRS"}}}};
  header.add(make_field("ra", Type::float64, ""));
  add_radesys(header);
  EXPECT_TRUE(header.parameters.empty()) << "no column refers to it";
  header.columns[0].field.ref = "c";
  header.parameters = {parameter("radesys", "FK5")};
  add_radesys(header);
  EXPECT_EQ(header.parameters.size(), 1u);
}

}  // namespace
}  // namespace uhuru
