// Large fetches in pieces that survive an interruption.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "uhuru/base/progress.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::vo {

/// The folder `output`.pieces in the folder of an output, which stores what was fetched until all
/// is complete. A piece is either complete or absent, whenever the process ends. Not thread-safe.
class PieceFolder {
 public:
  /// Whether `output` is the result of the fetch of this request, killed while it removed its
  /// pieces; if so, removes the remaining pieces.
  static bool finish_earlier(const std::string& output, const std::string& request);

  /// `request` contains everything that the rows depend on: pieces of an interrupted fetch are
  /// reused if their request is the same. With `restart` they are removed.
  ///
  /// Throws Error (usage) if pieces of another request exist, or another process is fetching; Error
  /// (input) if the folder is not writable.
  PieceFolder(const std::string& output, const std::string& request, bool restart);
  ~PieceFolder();
  PieceFolder(const PieceFolder&) = delete;
  PieceFolder& operator=(const PieceFolder&) = delete;

  bool has(const std::string& piece) const;
  std::string path(const std::string& piece) const { return folder_ + "/" + piece; }
  /// Creates an empty marker.
  void mark(const std::string& piece) const;
  /// Removes the folder, once the output exists.
  void finish() const;

 private:
  std::string folder_;
  int lock_ = -1;
};

/// A part of a fetch: [begin, end) of positions, or of the circle of right ascension.
struct Range {
  uint64_t begin, end;
};

struct FetchCounts {
  uint64_t rows = 0;                    // fetched in this run
  size_t queries = 0;                   // queries in this run
  size_t pieces = 0;                    // total
  size_t pieces_earlier = 0;            // of these, from an interrupted fetch
  std::vector<std::string> notes = {};  // the first about the answers: see TableReader::remarks()
};

/// The rows of a range; empty if the service truncated them.
using AskRange = std::function<std::optional<Table>(const Range& range)>;

/// Adds what was odd in an answer.
void add_notes(const Table& answer, FetchCounts& counts);

/// Fetches the ranges consecutively into the folder, halving those that the service truncated, and
/// returns the paths of the pieces, in order. Throws Error (service) if a range cannot be halved,
/// and any exception of `ask`.
std::vector<std::string> fetch_pieces(const PieceFolder& folder, const std::vector<Range>& ranges,
                                      const AskRange& ask, FetchCounts& counts,
                                      const Progress& progress);

/// Reads the pieces in order, as tables with the columns of the first. Throws Error (service) if
/// their columns differ, Error (input) if one is corrupt.
void read_pieces(const std::vector<std::string>& paths,
                 const std::function<void(const Table& rows)>& take);

}  // namespace uhuru::vo
#pragma GCC visibility pop
