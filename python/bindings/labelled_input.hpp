// Detections and labels from Python, for what learns from them.
#pragma once

#include <optional>
#include <string>

#include "binding.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/recipe/labels.hpp"

namespace uhuru::python {

/// Sets what is learned from. `labels`: None, and the detections have `label_column`; or a Source.
void set_labelled(const Source& detections, const py::object& labels, const std::string& join,
                  std::optional<double> radius, const std::string& label_column,
                  const recipe::Recipe& recipe, recipe::LabelledInput& input);

/// How a function of the package writes tables of results. `format`: as in io::format_from_text, or
/// "". They say which `function` made them, with which recipe, and of what.
io::WriteOptions result_options(const std::string& function, const recipe::Recipe& recipe,
                                const std::string& format, bool overwrite);

/// Throws ValueError if it is not between 0.5 and 0.999.
std::optional<double> checked_coverage(std::optional<double> coverage);

}  // namespace uhuru::python
