// Runs for tests that show or serve them.
#pragma once

#include <cstdint>
#include <string>

#include "support/support.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::testing {

/// Creates a folder of a run in `scratch`, on detections drawn from the built-in model.
std::string simulated_run(const ScratchFolder& scratch, uint64_t detections);

/// All sources of a catalog; columns are called as on the pages.
Table sources_on_pages(const std::string& path);

/// A recipe without positions and observations, with 11 groups, of which the last, and one of two
/// classes of the first, have no labels; it carries columns and names what to cite.
recipe::Recipe plain_recipe();
/// Creates a folder of a run with that recipe, on made-up sources that all have a label.
std::string labelled_run(const ScratchFolder& scratch);

}  // namespace uhuru::testing
