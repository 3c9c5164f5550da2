#include "uhuru/table/column.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "uhuru/base/error.hpp"

namespace uhuru {

Column::Column(Field f) : field(std::move(f)), fixed_(field.cell_size()) {
  switch (field.type) {
    case Type::boolean:
    case Type::byte:
    case Type::text:
      values_ = std::vector<uint8_t>();
      break;
    case Type::int16:
      values_ = std::vector<int16_t>();
      break;
    case Type::int32:
      values_ = std::vector<int32_t>();
      break;
    case Type::int64:
      values_ = std::vector<int64_t>();
      break;
    case Type::float32:
      values_ = std::vector<float>();
      break;
    case Type::float64:
      values_ = std::vector<double>();
      break;
  }
}

bool Column::missing(size_t row) const {
  if (!fixed_) return begin(row) == end(row);
  if (is_float(field.type))
    return visit([&](const auto& values) {
      const auto first = values.begin() + static_cast<long>(begin(row));
      return std::all_of(first, first + static_cast<long>(fixed_),
                         [](auto value) { return std::isnan(static_cast<double>(value)); });
    });
  return !missing_.empty() && missing_[row];
}

size_t Column::missing_count() const {
  size_t count = 0;
  for (size_t row = 0; row < rows_; ++row) count += missing(row);
  return count;
}

double Column::number(size_t row) const {
  if (!missing_.empty() && missing_[row]) return std::numeric_limits<double>::quiet_NaN();
  return visit([&](const auto& values) { return static_cast<double>(values[begin(row)]); });
}

std::string_view Column::text(size_t row) const {
  const auto bytes = cell<uint8_t>(row);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void Column::close_cell(bool is_missing) {
  const size_t total = visit([](const auto& values) { return values.size(); });
  if (!fixed_)
    ends_.push_back(total);
  else if (total != (rows_ + 1) * fixed_)
    throw Error(ErrorKind::bug, "a cell of column " + field.name + " has a wrong number of values");
  ++rows_;
  if (is_missing && missing_.empty()) missing_.resize(rows_ - 1, false);
  if (is_missing || !missing_.empty()) missing_.push_back(is_missing);
}

void Column::append_text(std::string_view text) {
  append(std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

void Column::append_missing() {
  std::visit(
      [&](auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        T filler{};
        if constexpr (std::is_floating_point_v<T>) filler = std::numeric_limits<T>::quiet_NaN();
        values.insert(values.end(), fixed_, filler);
      },
      values_);
  const bool marks_itself = !fixed_ || is_float(field.type);
  close_cell(!marks_itself);
}

void Column::append_number(double value) {
  if (std::isnan(value)) return append_missing();
  std::visit(
      [&](auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        values.push_back(static_cast<T>(value));
      },
      values_);
  close_cell(false);
}

void Column::append_from(const Column& other, size_t row) {
  if (other.missing(row)) return append_missing();
  std::visit(
      [&](auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        const auto cell_values = other.cell<T>(row);
        values.insert(values.end(), cell_values.begin(), cell_values.end());
      },
      values_);
  close_cell(false);
}

void Column::append_rows(const Column& other, std::span<const size_t> rows) {
  std::visit(
      [&](auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        const T* from = std::get<std::vector<T>>(other.values_).data();
        T filler{};
        if constexpr (std::is_floating_point_v<T>) filler = std::numeric_limits<T>::quiet_NaN();
        size_t total = values.size();
        if (fixed_) {
          total += rows.size() * fixed_;
        } else {
          ends_.reserve(ends_.size() + rows.size());
          for (const size_t row : rows)
            ends_.push_back(total += row == no_row ? 0 : other.cell_count(row));
        }
        values.reserve(total);
        if (fixed_ == 1) {
          for (const size_t row : rows) values.push_back(row == no_row ? filler : from[row]);
          return;
        }
        for (const size_t row : rows) {
          if (row == no_row)
            values.insert(values.end(), fixed_, filler);
          else
            values.insert(values.end(), from + other.begin(row), from + other.end(row));
        }
      },
      values_);
  const bool marks_itself = !fixed_ || is_float(field.type);
  const bool flags = !marks_itself && (!missing_.empty() || !other.missing_.empty() ||
                                       std::find(rows.begin(), rows.end(), no_row) != rows.end());
  if (flags) {
    missing_.resize(rows_, false);
    missing_.reserve(rows_ + rows.size());
    for (const size_t row : rows) missing_.push_back(row == no_row || other.missing(row));
  }
  rows_ += rows.size();
}

void Column::clear() {
  std::visit([](auto& values) { values.clear(); }, values_);
  ends_.clear();
  missing_.clear();
  rows_ = 0;
}

void Column::reserve(size_t rows) {
  std::visit([&](auto& values) { values.reserve(rows * std::max<size_t>(fixed_, 1)); }, values_);
  if (!fixed_) ends_.reserve(rows);
}

}  // namespace uhuru
