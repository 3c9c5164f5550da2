// The query of the method, slice by slice. tests/servers checks that services accept it.
#include "uhuru/vo/fetch_detections.hpp"

#include <gtest/gtest.h>

#include <random>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

const vo::DetectionArchive& archive() {
  static const vo::DetectionArchive csc = vo::load_services("default").detections;
  return csc;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(FetchDetections, AsksForTheMethodsSelection) {
  const std::string adql = vo::detection_adql(archive(), {}, 22.5, 45);
  EXPECT_TRUE(
      adql.starts_with("SELECT m.name, a.match_type, o.obsid, o.obi, o.region_id, m.ra, m.dec, "));
  EXPECT_TRUE(has(adql, "FROM csc21.master_source m, csc21.master_stack_assoc a, "));
  EXPECT_TRUE(has(adql, "o.flux_significance_b > 5 AND o.powlaw_gamma IS NOT NULL"));
  EXPECT_TRUE(adql.ends_with(" AND m.ra >= 22.5 AND m.ra < 45.0")) << adql;
  EXPECT_FALSE(has(adql, "{schema}"));
  EXPECT_FALSE(has(adql, "\n"));
}

TEST(FetchDetections, ReleasesConditionsAndColumnsCanBeChosen) {
  vo::DetectionQuery query;
  query.release = "2.0";
  query.where = "o.theta < 5 OR m.significance > 9";
  query.columns = {"theta", "m.significance", "RA"};
  std::string adql = vo::detection_adql(archive(), query, 337.5, 360);
  EXPECT_TRUE(
      adql.starts_with("SELECT m.name, o.obsid, o.obi, m.ra, m.dec, o.theta, "
                       "m.significance FROM csc2.master_source m, "))
      << adql;
  EXPECT_TRUE(has(adql, " AND (o.theta < 5 OR m.significance > 9) AND ")) << adql;
  EXPECT_TRUE(adql.ends_with(" AND m.ra >= 337.5 AND m.ra <= 360.0")) << "360 is in the last";
  query.where = "m.name <> ')(' AND (o.theta < 5)";
  EXPECT_TRUE(has(vo::detection_adql(archive(), query, 0, 90), query.where));
  query.all = true;
  EXPECT_FALSE(has(vo::detection_adql(archive(), query, 0, 90), "flux_significance"));
}

TEST(FetchDetections, NeighbouringSlicesMeet) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    const double bound = 360.0 * static_cast<double>(random()) / 4294967296.0;
    const std::string below = vo::detection_adql(archive(), {}, 0, bound);
    const std::string above = vo::detection_adql(archive(), {}, bound, 360);
    const std::string end = below.substr(below.rfind("< ") + 2);
    EXPECT_TRUE(has(above, "m.ra >= " + end + " AND")) << end;
  }
}

TEST(FetchDetections, RefusesWhatCannotBe) {
  const auto refused = [](const vo::DetectionQuery& query) {
    const Error error = error_of([&] { vo::detection_adql(archive(), query, 0, 360); });
    EXPECT_EQ(error.kind(), ErrorKind::usage) << error.what();
  };
  refused({.release = "1.1"});
  for (const char* column : {"", "a b", "o.x; DROP", "o.x.y", "'x'", "1x"})
    refused({.columns = {column}});
  refused({.columns = {"m.flux_aper_b", "o.flux_aper_b"}});
  for (const char* where : {"1 = 1) OR (1 = 1", "(o.theta < 5", "o.theta < 5)", "m.name = 'x",
                            "o.theta < 5 -- near", "o.theta < 5; DROP"})
    refused({.where = where});
  refused({.cone = vo::Cone{{-1, 0}, 1}});
  refused({.cone = vo::Cone{{0, 91}, 1}});
  refused({.cone = vo::Cone{{0, 0}, 181}});
  refused({.cone = vo::Cone{{0, std::nan("")}, 1}});
}

}  // namespace
}  // namespace uhuru
