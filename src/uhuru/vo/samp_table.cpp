#include "uhuru/vo/samp_table.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <tuple>
#include <utility>

#include "uhuru/base/error.hpp"
#include "uhuru/base/folder.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/output_file.hpp"

namespace fs = std::filesystem;

namespace uhuru::vo {
namespace {

Error folder_error(const std::string& path) {
  std::vector<std::string> tables;
  std::error_code ignored;
  for (std::string& name : names_in_folder(path, ignored))
    if (io::format_of_name(name)) tables.push_back(std::move(name));
  if (tables.size() > 12) {
    tables.resize(12);
    tables.emplace_back("…");
  }
  return input_error("the file is a folder", path,
                     tables.empty() ? "a table" : "one of its tables: " + join(tables, ", "),
                     "a folder");
}

}  // namespace

std::string file_url(const std::string& path) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::error_code error;
  const fs::path whole = fs::canonical(path, error);
  if (error) throw input_error("cannot find the file", path, "", error.message());
  std::string url = "file://";
  for (const char c : whole.string())
    url += plain.find(c) != std::string_view::npos
               ? std::string(1, c)
               : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return url;
}

SampTable::SampTable(std::string name, std::string temporary_folder, Threads threads)
    : name_(std::move(name)),
      temporary_folder_(std::move(temporary_folder)),
      threads_(std::move(threads)) {
  std::tie(path_, part_) = io::split_table_name(name_);
  std::error_code ignored;
  if (fs::is_directory(path_, ignored)) throw folder_error(path_);
  reader_ = io::open_table(name_, threads_);
  if (!fs::is_regular_file(path_, ignored)) return;  // read once: the reader is kept
  reader_.reset();
  content_ = io::content_of_file(path_);
  if (content_.format != io::Format::csv && !content_.packed && part_.empty())
    files_[content_.format] = path_;
}

std::string SampTable::label() const {
  return path_ == "-" ? "standard input" : fs::path(name_).filename().string();
}

std::string SampTable::id() const {
  if (path_ == "-") return fmt::format("uhuru-{}", getpid());
  return file_url(path_) + (part_.empty() ? "" : "#" + part_);
}

std::string SampTable::url(io::Format format) {
  std::string& file = files_[format];
  if (file.empty()) file = copy(format);
  return file_url(file);
}

std::string SampTable::copy(io::Format format) {
  if (!folder_) folder_.emplace(temporary_folder_);
  fs::path name = path_ == "-" ? "table" : fs::path(path_).filename();
  if (content_.packed) name.replace_extension();
  name.replace_extension(format == io::Format::fits ? ".fits" : ".vot");
  std::string path = folder_->file(name.string());
  if (content_.packed && part_.empty() && content_.format == format) {
    const auto packed = io::ByteSource::open(path_);
    io::OutputFile out(path, io::Overwrite::no);
    for (auto bytes = packed->next(); !bytes.empty(); bytes = packed->next()) out.write(bytes);
    out.commit();
    return path;
  }
  // Input that can be read only once has already been copied if its reader is gone.
  const auto reader = reader_ ? std::move(reader_)
                      : fs::is_regular_file(path_)
                          ? io::open_table(name_, threads_)
                          : io::open_table(files_.begin()->second, threads_);
  const auto writer =
      io::create_table(path, reader->header(), {io::Overwrite::no, format, threads_});
  Table batch = reader->header().empty_copy();
  while (reader->read(batch)) writer->write(batch);
  writer->commit();
  notes_ = reader->remarks();
  return path;
}

std::vector<std::string> SampTable::take_notes() { return std::exchange(notes_, {}); }

}  // namespace uhuru::vo
