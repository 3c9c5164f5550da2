#include "uhuru/figure/axis.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "uhuru/figure/labels.hpp"

namespace uhuru {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
using Values = std::vector<double>;
using Labels = std::vector<std::string>;

figure::Axis given(double low, double high, figure::Scale scale = figure::Scale::linear) {
  figure::Axis axis;
  axis.scale = scale;
  axis.low = low;
  axis.high = high;
  return axis;
}

Labels labels(const figure::Axis& axis, size_t most) {
  return figure::AxisScale(axis, {}).ticks(most).labels;
}

TEST(Axis, HasRoundTicks) {
  EXPECT_EQ(labels(given(0, 1), 6), (Labels{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
  EXPECT_EQ(labels(given(0, 1), 5), (Labels{"0.0", "0.5", "1.0"}));
  EXPECT_EQ(labels(given(-70123, -31000), 5), (Labels{"−70,000", "−60,000", "−50,000", "−40,000"}));
  EXPECT_EQ(labels(given(-0.3, 0.3), 6), (Labels{"−0.2", "0.0", "0.2"}));
  EXPECT_EQ(labels(given(998, 1003), 6),
            (Labels{"998", "999", "1,000", "1,001", "1,002", "1,003"}));
  figure::Axis whole = given(1, 3);
  whole.whole = true;
  EXPECT_EQ(labels(whole, 20), (Labels{"1", "2", "3"}));
}

TEST(Axis, TakesAPowerOfTenOutOfLongNumbers) {
  figure::Ticks ticks = figure::AxisScale(given(0, 3.5e6), {}).ticks(4);
  EXPECT_EQ(ticks.labels, (Labels{"0", "1", "2", "3"}));
  EXPECT_EQ(ticks.exponent, 6);
  EXPECT_EQ(ticks.values[3], 3e6);
  ticks = figure::AxisScale(given(0, 6e-13), {}).ticks(4);
  EXPECT_EQ(ticks.labels, (Labels{"0", "200", "400", "600"}));
  EXPECT_EQ(ticks.exponent, -15);
  EXPECT_EQ(figure::power_of_ten(ticks.exponent), "10⁻¹⁵");
}

TEST(Axis, HasLogarithmicTicks) {
  EXPECT_EQ(labels(given(1, 1000, figure::Scale::log), 5), (Labels{"1", "10", "100", "1,000"}));
  EXPECT_EQ(labels(given(1, 60, figure::Scale::log), 8), (Labels{"1", "2", "5", "10", "20", "50"}));
  EXPECT_EQ(labels(given(1e-15, 1e-13, figure::Scale::log), 3),
            (Labels{"10⁻¹⁵", "10⁻¹⁴", "10⁻¹³"}));
  EXPECT_EQ(labels(given(1e5, 3e5, figure::Scale::log), 5), (Labels{"10⁵", "2×10⁵"}));
  EXPECT_EQ(labels(given(1e-12, 1e12, figure::Scale::log), 6),
            (Labels{"10⁻¹⁰", "10⁻⁵", "10⁰", "10⁵", "10¹⁰"}));
  EXPECT_EQ(labels(given(3, 4, figure::Scale::log), 4), (Labels{"3.0", "3.5", "4.0"}));
}

TEST(Axis, LeavesRoomButNotWhereTheEndIsGiven) {
  const Values values = {2, 4};
  figure::AxisScale scale({}, values);
  EXPECT_DOUBLE_EQ(scale.low(), 1.9);
  EXPECT_DOUBLE_EQ(scale.high(), 4.1);
  scale = figure::AxisScale(given(0, 3), values);  // wider than given
  EXPECT_EQ(scale.low(), 0);
  EXPECT_GT(scale.high(), 4);
  EXPECT_EQ(figure::AxisScale(given(0, nan), values).place(0), 0);
}

TEST(Axis, StandsAnyValues) {
  for (const figure::Scale kind : {figure::Scale::linear, figure::Scale::log})
    for (const Values& values :
         {Values{}, Values{nan}, Values{infinity, -infinity}, Values{0}, Values{5}, Values{-5, -5},
          Values{1e-310}, Values{-1e300, 1e300}, Values{1e-299, 1e-298}, Values{1e15, 1e15 + 1},
          Values{1e-200, 1e200}, Values{1, 1 + 1e-15}, Values{-1e-4, 3e-4}}) {
      figure::Axis axis;
      axis.scale = kind;
      const figure::AxisScale scale(axis, values);
      for (const double value : values) {
        const double place = scale.place(value);
        EXPECT_EQ(std::isnan(place), !scale.has_place(value));
        if (!std::isnan(place)) {
          EXPECT_GE(place, 0);
          EXPECT_LE(place, 1);
        }
      }
      for (const size_t most : {2, 3, 7, 20}) {
        const figure::Ticks ticks = scale.ticks(most);
        EXPECT_LE(ticks.values.size(), most);
        ASSERT_EQ(ticks.values.size(), ticks.labels.size());
        for (size_t i = 0; i < ticks.values.size(); ++i) {
          EXPECT_GE(scale.place(ticks.values[i]), -1e-5);
          EXPECT_LE(scale.place(ticks.values[i]), 1 + 1e-5);
          EXPECT_LE(ticks.labels[i].size(), 18u) << ticks.labels[i];
          if (i > 0) {
            EXPECT_GT(ticks.values[i], ticks.values[i - 1]);
            EXPECT_NE(ticks.labels[i], ticks.labels[i - 1]);
          }
        }
        EXPECT_GE(ticks.values.size(), most > 6 ? 2u : 0u);
      }
    }
}

TEST(Labels, AreShort) {
  EXPECT_EQ(figure::short_number(0), "0");
  EXPECT_EQ(figure::short_number(4906), "4,906");
  EXPECT_EQ(figure::short_number(-12.345), "−12.3");
  EXPECT_EQ(figure::short_number(1234.5678), "1,235");
  EXPECT_EQ(figure::short_number(0.5), "0.5");
  EXPECT_EQ(figure::short_number(0.1 + 0.2), "0.3");
  EXPECT_EQ(figure::short_number(1e6), "10⁶");
  EXPECT_EQ(figure::short_number(-1.5e-7), "−1.5×10⁻⁷");
  EXPECT_EQ(figure::short_number(999999.7), "10⁶");
  EXPECT_EQ(figure::short_number(nan), "–");
  EXPECT_EQ(figure::decimal_text(-0.0001, 2), "0.00");
  EXPECT_EQ(figure::decimal_text(-1234567.891, 1), "−1,234,567.9");
  EXPECT_EQ(figure::percent_text(0), "0%");
  EXPECT_EQ(figure::percent_text(0.004), "<1%");
  EXPECT_EQ(figure::percent_text(0.567), "57%");
  EXPECT_EQ(figure::percent_text(0.999), ">99%");
  EXPECT_EQ(figure::percent_text(1), "100%");
}

TEST(Labels, AreCutWhereTheyDoNotFit) {
  EXPECT_EQ(figure::fitted("Seyfert_1", 11, 100), "Seyfert_1");
  const std::string cut = figure::fitted("τ Tauri and others of its kind", 11, 60);
  EXPECT_TRUE(cut.starts_with("τ Tau") && cut.ends_with("…")) << cut;
  EXPECT_LE(figure::text_width(cut, 11), 60);
  EXPECT_EQ(figure::fitted("anything", 11, 0), "…");
  EXPECT_EQ(figure::fitted("a\tb\x01\n", 11, 100), "a b  ");
  EXPECT_EQ(figure::fitted("\xff", 11, 100), "ÿ");
  EXPECT_EQ(figure::fitted("", 11, 0), "");
}

}  // namespace
}  // namespace uhuru
