#include "uhuru/io/table_io.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/input.hpp"
#include "uhuru/io/joined_tables.hpp"
#include "uhuru/io/parts_writer.hpp"
#include "uhuru/io/table_names.hpp"

namespace fs = std::filesystem;

namespace uhuru::io {

bool TableReader::read(Table& batch, size_t max_rows) {
  batch.clear_rows();
  try {
    read_rows(batch, max_rows);
    if (batch.rows() == 0 && max_rows > 0 && !std::exchange(shared_, true)) {
      const auto of_ranks = ranks().of_each(rows_read_);
      late_rows_ =
          std::accumulate(of_ranks.begin(), of_ranks.begin() + ranks().rank(), uint64_t{0}) -
          rows_before();
      share_findings();
    }
  } catch (const Error& error) {
    throw error.within(name_);
  }
  rows_read_ += batch.rows();
  return batch.rows() > 0;
}

std::vector<std::string> TableReader::remarks() const {
  std::vector<std::string> result;
  if (overflow()) result.push_back(name_ + ": the service cut the table short: rows are missing");
  for (const std::string& note : notes()) result.push_back(name_ + ": " + note);
  return result;
}

namespace {

std::string without_gz(std::string path) {
  path = lower(path);
  if (path.ends_with(".gz")) path.resize(path.size() - 3);
  return path;
}

}  // namespace

bool is_web_page(std::string_view text) {
  const std::string start = lower(text.substr(0, 200));
  return start.starts_with("<!doctype html") || start.find("<html") != std::string::npos;
}

namespace {

constexpr const char* known_formats = "VOTable, FITS, ECSV, IPAC, CSV or TSV, optionally gzipped";

/// votable, fits, or csv for text of any kind.
Format sniff(std::string_view head, const std::string& path, const std::string& name) {
  if (head.empty()) throw input_error("the file is empty", name, "a table", "no bytes");
  if (head.starts_with("SIMPLE  =")) return Format::fits;
  std::string_view text = head;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const bool utf16 = text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
  text = trim(text);
  if (utf16 && text.substr(2, 2).find('<') == std::string_view::npos)
    throw input_error("the file is UTF-16 text, which is read only as VOTable", name,
                      "UTF-8: iconv -f UTF-16 -t UTF-8 converts it", "UTF-16");
  if (utf16 || text.starts_with('<')) {
    if (is_web_page(text))
      throw input_error("the file is a web page, not a table", name, known_formats,
                        in_quotes(text.substr(0, 40)));
    return Format::votable;
  }
  if (head.find('\0') != std::string_view::npos)
    throw input_error("the file is not a table", name, known_formats,
                      in_quotes(head.substr(0, 20)));
  if (text.starts_with("Error executing query"))
    throw Error(ErrorKind::service, "the service returned an error", name, "a table",
                std::string(trim(text.substr(0, 300))));
  if (text.starts_with('{') || text.starts_with("[{") || text.starts_with("[["))
    throw input_error("the file is JSON, not a table", name, known_formats,
                      in_quotes(text.substr(0, 40)));
  const auto by_name = format_of_name(path);
  if (by_name && !is_text_format(*by_name))
    throw input_error("the content does not match the file name", name,
                      *by_name == Format::fits ? "a FITS file" : "a VOTable",
                      "text: " + in_quotes(text.substr(0, 40)));
  return Format::csv;
}

TextHints hints_for(const std::string& path, const std::string& part) {
  TextHints hints{path, part, false, false};
  const std::string name = without_gz(path);
  hints.plain_cells = name.ends_with(".txt");
  hints.one_column = hints.plain_cells || name.ends_with(".csv") || name.ends_with(".tsv");
  return hints;
}

std::unique_ptr<TableReader> open_source(std::unique_ptr<ByteSource> source,
                                         const std::string& path, const std::string& part,
                                         const std::string& folder, const SourceOpener& reopen,
                                         const Threads& threads,
                                         const Communicator& ranks = Communicator::alone()) {
  const std::string name = source->name();
  try {
    const Format format = sniff(source->peek(), path, name);
    if (format == Format::votable)
      return open_votable(std::move(source), part, folder, threads, ranks);
    if (format == Format::fits) return open_fits(std::move(source), part, threads, ranks);
    source.reset();
    return open_text(reopen, hints_for(path, part), threads, ranks);
  } catch (const Error& error) {
    throw error.within(name);
  }
}

}  // namespace

FileContent content_of_file(const std::string& path) {
  const auto source = ByteSource::open(path);
  return {sniff(source->peek(), path, source->name()), source->was_gzip()};
}

std::pair<std::string, std::string> split_table_name(const std::string& name) {
  std::error_code ignored;
  if (fs::exists(name, ignored)) return {name, ""};
  const size_t bracket = name.rfind('[');  // as CFITSIO and CIAO have it
  if (name.ends_with(']') && bracket != std::string::npos && bracket > 0)
    return {name.substr(0, bracket), name.substr(bracket + 1, name.size() - bracket - 2)};
  const size_t hash = name.rfind('#');
  if (hash == std::string::npos || hash == 0) return {name, ""};
  return {name.substr(0, hash), name.substr(hash + 1)};
}

std::string bare_table_name(const std::string& name) {
  if (is_joined(name)) return bare_joined_name(name);
  const std::string file = split_table_name(name).first;
  const std::string part = name.substr(file.size());
  std::error_code ignored;
  const auto status = fs::status(file, ignored);
  const bool is_stream = file == "-" || file == "/dev/stdin" || file.starts_with("/dev/fd/") ||
                         (fs::exists(status) && !fs::is_regular_file(status));
  return (is_stream ? "-" : fs::path(file).filename().string()) + part;
}

std::unique_ptr<TableReader> open_table(const std::string& name, const Threads& threads) {
  return is_joined(name) ? open_joined(joined_inputs(name), threads)
                         : open_single_table(name, threads);
}

std::unique_ptr<TableReader> open_single_table(const std::string& name, const Threads& threads,
                                               const Communicator& ranks) {
  const auto [path, part] = split_table_name(name);
  const size_t slash = path.rfind('/');
  const std::string folder = path == "-"                  ? ""
                             : slash == std::string::npos ? "./"
                                                          : path.substr(0, slash + 1);
  auto source = ByteSource::open(path);
  if (!source->seekable_path().empty()) {
    const SourceOpener reopen = [path = path] { return ByteSource::open(path); };
    return open_source(std::move(source), path, part, folder, reopen, threads, ranks);
  }
  const std::string_view head = source->peek();
  if (head.empty() || trim(head).starts_with('<'))
    return open_source(std::move(source), path, part, folder, nullptr, threads);
  // Text and FITS are read twice or out of order: what comes through a pipe is first copied.
  const std::string shown = source->name();
  const auto spool = std::make_shared<SpooledFile>(*source);
  const SourceOpener reopen = [spool, shown] { return ByteSource::open(spool->path(), shown); };
  return open_source(reopen(), path, part, folder, reopen, threads);
}

std::unique_ptr<TableReader> open_votable_file(const std::string& path, const std::string& name,
                                               const Threads& threads) {
  return open_votable(ByteSource::open(path, name), "", "", threads);
}

std::unique_ptr<TableReader> open_table_file(const std::string& path, const std::string& name,
                                             const Threads& threads) {
  const SourceOpener reopen = [path, name] { return ByteSource::open(path, name); };
  return open_source(reopen(), name, "", "", reopen, threads);
}

std::unique_ptr<TableReader> open_table_in_memory(std::string_view bytes, const std::string& name,
                                                  const Threads& threads) {
  const SourceOpener reopen = [bytes, name] { return ByteSource::from_memory(bytes, name); };
  return open_source(reopen(), name, "", "", reopen, threads);
}

Table read_table(TableReader& reader) {
  Table table = reader.header().empty_copy();
  constexpr size_t all = std::numeric_limits<size_t>::max();
  reader.read(table, all);
  // Long arrays are read in parts all the same.
  for (Table more = reader.header().empty_copy(); reader.read(more, all);) table.append_rows(more);
  table.notes = reader.remarks();
  table.files = reader.files();
  return table;
}

Table read_table(const std::string& name, const Threads& threads) {
  return read_table(*open_table(name, threads));
}

std::optional<Format> format_of_name(const std::string& path) {
  static const std::map<std::string, Format> endings = {
      {".vot", Format::votable}, {".votable", Format::votable}, {".xml", Format::votable},
      {".fits", Format::fits},   {".fit", Format::fits},        {".ecsv", Format::ecsv},
      {".csv", Format::csv},     {".tsv", Format::tsv},         {".txt", Format::tsv}};
  const auto found = endings.find(fs::path(without_gz(path)).extension().string());
  if (found == endings.end()) return std::nullopt;
  return found->second;
}

bool is_text_format(Format format) {
  return format == Format::csv || format == Format::tsv || format == Format::ecsv;
}

bool has_metadata(Format format) { return format != Format::csv && format != Format::tsv; }

std::string_view format_ending(Format format) {
  switch (format) {
    case Format::fits:
      return ".fits";
    case Format::ecsv:
      return ".ecsv";
    case Format::csv:
      return ".csv";
    case Format::tsv:
      return ".tsv";
    default:
      return ".vot";
  }
}

Format format_from_text(const std::string& text) {
  static const std::map<std::string, Format> names = {{"votable", Format::votable},
                                                      {"votable-binary", Format::votable_binary},
                                                      {"votable-binary2", Format::votable_binary2},
                                                      {"fits", Format::fits},
                                                      {"ecsv", Format::ecsv},
                                                      {"csv", Format::csv},
                                                      {"tsv", Format::tsv}};
  const auto found = names.find(text);
  if (found != names.end()) return found->second;
  std::vector<std::string> known;
  known.reserve(names.size());
  for (const auto& [name, format] : names) known.push_back(name);
  throw Error(ErrorKind::usage, "unknown format", "", "one of " + join(known, ", "),
              in_quotes(text));
}

namespace {

Format output_format(const std::string& path, const WriteOptions& options) {
  if (options.format) return *options.format;
  if (const auto format = format_of_name(path)) return *format;
  if (path == "-") return Format::csv;
  throw Error(ErrorKind::usage, "the output name implies no format", path,
              "a name ending in .vot .fits .ecsv .csv .tsv (also .gz), or --format");
}

}  // namespace

void check_target(const std::string& path, const WriteOptions& options) {
  output_format(path, options);
  if (options.parts) {
    check_folder_of(path);
    const auto others = existing_parts(path, *options.parts);
    if (!others.empty()) check_target(others.front(), options.overwrite);
  } else {
    check_file(path, options.overwrite);
  }
}

std::unique_ptr<TableWriter> create_table(const std::string& path, const Table& header,
                                          const WriteOptions& options) {
  const Format format = output_format(path, options);
  // Text and VOTable without columns cannot be read again.
  if (header.columns.empty())
    throw input_error("the table has no columns", path, "a table with a column to write");
  Table described = header.empty_copy();
  if ((has_metadata(format) || options.comments) && options.provenance.valid())
    add_provenance(options.provenance.get(), described);
  const bool has_systems = format == Format::votable || format == Format::votable_binary ||
                           format == Format::votable_binary2;
  if (!has_systems) add_radesys(described);
  switch (format) {
    case Format::fits:
      return create_fits(path, described, options);
    case Format::csv:
    case Format::tsv:
    case Format::ecsv:
      return create_text(path, described, options, format);
    default:
      return create_votable(std::make_unique<OutputFile>(path, options.overwrite, options.group),
                            described, options.threads, format);
  }
}

std::string votable_text(const Table& table, Format format) {
  std::string text;
  const auto writer = create_votable(std::make_unique<OutputFile>(text), table, Threads(1), format);
  writer->write(table);
  writer->commit();
  return text;
}

void write_table(const std::string& path, const Table& table, const WriteOptions& options) {
  const auto writer = create_table(path, table, options);
  writer->write(table);
  writer->commit();
}

}  // namespace uhuru::io
