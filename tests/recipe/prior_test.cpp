// Priors and the treatment of missing values in recipes.
#include "uhuru/recipe/prior.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

TEST(ReadPrior, UnderstandsQuestionsListsAndFiles) {
  const recipe::Recipe csc2 = recipe::load_recipe("csc2");
  EXPECT_TRUE(recipe::read_prior("sources", csc2).own.empty());
  EXPECT_EQ(recipe::read_prior("detections", csc2).drawn, method::Drawn::detections);
  const auto list = recipe::read_prior("QSO=0.5, TTau*=0.25", csc2);
  EXPECT_EQ(list.drawn, method::Drawn::sources);
  EXPECT_EQ(list.own[0], 0.5);
  EXPECT_TRUE(std::isnan(list.own[1]));
  EXPECT_EQ(list.own[8], 0.25);
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "p.toml", "QSO = 0.5\n\"TTau*\" = 0.25\n");
  const auto file = recipe::read_prior(scratch / "p.toml", csc2);
  for (size_t c = 0; c < csc2.classes.size(); ++c)
    EXPECT_TRUE(file.own[c] == list.own[c] || (std::isnan(file.own[c]) && std::isnan(list.own[c])));
}

TEST(ReadPrior, RefusesWhatIsNoPrior) {
  const recipe::Recipe csc2 = recipe::load_recipe("csc2");
  const auto refused = [&](const std::string& text) {
    return error_of([&] { recipe::read_prior(text, csc2); });
  };
  EXPECT_NE(refused("QSOs=0.5").expected().find("did you mean QSO"), std::string::npos);
  EXPECT_EQ(refused("QSO=0.5,QSO=0.1").message(), "a class has two priors");
  EXPECT_EQ(refused("QSO=1.5").message(), "invalid prior");
  EXPECT_EQ(refused("QSO=-0.1").message(), "invalid prior");
  EXPECT_EQ(refused("QSO=nan").message(), "invalid prior");
  EXPECT_EQ(refused("QSO=0.5,").message(), "invalid prior");
  EXPECT_EQ(refused("QSO=0.6,AGN=0.6").message(), "the prior exceeds 1");
  EXPECT_NE(refused("no/such/file").message(), "");
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "empty.toml", "");
  EXPECT_EQ(refused(scratch / "empty.toml").message(), "the prior has no class");
  testing::write_file(scratch / "wrong.toml", "QSO = 2\n");
  EXPECT_NE(refused(scratch / "wrong.toml").where().find("line 1"), std::string::npos);
}

TEST(Recipe, SaysWhatLearningDoesWithGaps) {
  const recipe::Recipe bayes = recipe::load_recipe("csc2-bayes");
  EXPECT_EQ(bayes.method, method::Method::bayes);
  EXPECT_EQ(bayes.method_settings().missing, method::Missing::integrate);
  EXPECT_FALSE(bayes.method_settings().missing_informs);
  EXPECT_EQ(bayes.features.size(), 13u);
  recipe::Recipe csc2 = recipe::load_recipe("csc2");
  EXPECT_EQ(csc2.method_settings().missing, method::Missing::drop);
  // The method bayes integrates, unless the recipe says otherwise.
  csc2.method = method::Method::bayes;
  EXPECT_EQ(csc2.method_settings().missing, method::Missing::integrate);
  csc2 = recipe::parse_recipe("missing = \"drop\"\nmissing_informs = true\n" + csc2.text, "r");
  csc2.method = method::Method::bayes;
  EXPECT_EQ(csc2.method_settings().missing, method::Missing::drop);
  EXPECT_TRUE(csc2.method_settings().missing_informs);
  const Error error = error_of([&] {
    recipe::parse_recipe("missing = \"ignore\"\n" + recipe::load_recipe("csc2").text, "r");
  });
  EXPECT_EQ(error.expected(), "drop or integrate");
}

}  // namespace
}  // namespace uhuru
