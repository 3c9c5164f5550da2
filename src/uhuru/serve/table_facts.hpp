// What a table of sources says about itself: where it comes from, and the system of its positions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "uhuru/catalog/catalog.hpp"
#include "uhuru/httpd/message.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::serve {

/// What a server knows of its catalog beyond the file. Either may be empty.
struct CatalogOrigin {
  std::string title;
  std::string model;  // the SHA-256 of the model file
};

/// Where the rows of a table come from.
struct TableOrigin {
  std::string title, recipe, method, model;
  std::string run_version;  // of the program that made the catalog
};
TableOrigin table_origin(const catalog::Catalog& catalog, const CatalogOrigin& known);

/// Says in the header of a table of sources that its positions are ICRS: a COOSYS to which the
/// columns with these roles refer, in VOTable. `columns`: those of the header, in order.
void declare_icrs(const std::vector<catalog::CatalogColumn>& columns, Table& header);

/// Adds to the header the origin (see add_provenance), the `filters` as a query, and the number of
/// rows, if given: INFOs of VOTable, FITS keywords, meta of ECSV. `now`: seconds since 1970, UTC.
void add_facts(const TableOrigin& origin, const std::string& filters, std::optional<size_t> rows,
               int64_t now, Table& header);

/// The parameters of a request that select sources, as a query: "class=YSO&min.probability=0.9".
std::string filter_text(const httpd::Request::Parameters& parameters);

/// The beginning of the name of a file with `rows` selected sources: title, what selects them in a
/// word, number: "m31_run_XB_312_sources". Only letters, digits and ._- ; at most 100 characters.
std::string file_stem(const std::string& title, const httpd::Request::Parameters& parameters,
                      size_t rows);

}  // namespace uhuru::serve
#pragma GCC visibility pop
