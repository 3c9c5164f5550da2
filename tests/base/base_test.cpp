#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
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
  EXPECT_EQ(in_quotes("\x1f \x7f"), "'\\x1f \\x7f'");
  EXPECT_EQ(in_quotes(std::string(60, 'x')), "'" + std::string(60, 'x') + "'");
  EXPECT_EQ(in_quotes(std::string(61, 'x')), "'" + std::string(60, 'x') + "…'");
}

TEST(Text, KnowsLettersAndDigits) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const bool is_upper = byte >= 'A' && byte <= 'Z';
    EXPECT_EQ(lower(text), is_upper ? std::string(1, static_cast<char>(byte + 32)) : text);
    const bool plain = is_upper || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                       (byte > 0 && std::strchr("-._~", byte));
    EXPECT_EQ(percent_encoded(text).size(), plain ? 1u : 3u) << byte;
  }
  EXPECT_EQ(percent_encoded("a b/ä"), "a%20b%2F%C3%A4");
}

TEST(Text, ShortensWhatIsShown) {
  EXPECT_EQ(shown_width("äb"), 2u);
  EXPECT_EQ(shown("äöü", 3), "äöü");
  EXPECT_EQ(shown("äöüß", 3), "äö…");
  EXPECT_EQ(shown("aäbc", 3), "aä…");
  EXPECT_EQ(shown("ab", 1), "…");
  EXPECT_EQ(shown("ab", 0), "");
  EXPECT_EQ(shown("a\tb\x7f\x1f ", 9), "a?b?? ");
}

TEST(Text, ReadsNumbers) {
  EXPECT_EQ(parse_double(" +1.5e3 "), 1500);
  EXPECT_EQ(parse_double("1e400").value_or(0), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(*parse_double("NaN")));
  EXPECT_FALSE(parse_double("1.5x"));
  EXPECT_FALSE(parse_double(""));
  EXPECT_FALSE(parse_double(" "));
  EXPECT_FALSE(parse_double("+"));
  EXPECT_FALSE(parse_double("+-1"));
  EXPECT_FALSE(parse_double("++1"));
  EXPECT_EQ(parse_int(" +5 "), 5);
  EXPECT_FALSE(parse_int("+-5"));
  EXPECT_FALSE(parse_int("5 6"));
  EXPECT_FALSE(parse_int(""));
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
  using Names = std::vector<std::string>;
  const auto nearest = [](const std::string& name, const Names& among) {
    return nearest_names(name, among);
  };
  // A third of the letters may differ; one of them always, but not the only one.
  EXPECT_EQ(nearest("abcdef", {"abcdxy", "abcxyz", "abcdey"}), (Names{"abcdey", "abcdxy"}));
  EXPECT_EQ(nearest("ab", {"ax", "xy", "a"}), (Names{"ax", "a"}));
  EXPECT_EQ(nearest("r", {"ra", "x", "R"}), (Names{"R"}));
  // Or one contains the other, if that is more than a letter.
  EXPECT_EQ(nearest("tail", {"tail_probability", "detail", "t"}),
            (Names{"detail", "tail_probability"}));
  EXPECT_EQ(nearest("", {"a"}), Names{});
  EXPECT_EQ(nearest("name", {"", "name1", "name2", "name1", "name3", "name4"}),
            (Names{"name1", "name2", "name3"}));
  const std::string longest(100, 'x');
  EXPECT_EQ(nearest(longest, {longest, longest + "x"}), Names{longest});
  EXPECT_EQ(nearest(longest + "x", {longest}), Names{});
  EXPECT_EQ(did_you_mean("decl", names), " (did you mean dec?)");
}

TEST(Error, SaysWhetherAFileIsThere) {
  const Error error = input_error("x").because(ErrorCause::existing_file).within("y");
  EXPECT_EQ(error.cause(), ErrorCause::existing_file);
  EXPECT_FALSE(error.is_of_system());
  EXPECT_TRUE(system_error("x").is_of_system());
  EXPECT_TRUE(input_error("x").because(ErrorCause::absent_file).is_of_system());
  EXPECT_EQ(input_error("x").cause(), ErrorCause::other);
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
#ifdef UHURU_SANITIZED
  GTEST_SKIP() << "the sanitizer needs more addresses";
#endif
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

TEST(Threads, AskBetweenTheChunksOfTheCaller) {
  const auto caller = std::this_thread::get_id();
  std::atomic<int> asked = 0, done = 0;
  const Threads threads = Threads(2).checked_by([&] {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    ++asked;
    if (asked == 3) throw input_error("stopped");
  });
  const Error error = testing::error_of([&] {
    threads.run(1000, [&](size_t) {
      ++done;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
  });
  EXPECT_EQ(error.message(), "stopped");
  EXPECT_LT(done, 500);
  EXPECT_LE(Threads(5'000'000).count(), 1024);
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
