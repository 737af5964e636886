// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite.h"

#include <utility>

#include <sqlite3.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr int kBusyMilliseconds = 10'000;

Error sqlite_error(int code, std::string_view path, std::string_view message) {
  switch (code & 0xFF) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return make_error(ErrorCode::kCorrupt, "{}: damaged, or not a sleeve catalogue ({})", path, message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return make_error(ErrorCode::kConflict, "{}: in use by another process; try again when it is done",
                        path);
    case SQLITE_CANTOPEN:
      return make_error(ErrorCode::kNotFound, "{}: can't be opened ({})", path, message);
    case SQLITE_CONSTRAINT:
      return make_error(ErrorCode::kConflict, "{}: {}", path, message);
    default:
      return make_error(ErrorCode::kIo, "{}: {}", path, message);
  }
}

Error statement_error(sqlite3_stmt* statement, int code) {
  sqlite3* handle = sqlite3_db_handle(statement);
  const char* path = sqlite3_db_filename(handle, "main");
  return sqlite_error(code, printable(std::string_view(path == nullptr ? "" : path)), sqlite3_errmsg(handle));
}

}  // namespace

void Statement::Finalise::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::bind(std::nullptr_t) {
  if (bind_error_ == SQLITE_OK) bind_error_ = sqlite3_bind_null(statement_.get(), ++bound_);
  return *this;
}

Statement& Statement::bind(int64_t value) {
  if (bind_error_ == SQLITE_OK) bind_error_ = sqlite3_bind_int64(statement_.get(), ++bound_, value);
  return *this;
}

Statement& Statement::bind(double value) {
  if (bind_error_ == SQLITE_OK) bind_error_ = sqlite3_bind_double(statement_.get(), ++bound_, value);
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  if (bind_error_ == SQLITE_OK) {
    bind_error_ = sqlite3_bind_text64(statement_.get(), ++bound_, text.data() == nullptr ? "" : text.data(),
                                      text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);  // NOLINT: SQLite's macro
  }
  return *this;
}

Statement& Statement::bind_blob(std::string_view bytes) {
  if (bind_error_ == SQLITE_OK) {
    bind_error_ = sqlite3_bind_blob64(statement_.get(), ++bound_, bytes.data() == nullptr ? "" : bytes.data(),
                                      bytes.size(), SQLITE_TRANSIENT);  // NOLINT: SQLite's macro
  }
  return *this;
}

Result<bool> Statement::step() {
  int code = std::exchange(bind_error_, SQLITE_OK);
  if (code == SQLITE_OK) code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    bound_ = 0;
    sqlite3_reset(statement_.get());
    return false;
  }
  Error error = statement_error(statement_.get(), code);
  bound_ = 0;
  sqlite3_reset(statement_.get());
  return error;
}

Status Statement::run() {
  for (;;) {
    SLEEVE_TRY(const bool more, step());
    if (!more) return {};
  }
}

int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string Statement::text(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data == nullptr ? std::string()
                         : std::string(static_cast<const char*>(data), static_cast<size_t>(size));
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Error Database::failure(int code) const { return sqlite_error(code, path_, sqlite3_errmsg(handle_.get())); }

Result<Database> Database::open(const std::filesystem::path& path, Mode mode) {
  Database database;
  database.path_ = printable(path);
  const int flags =
      mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  database.handle_.reset(handle);
  if (code != SQLITE_OK) return database.failure(code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  SLEEVE_CHECK(database.execute("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"));
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  if (code != SQLITE_OK) return failure(code);
  Statement statement;
  statement.statement_.reset(raw);
  return statement;
}

Status Database::execute(const std::string& script) {
  const int code = sqlite3_exec(handle_.get(), script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code);
  return {};
}

int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(handle_.get()); }

Result<Transaction> Transaction::begin(Database& database) {
  SLEEVE_CHECK(database.execute("BEGIN IMMEDIATE"));
  return Transaction(&database);
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  if (const Status status = database_->execute("ROLLBACK"); !status.ok()) {
    log_debug("rollback: " + status.error().message);
  }
}

Status Transaction::commit() {
  SLEEVE_CHECK(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace sleeve
