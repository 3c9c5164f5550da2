#include "uhuru/catalog/sqlite.hpp"

#include <sqlite3.h>

#include <array>
#include <limits>
#include <new>
#include <utility>

#include "uhuru/base/error.hpp"

namespace uhuru::catalog {
namespace {

/// Disables everything that no catalog needs but a hostile file might use.
void restrict(sqlite3* database) {
  constexpr std::array<std::pair<int, int>, 9> limits = {{{SQLITE_LIMIT_LENGTH, 1 << 28},
                                                          {SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
                                                          {SQLITE_LIMIT_EXPR_DEPTH, 100},
                                                          {SQLITE_LIMIT_COMPOUND_SELECT, 5},
                                                          {SQLITE_LIMIT_FUNCTION_ARG, 8},
                                                          {SQLITE_LIMIT_ATTACHED, 0},
                                                          {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
                                                          {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
                                                          {SQLITE_LIMIT_WORKER_THREADS, 0}}};
  for (const auto& [limit, value] : limits) sqlite3_limit(database, limit, value);
  for (const int off : {SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW,
                        SQLITE_DBCONFIG_TRUSTED_SCHEMA})
    sqlite3_db_config(database, off, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
}

}  // namespace

std::string sql_name(std::string_view name) {
  std::string result = "\"";
  for (const char c : name) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

void Database::Closer::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Database::Database(std::string path, const std::string& name, int flags, const char* opener)
    : path_(std::move(path)) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, opener);
  database_.reset(opened);
  if (code != SQLITE_OK) fail();
  // An unknown column name is an error, not a string.
  for (const int off : {SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL})
    sqlite3_db_config(opened, off, 0, nullptr);
}

Database Database::create(const std::string& path) {
  Database database(path, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  database.execute(
      "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824");
  return database;
}

Database Database::open(const DatabaseFile& file) {
  Database database(file.name(), file.opener_name(), SQLITE_OPEN_READONLY, DatabaseFile::opener());
  database.file_ = file;
  restrict(database.database_.get());
  database.execute(
      "PRAGMA cell_size_check = ON; PRAGMA query_only = ON;"
      "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384");
  return database;
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

void Database::fail() const {
  if (!database_) throw std::bad_alloc();
  const int code = sqlite3_errcode(database_.get());
  if (code == SQLITE_NOMEM) throw std::bad_alloc();
  if (file_ && !file_->is_whole())
    throw system_error("the file changed while being read", path_, "a file that nobody writes to");
  throw system_error(code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? "the file is corrupt"
                     : code == SQLITE_CANTOPEN                       ? "cannot open the file"
                                                                     : "cannot use the file",
                     path_, "", sqlite3_errmsg(database_.get()));
}

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement::Statement(const Database& database, const std::string& sql) : database_(&database) {
  sqlite3_stmt* prepared = nullptr;
  check(sqlite3_prepare_v3(database.database_.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &prepared, nullptr));
  statement_.reset(prepared);
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) database_->fail();
}

void Statement::bind(int parameter, double value) {
  check(sqlite3_bind_double(statement_.get(), parameter, value));
}

void Statement::bind(int parameter, int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), parameter, value));
}

void Statement::bind(int parameter, std::string_view value) {
  check(sqlite3_bind_text64(statement_.get(), parameter, value.data() ? value.data() : "",
                            value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind_bytes(int parameter, std::string_view value) {
  check(
      sqlite3_bind_blob64(statement_.get(), parameter, value.data(), value.size(), SQLITE_STATIC));
}

void Statement::bind_null(int parameter) { check(sqlite3_bind_null(statement_.get(), parameter)); }

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  try {
    database_->fail();
  } catch (const Error&) {
    reset();
    throw;
  }
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

bool Statement::missing(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

double Statement::number(int column) const {
  const int type = sqlite3_column_type(statement_.get(), column);
  return type == SQLITE_FLOAT || type == SQLITE_INTEGER
             ? sqlite3_column_double(statement_.get(), column)
             : std::numeric_limits<double>::quiet_NaN();
}

int64_t Statement::whole(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_INTEGER
             ? sqlite3_column_int64(statement_.get(), column)
             : 0;
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return text ? std::string_view(
                    text, static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column)))
              : std::string_view();
}

}  // namespace uhuru::catalog
