// Filters, sums and pages compared with loops over the whole table.
#include "uhuru/catalog/selection.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/simulated_run.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/catalog/source_lookup.hpp"
#include "uhuru/catalog/summaries.hpp"
#include "uhuru/sky/galactic.hpp"

namespace uhuru {
namespace {

using testing::error_of;

class Selections : public ::testing::Test {
 protected:
  Selections()
      : path_(testing::simulated_run(scratch_, 2000) + "/catalog.sqlite"),
        all_(io::read_table(*catalog::open_sources(path_))),
        store_(path_, Threads(2)),
        maps_(store_, Threads(2)),
        lookup_(path_) {}

  catalog::Selection select(const catalog::SourceFilter& filter, int threads = 2) {
    return catalog::select_sources(
        store_, maps_, filter,
        {.of_prefix =
             [&](const std::string& prefix) { return lookup_.with_prefix(prefix, store_.size()); },
         .of_names = {}},
        Threads(threads));
  }
  /// Expects that a filter selects exactly the rows with `holds(row)`, some but not all.
  template <class Holds>
  void expect_selects(const catalog::SourceFilter& filter, const Holds& holds) {
    const catalog::Selection selected = select(filter);
    ASSERT_EQ(selected.size(), all_.rows());
    size_t count = 0;
    for (size_t row = 0; row < all_.rows(); ++row) {
      EXPECT_EQ(selected.holds(row), holds(row)) << row;
      count += holds(row);
    }
    EXPECT_EQ(selected.count(), count);
    EXPECT_GT(count, 0u);
    EXPECT_LT(count, all_.rows());
    std::vector<size_t> visited;
    selected.for_each([&](size_t source) { visited.push_back(source); });
    EXPECT_EQ(visited.size(), count);
    EXPECT_EQ(select(filter, 1).words(), selected.words());
  }
  std::string text(const char* column, size_t row) const {
    return std::string(all_.at(column).text(row));
  }
  double number(const char* column, size_t row) const { return all_.at(column).number(row); }
  sky::SkyPosition position(size_t row) const { return {number("ra", row), number("dec", row)}; }

  testing::ScratchFolder scratch_;
  std::string path_;
  Table all_;
  catalog::ColumnStore store_;
  catalog::SkyMaps maps_;
  catalog::SourceLookup lookup_;
};

TEST_F(Selections, HoldWhatTheFileHolds) {
  EXPECT_EQ(store_.size(), all_.rows());
  for (const catalog::StoredColumn& stored : store_.columns()) {
    const Column& column = all_.at(stored.column.field.name);
    for (size_t row = 0; row < all_.rows(); ++row)
      if (stored.is_text())
        EXPECT_EQ(stored.value_of(stored.codes[row]), column.text(row));
      else if (!column.missing(row))
        EXPECT_EQ(stored.numbers[row], column.number(row));
      else
        EXPECT_TRUE(std::isnan(stored.numbers[row]));
    EXPECT_TRUE(std::is_sorted(stored.values.begin(), stored.values.end()));
  }
  EXPECT_EQ(store_.find("name"), nullptr);
  EXPECT_EQ(store_.find("QSO_mean"), nullptr);
  // By the names of the pages and those of the file.
  EXPECT_EQ(store_.find("class"), store_.find("class_name"));
  EXPECT_EQ(store_.find("TTau*"), store_.find("p_ttau"));
  EXPECT_NE(store_.find("TTau*"), nullptr);
  const auto by_pages = select({.where = {"P('TTau*') > 0.3 or class = 'YSO'"}});
  const auto by_tables = select({.where = {"p_ttau > 0.3 or class_name = 'YSO'"}});
  EXPECT_GT(by_pages.count(), 10u);
  EXPECT_EQ(by_pages.words(), by_tables.words());
  EXPECT_NE(error_of([&] { store_.at("probabilty"); }).expected().find("probability"),
            std::string::npos);
}

TEST_F(Selections, SelectByTexts) {
  expect_selects({.values = {{"class", {"QSO", "YSO", "no such class"}}}}, [&](size_t row) {
    return text("class_name", row) == "QSO" || text("class_name", row) == "YSO";
  });
  expect_selects({.values = {{"label", {""}}, {"group", {"AGN"}}}}, [&](size_t row) {
    return text("label", row).empty() && text("class_group", row) == "AGN";
  });
  const std::string prefix = lower(text("name", 3).substr(0, 8));
  expect_selects({.name_prefix = prefix},
                 [&](size_t row) { return lower(text("name", row)).starts_with(prefix); });
  EXPECT_EQ(select({.values = {{"class", {"no such class"}}}}).count(), 0u);
  EXPECT_EQ(select({}).count(), all_.rows());
}

TEST_F(Selections, SelectByNumbers) {
  expect_selects({.ranges = {{"probability", 0.5, 0.9}, {.column = "detections", .least = 2}}},
                 [&](size_t row) {
                   return number("probability", row) >= 0.5 && number("probability", row) <= 0.9 &&
                          number("detections", row) >= 2;
                 });
  const double bound =
      number("probability",
             static_cast<size_t>(std::find_if(store_.at("probability").numbers.begin(),
                                              store_.at("probability").numbers.end(),
                                              [](double value) { return !std::isnan(value); }) -
                                 store_.at("probability").numbers.begin()));
  expect_selects({.ranges = {{"probability", bound, bound}}},
                 [&](size_t row) { return number("probability", row) == bound; });
  EXPECT_EQ(error_of([&] { select({.ranges = {{.column = "class"}}}); }).expected(),
            "a numeric column");
  EXPECT_EQ(error_of([&] { select({.values = {{"ra", {"1"}}}}); }).expected(), "a text column");
}

TEST_F(Selections, SelectByCones) {
  for (const double radius_deg : {0.2, 30.0, 150.0}) {
    const sky::SkyPosition center = position(11);
    expect_selects({.cone = catalog::SourceFilter::Cone{center, radius_deg}}, [&](size_t row) {
      return sky::is_valid(position(row)) &&
             sky::separation_arcsec(center, position(row)) <= radius_deg * 3600;
    });
  }
  EXPECT_EQ(select({.cone = catalog::SourceFilter::Cone{{10, 20}, 180}}).count(),
            static_cast<size_t>(std::count_if(store_.directions()[0].begin(),
                                              store_.directions()[0].end(),
                                              [](double x) { return !std::isnan(x); })));
}

TEST_F(Selections, SelectInsideALasso) {
  // A self-intersecting star: its middle is outside, by the even-odd rule.
  catalog::Lasso star;
  for (int i = 0; i < 5; ++i)
    star.push_back(
        {1.5 * std::sin(i * 4 * 3.14159265 / 5), 1.2 * std::cos(i * 4 * 3.14159265 / 5)});
  EXPECT_FALSE(catalog::is_inside({0, 0}, star));
  EXPECT_TRUE(catalog::is_inside({0, 1.1}, star));
  for (const catalog::MapFrame frame : {catalog::MapFrame::galactic, catalog::MapFrame::equatorial})
    expect_selects({.on_sky = catalog::SourceFilter::OnSky{frame, star}}, [&](size_t row) {
      const sky::SkyPosition at = position(row);
      sky::MapPoint point = sky::mollweide(at.ra_deg, at.dec_deg);
      if (frame == catalog::MapFrame::galactic)
        point = sky::mollweide(sky::galactic(at).l_deg, sky::galactic(at).b_deg);
      return catalog::is_inside({static_cast<float>(point.x), static_cast<float>(point.y)}, star);
    });
  catalog::SourceFilter::OnPlane plane{
      "bb_kt", "hard_hs", true, false, {{-1, -1}, {0, -1}, {0.5, 1}}};
  expect_selects({.on_plane = plane}, [&](size_t row) {
    return number("bb_kt", row) > 0 &&
           catalog::is_inside({std::log10(number("bb_kt", row)), number("hard_hs", row)},
                              plane.lasso);
  });
}

TEST_F(Selections, ArePagedInOrder) {
  const catalog::Selection some = select({.ranges = {{.column = "detections", .most = 3}}});
  std::vector<size_t> rows;
  some.for_each([&](size_t source) { rows.push_back(source); });
  for (const char* name : {"probability", "class_name", "bb_kt", "cluster"})
    for (const bool descending : {false, true}) {
      const catalog::StoredColumn& column = store_.at(name);
      const auto key = [&](size_t row) {
        return column.is_text() ? static_cast<double>(column.codes[row]) : column.numbers[row];
      };
      const auto none = [&](size_t row) { return all_.at(name).missing(row); };
      std::vector<size_t> sorted = rows;
      std::stable_sort(sorted.begin(), sorted.end(), [&](size_t a, size_t b) {
        if (none(a) || none(b)) return !none(a) && none(b);
        return descending ? key(a) > key(b) : key(a) < key(b);
      });
      std::vector<size_t> paged;
      for (size_t offset = 0; offset < sorted.size() + 100; offset += 100)
        for (const size_t source : catalog::page_of(some, &column, descending, offset, 100))
          paged.push_back(source);
      EXPECT_EQ(paged, sorted) << name << descending;
      for (const size_t at : {size_t{0}, sorted.size() / 2, sorted.size() - 1}) {
        const auto place = catalog::place_of(some, &column, descending, sorted[at]);
        ASSERT_TRUE(place.has_value());
        EXPECT_EQ(place->offset, at);
        EXPECT_EQ(place->before, at > 0 ? std::optional(sorted[at - 1]) : std::nullopt);
        EXPECT_EQ(place->after,
                  at + 1 < sorted.size() ? std::optional(sorted[at + 1]) : std::nullopt);
      }
    }
  std::vector<size_t> reversed(rows.rbegin(), rows.rend());
  EXPECT_EQ(catalog::page_of(some, nullptr, false, 0, rows.size()), rows);
  EXPECT_EQ(catalog::page_of(some, nullptr, true, 0, rows.size() + 5), reversed);
  EXPECT_EQ(catalog::page_of(some, nullptr, true, 3, 2),
            (std::vector<size_t>{reversed[3], reversed[4]}));
  EXPECT_TRUE(catalog::page_of(some, nullptr, false, rows.size() + 1, 10).empty());
  EXPECT_EQ(catalog::place_of(some, nullptr, true, reversed[3])->after, reversed[4]);
  size_t other = 0;
  while (some.holds(other)) ++other;
  EXPECT_FALSE(catalog::place_of(some, nullptr, false, other).has_value());
  EXPECT_FALSE(catalog::place_of(some, nullptr, false, some.size()).has_value());
}

TEST_F(Selections, AreCounted) {
  const catalog::Selection some = select({.ranges = {{.column = "detections", .least = 2}}});
  size_t last = all_.rows();
  size_t sum = 0;
  for (const catalog::ValueCount& value : catalog::count_values(store_.at("class"), some)) {
    const auto name = store_.at("class").value_of(value.code);
    size_t expected = 0;
    some.for_each([&](size_t row) { expected += text("class_name", row) == name; });
    EXPECT_EQ(value.count, expected);
    EXPECT_LE(value.count, last);
    last = value.count;
    sum += value.count;
  }
  EXPECT_EQ(sum, some.count());
}

TEST_F(Selections, HaveHistograms) {
  const catalog::Selection some = select({.ranges = {{.column = "detections", .least = 2}}});
  for (const bool log : {false, true}) {
    const catalog::StoredColumn& column = store_.at("bb_kt");
    const catalog::Histogram histogram =
        catalog::make_histogram(column, log, 17, &store_.at("class"), some);
    ASSERT_EQ(histogram.edges.size(), 18u);
    size_t sum = histogram.missing;
    for (const auto& series : histogram.series) {
      ASSERT_EQ(series.counts.size(), 17u);
      for (size_t bin = 0; bin < 17; ++bin) {
        size_t expected = 0;
        some.for_each([&](size_t row) {
          const double value = column.numbers[row];
          expected += store_.at("class").codes[row] == series.code &&
                      value >= histogram.edges[bin] &&
                      (value < histogram.edges[bin + 1] || (bin == 16 && value > 0));
        });
        EXPECT_NEAR(static_cast<double>(series.counts[bin]), static_cast<double>(expected), 1);
        sum += series.counts[bin];
      }
    }
    EXPECT_EQ(sum, some.count());
  }
  catalog::StoredColumn none;
  none.numbers.assign(all_.rows(), std::nan(""));
  none.range = catalog::range_of(none.numbers);
  EXPECT_TRUE(catalog::make_histogram(none, false, 5, nullptr, some).edges.empty());
  EXPECT_EQ(catalog::make_histogram(none, false, 5, nullptr, some).missing, some.count());
  none.numbers.assign(all_.rows(), 3.0);
  none.numbers[0] = std::numeric_limits<double>::infinity();
  none.range = catalog::range_of(none.numbers);
  const catalog::Histogram equal = catalog::make_histogram(none, false, 5, nullptr, select({}));
  EXPECT_EQ(equal.series.at(0).counts.at(0), all_.rows() - 1);
  EXPECT_EQ(equal.missing, 1u);
}

TEST_F(Selections, FindSingleSources) {
  const std::string name = text("name", 5);
  EXPECT_EQ(lookup_.find(name), 6);
  EXPECT_EQ(lookup_.find(lower(name)), 6);
  EXPECT_EQ(lookup_.find(name.substr(1)), std::nullopt);
  EXPECT_EQ(lookup_.find(""), std::nullopt);
  EXPECT_EQ(lookup_.with_prefix(name.substr(0, 4), 3).size(), 3u);
  EXPECT_TRUE(lookup_.with_prefix("%", 3).empty());
  EXPECT_EQ(cell_text(lookup_.source(6).at("name"), 0), name);
  const Table detections = lookup_.detections(6, 1000);
  EXPECT_EQ(static_cast<double>(detections.rows()), number("detections", 5));
  for (size_t row = 0; row < detections.rows(); ++row)
    EXPECT_EQ(detections.at("name").text(row), name);
  EXPECT_EQ(lookup_.detections(6, 0).rows(), 0u);
  EXPECT_GE(lookup_.detection_count(), store_.size());
}

}  // namespace
}  // namespace uhuru
