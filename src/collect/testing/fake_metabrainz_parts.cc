// SPDX-License-Identifier: Apache-2.0
#include "collect/testing/fake_metabrainz_parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace sleeve {

std::string random_uuid(Rng& rng) {
  const uint64_t a = rng.next();
  const uint64_t b = rng.next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", a >> 32, (a >> 16) & 0xFFFF, a & 0xFFF, b >> 52,
                     b & 0xFFFFFFFFFFFF);
}

std::string derived_uuid(const std::string& text) {
  uint64_t seed = 1469598103934665603U;
  for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 1099511628211U;
  Rng rng(seed);
  return random_uuid(rng);
}

std::string release_of(const FakeMetabrainz::Album& album) {
  return derived_uuid("release of " + album.mbid);
}
int64_t image_of(const FakeMetabrainz::Album& album) { return 1'000'000 + album.picture; }

FakeReply plain_reply(int status, std::string body, const char* type) {
  FakeReply reply;
  reply.status = status;
  reply.headers.emplace_back("content-type", type);
  reply.body = std::move(body);
  return reply;
}

size_t count_argument(const FakeRequest& request, const char* name, size_t otherwise) {
  const auto value = parse_integer(request.argument(name));
  return value && *value >= 0 ? static_cast<size_t>(*value) : otherwise;
}

bool is_lower_uuid(const std::string& text) {
  return text.size() == 36 && std::ranges::all_of(text, [](char c) {
           return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace sleeve
