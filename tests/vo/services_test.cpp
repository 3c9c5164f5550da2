// The services file: the built-in one, and invalid ones.
#include "uhuru/vo/services.hpp"

#include <gtest/gtest.h>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

/// The built-in file with one text replaced.
Services changed(const std::string& from, const std::string& to) {
  std::string text = services_text("default");
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "s.toml", text);
  return load_services(scratch / "s.toml");
}

TEST(Services, BuiltInOnesHaveTheArchivesAddresses) {
  const Services services = load_services("default");
  EXPECT_EQ(services.csc.release("2.0").tap, "https://cda.cfa.harvard.edu/csc2tap");
  EXPECT_EQ(services.csc.release("2.0").schema, "csc2");
  EXPECT_EQ(services.csc.release("current").schema, "csc21");
  EXPECT_EQ(services.simbad.tap, "https://simbad.cds.unistra.fr/simbad/sim-tap");
  EXPECT_EQ(services.csc.keys, (std::vector<std::string>{"m.ra", "m.name", "o.obsid", "o.obi"}));
  // The defaults in the code and in the file are the same.
  const HttpSettings defaults;
  EXPECT_EQ(services.http.requests_per_second, defaults.requests_per_second);
  EXPECT_EQ(services.http.connect_timeout_s, defaults.connect_timeout_s);
  EXPECT_EQ(services.http.stall_timeout_s, defaults.stall_timeout_s);
  EXPECT_EQ(services.http.longest_answer_s, defaults.longest_answer_s);
  EXPECT_EQ(services.http.retries, defaults.retries);
  EXPECT_EQ(services.http.first_pause_s, defaults.first_pause_s);
  EXPECT_EQ(services.http.longest_pause_s, defaults.longest_pause_s);
  EXPECT_EQ(services.http.largest_answer, defaults.largest_answer);
  EXPECT_EQ(services.tap.longest_job_s, TapSettings().longest_job_s);
}

TEST(Services, CanPointElsewhere) {
  const Services services =
      changed("https://cda.cfa.harvard.edu/csc21tap", "http://127.0.0.1:8080/tap");
  EXPECT_EQ(services.csc.release("2.1").tap, "http://127.0.0.1:8080/tap");
}

TEST(Services, UnknownReleasesNameTheOthers) {
  const Error error = error_of([] { load_services("default").csc.release("3.0"); });
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_EQ(error.expected(), "2.0, 2.1 or current");
}

TEST(Services, MistakesAreNamedWithTheirLine) {
  const auto expect = [](const std::string& from, const std::string& to, const std::string& word) {
    const Error error = error_of([&] { changed(from, to); });
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    EXPECT_NE(error.where().find("line "), std::string::npos) << error.where();
  };
  expect("retries = 5", "retrys = 5", "retries");
  expect("retries = 5", "retries = -1", "http.retries between 0");
  expect("requests_per_second = 4", "requests_per_second = 0", "requests_per_second between");
  expect("first_slices = 16", "first_slices = 12", "a power of two");
  expect("current = \"2.1\"", "current = \"2.2\"", "no such release");
  expect("ra = \"m.ra\"", "ra = \"m.raj\"", "a required column is not fetched");
  expect("[simbad]", "[simbat]", "simbad");
}

}  // namespace
}  // namespace uhuru
