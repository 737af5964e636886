// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue that keeps what searches have done.
#include "base/try.h"
#include "store/catalogue.h"

namespace sleeve {

Result<std::optional<std::string>> Catalogue::find_search_part(const std::string& key) {
  SLEEVE_TRY(Statement * query, statement("SELECT value FROM search_parts WHERE key = ?"));
  query->bind(key);
  SLEEVE_TRY(const bool found, query->step());
  if (!found) return std::optional<std::string>();
  std::optional<std::string> value = query->text(0);
  SLEEVE_CHECK(query->run());
  return value;
}

Status Catalogue::put_search_parts(std::span<const SearchPart> parts) {
  SLEEVE_TRY(Transaction transaction, begin());
  SLEEVE_TRY(Statement * insert,
             statement("INSERT INTO search_parts (key, value, at) VALUES (?, ?, datetime('now')) "
                       "ON CONFLICT (key) DO UPDATE SET value = excluded.value, at = excluded.at"));
  for (const SearchPart& part : parts) {
    insert->bind(part.key).bind(part.value);
    SLEEVE_CHECK(insert->run());
  }
  return transaction.commit();
}

}  // namespace sleeve
