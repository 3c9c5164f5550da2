// SQLite in two types: a database and a prepared statement.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "uhuru/catalog/database_file.hpp"

struct sqlite3;
struct sqlite3_stmt;

#pragma GCC visibility push(default)
namespace uhuru::catalog {

/// A name quoted for SQL, in double quotes. `name` must not contain NUL.
std::string sql_name(std::string_view name);

/// An open database file. Not thread-safe.
class Database {
 public:
  /// Creates a new file for writing, without a journal, since an incomplete file is discarded.
  /// Throws Error (input) if it cannot be created.
  static Database create(const std::string& path);
  /// Opens an untrusted file: read-only, with its content at the time of opening, with resource
  /// limits, without its views and triggers. Throws Error (input) if it is not a database.
  static Database open(const DatabaseFile& file);

  /// Executes SQL that returns nothing. Throws Error (input) with the file.
  void execute(const std::string& sql);
  const std::string& path() const { return path_; }

 private:
  friend class Statement;
  struct Closer {
    void operator()(sqlite3* database) const;
  };
  Database(std::string path, const std::string& name, int flags, const char* opener);
  [[noreturn]] void fail() const;

  std::string path_;
  std::optional<DatabaseFile> file_;  // being read; open as long as the database
  std::unique_ptr<sqlite3, Closer> database_;
};

/// A prepared statement; parameters are numbered from 1, columns from 0. Its database must outlive
/// it.
class Statement {
 public:
  /// Throws Error (input) if the file lacks these tables or columns.
  Statement(const Database& database, const std::string& sql);

  /// NaN is bound as NULL. Text and bytes must be valid until the statement is stepped or rebound.
  void bind(int parameter, double value);
  void bind(int parameter, int64_t value);
  void bind(int parameter, std::string_view value);
  void bind_bytes(int parameter, std::string_view value);
  void bind_null(int parameter);

  /// Advances to the next row; returns false if there is none, and the statement is then ready for
  /// new parameters. Throws Error (input) if the file is corrupt or the disk is full.
  bool step();
  /// For statements that return nothing.
  void run() {
    while (step()) {
    }
  }
  /// Discards the remaining rows.
  void reset();

  bool missing(int column) const;
  /// NaN if missing or not a number.
  double number(int column) const;
  /// 0 if missing or not a number.
  int64_t whole(int column) const;
  /// Empty if missing; valid until the next step.
  std::string_view text(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  void check(int code) const;

  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

}  // namespace uhuru::catalog
#pragma GCC visibility pop
