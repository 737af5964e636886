// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_NET_REPLY_CACHE_H_
#define SLEEVE_NET_REPLY_CACHE_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <sleeve/result.h>

#include "net/http.h"

// Answers that cost a call are kept on disk, so that no question is asked twice: not after a kill, not
// by the next command. docs/formats.md describes the files.
namespace sleeve {

struct CachedReply {
  std::string url;  // without secrets
  int status = 0;
  int64_t date = 0;  // when it came or was last confirmed, seconds since 1970
  std::string etag;
  std::string last_modified;
  std::string content_type;
  std::string body;
};

// A folder of answers, one file each. Thread-safe as long as two threads don't write the same answer;
// several processes may share it.
class ReplyCache {
 public:
  explicit ReplyCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // By method, address and body; keys and tokens in the address don't count.
  static std::string key_of(const HttpRequest& request);

  // Nothing if it isn't there, or is damaged.
  [[nodiscard]] std::optional<CachedReply> find(const std::string& key) const;
  // On disk, whole, when it returns.
  [[nodiscard]] Status put(const std::string& key, const CachedReply& reply) const;

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& key) const;
  std::filesystem::path folder_;
};

// The bytes of a cache file, and back. Nothing if they are no cache file, or damaged.
std::string cache_file_bytes(const CachedReply& reply);
std::optional<CachedReply> parse_cache_file(std::string_view bytes);

struct CachePolicy {
  bool offline = false;        // never ask the network
  int64_t refresh_before = 0;  // answers older than this date are asked for again (with their ETag, if any)
};

struct Fetched {
  HttpReply reply;          // of a kept answer: as it was, `calls` and `bytes` zero
  bool from_cache = false;  // kept, and not confirmed now
};

// Asks the cache first and the network only for what is missing or too old.
class CachedHttp {
 public:
  CachedHttp(HttpClient& client, ReplyCache cache, CachePolicy policy)
      : client_(client), cache_(std::move(cache)), policy_(policy) {}

  // Whether an answer is worth keeping. Default: 200, 204, 404 and 410.
  using Keep = std::function<bool(const HttpReply&)>;
  // An error only if the cache can't be written. REQUIRES: no sink in the request.
  Result<Fetched> fetch(HttpRequest request, const WorkContext& context, const Keep& keep = {});
  // Whether fetch() would ask the network.
  [[nodiscard]] bool would_call(const HttpRequest& request) const;

  [[nodiscard]] HttpClient& client() { return client_; }
  [[nodiscard]] const CachePolicy& policy() const { return policy_; }

 private:
  HttpClient& client_;
  ReplyCache cache_;
  CachePolicy policy_;
};

}  // namespace sleeve

#endif  // SLEEVE_NET_REPLY_CACHE_H_
