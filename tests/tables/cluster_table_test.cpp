// The table of clusters: its columns, also before its first row.
#include <gtest/gtest.h>

#include "support/support.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/tables/tables.hpp"

namespace uhuru {
namespace {

TEST(ClusterTable, HasItsColumnsAlsoWithoutRows) {
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  Table detections;
  for (const char* name : {"name", "obsid"}) detections.add(make_field(name, Type::text, ""));
  for (const char* name : {"ra", "dec", "flux_significance_b"})
    detections.add(make_field(name, Type::float64, ""));
  const Table empty = tables::cluster_table(detections, {}, {}, Matrix(), {}, recipe);
  EXPECT_EQ(empty.rows(), 0u);
  ASSERT_NE(empty.find("flux_significance_b"), nullptr);

  detections.columns[0].append_text("a");
  detections.columns[1].append_text("7");
  for (size_t c = 2; c < 5; ++c) detections.columns[c].append(static_cast<double>(c));
  const Matrix features = Matrix::Constant(1, static_cast<long>(recipe.features.size()), 0.5);
  const std::vector<std::optional<method::ClusterId>> clusters = {method::ClusterId(3)};
  const std::vector<method::Placement> places = {{clusters[0], -1, 0.25, 10}};
  const Table one = tables::cluster_table(detections, {"QSO"}, clusters, features, places, recipe);
  EXPECT_EQ(one.column_names(), empty.column_names());
  EXPECT_EQ(one.rows(), 1u);
  for (const auto& [name, value] :
       {std::pair("obsid", "7"), std::pair("flux_significance_b", "4.0"), std::pair("cluster", "3"),
        std::pair("hard_hs", "0.5"), std::pair("tail_probability", "0.25")})
    EXPECT_EQ(cell_text(one.at(name), 0), value) << name;
}

}  // namespace
}  // namespace uhuru
