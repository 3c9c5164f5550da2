#include "uhuru/recipe/column_roles.hpp"

#include <functional>
#include <map>

#include "uhuru/base/text.hpp"

namespace uhuru::recipe {
namespace {

using Place = std::optional<size_t>;

class RoleFinder {
 public:
  explicit RoleFinder(std::span<const ColumnProfile> columns)
      : columns_(columns), used_(columns.size()) {
    // A name that two columns have, but for case, cannot be asked for.
    std::map<std::string, size_t> names;
    for (const ColumnProfile& column : columns) ++names[column.lower_name()];
    for (size_t c = 0; c < columns.size(); ++c) used_[c] = names[columns[c].lower_name()] > 1;
  }

  ColumnRoles find_all(const std::string& label_column) {
    ColumnRoles roles;
    roles.label = label(label_column);
    roles.ra = coordinate("pos.eq.ra", "_ra",
                          {"ra", "raj2000", "ra_icrs", "radeg", "ra_deg", "sc_ra", "_raj2000"});
    roles.dec = coordinate("pos.eq.dec", "_dec",
                           {"dec", "dej2000", "decj2000", "de_icrs", "dedeg", "decdeg", "dec_deg",
                            "sc_dec", "_dej2000"});
    if (roles.ra.has_value() != roles.dec.has_value()) roles.ra = roles.dec = std::nullopt;
    roles.source = source();  // after the coordinates, which may be texts, too
    if (roles.source && !columns_[*roles.source].is_unique())
      roles.observation = take([](const ColumnProfile& column) {
        return column.has_ucd("meta.id;obs") ||
               column.is_named({"obsid", "obs_id", "observation", "obs", "mjd", "epoch"});
      });
    return roles;
  }

 private:
  using Fits = std::function<bool(const ColumnProfile&)>;

  /// The first column, not used yet, that fits.
  Place take(const Fits& fits) {
    for (size_t c = 0; c < columns_.size(); ++c)
      if (!used_[c] && fits(columns_[c])) {
        used_[c] = true;
        return c;
      }
    return std::nullopt;
  }
  /// The same for several descriptions, the best first.
  Place take_first_of(const std::vector<Fits>& descriptions) {
    for (const Fits& fits : descriptions)
      if (const Place place = take(fits)) return place;
    return std::nullopt;
  }

  Place label(const std::string& wanted) {
    if (!wanted.empty())
      return take(
          [&](const ColumnProfile& column) { return same_but_case(column.field().name, wanted); });
    const auto could_be = [](const ColumnProfile& column) {
      return column.field().type == Type::text && !column.has_many() &&
             column.values().size() >= 2 && column.values().size() <= ColumnRoles::most_classes;
    };
    std::vector<Fits> descriptions;
    for (const char* name : {"true_class", "class", "class_name", "label", "main_type", "otype",
                             "type", "kind", "classification", "category"})
      descriptions.emplace_back([=](const ColumnProfile& column) {
        return could_be(column) && column.lower_name() == name;
      });
    descriptions.emplace_back([=](const ColumnProfile& column) {
      return could_be(column) && column.has_ucd("src.class");
    });
    descriptions.emplace_back([=](const ColumnProfile& column) {
      return could_be(column) && column.lower_name().find("class") != std::string::npos;
    });
    return take_first_of(descriptions);
  }

  Place source() {
    const auto is_text = [](const ColumnProfile& column) {
      return column.field().type == Type::text && column.present() > 0;
    };
    std::vector<Fits> descriptions = {[=](const ColumnProfile& column) {
      return is_text(column) && column.has_ucd("meta.id;meta.main");
    }};
    for (const char* name : {"iauname", "name", "source_name", "source", "src_name", "main_id",
                             "designation", "object", "target"})
      descriptions.emplace_back([=](const ColumnProfile& column) {
        return is_text(column) && column.lower_name() == name;
      });
    descriptions.emplace_back([=](const ColumnProfile& column) {
      return is_text(column) && column.lower_name().ends_with("name");
    });
    descriptions.emplace_back(
        [=](const ColumnProfile& column) { return is_text(column) && column.is_unique(); });
    return take_first_of(descriptions);
  }

  Place coordinate(const std::string& ucd, const std::string& ending,
                   const std::vector<std::string>& names) {
    std::vector<Fits> descriptions = {
        [=](const ColumnProfile& column) { return column.has_ucd(ucd + ";meta.main"); }};
    for (const std::string& name : names)
      descriptions.emplace_back(
          [=](const ColumnProfile& column) { return column.lower_name() == name; });
    descriptions.emplace_back(
        [=](const ColumnProfile& column) { return column.lower_name().ends_with(ending); });
    descriptions.emplace_back([=](const ColumnProfile& column) { return column.has_ucd(ucd); });
    return take_first_of(descriptions);
  }

  std::span<const ColumnProfile> columns_;
  std::vector<bool> used_;
};

}  // namespace

ColumnRoles find_roles(std::span<const ColumnProfile> columns, const std::string& label_column) {
  return RoleFinder(columns).find_all(label_column);
}

std::vector<ColumnProfile> profiles(const Table& header) {
  std::vector<ColumnProfile> result;
  for (const Column& column : header.columns) result.emplace_back(column.field);
  return result;
}

}  // namespace uhuru::recipe
