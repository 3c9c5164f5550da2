#include "uhuru/catalog/source_lookup.hpp"

#include "uhuru/base/error.hpp"

namespace uhuru::catalog {

SourceLookup::SourceLookup(const DatabaseFile& file)
    : catalog_(file),
      detection_columns_(catalog_.columns_of("detections")),
      rows_(catalog_, catalog_.all_columns()) {
  Statement count(catalog_.file(), "SELECT max(id) FROM detections");
  if (count.step()) detection_count_ = static_cast<uint64_t>(count.whole(0));
  for (const CatalogColumn& column : detection_columns_) detection_header_.add(column.field);
  detection_header_.name = "detections";
  find_ = std::make_unique<Statement>(catalog_.file(),
                                      "SELECT id FROM sources WHERE name = ?1 COLLATE NOCASE "
                                      "ORDER BY name <> ?1, id LIMIT 1");
  // No UTF-8 byte is 255, so all names that begin with the prefix are below this.
  prefix_ = std::make_unique<Statement>(
      catalog_.file(),
      "SELECT id FROM sources WHERE name >= ?1 COLLATE NOCASE AND name < ?2 COLLATE NOCASE "
      "ORDER BY name COLLATE NOCASE, id LIMIT ?3");
  std::string sql = "SELECT d.id";
  for (const CatalogColumn& column : detection_columns_) sql += ", d." + sql_name(column.sql);
  detections_ = std::make_unique<Statement>(
      catalog_.file(), sql +
                           " FROM sources AS s JOIN detections AS d ON d.id >= s.first_detection "
                           "AND d.id < s.first_detection + s.detections "
                           "WHERE s.id = ?1 ORDER BY d.id LIMIT ?2");
}

std::optional<int64_t> SourceLookup::find(const std::string& name) {
  find_->bind(1, std::string_view(name));
  if (!find_->step()) return std::nullopt;
  const int64_t id = find_->whole(0);
  find_->reset();
  return id;
}

std::vector<int64_t> SourceLookup::with_prefix(const std::string& prefix, size_t most) {
  const std::string beyond = prefix + '\xff';
  prefix_->bind(1, std::string_view(prefix));
  prefix_->bind(2, std::string_view(beyond));
  prefix_->bind(3, static_cast<int64_t>(most));
  std::vector<int64_t> ids;
  while (prefix_->step()) ids.push_back(prefix_->whole(0));
  return ids;
}

Table SourceLookup::source(int64_t id) {
  Table row = rows_.header();
  rows_.append(id, row);
  return row;
}

Table SourceLookup::detections(int64_t id, size_t most) {
  detections_->bind(1, id);
  detections_->bind(2, static_cast<int64_t>(most));
  Table rows = detection_header_;
  while (detections_->step()) append_row(*detections_, rows, detection_columns_.size());
  return rows;
}

}  // namespace uhuru::catalog
