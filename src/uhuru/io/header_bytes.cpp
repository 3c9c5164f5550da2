#include "uhuru/io/header_bytes.hpp"

#include "uhuru/base/packing.hpp"

namespace uhuru {

// All members are named here, so that a new one cannot be forgotten.
template <class Archive>
void transfer(Archive& archive, Field& field) {
  auto& [name, type, arraysize, unit, ucd, utype, xtype, description, null_marker, unicode, ref,
         width, precision, minimum, maximum, links] = field;
  archive(name, type, arraysize, unit, ucd, utype, xtype, description, null_marker, unicode, ref,
          width, precision, minimum, maximum, links);
}
template <class Archive>
void transfer(Archive& archive, Parameter& parameter) {
  auto& [field, value, info] = parameter;
  archive(field, value, info);
}
template <class Archive>
void transfer(Archive& archive, ReferenceSystem& system) {
  auto& [element, attributes] = system;
  archive(element, attributes);
}

namespace io {

std::string packed_header(const Table& header) {
  const auto& [name, description, parameters, systems, notes, files, columns] = header;
  std::vector<Field> fields;
  fields.reserve(columns.size());
  for (const Column& column : columns) fields.push_back(column.field);
  Packer packer;
  packer(name, description, parameters, systems, notes, fields);  // a header has no files
  return std::move(packer.bytes);
}

Table unpacked_header(std::string_view bytes) {
  Table header;
  std::vector<Field> fields;
  unpack(bytes, header.name, header.description, header.parameters, header.systems, header.notes,
         fields);
  for (Field& field : fields) header.add(std::move(field));
  return header;
}

}  // namespace io
}  // namespace uhuru
