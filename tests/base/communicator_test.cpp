// Ranks bring their data together in their order, and learn that one has failed.
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

#include "base/thread_transport.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/threads.hpp"

namespace uhuru {
namespace {

using testing::as_ranks;
using testing::ThreadRanks;
using testing::ThreadTransport;

const int counts[] = {1, 2, 3, 8};

/// As many bytes as its rank squared: rank 0 has none.
std::string bytes_of_rank(int rank) {
  return std::string(static_cast<size_t>(rank * rank), static_cast<char>('a' + rank));
}

TEST(Communicator, OfOneRankNeedsNobody) {
  const Communicator& one = Communicator::alone();
  EXPECT_EQ(one.rank(), 0);
  EXPECT_EQ(one.count(), 1);
  EXPECT_TRUE(one.is_first() && one.is_alone());
  one.meet();
  EXPECT_EQ(one.all_gather("own"), std::vector<std::string>{"own"});
  EXPECT_EQ(one.all_to_all({"own"}), std::vector<std::string>{"own"});
  EXPECT_EQ(one.of_each(7), std::vector<int>{7});
  EXPECT_EQ(one.fail(1), Communicator::Failure::mine);
  EXPECT_TRUE(Threads(1).ranks().is_alone());
}

TEST(Communicator, GathersUnequalSizesInTheOrderOfTheRanks) {
  for (const int count : counts) {
    std::vector<std::string> expected;
    for (int rank = 0; rank < count; ++rank) expected.push_back(bytes_of_rank(rank));
    std::atomic<int> calls{0};
    as_ranks(count, [&](const Communicator& ranks) {
      ++calls;
      EXPECT_EQ(ranks.count(), count);
      EXPECT_EQ(ranks.is_first(), ranks.rank() == 0);
      for (int again = 0; again < 20; ++again)
        EXPECT_EQ(ranks.all_gather(bytes_of_rank(ranks.rank())), expected);
      EXPECT_EQ(ranks.all_gather(""), std::vector<std::string>(static_cast<size_t>(count)));
    });
    EXPECT_EQ(calls, count);
  }
}

TEST(Communicator, JoinsValues) {
  as_ranks(3, [](const Communicator& ranks) {
    std::vector<double> own(static_cast<size_t>(2 - ranks.rank()));
    std::iota(own.begin(), own.end(), 10.0 * ranks.rank());
    EXPECT_EQ(ranks.all_values(std::span<const double>(own)), (std::vector<double>{0, 1, 10}));
    EXPECT_EQ(ranks.of_each(ranks.rank() + 5), (std::vector<int>{5, 6, 7}));
  });
}

TEST(Communicator, ExchangesBytes) {
  for (const int count : counts)
    as_ranks(count, [&](const Communicator& ranks) {
      const auto message = [&](int from, int to) {
        return std::string(static_cast<size_t>(from * to), static_cast<char>('a' + from)) +
               std::to_string(to);
      };
      std::vector<std::string> own;
      std::vector<std::string> expected;
      for (int other = 0; other < count; ++other) {
        own.push_back(message(ranks.rank(), other));
        expected.push_back(message(other, ranks.rank()));
      }
      for (int again = 0; again < 5; ++again) EXPECT_EQ(ranks.all_to_all(own), expected);
    });
}

TEST(Communicator, SendsInOrder) {
  as_ranks(3, [](const Communicator& ranks) {
    const int next = (ranks.rank() + 1) % 3;
    const int previous = (ranks.rank() + 2) % 3;
    for (const char* text : {"first ", "", "second "})
      ranks.send(next, text + std::to_string(ranks.rank()));
    ranks.send(next, "");
    for (const char* text : {"first ", "", "second "})
      EXPECT_EQ(ranks.receive(previous), text + std::to_string(previous));
    EXPECT_EQ(ranks.receive(previous), "");
  });
}

TEST(Communicator, TellsTheOthersThatOneFailed) {
  std::atomic<int> mine{0};
  std::atomic<int> told{0};
  as_ranks(4, [&](const Communicator& ranks) {
    ranks.meet();
    if (ranks.rank() == 2) {
      EXPECT_EQ(ranks.fail(3), Communicator::Failure::mine);
      ++mine;
      throw OtherRankFailed{3};  // nothing more to do
    }
    try {
      ranks.of_each(1.5);
    } catch (const OtherRankFailed& failed) {
      EXPECT_EQ(failed.exit_code, 3);
      ++told;
      throw;
    }
  });
  EXPECT_EQ(mine, 1);
  EXPECT_EQ(told, 3);
}

TEST(Communicator, LetsTheLowestOfThoseThatFailedTellTheUser) {
  for (const int lowest : {0, 1}) {
    std::atomic<int> mine{-1};
    std::atomic<int> others{0};
    ThreadRanks all(3);
    std::vector<std::thread> threads;
    for (int rank = lowest; rank < 3; ++rank)
      threads.emplace_back([&, rank] {
        ThreadTransport transport(all, rank);
        if (Communicator(transport).fail(1) == Communicator::Failure::mine)
          mine = rank;
        else
          ++others;
      });
    if (lowest == 1) {
      ThreadTransport transport(all, 0);
      EXPECT_THROW(Communicator(transport).meet(), OtherRankFailed);
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(mine, lowest);
    EXPECT_EQ(others, 2 - lowest);
  }
}

TEST(Communicator, DoesNotWaitForeverForOthersThatAreSilent) {
  ThreadRanks all(2);
  ThreadTransport transport(all, 1);
  EXPECT_EQ(Communicator(transport).fail(1), Communicator::Failure::silence);
  EXPECT_THROW(transport.abort(4), testing::Aborted);
}

TEST(Communicator, RethrowsTheErrorOfTheRankThatFailed) {
  try {
    as_ranks(3, [](const Communicator& ranks) {
      if (ranks.rank() > 0) throw input_error("rank " + std::to_string(ranks.rank()));
      ranks.meet();
    });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "rank 1");
  }
}

}  // namespace
}  // namespace uhuru
