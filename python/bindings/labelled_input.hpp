// Detections and labels from Python, for what learns from them.
#pragma once

#include <optional>
#include <string>

#include "binding.hpp"
#include "uhuru/recipe/labels.hpp"

namespace uhuru::python {

/// Sets what is learned from. `labels`: None, and the detections have `label_column`; or a Source.
void set_labelled(const Source& detections, const py::object& labels, const std::string& join,
                  std::optional<double> radius, const std::string& label_column,
                  const recipe::Recipe& recipe, recipe::LabelledInput& input);

/// Throws ValueError if it is not between 0.5 and 0.999.
std::optional<double> checked_coverage(std::optional<double> coverage);

}  // namespace uhuru::python
