// What a path is: a run, other tables with classes, or a catalog.
#pragma once

#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::tables {

enum class ResultsKind {
  catalog,  // an SQLite file of `run` or `catalog`
  run,      // the folder of a run
  folder,   // a folder with tables of the published names, as `predict --vote` writes them
  table,    // one table of detections or sources with classes
};

/// Where results are.
struct ResultsPath {
  ResultsKind kind = ResultsKind::table;
  std::string path;                // as given
  std::vector<std::string> files;  // of a folder: the names of its tables that are read
  std::string catalog;             // the path of the catalog; empty if there is none
};

/// Recognises a path by the files of a folder, or the first bytes of a file; a table is not read.
///
/// A folder with run.json is a run, even if it is not whole; read_results tells. Throws Error
/// (input), with what was looked for and what is there, if it is none of these. Thread-safe.
ResultsPath find_results(const std::string& path);

}  // namespace uhuru::tables
#pragma GCC visibility pop
