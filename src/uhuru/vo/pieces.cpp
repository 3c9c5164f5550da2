#include "uhuru/vo/pieces.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "uhuru/base/error.hpp"
#include "uhuru/base/folder.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/named_text.hpp"
#include "uhuru/io/table_io.hpp"

namespace fs = std::filesystem;

namespace uhuru::vo {
namespace {

constexpr const char* request_name = "request.txt";
constexpr const char* lock_name = "lock";
constexpr const char* new_name = "new";  // says that there was no output when the fetch began
constexpr const char* piece_ending = ".vot";
constexpr const char* split_ending = ".split";

/// Throws std::filesystem::filesystem_error.
std::vector<std::string> names_of(const std::string& folder) {
  std::error_code error;
  auto names = names_in_folder(folder, error);
  if (error) throw fs::filesystem_error("cannot list the folder", folder, error);
  return names;
}

/// Whether a fetch makes files of this name.
bool is_ours(const std::string& name) {
  const size_t dot = name.find_first_not_of("0123456789-");
  return name == request_name || name == lock_name || name == new_name ||
         name.ends_with(".partial") ||
         (dot != 0 && dot != std::string::npos &&
          (name.substr(dot) == piece_ending || name.substr(dot) == split_ending));
}

/// Throws Error (usage) if a folder of this name is not one that a fetch has made.
void check_ours(const std::string& folder) {
  if (fs::is_symlink(folder))
    throw Error(ErrorKind::usage, "the folder of pieces is a link", folder,
                "no folder of this name, or one that a fetch has made");
  if (!fs::is_directory(folder)) return;
  for (const std::string& name : names_of(folder))
    if (!is_ours(name))
      throw Error(ErrorKind::usage, "the folder of pieces has files of others",
                  fmt::format("{}/{}", folder, name),
                  "another --out, or another place for that file");
}

void remove_all_but_lock(const std::string& folder) {
  // The request goes first: without it, the rest belongs to no fetch.
  fs::remove(folder + "/" + request_name);
  for (const std::string& name : names_of(folder))
    if (name != lock_name && is_ours(name)) fs::remove(fs::path(folder) / name);
}

bool has_pieces(const std::string& folder) {
  const auto names = names_of(folder);
  return fs::exists(folder + "/" + request_name) &&
         std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return name.ends_with(piece_ending); });
}

/// Removes the folder, unless it has files of others.
void remove_ours(const std::string& folder) {
  std::error_code ignored;
  for (const std::string& name : names_in_folder(folder, ignored))
    if (is_ours(name)) fs::remove(fs::path(folder) / name, ignored);
  fs::remove(folder, ignored);
}

}  // namespace

bool PieceFolder::finish_earlier(const std::string& output, const std::string& request) {
  const std::string folder = output + ".pieces/";
  std::error_code ignored;
  if (!fs::is_regular_file(output, ignored) || !fs::exists(folder + new_name, ignored) ||
      !fs::exists(folder + request_name, ignored) ||
      io::load_text(folder + request_name, "request") != request)
    return false;
  remove_ours(output + ".pieces");
  return true;
}

PieceFolder::PieceFolder(const std::string& output, const std::string& request, bool restart)
    : folder_(output + ".pieces") {
  if (output == "-")
    throw Error(ErrorKind::usage, "a fetch in pieces cannot write to standard output", "--out",
                "a file name", "standard output");
  try {
    check_ours(folder_);
  } catch (const fs::filesystem_error& failure) {
    throw input_error("cannot read the folder of pieces", folder_, "", failure.code().message());
  }
  std::error_code error;
  fs::create_directory(folder_, error);
  lock_ = error ? -1 : open(path(lock_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0)
    throw input_error("cannot write a piece of the fetch", folder_, "a writable location",
                      error ? error.message() : std::strerror(errno));
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    close(lock_);
    throw Error(ErrorKind::usage, "another process is fetching to this output", output,
                "one at a time");
  }
  try {
    const std::string file = path(request_name);
    const bool same = fs::exists(file) && io::load_text(file, "request") == request;
    // A request rejected by the service has no pieces.
    if (restart || (!same && !has_pieces(folder_))) {
      remove_all_but_lock(folder_);
      if (!fs::exists(output)) mark(new_name);
      io::write_text(file, request, io::Overwrite::yes);
    } else if (!same) {
      throw Error(ErrorKind::usage, "pieces of a different fetch to this output exist", folder_,
                  "the same query as before, another --out, or --restart to remove them");
    }
    for (const std::string& name : names_of(folder_))
      if (name.ends_with(".partial")) fs::remove(folder_ + "/" + name);
  } catch (const fs::filesystem_error& failure) {
    close(lock_);
    throw input_error("cannot write a piece of the fetch", folder_, "", failure.code().message());
  } catch (...) {
    close(lock_);
    throw;
  }
}

PieceFolder::~PieceFolder() { close(lock_); }

bool PieceFolder::has(const std::string& piece) const { return fs::exists(path(piece)); }

void PieceFolder::mark(const std::string& piece) const {
  io::write_text(path(piece), "", io::Overwrite::yes);
}

void PieceFolder::finish() const {
  std::error_code ignored;  // the output exists, and that is what counts
  for (const std::string& name : names_in_folder(folder_, ignored))
    if (name.ends_with(piece_ending)) fs::remove(folder_ + "/" + name, ignored);
  fs::remove(path(request_name), ignored);  // not earlier: see finish_earlier
  remove_ours(folder_);
}

namespace {

/// Implements fetch_pieces, range by range.
class PieceFetcher {
 public:
  PieceFetcher(const PieceFolder& folder, const std::vector<Range>& ranges, const AskRange& ask,
               FetchCounts& counts, const Progress& progress)
      : folder_(folder), ask_(ask), counts_(counts), progress_(progress) {
    for (const Range& range : ranges) total_ += range.end - range.begin;
  }

  void fetch(const Range& range) {
    const std::string name = fmt::format("{:012}-{:012}", range.begin, range.end);
    const std::string piece = name + piece_ending, split = name + split_ending;
    if (folder_.has(piece)) {
      ++counts_.pieces_earlier;
      return done(piece, range);
    }
    if (!folder_.has(split)) {
      show();
      std::optional<Table> table = ask_(range);
      ++counts_.queries;
      if (table) {
        counts_.rows += table->rows();
        io::WriteOptions options;
        options.overwrite = io::Overwrite::yes;
        options.format = io::Format::votable_binary2;
        io::write_table(folder_.path(piece), *table, options);
        return done(piece, range);
      }
      if (range.end - range.begin < 2)
        throw Error(ErrorKind::service, "the service truncates even the smallest piece", "",
                    "all of its rows; raise the row limit per query in the services file");
      folder_.mark(split);
    }
    const uint64_t middle = range.begin + (range.end - range.begin) / 2;
    fetch({range.begin, middle});
    fetch({middle, range.end});
  }

  std::vector<std::string> paths;

 private:
  void done(const std::string& piece, const Range& range) {
    paths.push_back(folder_.path(piece));
    ++counts_.pieces;
    done_ += range.end - range.begin;
    show();
  }
  void show() const {
    if (!progress_) return;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
    progress_(
        fmt::format("{} rows · {}/s", with_commas(counts_.rows),
                    with_commas(static_cast<unsigned long long>(static_cast<double>(counts_.rows) /
                                                                std::max(seconds.count(), 1e-3)))),
        done_, total_);
  }

  const PieceFolder& folder_;
  const AskRange& ask_;
  FetchCounts& counts_;
  const Progress& progress_;
  uint64_t done_ = 0, total_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

std::vector<std::string> fetch_pieces(const PieceFolder& folder, const std::vector<Range>& ranges,
                                      const AskRange& ask, FetchCounts& counts,
                                      const Progress& progress) {
  PieceFetcher fetcher(folder, ranges, ask, counts, progress);
  for (const Range& range : ranges) fetcher.fetch(range);
  return std::move(fetcher.paths);
}

void add_notes(const Table& answer, FetchCounts& counts) {
  constexpr size_t most = 20;
  for (const std::string& note : answer.notes)
    if (counts.notes.size() < most) counts.notes.push_back(note);
}

namespace {

Table read_piece(const std::string& path) {
  try {
    return io::read_table(path);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    throw input_error("a piece of the fetch is corrupt: " + error.message(), error.where(),
                      "a complete piece; remove it, or use --restart to start over", error.found());
  }
}

}  // namespace

void read_pieces(const std::vector<std::string>& paths,
                 const std::function<void(const Table& rows)>& take) {
  std::vector<Field> fields;
  for (const std::string& path : paths) {
    const Table table = read_piece(path);
    if (fields.empty())
      for (const Column& column : table.columns) fields.push_back(column.field);
    bool same = fields.size() == table.columns.size();
    for (size_t c = 0; same && c < fields.size(); ++c)
      same = fields[c].name == table.columns[c].field.name &&
             fields[c].type == table.columns[c].field.type &&
             fields[c].arraysize == table.columns[c].field.arraysize;
    if (!same)
      throw Error(ErrorKind::service, "the service changed the columns during the fetch", path,
                  "the columns of the first piece; use --restart to start over");
    take(table);
  }
}

}  // namespace uhuru::vo
