// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STORE_SQLITE_H_
#define SLEEVE_STORE_SQLITE_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <sleeve/result.h>

struct sqlite3;
struct sqlite3_stmt;

// A thin hand on SQLite: values in, values out, errors as Result. Not thread-safe: one thread at
// a time per Database.
namespace sleeve {

class Statement {
 public:
  Statement& bind(std::nullptr_t);
  Statement& bind(int64_t value);
  Statement& bind(double value);
  Statement& bind(std::string_view text);
  Statement& bind_blob(std::string_view bytes);
  Statement& bind(std::optional<int64_t> value) { return value ? bind(*value) : bind(nullptr); }
  Statement& bind(std::optional<double> value) { return value ? bind(*value) : bind(nullptr); }

  // True if a row is there, false at the end; then the statement is ready to be bound again.
  Result<bool> step();
  // For statements without rows: runs it and makes it ready to be bound again.
  Status run();

  [[nodiscard]] int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;  // TEXT or BLOB
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalise {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalise> statement_;
  int bound_ = 0;
  int bind_error_ = 0;
};

class Database {
 public:
  enum class Mode { kReadOnly, kReadWriteCreate };
  // kNotFound, kIo, kCorrupt (not a database). Waits up to 10 s for another process's lock.
  static Result<Database> open(const std::filesystem::path& path, Mode mode);

  Result<Statement> prepare(std::string_view sql);
  Status execute(const std::string& script);  // several statements
  [[nodiscard]] int64_t last_row_id() const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  [[nodiscard]] Error failure(int code) const;
  std::unique_ptr<sqlite3, Close> handle_;
  std::string path_;
};

// Rolls back unless commit() succeeded.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  Status commit();

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;
};

}  // namespace sleeve

#endif  // SLEEVE_STORE_SQLITE_H_
