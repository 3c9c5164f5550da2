// Parts of names, compared with a loop over all names.
#include "uhuru/catalog/name_list.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "support/catalog_file.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru {
namespace {

using testing::CatalogFile;

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

/// Whether a word begins with `text` in a name, after its beginning; if `to_end`, at its end.
bool slowly_has(const std::string& name, const std::string& text, bool to_end) {
  const std::string all = lower(name), wanted = lower(text);
  for (size_t at = 1; at + wanted.size() <= all.size(); ++at)
    if (all.substr(at, wanted.size()) == wanted &&
        !(is_word_byte(all[at]) && is_word_byte(all[at - 1])) &&
        (!to_end || at + wanted.size() == all.size()))
      return true;
  return false;
}

TEST_F(CatalogFile, NamesAreFoundByTheirWords) {
  std::vector<std::string> names = {"2CXO J004307.5-092302",
                                    "2CXO J004307.5-092302X",
                                    "2CXO J053517.3-052328",
                                    "4XMM J053517.3-052328",
                                    "src 12 x12",
                                    "src 12",
                                    "12",
                                    "a\nb",
                                    "M 31 \xc3\xa9toile 5",
                                    "%_\\",
                                    "b"};
  for (int i = 0; i < 60; ++i) names.push_back(fmt::format("F{} j{:03}-{}", i % 7, i * 17, i % 5));
  for (const std::string& name : names) add_detection(name, 1, 10, 20, "", -1, 0.9);
  const std::string path = write();
  const catalog::NameList list(path);
  const Table table = io::read_table(*catalog::open_sources(path));
  for (const char* text : {"J004307.5-092302",
                           "j0535",
                           "J053517.3-052328",
                           "-05",
                           "052328",
                           "2CXO",
                           "CXO",
                           "o j",
                           "12",
                           "x12",
                           "b",
                           "\xa9toile",
                           "toile",
                           "5",
                           "_",
                           "\\",
                           "j0",
                           "-3",
                           "\n",
                           "nothing of this",
                           "2cxo J004307.5-092302X2CXO"}) {
    std::vector<std::string> with, ending;
    for (size_t row = 0; row < table.rows(); ++row) {
      const std::string name(table.at("name").text(row));
      if (slowly_has(name, text, false)) with.push_back(name);
      if (slowly_has(name, text, true)) ending.push_back(name);
    }
    const auto named = [&](const std::vector<int64_t>& ids) {
      std::vector<std::string> result;
      for (const int64_t id : ids)
        result.emplace_back(table.at("name").text(static_cast<size_t>(id - 1)));
      std::sort(result.begin(), result.end());
      return result;
    };
    std::sort(with.begin(), with.end());
    std::sort(ending.begin(), ending.end());
    EXPECT_EQ(named(list.with_word(text, 1000)), with) << text;
    EXPECT_EQ(named(list.ending_with(text, 1000)), ending) << text;
  }
  EXPECT_EQ(list.with_word("j0", 3).size(), 3u);
  EXPECT_EQ(list.with_word("j0", 0).size(), 0u);
  EXPECT_EQ(list.with_word("", 3).size(), 0u);
}

}  // namespace
}  // namespace uhuru
