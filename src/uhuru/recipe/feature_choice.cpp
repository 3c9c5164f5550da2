#include "uhuru/recipe/feature_choice.hpp"

#include <algorithm>

#include "uhuru/base/text.hpp"

namespace uhuru::recipe {
namespace {

constexpr size_t most_features = 64;

class FeatureChooser {
 public:
  FeatureChooser(std::span<const ColumnProfile> columns, const ColumnRoles& roles)
      : columns_(columns), roles_(roles), used_(columns.size()), accounted_(columns.size()) {
    for (const ColumnProfile& column : columns) rows_ = std::max(rows_, column.rows());
    for (const Place& role : {roles.source, roles.observation, roles.ra, roles.dec, roles.label})
      if (role) used_[*role] = accounted_[*role] = true;
  }

  FeatureChoice choose() {
    choose_features();
    return std::move(choice_);
  }

 private:
  using Place = std::optional<size_t>;

  /// The first number column of one of these names, not used yet.
  Place take_number(const std::vector<std::string>& names) {
    for (const std::string& name : names)
      for (size_t c = 0; c < columns_.size(); ++c)
        if (!used_[c] && columns_[c].is_number() && same_but_case(columns_[c].field().name, name)) {
          used_[c] = true;
          return c;
        }
    return std::nullopt;
  }

  /// The column with the errors of another one, or those of its limits.
  Place find_error(const std::string& name) {
    return take_number({name + "_err", "e_" + name, name + "_error", "err_" + name, name + "err"});
  }
  std::optional<std::pair<size_t, size_t>> find_limits(const std::string& name) {
    for (const auto& [lower, upper] : {std::pair("_lolim", "_hilim"), std::pair("_lo", "_hi"),
                                       std::pair("_low", "_high"), std::pair("_lower", "_upper")}) {
      // "rate_m" may have "rate_m_lolim" or "rate_lolim_m".
      const size_t band = std::min(name.rfind('_'), name.size());
      for (const size_t at : {name.size(), band}) {
        const Place low = take_number({std::string(name).insert(at, lower)});
        if (!low) continue;
        if (const Place high = take_number({std::string(name).insert(at, upper)}))
          return std::pair(*low, *high);
        used_[*low] = false;
      }
    }
    return std::nullopt;
  }

  void choose_features() {
    // Errors first, so that none becomes a feature.
    std::vector<ProposedFeature> candidates;
    for (size_t c = 0; c < columns_.size(); ++c) {
      if (used_[c] || !columns_[c].is_number()) continue;
      const std::string& name = columns_[c].field().name;
      const Place error = find_error(name);
      const auto limits = error ? std::nullopt : find_limits(name);
      candidates.push_back({c, error, limits});
    }
    std::erase_if(candidates, [&](const ProposedFeature& one) { return used_[one.place]; });
    for (const ProposedFeature& one : candidates) {
      const ColumnProfile& column = columns_[one.place];
      used_[one.place] = true;
      if (const std::string why = why_not(column); !why.empty())
        leave_out(one.place, why);
      else if (is_flag(column))
        choice_.flags.push_back(one.place);
      else
        choice_.features.push_back(one);
    }
    leave_most();
    for (size_t c = 0; c < columns_.size(); ++c) {
      const ColumnProfile& column = columns_[c];
      if (used_[c] || column.present() == 0) continue;
      if (column.field().type == Type::boolean ||
          (column.field().type == Type::text && !column.has_many() &&
           column.values().size() <= ColumnRoles::most_classes && column.values().size() > 1))
        choice_.flags.push_back(c);
    }
    account_for_all();
    for (const ProposedFeature& one : choice_.features)
      choice_.has_gaps = choice_.has_gaps || columns_[one.place].present() < rows_ ||
                         !columns_[one.place].marks().empty();
  }

  void leave_out(size_t place, const std::string& why) {
    choice_.left_out[why].push_back(columns_[place].field().name);
    accounted_[place] = true;
  }

  /// Names all columns that the recipe does not use.
  void account_for_all() {
    constexpr size_t most_flags = 12;
    for (size_t i = most_flags; i < choice_.flags.size(); ++i)
      leave_out(choice_.flags[i], "flags and the like beyond twelve");
    choice_.flags.resize(std::min(most_flags, choice_.flags.size()));
    for (const size_t place : choice_.flags) accounted_[place] = true;
    for (const ProposedFeature& one : choice_.features) {
      accounted_[one.place] = true;
      if (one.error) accounted_[*one.error] = true;
      if (one.limits) accounted_[one.limits->first] = accounted_[one.limits->second] = true;
    }
    for (size_t c = 0; c < columns_.size(); ++c) {
      if (accounted_[c]) continue;
      const ColumnProfile& column = columns_[c];
      leave_out(c, column.present() == 0               ? "no values"
                   : column.is_number()                ? "errors of a column that is no feature"
                   : column.field().type != Type::text ? "arrays"
                                                       : "texts");
    }
  }

  /// Why a column of numbers is no feature; "" if it may be one.
  std::string why_not(const ColumnProfile& column) const {
    constexpr double constant = 0.98, rare = 0.02;
    const std::string name = column.lower_name();
    const auto has = [&](std::initializer_list<std::string_view> parts) {
      return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
        return name.find(part) != std::string::npos;
      });
    };
    const auto same = std::count_if(columns_.begin(), columns_.end(),
                                    [&](const auto& other) { return other.lower_name() == name; });
    if (same > 1) return "another column has the same name but for case";
    if (column.present() == 0) return "no values";
    if (static_cast<double>(column.present()) < rare * static_cast<double>(rows_))
      return "almost always missing";
    if (column.is_mostly_one(constant)) return "almost all values are the same";
    if (column.has_ucd("meta.id") || (is_integer(column.field().type) && column.is_unique()))
      return "an identifier";
    if (column.has_ucd("pos.") || has({"glon", "glat"}) ||
        column.is_named({"l", "b", "lii", "bii", "ra", "dec", "ra_unc", "dec_unc"}))
      return "a position";
    if (column.has_ucd("stat.error") || has({"err", "unc"}) || name.starts_with("e_"))
      return "an error without its value";
    if (column.has_ucd("time.") || has({"mjd", "date"})) return "a time";
    if (is_named_after_class(column)) return "it seems to be the result of a classification";
    return {};
  }

  static bool is_flag(const ColumnProfile& column) {
    constexpr size_t few = 16;
    return is_integer(column.field().type) && !column.has_many() && column.values().size() <= few;
  }

  /// Of more features than a recipe may have, ratios and those that are rarely missing are kept.
  void leave_most() {
    if (choice_.features.size() <= most_features) return;
    std::vector<ProposedFeature> sorted = choice_.features;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](const ProposedFeature& a, const ProposedFeature& b) {
                       const auto rank = [&](const ProposedFeature& one) {
                         const ColumnProfile& column = columns_[one.place];
                         return std::pair(!column.is_ratio(), rows_ - column.present());
                       };
                       return rank(a) < rank(b);
                     });
    std::vector<bool> kept(columns_.size());
    for (size_t i = 0; i < most_features; ++i) kept[sorted[i].place] = true;
    for (const ProposedFeature& one : choice_.features)
      if (!kept[one.place]) leave_out(one.place, "a recipe has at most 64 features");
    std::erase_if(choice_.features, [&](const ProposedFeature& one) { return !kept[one.place]; });
  }

  /// "P_AGN", or "AGN", where AGN is a class.
  bool is_named_after_class(const ColumnProfile& column) const {
    if (!roles_.label) return false;
    const std::string name = column.lower_name();
    const auto& classes = columns_[*roles_.label].values();
    return name.find("class") != std::string::npos ||
           std::any_of(classes.begin(), classes.end(), [&](const auto& one) {
             return name == lower(one.first) || name.ends_with("_" + lower(one.first));
           });
  }

  std::span<const ColumnProfile> columns_;
  const ColumnRoles& roles_;
  std::vector<bool> used_, accounted_;
  uint64_t rows_ = 0;
  FeatureChoice choice_;
};

}  // namespace

FeatureChoice choose_features(std::span<const ColumnProfile> columns, const ColumnRoles& roles) {
  return FeatureChooser(columns, roles).choose();
}

}  // namespace uhuru::recipe
