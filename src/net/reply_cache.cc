// SPDX-License-Identifier: Apache-2.0
#include "net/reply_cache.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "base/try.h"
#include "net/address.h"

namespace sleeve {
namespace {

// The first line of a cache file: its kind and version.
constexpr std::string_view kMagic = "sleeve-reply 1\n";

std::string text_of(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

uint64_t checksum_of(std::string_view text) { return checksum64(std::as_bytes(std::span(text))); }

HttpReply as_reply(CachedReply&& kept) {
  HttpReply reply;
  reply.status = kept.status;
  reply.url = std::move(kept.url);
  reply.body = std::move(kept.body);
  reply.date = kept.date;
  if (!kept.content_type.empty()) reply.headers.emplace_back("content-type", std::move(kept.content_type));
  if (!kept.etag.empty()) reply.headers.emplace_back("etag", std::move(kept.etag));
  return reply;
}

CachedReply as_kept(const HttpReply& reply) {
  return {without_secrets(reply.url),
          reply.status,
          reply.date,
          std::string(reply.header("etag")),
          std::string(reply.header("last-modified")),
          std::string(reply.header("content-type")),
          reply.body};
}

bool usually_kept(const HttpReply& reply) {
  return reply.status == 200 || reply.status == 204 || reply.status == 404 || reply.status == 410;
}

}  // namespace

std::string cache_file_bytes(const CachedReply& reply) {
  const Json head = {{"url", reply.url},
                     {"status", reply.status},
                     {"date", reply.date},
                     {"etag", reply.etag},
                     {"last_modified", reply.last_modified},
                     {"content_type", reply.content_type},
                     {"bytes", reply.body.size()},
                     {"xxh3", checksum_of(reply.body)}};
  return std::string(kMagic) + dump_json(head) + "\n" + reply.body;
}

std::optional<CachedReply> parse_cache_file(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return std::nullopt;
  bytes.remove_prefix(kMagic.size());
  const size_t line = bytes.find('\n');
  if (line == std::string_view::npos) return std::nullopt;
  const auto head = parse_json(bytes.substr(0, line));
  if (!head.ok() || !head->is_object()) return std::nullopt;
  const auto number = [&](const char* member) -> std::optional<uint64_t> {
    const auto found = head->find(member);
    if (found == head->end() || !found->is_number_unsigned()) return std::nullopt;
    return found->get<uint64_t>();
  };
  const auto status = number("status");
  const auto date = number("date");
  CachedReply reply;
  reply.body = bytes.substr(line + 1);
  if (!status || !date || number("bytes") != reply.body.size() || number("xxh3") != checksum_of(reply.body)) {
    return std::nullopt;
  }
  constexpr uint64_t kMaxStatus = 999;
  if (*status > kMaxStatus || *date > uint64_t{1} << 40) return std::nullopt;
  reply.status = static_cast<int>(*status);
  reply.date = static_cast<int64_t>(*date);
  reply.url = text_of(*head, "url");
  reply.etag = text_of(*head, "etag");
  reply.last_modified = text_of(*head, "last_modified");
  reply.content_type = text_of(*head, "content_type");
  return reply;
}

std::string ReplyCache::key_of(const HttpRequest& request) {
  return sha256(request.method + "\n" + without_secrets(request.url) + "\n" + request.body).hex();
}

std::filesystem::path ReplyCache::path_of(const std::string& key) const {
  return folder_ / key.substr(0, 2) / key.substr(2);
}

std::optional<CachedReply> ReplyCache::find(const std::string& key) const {
  const auto bytes = read_text_file(path_of(key));
  return bytes.ok() ? parse_cache_file(*bytes) : std::nullopt;
}

Status ReplyCache::put(const std::string& key, const CachedReply& reply) const {
  return write_file_atomic(path_of(key), std::string_view(cache_file_bytes(reply)));
}

bool CachedHttp::would_call(const HttpRequest& request) const {
  if (policy_.offline) return false;
  const auto kept = cache_.find(ReplyCache::key_of(request));
  return !kept || kept->date < policy_.refresh_before;
}

Result<Fetched> CachedHttp::fetch(HttpRequest request, const WorkContext& context, const Keep& keep) {
  const std::string key = ReplyCache::key_of(request);
  auto kept = cache_.find(key);
  if (kept && (policy_.offline || kept->date >= policy_.refresh_before)) {
    return Fetched{as_reply(std::move(*kept)), true};
  }
  if (policy_.offline) {
    Fetched missing;
    missing.reply.fate = HttpFate::kOffline;
    missing.reply.url = without_secrets(request.url);
    missing.reply.reason = missing.reply.url + ": is not in the cache, and --offline asks nobody";
    return missing;
  }
  if (kept && !kept->etag.empty()) request.headers.emplace_back("if-none-match", kept->etag);
  if (kept && !kept->last_modified.empty()) {
    request.headers.emplace_back("if-modified-since", kept->last_modified);
  }
  Fetched fetched{client_.perform(request, context), false};
  HttpReply& reply = fetched.reply;
  if (reply.fate != HttpFate::kAnswered) return fetched;
  if (kept && reply.status == 304) {
    kept->date = reply.date;
    SLEEVE_CHECK(cache_.put(key, *kept));
    const int calls = reply.calls;
    const uint64_t bytes = reply.bytes;
    reply = as_reply(std::move(*kept));
    reply.calls = calls;
    reply.bytes = bytes;
    return fetched;
  }
  if (keep ? keep(reply) : usually_kept(reply)) SLEEVE_CHECK(cache_.put(key, as_kept(reply)));
  return fetched;
}

}  // namespace sleeve
