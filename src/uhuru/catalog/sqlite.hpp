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

namespace uhuru {

/// A name as SQL writes it, in double quotes. `name` holds no NUL.
std::string sql_name(std::string_view name);

/// An open database file. Used by one thread at a time.
class Database {
 public:
  /// A file to write, made where none is yet; without a journal, since it is whole or thrown away.
  /// Throws Error (input) where it cannot be made.
  static Database create(const std::string& path);
  /// A file that others may have made: read only, as it was when opened, with limits on what its
  /// content can ask for, without its views and triggers. Throws Error (input) where it is no
  /// database.
  static Database open(const DatabaseFile& file);

  /// Runs SQL that returns nothing. Throws Error (input) that names the file.
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
  std::optional<DatabaseFile> file_;  // that is read; open as long as the database
  std::unique_ptr<sqlite3, Closer> database_;
};

/// A prepared statement; parameters count from 1, columns from 0. Its database must outlive it.
class Statement {
 public:
  /// Throws Error (input) where the file has no such tables or columns.
  Statement(const Database& database, const std::string& sql);

  /// NaN is bound as NULL. Text and bytes must live until the statement is stepped or bound again.
  void bind(int parameter, double value);
  void bind(int parameter, int64_t value);
  void bind(int parameter, std::string_view value);
  void bind_bytes(int parameter, std::string_view value);
  void bind_null(int parameter);

  /// Goes to the next row; false where there is none, and the statement is ready for new
  /// parameters. Throws Error (input) where the file is damaged or the disk is full.
  bool step();
  /// For statements that return nothing.
  void run() {
    while (step()) {
    }
  }
  /// Leaves the rows that have not been read.
  void reset();

  bool missing(int column) const;
  /// NaN where it is missing or no number.
  double number(int column) const;
  /// 0 where it is missing or no number.
  int64_t whole(int column) const;
  /// Empty where it is missing; valid until the next step.
  std::string_view text(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  void check(int code) const;

  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

}  // namespace uhuru
