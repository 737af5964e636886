// SPDX-License-Identifier: Apache-2.0
// A cache file of any bytes is an answer or none; one that is read is written the same again. Addresses from
// anywhere are taken apart without harm.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/address.h"
#include "net/http.h"
#include "net/reply_cache.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sleeve;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto reply = parse_cache_file(text)) {
    const auto again = parse_cache_file(cache_file_bytes(*reply));
    if (!again || again->body != reply->body || again->status != reply->status) std::abort();
  }
  const auto address = parse_address(text);
  if (address.ok() && address->scheme != "http" && address->scheme != "https") std::abort();
  const auto joined = join_address("https://example.org/a/b?c", text);
  if (joined.ok() && !parse_address(*joined).ok()) std::abort();
  static_cast<void>(without_secrets(text));
  static_cast<void>(is_public_host(text));
  const auto wait = parse_retry_after(text, 1'000'000);
  if (wait && *wait < 0) std::abort();
  return 0;
}
