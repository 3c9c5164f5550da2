// The files of a run's folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "uhuru/io/table_io.hpp"

#pragma GCC visibility push(default)
namespace uhuru::tables::run_file {

// Tables, by the stems of their names: see table_name.
inline constexpr const char* detections = "detection_level_classification";
inline constexpr const char* unique = "uniquely_classified";
inline constexpr const char* ambiguous = "ambiguous_classification";
inline constexpr const char* sources = "sources";
inline constexpr const char* clusters = "clusters";
inline constexpr const char* model = "model.json";
inline constexpr const char* catalog = "catalog.sqlite";
inline constexpr const char* record = "run.json";

/// The tables of a run, and those of a vote.
std::vector<std::string> tables();
std::vector<std::string> vote_tables();

/// The name of a table in a format: "sources.fits".
std::string table_name(const std::string& stem, io::Format format);
/// Whether a file has this stem and the ending of a table, perhaps also .gz.
bool is_table(std::string_view file, std::string_view stem);
/// The name of the table with this stem in a folder, in any format; CSV, FITS, VOTable, ECSV, TSV
/// if there are several. Empty if there is none. Thread-safe.
std::string find_table(const std::string& folder, const std::string& stem);
/// The names that the tables with these stems have in any format in which they are written.
std::vector<std::string> names_in_all_formats(const std::vector<std::string>& stems);

/// Writes the table of a folder with this stem, in the format of the options, or as CSV. Overwrite
/// and group are those of the folder. What the format cannot hold is appended to `notes`.
void write_table(const io::OutputFolder& folder, const std::string& stem, const Table& table,
                 io::WriteOptions options, std::vector<std::string>& notes);

/// The same for a published table of a vote: where columns have types, with the numbers of its
/// texts beside them, see numbers_beside.
void write_published(const io::OutputFolder& folder, const std::string& stem, const Table& texts,
                     const Table& numbers, const io::WriteOptions& options,
                     std::vector<std::string>& notes);

/// All files of a run with tables in this format; the record, which has the digests of the others,
/// is the last.
std::vector<std::string> all(io::Format format);

}  // namespace uhuru::tables::run_file
#pragma GCC visibility pop
