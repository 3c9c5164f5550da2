#include "uhuru/jobs/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "uhuru/base/error.hpp"
#include "uhuru/base/json_text.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/jobs/catalog_file.hpp"
#include "uhuru/sky/moc.hpp"
#include "uhuru/table/provenance.hpp"
#include "uhuru/vo/adql_names.hpp"
#include "uhuru/vo/dachs_resource.hpp"

namespace uhuru::jobs {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

const std::string main_ucd = ";meta.main";

/// The columns of right ascension and declination; none if the catalog has no positions.
std::vector<size_t> position_columns(const catalog::Catalog& catalog) {
  std::vector<size_t> places;
  for (const char* role : {"ra", "dec"})
    for (size_t c = 0; c < catalog.columns().size(); ++c)
      if (catalog.columns()[c].role == role) places.push_back(c);
  return places;
}

bool has_positions(const catalog::Catalog& catalog) {
  return position_columns(catalog).size() == 2;
}

/// The positions of all sources; NaN where one has none.
std::vector<sky::SkyPosition> source_positions(const catalog::Catalog& catalog) {
  catalog::CatalogRows rows(catalog, position_columns(catalog));
  Table table = rows.header();
  for (uint64_t id = 1; id <= catalog.source_count(); ++id)
    rows.append(static_cast<int64_t>(id), table);
  std::vector<sky::SkyPosition> positions;
  for (size_t row = 0; row < table.rows(); ++row)
    positions.push_back({table.columns[0].number(row), table.columns[1].number(row)});
  return positions;
}

/// The columns of a table of the catalog with names for ADQL.
std::vector<vo::DachsColumn> columns_for_adql(const std::vector<catalog::CatalogColumn>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const catalog::CatalogColumn& column : columns) names.push_back(column.field.name);
  const std::vector<std::string> adql = vo::adql_names(names);
  std::vector<vo::DachsColumn> result;
  for (size_t c = 0; c < columns.size(); ++c) {
    Field field = columns[c].field;
    if (!same_but_case(field.name, adql[c]))
      field.description +=
          fmt::format("{}(elsewhere called {})", field.description.empty() ? "" : " ", field.name);
    field.name = adql[c];
    field.null_marker.reset();
    // There is one main name, one main position, one main class.
    const std::string& role = columns[c].role;
    if (role != "name" && role != "ra" && role != "dec" && role != "class" &&
        field.ucd.ends_with(main_ucd))
      field.ucd.resize(field.ucd.size() - main_ucd.size());
    result.push_back({std::move(field), role, columns[c].verbosity});
  }
  return result;
}

/// Writes the rows of a reader with the names and descriptions of `table`.
void write_fits(io::TableReader& rows, const vo::DachsTable& table, const std::string& path,
                const Threads& threads, std::vector<std::string>& notes) {
  Table header = rows.header().empty_copy();
  for (size_t c = 0; c < table.columns.size(); ++c)
    header.columns[c].field = table.columns[c].field;
  if (!table.of_role("ra").empty())
    header.parameters.push_back(
        {make_field("RADESYS", Type::text, "System of the positions"), "ICRS"});
  io::WriteOptions options;
  options.threads = threads;
  options.note = [&](const std::string& note) { notes.push_back(note); };
  const auto writer = io::create_table(path, header, options);
  Table batch = rows.header().empty_copy();
  while (rows.read(batch)) writer->write(batch);
  writer->commit();
}

/// The files of a run by name and SHA-256, without their folders.
std::string input_texts(const Json& record) {
  std::vector<Json> files;
  for (const char* key : {"detections", "labels"})
    if (record.contains(key)) files.push_back(record[key]);
  if (record.contains("tables"))
    for (const Json& file : record["tables"]) files.push_back(file);
  std::vector<std::string> texts;
  for (const Json& file : files)
    if (file.is_object() && file.contains("name") && file.contains("sha256"))
      texts.push_back(fmt::format("{} (SHA-256 {})",
                                  fs::path(file["name"].get<std::string>()).filename().string(),
                                  file["sha256"].get<std::string>()));
  return join(texts, ", ");
}

/// How the classes were made.
std::string provenance_of(const catalog::Catalog& catalog) {
  std::string text = "Made with uhuru " + catalog.meta("uhuru_version");
  for (const char* key : {"recipe", "method"})
    if (const std::string value = catalog.meta(key); !value.empty())
      text += fmt::format(", {} {}", key, value);
  const Json record = parse_json<Json>(catalog.meta("run"));
  const std::string files = record.is_object() ? input_texts(record) : "";
  return text + (files.empty() ? "." : ", from " + files + ".");
}

std::string description_of(const catalog::Catalog& catalog) {
  std::vector<std::string> classes;
  const Json groups = parse_json<Json>(catalog.meta("groups"));
  if (groups.is_object())
    for (const auto& [name, group] : groups.items()) classes.push_back(name);
  std::string text = fmt::format("{} X-ray sources, and the class of each: {}.",
                                 with_commas(catalog.source_count()), join(classes, ", "));
  if (catalog.meta("simulated") == "yes") text += " They are simulated: none of them is real.";
  return text;
}

/// The schema that the user wants, or one that is named as the results.
std::string schema_of(const DachsOptions& options, const std::string& title) {
  const std::string& wanted = options.schema;
  std::string schema = vo::adql_name(wanted.empty() ? title : wanted);
  const auto is_of = [&](const char* name) { return schema == name; };
  const bool is_taken = schema.starts_with("pg_") || schema.starts_with("tap_") || is_of("dc") ||
                        is_of("ivoa") || is_of("information_schema");
  if (is_taken || (!wanted.empty() && schema != wanted))
    throw Error(ErrorKind::usage, "invalid name of a schema", "--schema",
                "letters a-z, digits and _, no reserved word, none of DaCHS and PostgreSQL",
                in_quotes(wanted.empty() ? schema : wanted));
  return schema;
}

}  // namespace

DachsSummary export_dachs(const DachsOptions& options, const Threads& threads) {
  const ServedCatalog served = find_or_make_catalog(options.results, options.table, threads);
  const catalog::DatabaseFile file(served.catalog);
  const catalog::Catalog catalog(file);
  DachsSummary summary{schema_of(options, served.title), catalog.source_count(),
                       catalog.detection_count(), served.notes};
  vo::DachsResource resource;
  resource.schema = summary.schema;
  resource.title =
      options.title.empty() ? "Classes of X-ray sources: " + served.title : options.title;
  resource.description = description_of(catalog);
  resource.creator = options.creator;
  resource.created = utc_time(options.now) + "Z";
  resource.provenance = provenance_of(catalog);
  resource.citations = catalog::recipe_of(catalog).mission.citations;
  resource.sources = {"sources", "One row per source. " + resource.description,
                      columns_for_adql(catalog.columns())};
  if (summary.detections > 0)
    resource.detections = {"detections", "One row per detection of the sources, by their names.",
                           columns_for_adql(catalog.columns_of("detections"))};
  if (has_positions(catalog)) {
    const auto positions = source_positions(catalog);
    constexpr int order = 6;  // usual for the registry
    resource.coverage = sky::moc_ascii(sky::make_moc(positions, order));
    const auto first = std::find_if(positions.begin(), positions.end(), sky::is_valid);
    resource.example = first == positions.end() ? sky::SkyPosition{} : *first;
  }
  std::vector<std::string> files = {"q.rd", "README.md", "sources.fits"};
  if (resource.detections) files.push_back("detections.fits");
  io::OutputFolder folder(options.out, files, options.overwrite);
  write_fits(*catalog::open_sources(file), resource.sources, folder.file("sources.fits"), threads,
             summary.notes);
  if (resource.detections)
    write_fits(*catalog::open_detections(file), *resource.detections,
               folder.file("detections.fits"), threads, summary.notes);
  io::write_text(folder.file("q.rd"), vo::dachs_descriptor(resource), io::Overwrite::no);
  io::write_text(folder.file("README.md"), vo::dachs_readme(resource), io::Overwrite::no);
  folder.commit();
  return summary;
}

MocSummary export_moc(const MocOptions& options, const Threads& threads) {
  const std::string ending = fs::path(options.out).extension().string();
  if (ending != ".fits" && ending != ".txt" && ending != ".json")
    throw Error(ErrorKind::usage, "the name does not tell the format of the coverage map",
                options.out, "FILE.fits, FILE.txt or FILE.json");
  io::check_target(options.out, options.overwrite);
  const ServedCatalog served = find_or_make_catalog(options.results, options.table, threads);
  const catalog::Catalog catalog(served.catalog);
  if (!has_positions(catalog))
    throw input_error("the catalog has no positions", options.results,
                      "right ascension and declination of its sources");
  const auto positions = source_positions(catalog);
  const sky::Moc moc = sky::make_moc(positions, options.order);
  io::WriteOptions write;
  write.overwrite = options.overwrite;
  if (ending == ".fits")
    io::write_table(options.out, sky::moc_table(moc), write);
  else
    io::write_text(options.out,
                   (ending == ".txt" ? sky::moc_ascii(moc) : sky::moc_json(moc)) + "\n",
                   options.overwrite);
  MocSummary summary;
  summary.sources =
      static_cast<uint64_t>(std::count_if(positions.begin(), positions.end(), sky::is_valid));
  for (size_t order = 0; order < moc.pixels.size(); ++order)
    summary.sky_fraction += static_cast<double>(moc.pixels[order].size()) /
                            static_cast<double>(uint64_t{12} << (2 * order));
  summary.notes = served.notes;
  return summary;
}

}  // namespace uhuru::jobs
