// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STORE_MIGRATE_H_
#define SLEEVE_STORE_MIGRATE_H_

#include <span>

#include <sleeve/result.h>

#include "store/sqlite.h"

namespace sleeve {

// The SQL scripts of schema/, number 1 first. Never edited once released: a change is a new number.
std::span<const char* const> migrations();

// user_version: how many migrations a database has had.
Result<int> schema_version_of(Database& database);

// Runs the missing migrations, each in a transaction of its own. kUnsupported if the database has
// had more migrations than we know.
Status migrate(Database& database);

}  // namespace sleeve

#endif  // SLEEVE_STORE_MIGRATE_H_
