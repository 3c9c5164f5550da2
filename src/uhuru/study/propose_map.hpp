// A class map proposed for another catalog.
#pragma once

#include <string>

#include "uhuru/study/compare.hpp"

#pragma GCC visibility push(default)
namespace uhuru::study {

struct NewMap {
  std::string name;
  std::string class_column = {};  // of the catalog; empty to look for one
};

/// The text of a map of the catalog `theirs` to the classes of a recipe: its columns, found by name
/// and UCD, and for each of its classes the class or group of the recipe with the same name.
/// Comments say how often each class occurs, and which classes the rows have in `ours` that
/// correspond to it by `options`. Throws Error (input) if the catalog has no column of classes.
std::string propose_map(const Table& ours, const Table& theirs, const NewMap& map,
                        const recipe::Recipe& recipe, const CompareOptions& options,
                        const Threads& threads);

}  // namespace uhuru::study
#pragma GCC visibility pop
