// SPDX-License-Identifier: Apache-2.0
#include "store/migrate.h"

#include <array>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr const char* kMigrations[] = {
#include "store/migrations.inc"
};

}  // namespace

std::span<const char* const> migrations() { return kMigrations; }

Result<int> schema_version_of(Database& database) {
  SLEEVE_TRY(Statement statement, database.prepare("PRAGMA user_version"));
  SLEEVE_CHECK(statement.step());
  return static_cast<int>(statement.integer(0));
}

Status migrate(Database& database) {
  const int known = static_cast<int>(migrations().size());
  for (;;) {
    // The version is read inside the transaction: another process may be migrating, too.
    SLEEVE_TRY(Transaction transaction, Transaction::begin(database));
    SLEEVE_TRY(const int version, schema_version_of(database));
    if (version > known) {
      return make_error(ErrorCode::kUnsupported,
                        "the catalogue has schema {}, this sleeve knows up to {}: use a newer sleeve",
                        version, known);
    }
    if (version == known) return {};
    SLEEVE_CHECK(database.execute(migrations()[static_cast<size_t>(version)]));
    SLEEVE_CHECK(database.execute(fmt::format("PRAGMA user_version = {}", version + 1)));
    SLEEVE_CHECK(transaction.commit());
  }
}

}  // namespace sleeve
