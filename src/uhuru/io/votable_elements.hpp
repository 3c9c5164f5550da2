// Elements of a VOTable as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::io {

/// VOTable's datatype and arraysize of a field.
std::string_view votable_datatype(const Field& field);
std::string_view votable_arraysize(const Field& field);

/// Appends ` name="value"`; nothing for an empty value. `value` is escaped, `name` is not.
void put_votable_attribute(std::string_view name, std::string_view value, std::string& out);

/// Appends a DESCRIPTION; nothing for an empty one.
void put_votable_description(std::string_view description, std::string& out);

/// Appends the FIELD of column number `column` (from 0) of `header`; `null` is the number that
/// marks missing values.
void put_votable_field(const Table& header, size_t column, std::optional<int64_t> null,
                       std::string& out);

/// Appends the reference systems, and the parameters that are INFOs.
void put_votable_facts(const Table& header, std::string& out);
/// Appends the parameters that are PARAMs.
void put_votable_parameters(const Table& header, std::string& out);

/// Appends a row of TABLEDATA.
void put_votable_row(const Table& batch, size_t row, std::string& out);

}  // namespace uhuru::io
#pragma GCC visibility pop
