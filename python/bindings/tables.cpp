// Tables between numpy and the library.
//
// A column is (name, data, mask, ends, unit, ucd, description, arraysize): data an array of
// numbers, booleans or texts ("U"), one value per row, or with further axes for arrays; mask a
// boolean array or None; ends, for arrays of variable length, the end of each row's values in
// `data`, or None; arraysize, for arrays of texts, which stand in one padded text, their length and
// number ("8x3"), or "".
#include <algorithm>
#include <cmath>
#include <cstring>

#include "binding.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru::python {
namespace {

constexpr char32_t replacement = 0xFFFD;

void append_utf8(std::string& text, char32_t c) {
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = replacement;
  const auto byte = [&](char32_t value) { text += static_cast<char>(value); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | c >> 6);
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3F));
    byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
}

/// Decodes the valid UTF-8 of a column.
template <class Take>
void for_each_character(std::string_view text, const Take& take) {
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    char32_t c = size == 1 ? first : first & (0x7F >> size);
    for (size_t k = 1; k < size && i + k < text.size(); ++k)
      c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
    take(c);
    i += size;
  }
}

Type type_of(const py::dtype& dtype, const std::string& column) {
  const char kind = dtype.kind();
  const auto size = dtype.itemsize();
  if (kind == 'b') return Type::boolean;
  if (kind == 'u' && size == 1) return Type::byte;
  if (kind == 'i' && size == 2) return Type::int16;
  if (kind == 'i' && size == 4) return Type::int32;
  if (kind == 'i' && size == 8) return Type::int64;
  if (kind == 'f' && size == 4) return Type::float32;
  if (kind == 'f' && size == 8) return Type::float64;
  if (kind == 'U') return Type::text;
  throw py::value_error("column " + column + ": expected numbers, booleans or texts, found " +
                        py::str(static_cast<const py::object&>(dtype)).cast<std::string>());
}

/// A column of arrays; `held` keeps them alive.
struct ArrayColumn {
  Field field;
  std::vector<py::object> held;
  const char* data = nullptr;
  py::ssize_t stride = 0;  // bytes from row to row
  size_t cell = 1;         // values per row, or characters of a text
  const char* mask = nullptr;
  py::ssize_t mask_stride = 0;
  const int64_t* ends = nullptr;

  bool missing(size_t row) const {
    return mask && mask[static_cast<py::ssize_t>(row) * mask_stride];
  }
  const char* at(size_t row) const { return data + static_cast<py::ssize_t>(row) * stride; }
  template <class Take>
  void for_each_character(size_t row, const Take& take) const {
    const char* text = at(row);
    const size_t length = cell;
    const auto character = [&](size_t i) {
      char32_t c = 0;
      std::memcpy(&c, text + 4 * i, 4);
      return c;
    };
    for (size_t i = 0; i < length; ++i) {
      const char32_t c = character(i);
      if (c == 0) return;  // as in VOTable and FITS
      take(c);
    }
  }

  void append_texts(size_t begin, size_t end, Column& to) const {
    std::string text;
    for (size_t row = begin; row < end; ++row) {
      if (missing(row)) {
        to.append_missing();
        continue;
      }
      text.clear();
      for_each_character(row, [&](char32_t c) { append_utf8(text, c); });
      to.append_text(text);
    }
  }

  template <class T>
  void append_numbers(size_t begin, size_t end, Column& to) const {
    if (ends) {
      for (size_t row = begin; row < end; ++row) {
        const int64_t first = row == 0 ? 0 : ends[row - 1];
        if (missing(row))
          to.append_missing();
        else
          to.append(std::span(reinterpret_cast<const T*>(data) + first,
                              static_cast<size_t>(ends[row] - first)));
      }
      return;
    }
    const size_t first = to.size();
    to.append_cells<T>(end - begin, [&](std::span<T> values) {
      T* out = values.data();
      for (size_t row = begin; row < end; ++row, out += cell)
        std::memcpy(out, at(row), cell * sizeof(T));
      if constexpr (std::is_floating_point_v<T>) {
        out = values.data();
        for (size_t row = begin; mask && row < end; ++row, out += cell)
          if (missing(row)) std::fill_n(out, cell, std::numeric_limits<T>::quiet_NaN());
      }
    });
    if constexpr (!std::is_floating_point_v<T>)
      for (size_t row = begin; mask && row < end; ++row)
        if (missing(row)) to.mark_missing(first + row - begin);
  }

  void append(size_t begin, size_t end, Column& to) const {
    switch (field.type) {
      case Type::text:
        return append_texts(begin, end, to);
      case Type::boolean:
      case Type::byte:
        return append_numbers<uint8_t>(begin, end, to);
      case Type::int16:
        return append_numbers<int16_t>(begin, end, to);
      case Type::int32:
        return append_numbers<int32_t>(begin, end, to);
      case Type::int64:
        return append_numbers<int64_t>(begin, end, to);
      case Type::float32:
        return append_numbers<float>(begin, end, to);
      case Type::float64:
        return append_numbers<double>(begin, end, to);
    }
  }
};

ArrayColumn array_column(const py::tuple& spec, py::ssize_t rows) {
  ArrayColumn column;
  column.field.name = spec[0].cast<std::string>();
  const auto data = spec[1].cast<py::array>();
  column.held = {data, spec[2], spec[3]};
  column.field.type = type_of(data.dtype(), column.field.name);
  column.field.unit = spec[4].cast<std::string>();
  column.field.ucd = spec[5].cast<std::string>();
  column.field.description = spec[6].cast<std::string>();
  column.data = static_cast<const char*>(data.data());
  column.stride = data.ndim() ? data.strides(0) : 0;
  if (!spec[2].is_none()) {
    const auto mask = spec[2].cast<py::array_t<bool>>();
    column.held[1] = mask;
    column.mask = reinterpret_cast<const char*>(mask.data());
    if (mask.ndim() != 1 || mask.shape(0) != rows)
      throw py::value_error("column " + column.field.name + ": expected a mask for each row");
    column.mask_stride = mask.strides(0);
  }
  py::ssize_t length = data.ndim() ? data.shape(0) : 0;
  if (!spec[3].is_none()) {
    const auto ends = spec[3].cast<py::array_t<int64_t, py::array::c_style>>();
    column.held[2] = ends;
    column.ends = ends.data();
    length = ends.shape(0);
    column.field.arraysize = "*";
    int64_t last = 0;
    for (py::ssize_t row = 0; row < length; ++row) {
      if (column.ends[row] < last || column.ends[row] > data.size())
        throw py::value_error("column " + column.field.name + ": invalid ends");
      last = column.ends[row];
    }
  } else if (column.field.type == Type::text) {
    column.cell = static_cast<size_t>(data.itemsize()) / 4;
    column.field.arraysize = spec[7].cast<std::string>();
  } else {
    for (py::ssize_t axis = data.ndim() - 1; axis >= 1; --axis) {
      if (!column.field.arraysize.empty()) column.field.arraysize += "x";
      column.field.arraysize += std::to_string(data.shape(axis));
      column.cell *= static_cast<size_t>(data.shape(axis));
    }
  }
  if (length != rows)
    throw py::value_error("column " + column.field.name + ": expected " + std::to_string(rows) +
                          " rows, found " + std::to_string(length));
  return column;
}

}  // namespace

struct Source::Arrays {
  Table header;
  std::vector<ArrayColumn> columns;
  size_t rows = 0;

  // The arrays belong to Python.
  ~Arrays() {
    const WithGil gil;
    columns.clear();
  }
};

namespace {

template <class Arrays>
class ArrayReader : public io::TableReader {
 public:
  ArrayReader(std::shared_ptr<const Arrays> arrays, std::string name)
      : io::TableReader(std::move(name)), arrays_(std::move(arrays)) {
    header_ = arrays_->header.empty_copy();
  }
  double fraction_read() const override {
    return arrays_->rows ? static_cast<double>(next_) / static_cast<double>(arrays_->rows) : 1;
  }

 protected:
  void read_rows(Table& batch, size_t max_rows) override {
    const size_t end = next_ + std::min(arrays_->rows - next_, max_rows);
    for (size_t c = 0; c < batch.columns.size(); ++c)
      arrays_->columns[c].append(next_, end, batch.columns[c]);
    next_ = end;
  }

 private:
  std::shared_ptr<const Arrays> arrays_;
  size_t next_ = 0;
};

Parameter parameter_of(const py::tuple& spec) {
  Parameter parameter;
  parameter.field.name = spec[0].cast<std::string>();
  const py::object value = spec[1];
  if (py::isinstance<py::float_>(value)) {
    parameter.value = py::repr(value).cast<std::string>();
  } else {
    parameter.value = py::str(value).cast<std::string>();
    const bool is_bool = py::isinstance<py::bool_>(value);
    parameter.field.type = is_bool                           ? Type::boolean
                           : py::isinstance<py::int_>(value) ? Type::int64
                                                             : Type::text;
    if (is_bool) parameter.value = value.cast<bool>() ? "T" : "F";
  }
  parameter.field.unit = spec[2].cast<std::string>();
  return parameter;
}

}  // namespace

Source::Source(const py::list& columns, const py::list& parameters, py::ssize_t rows,
               std::string name)
    : name_(std::move(name)) {
  const auto arrays = std::make_shared<Arrays>();
  arrays->rows = static_cast<size_t>(rows);
  for (const py::handle& column : columns) {
    arrays->columns.push_back(array_column(column.cast<py::tuple>(), rows));
    Field& field = arrays->columns.back().field;
    const bool may_be_unicode = field.type == Type::text && field.arraysize.empty();
    for (size_t row = 0; may_be_unicode && row < arrays->rows && !field.unicode; ++row)
      arrays->columns.back().for_each_character(
          row, [&](char32_t c) { field.unicode = field.unicode || c > 127; });
    arrays->header.add(field);
  }
  for (const py::handle& parameter : parameters)
    arrays->header.parameters.push_back(parameter_of(parameter.cast<py::tuple>()));
  arrays_ = arrays;
}

io::OpenTable Source::opener() const {
  if (!arrays_) return {};
  return [arrays = arrays_, name = name_] {
    return std::make_unique<ArrayReader<Arrays>>(arrays, name);
  };
}

std::unique_ptr<io::TableReader> Source::open(const Threads& threads) const {
  if (arrays_) return opener()();
  return io::open_table(name_, threads);
}

namespace {

/// An array of texts of equal size, or a list of them where one is much longer than the others.
py::object texts_of(const Column& column) {
  const size_t rows = column.size();
  size_t longest = 1, total = 0;
  {
    const WithoutGil without_gil;
    for (size_t row = 0; row < rows; ++row) {
      size_t length = 0;
      for_each_character(column.text(row), [&](char32_t) { ++length; });
      longest = std::max(longest, length);
      total += length;
    }
  }
  if (longest * rows > 16 * total + (size_t{1} << 24)) {
    py::list list;
    for (size_t row = 0; row < rows; ++row)
      list.append(py::str(column.text(row).data(), column.text(row).size()));
    return list;
  }
  py::array array(py::dtype("U" + std::to_string(longest)), static_cast<py::ssize_t>(rows));
  auto* out = static_cast<char32_t*>(array.mutable_data());
  const WithoutGil without_gil;
  for (size_t row = 0; row < rows; ++row, out += longest) {
    size_t length = 0;
    for_each_character(column.text(row), [&](char32_t c) { out[length++] = c; });
    std::fill(out + length, out + longest, 0);
  }
  return array;
}

/// The values of a column without a copy: `keep` keeps the table.
py::object values_of(const Column& column, const py::object& keep) {
  if (column.field.type == Type::text) return texts_of(column);
  return column.visit([&](const auto& values) -> py::object {
    using T = typename std::decay_t<decltype(values)>::value_type;
    return py::array(py::dtype::of<T>(), {static_cast<py::ssize_t>(values.size())},
                     {static_cast<py::ssize_t>(sizeof(T))}, values.data(), keep);
  });
}

py::dict column_dict(const Column& column, const py::object& keep) {
  using namespace py::literals;
  const Field& field = column.field;
  py::object mask = py::none(), ends = py::none();
  const size_t rows = column.size();
  if (column.missing_count() > 0) {
    py::array_t<bool> missing(static_cast<py::ssize_t>(rows));
    bool* out = missing.mutable_data();
    for (size_t row = 0; row < rows; ++row) out[row] = column.missing(row);
    mask = missing;
  }
  const std::vector<size_t> shape =
      field.type == Type::text ? std::vector<size_t>() : dimensions(field.arraysize);
  size_t total = 0;
  for (size_t row = 0; row < rows && field.type != Type::text; ++row)
    total += column.cell_count(row);
  // A fixed size whose missing cells are left out is one of variable length, too.
  if (field.type != Type::text && total != rows * field.cell_size()) {
    std::vector<int64_t> places;
    int64_t end = 0;
    for (size_t row = 0; row < rows; ++row)
      places.push_back(end += static_cast<int64_t>(column.cell_count(row)));
    ends = to_array(std::move(places));
  }
  return py::dict("name"_a = field.name, "values"_a = values_of(column, keep), "mask"_a = mask,
                  "ends"_a = ends, "shape"_a = shape, "is_boolean"_a = field.type == Type::boolean,
                  "text_array"_a = field.is_text_array() ? field.arraysize : "",
                  "unit"_a = field.unit, "ucd"_a = field.ucd, "utype"_a = field.utype,
                  "description"_a = field.description);
}

py::list parameters_of(const Table& table) {
  py::list list;
  for (const Parameter& parameter : table.parameters)
    list.append(py::make_tuple(parameter.field.name, parameter.value, parameter.field.unit,
                               parameter.info ? "text" : type_name(parameter.field.type)));
  return list;
}

}  // namespace

py::dict to_python(Table table) {
  using namespace py::literals;
  auto* own = new Table(std::move(table));
  const py::capsule keep(own, [](void* p) { delete static_cast<Table*>(p); });
  py::list columns;
  for (const Column& column : own->columns) columns.append(column_dict(column, keep));
  return py::dict("name"_a = own->name, "description"_a = own->description,
                  "parameters"_a = parameters_of(*own), "notes"_a = own->notes,
                  "columns"_a = columns);
}

void add_tables(py::module_& module) {
  py::class_<Source, std::shared_ptr<Source>>(module, "Source")
      .def(py::init<std::string>(), py::arg("path"))
      .def(py::init<const py::list&, const py::list&, py::ssize_t, std::string>(),
           py::arg("columns"), py::arg("parameters"), py::arg("rows"), py::arg("name"))
      .def_property_readonly("name", [](const Source& source) {  // of a file, in any encoding
        return py::reinterpret_steal<py::str>(PyUnicode_DecodeFSDefaultAndSize(
            source.name().data(), static_cast<py::ssize_t>(source.name().size())));
      });
  module.def(
      "read_table",
      [](const Source& source, int jobs, const py::object& progress) {
        return to_python(work(jobs, progress, [&](const Threads& threads, const Progress& report) {
          const auto reader = source.open(threads);
          Table table = reader->header().empty_copy();
          Table batch = table;
          while (reader->read(batch)) {
            table.append_rows(batch);
            report("read", static_cast<uint64_t>(1000 * reader->fraction_read()), 1000);
          }
          table.notes = reader->remarks();
          return table;
        }));
      },
      py::arg("source"), py::arg("jobs"), py::arg("progress"));
  module.def(
      "write_table",
      [](const Source& source, const std::string& path, const std::string& format, bool overwrite,
         int jobs, const py::object& progress) {
        std::vector<std::string> notes;
        work(jobs, progress, [&](const Threads& threads, const Progress& report) {
          io::WriteOptions options;
          options.overwrite = io::overwrite_if(overwrite);
          if (!format.empty()) options.format = io::format_from_text(format);
          options.threads = threads;
          options.note = [&](const std::string& note) { notes.push_back(note); };
          const auto reader = source.open(threads);
          const auto writer = io::create_table(path, reader->header(), options);
          Table batch = reader->header().empty_copy();
          while (reader->read(batch)) {
            writer->write(batch);
            report("write", static_cast<uint64_t>(1000 * reader->fraction_read()), 1000);
          }
          writer->commit();
          return 0;
        });
        return notes;
      },
      py::arg("source"), py::arg("path"), py::arg("format"), py::arg("overwrite"), py::arg("jobs"),
      py::arg("progress"));
}

}  // namespace uhuru::python
