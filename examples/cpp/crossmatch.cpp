// Joins a table with another one by position: crossmatch LEFT RIGHT OUT, in any format.
#include <cstdio>
#include <uhuru/tables.hpp>

int main(int argc, char** argv) {
  using namespace uhuru;
  if (argc != 4) return 2;
  try {
    const Threads threads;
    const Table left = io::read_table(argv[1]);
    const Table right = io::read_table(argv[2]);
    constexpr double radius_arcsec = 1;
    const auto pairs =
        sky::crossmatch(sky::positions(left, {"ra", "dec"}), sky::positions(right, {"ra", "dec"}),
                        radius_arcsec, sky::MatchFind::best, threads);
    std::vector<size_t> rows;
    for (const sky::MatchedPair& pair : pairs) rows.push_back(pair.left);
    io::write_table(argv[3], left.select(rows));
    std::printf("%zu of %zu rows have a counterpart\n", rows.size(), left.rows());
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
