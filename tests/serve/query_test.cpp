// Parameters of the API: which are accepted and which are refused.
#include "uhuru/serve/query.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using Parameters = serve::Query::Parameters;

catalog::SourceFilter filter_of(const Parameters& parameters) {
  serve::Query query(parameters);
  catalog::SourceFilter filter = query.filter();
  query.end();
  return filter;
}

TEST(Query, TakesConditions) {
  const catalog::SourceFilter filter = filter_of({{"class", "QSO"},
                                                  {"class", "YSO"},
                                                  {"label", ""},
                                                  {"min.a,b", "1e-3"},
                                                  {"max.a,b", "inf"},
                                                  {"max.c", " 5 "},
                                                  {"name", "2CXO"},
                                                  {"cone", "10,-20,0.5"},
                                                  {"sky", "equatorial,0,0,1,0,0,1"},
                                                  {"plane", "0,0,1,0,0,1,-1,2"},
                                                  {"plane.x", "x"},
                                                  {"plane.y", "y"},
                                                  {"plane.yscale", "log"},
                                                  {"where", "a > 1"},
                                                  {"where", " "},
                                                  {"where", "b"}});
  EXPECT_EQ(filter.where, (std::vector<std::string>{"a > 1", "b"}));
  ASSERT_EQ(filter.values.size(), 2u);
  EXPECT_EQ(filter.values[0].column, "class");
  EXPECT_EQ(filter.values[0].any_of, (std::vector<std::string>{"QSO", "YSO"}));
  EXPECT_EQ(filter.values[1].any_of, std::vector<std::string>{""});
  ASSERT_EQ(filter.ranges.size(), 2u);
  EXPECT_EQ(filter.ranges[0].column, "a,b");
  EXPECT_EQ(filter.ranges[0].least, 1e-3);
  EXPECT_TRUE(std::isinf(filter.ranges[0].most));
  EXPECT_EQ(filter.ranges[1].most, 5);
  EXPECT_EQ(filter.name_prefix, "2CXO");
  EXPECT_EQ(filter.cone->center.dec_deg, -20);
  EXPECT_EQ(filter.cone->radius_deg, 0.5);
  EXPECT_EQ(filter.on_sky->frame, catalog::MapFrame::equatorial);
  EXPECT_EQ(filter.on_sky->lasso.size(), 3u);
  EXPECT_EQ(filter.on_plane->lasso.size(), 4u);
  EXPECT_EQ(filter.on_plane->x, "x");
  EXPECT_FALSE(filter.on_plane->x_log);
  EXPECT_TRUE(filter.on_plane->y_log);
  EXPECT_FALSE(filter_of({{"plane.x", "x"}, {"plane.y", "y"}}).on_plane);
}

TEST(Query, SaysWhatIsWrong) {
  const auto where = [](const Parameters& parameters) {
    return error_of([&] { filter_of(parameters); }).where();
  };
  EXPECT_EQ(where({{"clas", "QSO"}}), "clas");
  EXPECT_NE(error_of([] {
              filter_of({{"clas", "QSO"}});
            })
                .expected()
                .find("did you mean class"),
            std::string::npos);
  EXPECT_EQ(where({{"name", "a"}, {"name", "b"}}), "name");
  Parameters wheres;
  for (int i = 0; i < 50; ++i) wheres.insert({"where", "x > 1"});
  EXPECT_EQ(filter_of(wheres).where.size(), 50u);
  wheres.insert({"where", "x > 1"});
  EXPECT_EQ(where(wheres), "where");
  EXPECT_EQ(where({{"min.x", "1"}, {"min.x", "2"}}), "min.x");
  for (const char* bad : {"", "x", "nan", "1 2"}) EXPECT_EQ(where({{"min.x", bad}}), "min.x");
  for (const char* bad : {"", "1,2", "1,2,3,4", "1,91,3", "1,2,-1", "1,2,181", "a,b,c", "1,,3",
                          "1,2,3,", "nan,1,1", "\xff"})
    EXPECT_EQ(where({{"cone", bad}}), "cone");
  for (const char* bad : {"", "galactic", "galactic,", "galactic,1,2,3,4", "ecliptic,0,0,1,0,0,1",
                          "galactic,0,0,1,0,0", "galactic,0,0,1,0,0,inf"})
    EXPECT_EQ(where({{"sky", bad}}), "sky");
  std::string many = "galactic";
  for (int i = 0; i < 2001; ++i) many += ",0,1";
  EXPECT_EQ(where({{"sky", many}}), "sky");
  EXPECT_EQ(where({{"plane", "0,0,1,1"}}), "plane");
  EXPECT_EQ(where({{"plane.xscale", "square"}}), "plane.xscale");
}

TEST(Query, SameConditionsAreTheSameFilter) {
  const auto filter = [](const serve::Query::Parameters& parameters) {
    return serve::Query(parameters).filter();
  };
  EXPECT_EQ(filter({{"class", "a"}, {"limit", "3"}}), filter({{"sort", "x"}, {"class", "a"}}));
  EXPECT_NE(filter({{"class", "a"}}), filter({{"group", "a"}}));
  EXPECT_NE(filter({{"class", "a"}, {"class", "b"}}), filter({{"class", "ab"}}));
  EXPECT_NE(filter({{"min.a", "1"}}), filter({{"max.a", "1"}}));
  EXPECT_NE(filter({{"cone", "1,2,3"}}), filter({{"cone", "1,2,4"}}));
  EXPECT_EQ(filter({{"format", "json"}}), catalog::SourceFilter());
}

}  // namespace
}  // namespace uhuru
