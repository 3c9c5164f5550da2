#include "uhuru/serve/table_file.hpp"

#include <gtest/gtest.h>

namespace uhuru {
namespace {

TEST(MediaType, IsThatOfTheExtension) {
  EXPECT_EQ(serve::media_type("catalog.vot"), "application/x-votable+xml");
  EXPECT_EQ(serve::media_type("catalog.fits"), "application/fits");
  EXPECT_EQ(serve::media_type("a.csv"), "text/csv; charset=utf-8");
  EXPECT_EQ(serve::media_type("a.b.tsv"), "text/tab-separated-values; charset=utf-8");
  EXPECT_EQ(serve::media_type("index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(serve::media_type("vot"), "text/plain; charset=utf-8");
}

}  // namespace
}  // namespace uhuru
