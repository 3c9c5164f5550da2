// The part of the API that writes files of sources.
#include <ctime>

#include "uhuru/catalog/summaries.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/serve/catalog_api.hpp"

namespace uhuru::serve {

void CatalogApi::add_origin(const std::vector<size_t>& places, const Parameters& parameters,
                            std::optional<size_t> rows, Table& header) const {
  std::vector<catalog::CatalogColumn> columns;
  for (const size_t place : places) columns.push_back(columns_[place]);
  declare_icrs(columns, header);
  add_facts(origin_, filter_text(parameters), rows, std::time(nullptr), header);
}

std::string CatalogApi::write_sources(const Parameters& parameters,
                                      const io::TemporaryFolder& folder,
                                      const std::function<void()>& check_wanted) {
  Query query(parameters);
  const Listing listing = listing_of(query, 3);
  const std::string format = query.word("format", {"votable", "fits", "csv", "ecsv"});
  query.end();
  const auto selected = select(listing.filter);
  const auto order =
      catalog::page_of(*selected, listing.order.by, listing.order.descending, 0, selected->count());
  const catalog::Catalog catalog(file_);
  catalog::CatalogRows rows(catalog, listing.places);
  std::string name = file_stem(origin_.title, parameters, order.size()) + "." +
                     (format == "votable" ? "vot" : format);
  Table header = rows.header().empty_copy();
  add_origin(listing.places, parameters, order.size(), header);
  const auto writer = io::create_table(folder.file(name), header);
  Table batch = rows.header().empty_copy();
  for (const size_t source : order) {
    rows.append(static_cast<int64_t>(source + 1), batch);
    constexpr size_t batch_rows = 4096;
    if (batch.rows() < batch_rows) continue;
    writer->write(batch);
    batch.clear_rows();
    check_wanted();
  }
  writer->write(batch);
  writer->commit();
  return name;
}

}  // namespace uhuru::serve
