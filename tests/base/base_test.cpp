#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "support/support.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/json.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/base/threads.hpp"

namespace uhuru {
namespace {

using testing::error_of;

TEST(Error, SaysAllInOneLine) {
  const Error error = input_error("unreadable value", "row 17", "a number", "'abc'");
  EXPECT_STREQ(error.what(), "row 17: unreadable value; expected a number; found 'abc'");
  EXPECT_STREQ(error.within("a.csv").what(),
               "a.csv, row 17: unreadable value; expected a number; found 'abc'");
  EXPECT_EQ(error.within("a.csv").within("a.csv").where(), "a.csv, row 17");
}

TEST(Text, TrimsCountsAndQuotes) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("   "), "");
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(4906), "4,906");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
  EXPECT_EQ(in_quotes("a\x01\n"), "'a\\x01\\x0a'");
  EXPECT_LT(in_quotes(std::string(1000, 'x')).size(), 70u);
}

TEST(Text, ReadsNumbers) {
  EXPECT_EQ(parse_double(" +1.5e3 "), 1500);
  EXPECT_EQ(parse_double("1e400").value_or(0), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(*parse_double("NaN")));
  EXPECT_FALSE(parse_double("1.5x"));
  EXPECT_FALSE(parse_double(""));
  EXPECT_FALSE(parse_double("+-1"));
  EXPECT_EQ(parse_int("-9223372036854775808"), std::numeric_limits<long long>::min());
  EXPECT_FALSE(parse_int("9223372036854775808"));
  EXPECT_FALSE(parse_int("1.0"));
  // Rounded once: through a double this would be the next float.
  EXPECT_EQ(parse_float("1.00000017881393432617187499"), 1.00000011920928955078125f);
}

TEST(Text, FindsTheNearestNames) {
  const std::vector<std::string> names = {"ra", "dec", "hard_hm", "hard_hs", "name"};
  EXPECT_EQ(nearest_names("hard_mh", names), (std::vector<std::string>{"hard_hm", "hard_hs"}));
  EXPECT_EQ(nearest_names("RA", names), (std::vector<std::string>{"ra"}));
  EXPECT_EQ(did_you_mean("zzzzzzzz", names), "");
  EXPECT_EQ(did_you_mean("decl", names), " (did you mean dec?)");
}

TEST(Threads, VisitsEveryRowOnce) {
  for (const int count : {1, 2, 7}) {
    std::vector<std::atomic<int>> visits(10007);
    Threads(count).for_rows(visits.size(), 100, [&](size_t begin, size_t end, size_t chunk) {
      EXPECT_EQ(begin, chunk * 100);
      for (size_t i = begin; i < end; ++i) ++visits[i];
    });
    for (const auto& visit : visits) ASSERT_EQ(visit, 1);
  }
  Threads(3).run(0, [](size_t) { FAIL(); });
}

TEST(Threads, AreFewerIfTheSystemRefusesMore) {
  const pid_t child = fork();
  if (child == 0) {
    rlimit limit{};
    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = rlim_t{1} << 30;  // a thread takes 8 MiB of addresses
    setrlimit(RLIMIT_AS, &limit);
    const Threads threads(1000);
    std::atomic<size_t> sum = 0;
    threads.run(100, [&](size_t chunk) { sum += chunk; });
    _exit(sum == 4950 && threads.count() > 1 && threads.count() < 1000 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Threads, MayBeUsedFromTheirOwnChunks) {
  const Threads threads(3);
  std::atomic<int> calls{0};
  for (int again = 0; again < 50; ++again)
    threads.run(5, [&](size_t) { threads.run(4, [&](size_t) { ++calls; }); });
  EXPECT_EQ(calls, 50 * 5 * 4);
}

TEST(Threads, RethrowsTheFailureOfTheLowestChunk) {
  for (int repeat = 0; repeat < 50; ++repeat) {
    try {
      Threads(4).run(100, [](size_t chunk) {
        if (chunk >= 3) throw std::runtime_error(std::to_string(chunk));
      });
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "3");
    }
  }
}

TEST(Hash, IsSha256) {
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "abc", "abc");
  EXPECT_EQ(sha256_of_file(scratch / "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(error_of([&] { sha256_of_file(scratch / "none"); }).kind(), ErrorKind::input);
}

TEST(Json, KeepsListsOfNumbersOnOneLine) {
  const nlohmann::ordered_json json = {{"b", {1.5, 2}}, {"a", {{"x", 1}, {"y", {{1}, {2}}}}}};
  EXPECT_EQ(
      readable_json(json),
      "{\n \"b\": [1.5,2],\n \"a\": {\n  \"x\": 1,\n  \"y\": [\n   [1],\n   [2]\n  ]\n }\n}\n");
  EXPECT_EQ(nlohmann::ordered_json::parse(readable_json(json)), json);
}

}  // namespace
}  // namespace uhuru
