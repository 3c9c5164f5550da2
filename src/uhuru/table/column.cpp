#include "uhuru/table/column.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "uhuru/base/error.hpp"
#include "uhuru/base/packing.hpp"

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
  if (fixed_ != 1 && begin(row) == end(row)) return true;
  if (!fixed_) return false;
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
  if (field.type == Type::text || fixed_ != 1)
    throw Error(ErrorKind::bug, "texts and arrays are no numbers", "column " + field.name);
  if (!missing_.empty() && missing_[row]) return std::numeric_limits<double>::quiet_NaN();
  return visit([&](const auto& values) { return static_cast<double>(values[begin(row)]); });
}

std::string_view Column::text(size_t row) const {
  const auto bytes = cell<uint8_t>(row);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void Column::close_cell(bool is_missing) {
  const size_t total = visit([](const auto& values) { return values.size(); });
  const size_t count = total - (fixed_ == 1 ? rows_ : ends_.empty() ? 0 : ends_.back());
  if (fixed_ && count != fixed_ && (count != 0 || fixed_ == 1))
    throw Error(ErrorKind::bug,
                "a cell of column " + field.name + " has the wrong number of values");
  if (fixed_ != 1) ends_.push_back(total);
  ++rows_;
  if (is_missing && missing_.empty()) missing_.resize(rows_ - 1, 0);
  if (is_missing || !missing_.empty()) missing_.push_back(is_missing);
}

void Column::append_text(std::string_view text) {
  if (field.is_text_array()) text = text.substr(0, text.find_last_not_of(' ') + 1);
  auto& bytes = std::get<std::vector<uint8_t>>(values_);
  bytes.insert(bytes.end(), text.begin(), text.end());
  ends_.push_back(bytes.size());
  ++rows_;
}

void Column::append_missing() {
  if (fixed_ == 1 && field.type == Type::float64)
    return append(std::numeric_limits<double>::quiet_NaN());
  if (fixed_ != 1) return close_cell(false);
  std::visit(
      [&](auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        if constexpr (std::is_floating_point_v<T>)
          values.push_back(std::numeric_limits<T>::quiet_NaN());
        else
          values.push_back(T{});
      },
      values_);
  close_cell(!is_float(field.type));
}

void Column::mark_missing(size_t row) {
  std::visit(
      [&](auto& values) {
        std::fill_n(values.begin() + static_cast<long>(begin(row)), cell_count(row), 0);
      },
      values_);
  if (missing_.empty()) missing_.resize(rows_, 0);
  missing_[row] = 1;
}

void Column::append_number(double value) {
  if (fixed_ == 1 && field.type == Type::float64) return append(value);
  if (std::isnan(value)) return append_missing();
  std::visit(
      [&](auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        values.push_back(static_cast<T>(value));
      },
      values_);
  close_cell(false);
}

void Column::append_from(const Column& other, size_t first, size_t count) {
  if (fixed_ != other.fixed_)
    throw Error(ErrorKind::bug, "column " + field.name + "requires cells of another size");
  const size_t from = other.begin(first);
  const size_t to = count ? other.end(first + count - 1) : from;
  const size_t total = std::visit(
      [&](auto& values) {
        const auto& given = std::get<std::decay_t<decltype(values)>>(other.values_);
        const size_t before = values.size();
        values.insert(values.end(), given.begin() + static_cast<long>(from),
                      given.begin() + static_cast<long>(to));
        return before;
      },
      values_);
  for (size_t row = first; fixed_ != 1 && row < first + count; ++row)
    ends_.push_back(total + other.ends_[row] - from);
  if (missing_.empty() && !other.missing_.empty()) missing_.resize(rows_, 0);
  rows_ += count;
  if (!other.missing_.empty())
    missing_.insert(missing_.end(), other.missing_.begin() + static_cast<long>(first),
                    other.missing_.begin() + static_cast<long>(first + count));
  else if (!missing_.empty())
    missing_.resize(rows_, 0);
}

void Column::append_rows(const Column& other, std::span<const size_t> rows) {
  std::visit(
      [&](auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        const T* from = std::get<std::vector<T>>(other.values_).data();
        T filler{};
        if constexpr (std::is_floating_point_v<T>) filler = std::numeric_limits<T>::quiet_NaN();
        size_t total = values.size();
        if (fixed_ == 1) {
          total += rows.size();
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
        for (const size_t row : rows)
          if (row != no_row)
            values.insert(values.end(), from + other.begin(row), from + other.end(row));
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

template <class Archive>
void Column::transfer(Archive& archive) {
  archive(rows_, ends_, missing_);
  std::visit([&](auto& values) { archive(values); }, values_);
}
template void Column::transfer(Packer&);
template void Column::transfer(Unpacker&);

void Column::clear() {
  std::visit([](auto& values) { values.clear(); }, values_);
  ends_.clear();
  missing_.clear();
  rows_ = 0;
}

void Column::truncate(size_t rows) {
  if (rows >= rows_) return;
  std::visit([&](auto& values) { values.resize(begin(rows)); }, values_);
  if (fixed_ != 1) ends_.resize(rows);
  if (!missing_.empty()) missing_.resize(rows);
  rows_ = rows;
}

void Column::reserve(size_t rows) {
  std::visit([&](auto& values) { values.reserve(rows * std::max<size_t>(fixed_, 1)); }, values_);
  if (fixed_ != 1) ends_.reserve(rows);
}

}  // namespace uhuru
