// The services file: the built-in one, and invalid ones.
#include "uhuru/vo/services.hpp"

#include <gtest/gtest.h>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

/// The built-in file with one text replaced.
vo::Services changed(const std::string& from, const std::string& to) {
  std::string text = vo::services_text("default");
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "s.toml", text);
  return vo::load_services(scratch / "s.toml");
}

TEST(Services, BuiltInOnesHaveTheArchivesAddresses) {
  const vo::Services services = vo::load_services("default");
  EXPECT_EQ(services.detections.release("2.0").tap, "https://cda.cfa.harvard.edu/csc2tap");
  EXPECT_EQ(services.detections.release("2.0").schema, "csc2");
  EXPECT_EQ(services.detections.release("current").schema, "csc21");
  EXPECT_EQ(services.counterparts.tap, "https://simbad.cds.unistra.fr/simbad/sim-tap");
  EXPECT_EQ(services.detections.keys,
            (std::vector<std::string>{"m.ra", "m.name", "o.obsid", "o.obi"}));
  // The defaults in the code and in the file are the same.
  const vo::HttpSettings defaults;
  EXPECT_EQ(services.http.requests_per_second, defaults.requests_per_second);
  EXPECT_EQ(services.http.connect_timeout_s, defaults.connect_timeout_s);
  EXPECT_EQ(services.http.stall_timeout_s, defaults.stall_timeout_s);
  EXPECT_EQ(services.http.longest_answer_s, defaults.longest_answer_s);
  EXPECT_EQ(services.http.retries, defaults.retries);
  EXPECT_EQ(services.http.first_pause_s, defaults.first_pause_s);
  EXPECT_EQ(services.http.longest_pause_s, defaults.longest_pause_s);
  EXPECT_EQ(services.http.largest_answer, defaults.largest_answer);
  EXPECT_EQ(services.tap.longest_job_s, vo::TapSettings().longest_job_s);
}

TEST(Services, ReadEverySetting) {
  const auto http = [](const std::string& from, const std::string& to) {
    return changed(from, to).http;
  };
  EXPECT_EQ(http("requests_per_second = 4", "requests_per_second = 9").requests_per_second, 9);
  EXPECT_EQ(http("connect_timeout_s = 30", "connect_timeout_s = 9").connect_timeout_s, 9);
  EXPECT_EQ(http("stall_timeout_s = 300", "stall_timeout_s = 9").stall_timeout_s, 9);
  EXPECT_EQ(http("longest_answer_s = 7200", "longest_answer_s = 9").longest_answer_s, 9);
  EXPECT_EQ(http("retries = 5", "retries = 9").retries, 9);
  EXPECT_EQ(http("first_pause_s = 1", "first_pause_s = 9").first_pause_s, 9);
  EXPECT_EQ(http("longest_pause_s = 60", "longest_pause_s = 9").longest_pause_s, 9);
  EXPECT_EQ(http("largest_answer_mib = 4096", "largest_answer_mib = 9").largest_answer, 9u << 20);
  EXPECT_EQ(changed("longest_job_s = 14400", "longest_job_s = 9").tap.longest_job_s, 9);
  const auto csc = [](const std::string& from, const std::string& to) {
    return changed(from, to).detections;
  };
  EXPECT_EQ(csc("current = \"2.1\"", "current = \"2.0\"").release("current").schema, "csc2");
  EXPECT_EQ(csc("rows_per_query = 20000 ", "rows_per_query = 9").rows_per_query, 9u);
  EXPECT_EQ(csc("first_slices = 16", "first_slices = 8").first_slices, 8);
  EXPECT_EQ(csc("prefix = \"o\"", "prefix = \"m\"").prefix, "m");
  const vo::DetectionArchive archive = vo::load_services("default").detections;
  EXPECT_EQ(archive.columns.size(), 32u);
  EXPECT_EQ(archive.ra + archive.dec, "m.ram.dec");
  EXPECT_EQ(archive.identity(),
            (std::vector<std::string>{"m.ra", "m.name", "o.obsid", "o.obi", "m.dec"}));
  EXPECT_TRUE(archive.from.starts_with("{schema}.master_source m, "));
  EXPECT_TRUE(archive.joins.starts_with("m.name = a.name AND "));
  EXPECT_TRUE(archive.selection.starts_with("o.flux_significance_b > 5 AND "));
  EXPECT_EQ(vo::with_schema(archive.sources, "csc21"), "csc21.master_source");
  EXPECT_EQ(csc("sources = \"{schema}.master_source\"", "").sources, "");
  const auto simbad = [](const std::string& from, const std::string& to) {
    return changed(from, to).counterparts;
  };
  EXPECT_EQ(simbad("positions_per_query = 50000", "positions_per_query = 9").positions_per_query,
            9u);
  EXPECT_EQ(simbad("rows_per_query = 2000000", "rows_per_query = 9").rows_per_query, 9u);
  const vo::CounterpartArchive counterparts = vo::load_services("default").counterparts;
  EXPECT_EQ(counterparts.xmatch, "https://cdsxmatch.cds.unistra.fr/xmatch/api/v1/sync");
  EXPECT_EQ(counterparts.names, "https://cds.unistra.fr/cgi-bin/nph-sesame/-ox/SNV?{name}");
  EXPECT_EQ(simbad("names = ", "# names = ").names, "") << "files of earlier versions have none";
  EXPECT_TRUE(counterparts.query.starts_with("SELECT DISTINCT b.main_id, "));
  EXPECT_EQ(counterparts.title, "SIMBAD");
}

TEST(Services, CanPointElsewhere) {
  const vo::Services services =
      changed("https://cda.cfa.harvard.edu/csc21tap", "http://127.0.0.1:8080/tap");
  EXPECT_EQ(services.detections.release("2.1").tap, "http://127.0.0.1:8080/tap");
}

TEST(Services, UnknownReleasesNameTheOthers) {
  const Error error = error_of([] { vo::load_services("default").detections.release("3.0"); });
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_EQ(error.expected(), "2.0, 2.1 or current");
}

TEST(Services, MistakesAreNamedWithTheirLine) {
  const auto expect = [](const std::string& from, const std::string& to, const std::string& word) {
    const Error error = error_of([&] { changed(from, to); });
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("line "), std::string::npos) << error.what();
  };
  expect("retries = 5", "retrys = 5", "retries");
  expect("retries = 5", "retries = -1", "http.retries between 0");
  expect("requests_per_second = 4", "requests_per_second = 0", "requests_per_second between");
  expect("first_slices = 16", "first_slices = 12", "a power of two");
  expect("current = \"2.1\"", "current = \"2.2\"", "no such release");
  expect("ra = \"m.ra\"", "ra = \"m.raj\"", "a required column is not fetched");
  expect("[simbad]", "[simbat]", "simbad");
  expect("connect_timeout_s = 30", "connect_timeout_s = 0", "between 0.001 and");
  expect("connect_timeout_s = 30", "connect_timeout_s = 1.1e6", "and 1000000");
  expect("requests_per_second = 4", "requests_per_second = 1.1e6", "and 1000000");
  expect("retries = 5", "retries = 1001", "and 1000;");
  expect("largest_answer_mib = 4096", "largest_answer_mib = 0", "between 1 and");
  expect("largest_answer_mib = 4096", "largest_answer_mib = 1048577", "and 1048576");
  expect("rows_per_query = 20000 ", "rows_per_query = 0", "csc.rows_per_query between 1");
  expect("rows_per_query = 20000 ", "rows_per_query = 100000001", "and 100000000");
  expect("first_slices = 16", "first_slices = 0", "between 1 and");
  expect("first_slices = 16", "first_slices = 8192", "and 4096");
  expect("positions_per_query = 50000", "positions_per_query = 0", "between 1 and");
  expect("positions_per_query = 50000", "positions_per_query = 1000001", "and 1000000");
  expect("rows_per_query = 2000000", "rows_per_query = 0", "simbad.rows_per_query between 1");
  expect("rows_per_query = 2000000", "rows_per_query = 100000001", "and 100000000");
}

}  // namespace
}  // namespace uhuru
