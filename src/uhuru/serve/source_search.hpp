// What a user may type to find something: names, fields, positions, and lists of them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "uhuru/catalog/name_list.hpp"
#include "uhuru/catalog/source_lookup.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/sky/sphere.hpp"

#pragma GCC visibility push(default)
namespace uhuru::serve {

/// A position as typed.
struct TypedPosition {
  sky::SkyPosition icrs;
  bool is_galactic = false;  // typed as a Galactic one
};
/// Equatorial or Galactic; see parse_position and parse_galactic. Thread-safe.
std::optional<TypedPosition> typed_position(std::string_view text);

/// The targets in a text, separated by line ends or semicolons, without blank ones. Thread-safe.
std::vector<std::string> targets_in(std::string_view text);

/// Finds sources of a catalog. Thread-safe.
class SourceSearch {
 public:
  static constexpr size_t most_targets = 200;  // of a list
  static constexpr double near_arcsec = 5;     // sources of a position in a list

  /// Throws Error (input): see Catalog.
  SourceSearch(const catalog::DatabaseFile& file, std::vector<recipe::NamedField> fields)
      : names_(file), fields_(std::move(fields)) {}

  /// Ids of sources: names that begin with `text`, then those in which a word does; at most `most`.
  std::vector<int64_t> named(const std::string& text, size_t most,
                             catalog::SourceLookup& lookup) const;
  /// The fields whose names begin with `text`, blanks aside; none for an empty text.
  std::vector<recipe::NamedField> fields(std::string_view text) const;

  /// The sources of several targets as an expression (see docs/recipes.md), which names sources and
  /// gives positions and fields: {"where", "found": number of targets, "missing": the others}.
  /// "where" is null if none was found. A name may lack its beginning if only one source fits; a
  /// position is found if a source lies within 5 arcsec. Throws Error (input) if there are too
  /// many.
  nlohmann::ordered_json list(const std::vector<std::string>& targets,
                              catalog::SourceLookup& lookup) const;

 private:
  std::optional<int64_t> single(const std::string& name, catalog::SourceLookup& lookup) const;

  catalog::NameList names_;
  std::vector<recipe::NamedField> fields_;
};

}  // namespace uhuru::serve
#pragma GCC visibility pop
