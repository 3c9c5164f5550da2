// Large fetches in pieces that survive an interruption.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "uhuru/base/progress.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

/// The folder beside an output, `output`.pieces, where what was fetched waits until all is there.
/// Pieces appear whole or not at all, whenever the process ends. Not thread-safe.
class PieceFolder {
 public:
  /// Whether `output` is what the fetch of this request made, which was killed while it removed its
  /// pieces: that is done now.
  static bool finish_earlier(const std::string& output, const std::string& request);

  /// `request` says all that the rows depend on: the pieces of an interrupted fetch are taken up
  /// where theirs is the same. With `restart` they are removed.
  ///
  /// Throws Error (usage) where pieces of another request are there, or another process is at it;
  /// Error (input) where the folder cannot be written.
  PieceFolder(const std::string& output, const std::string& request, bool restart);
  ~PieceFolder();
  PieceFolder(const PieceFolder&) = delete;
  PieceFolder& operator=(const PieceFolder&) = delete;

  bool has(const std::string& piece) const;
  std::string path(const std::string& piece) const { return folder_ + "/" + piece; }
  /// Notes something that needs no content.
  void mark(const std::string& piece) const;
  /// The output is there: removes the folder.
  void finish() const;

 private:
  std::string folder_;
  int lock_ = -1;
};

/// A part of what is fetched: [begin, end) of positions, or of the circle of right ascension.
struct Range {
  uint64_t begin, end;
};

struct FetchCounts {
  uint64_t rows = 0;          // fetched now
  size_t queries = 0;         // asked now
  size_t pieces = 0;          // of the whole
  size_t pieces_earlier = 0;  // of these, from an interrupted fetch
};

/// The rows of a range; nothing where the service left out some.
using AskRange = std::function<std::optional<Table>(const Range& range)>;

/// Fetches the ranges one after the other into the folder, halving those from which the service
/// left out rows, and returns the paths of the pieces, in order. Throws Error (service) where a
/// range cannot be halved, and what `ask` throws.
std::vector<std::string> fetch_pieces(const PieceFolder& folder, const std::vector<Range>& ranges,
                                      const AskRange& ask, FetchCounts& counts,
                                      const Progress& progress);

/// The pieces one after the other, as tables of the first one's columns. Throws Error (service)
/// where they differ in their columns, Error (input) where one is damaged.
void read_pieces(const std::vector<std::string>& paths,
                 const std::function<void(const Table& rows)>& take);

}  // namespace uhuru
