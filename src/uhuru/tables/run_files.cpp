#include "uhuru/tables/run_files.hpp"

#include <filesystem>

#include "uhuru/tables/vote.hpp"

namespace uhuru::tables::run_file {
namespace {

constexpr const char* endings[] = {".csv", ".fits", ".vot", ".ecsv", ".tsv"};

}  // namespace

std::vector<std::string> tables() { return {detections, unique, ambiguous, sources, clusters}; }

std::vector<std::string> vote_tables() { return {unique, ambiguous, sources}; }

std::string table_name(const std::string& stem, io::Format format) {
  return stem + std::string(io::format_ending(format));
}

bool is_table(std::string_view file, std::string_view stem) {
  if (file.ends_with(".gz")) file.remove_suffix(3);
  for (const std::string_view ending : endings)
    if (file.starts_with(stem) && file.substr(stem.size()) == ending) return true;
  return false;
}

std::string find_table(const std::string& folder, const std::string& stem) {
  std::error_code ignored;
  for (const char* packed : {"", ".gz"})
    for (const char* ending : endings)
      if (const std::string name = stem + ending + packed;
          std::filesystem::is_regular_file(std::filesystem::path(folder) / name, ignored))
        return name;
  return {};
}

std::vector<std::string> names_in_all_formats(const std::vector<std::string>& stems) {
  std::vector<std::string> names;
  for (const std::string& stem : stems)
    for (const char* ending : endings) names.push_back(stem + ending);
  return names;
}

void write_table(const io::OutputFolder& folder, const std::string& stem, const Table& table,
                 io::WriteOptions options, std::vector<std::string>& notes) {
  const std::string name = table_name(stem, options.format.value_or(io::Format::csv));
  const std::string path = folder.file(name);  // a temporary one
  options.overwrite = io::Overwrite::no;
  options.group = nullptr;
  options.note = [&](const std::string& note) {
    notes.push_back(note.starts_with(path) ? name + note.substr(path.size()) : note);
  };
  io::write_table(path, table, options);
}

void write_published(const io::OutputFolder& folder, const std::string& stem, const Table& texts,
                     const Table& numbers, const io::WriteOptions& options,
                     std::vector<std::string>& notes) {
  if (io::has_metadata(options.format.value_or(io::Format::csv)))
    write_table(folder, stem, numbers_beside(texts, numbers), options, notes);
  else
    write_table(folder, stem, texts, options, notes);
}

std::vector<std::string> all(io::Format format) {
  std::vector<std::string> files;
  for (const std::string& stem : tables()) files.push_back(table_name(stem, format));
  files.insert(files.end(), {model, catalog, record});
  return files;
}

}  // namespace uhuru::tables::run_file
