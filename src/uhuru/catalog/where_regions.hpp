// The functions of constants in conditions on sources: probabilities, regions of the sky, names.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/catalog/column_store.hpp"
#include "uhuru/catalog/selection.hpp"
#include "uhuru/catalog/sky_map.hpp"
#include "uhuru/recipe/expression.hpp"

namespace uhuru::catalog {

/// Finds what the functions of one expression mean, and computes the regions in which sources lie.
/// Not thread-safe.
class WhereRegions {
 public:
  using Bits = std::vector<uint64_t>;  // one for each source
  /// A set of sources; if it is `of_positions`, it says nothing of those without a position.
  struct Region {
    Bits inside;
    bool of_positions = true;
  };

  /// All arguments must outlive this object.
  WhereRegions(const ColumnStore& store, const SkyMaps& maps, const SourceNames& names,
               const Threads& threads)
      : store_(store), maps_(maps), names_(names), threads_(threads) {}

  /// For the parser of the expression; refers to this object.
  recipe::KnownFunctions functions();
  /// By Operand::place of an operand that `functions()` has given.
  const Region& at(size_t place) const { return regions_[place]; }
  /// The sources with one of these names; with names that begin so.
  Region named(const std::vector<std::string>& names) const;
  Region with_prefix(const std::string& prefix) const;

 private:
  using Constants = std::span<const recipe::KnownFunctions::Constant>;

  recipe::Operand operand(std::string_view name, Constants arguments);
  recipe::Operand probability(Constants arguments) const;
  Bits on_sky(Constants arguments);
  Bits in_cone(Constants arguments) const;
  Bits near(Constants arguments);
  Bits selected(const SourceFilter& filter) const;

  const ColumnStore& store_;
  const SkyMaps& maps_;
  const SourceNames& names_;
  const Threads& threads_;
  std::vector<Region> regions_;
  size_t corners_ = 0;
  size_t wide_positions_ = 0;  // of near() with a large radius
};

}  // namespace uhuru::catalog
