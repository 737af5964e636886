// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_SERVICE_CLIENT_H_
#define SLEEVE_COLLECT_SERVICE_CLIENT_H_

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "net/http.h"
#include "net/reply_cache.h"
#include "net/secrets.h"
#include "store/collections.h"

namespace sleeve {

// A host that a source talks to.
struct ServiceInfo {
  std::string name;  // "musicbrainz"; $SLEEVE_MUSICBRAINZ_URL names another address (a mirror, a test)
  std::string url;   // "https://musicbrainz.org", without a slash at the end
  HostLimit limit;
  std::string licence;  // a short note that stands beside every field taken from it
};

// How to reach services: what doesn't change a result.
struct ServiceSettings {
  std::map<std::string, std::string> urls;  // by service, where it isn't the usual one
  std::string contact;                      // an address to write to, for the User-Agent
  HttpOptions http;                         // proxy, attempts, waits
  double clock_speed = 1.0;                 // honoured only if every service in use is on loopback
  KeyRing keys = KeyRing({}, false);
  std::filesystem::path cache;  // folder of kept answers
  CachePolicy policy;
  size_t max_calls = 0;    // 0: no bound
  uint64_t max_bytes = 0;  // of answers; 0: no bound

  // SLEEVE_<SERVICE>_URL of these services, contact (SLEEVE_CONTACT or the line of the key file),
  // https_proxy, no_proxy, SLEEVE_CLOCK_SPEED. kUsage if one of them can't be used.
  static Result<ServiceSettings> of_user(const std::vector<ServiceInfo>& services);
};

// Why a run ended before its end.
enum class StopReason {
  kNone,
  kCancelled,    // Ctrl-C
  kBudget,       // --max-calls or --max-bytes
  kLater,        // a service wants to be left alone for long
  kUnreachable,  // no network, or a service that is down
  kOffline,      // --offline, and not all is in the cache
};
std::string_view name_of(StopReason reason);

// An answer in JSON and where it is from.
struct Answer {
  int status = 0;
  Json json;  // null where the body is empty
  OriginRecord origin;
  bool from_cache = false;
};

struct AskOptions {
  // Whether the JSON is what was asked for; something else counts as a passing fault (a proxy's page, a
  // truncated answer) and is asked for again. Nothing: any JSON will do.
  std::function<bool(const Json&)> shape;
  // For services with signals of their own; see HttpRequest::judge. Given the parsed JSON, null if it is
  // none.
  std::function<std::optional<HttpVerdict>(const HttpReply&, const Json&)> judge;
  // Whether a whole answer is worth keeping. Nothing: 200, 204, 404 and 410.
  std::function<bool(const HttpReply&, const Json&)> keep;
  bool cached = true;  // false: always asked (a token)
};

// Asks services: address, User-Agent, limits, cache and budget are its care. Asking is for one thread;
// fetch_picture() for any.
class ServiceClient {
 public:
  // kUsage if no contact is known: services want to know whom to write to. Offline nobody is asked.
  static Result<std::unique_ptr<ServiceClient>> make(const std::vector<ServiceInfo>& services,
                                                     ServiceSettings settings, const WorkContext& context);

  // The address of a service, without a slash at the end. REQUIRES: one of the services.
  [[nodiscard]] const std::string& url_of(std::string_view service) const;
  [[nodiscard]] const std::string& licence_of(std::string_view service) const {
    return info_of(service).licence;
  }
  // A key from the environment, the key file or the keyring, which from now on is shown nowhere.
  Result<Secret> need_key(std::string_view name, std::string_view what);
  Result<std::optional<Secret>> find_key(std::string_view name);

  // Any final answer of 2xx, 404 or 410 (see `status`); other statuses are an error with the service's own
  // words. After an error stop_reason() tells whether the run has to end (pass the error on), or only this
  // question failed (kNone).
  Result<Answer> ask(std::string_view service, HttpRequest request, const AskOptions& options = {});
  // ask() by GET; `target` begins with a slash.
  Result<Answer> ask(std::string_view service, std::string_view target, const AskOptions& options = {});

  // Not cached; counted. Thread-safe.
  HttpReply fetch_picture(const HttpRequest& request);

  [[nodiscard]] StopReason stop_reason() const { return stop_; }
  [[nodiscard]] std::string stop_message() const;
  void stop(StopReason reason, const std::string& message);  // the first one counts
  [[nodiscard]] size_t calls() const { return calls_; }
  [[nodiscard]] uint64_t bytes() const { return bytes_; }
  [[nodiscard]] const WorkContext& context() const { return context_; }
  [[nodiscard]] const CachePolicy& policy() const { return settings_.policy; }
  [[nodiscard]] HttpClient& http() { return *http_; }

 private:
  ServiceClient(const std::vector<ServiceInfo>& services, ServiceSettings settings,
                const WorkContext& context);
  [[nodiscard]] const ServiceInfo& info_of(std::string_view service) const;
  // False, and stopped, if nothing more may be spent.
  bool within_budget();
  void count(const HttpReply& reply);
  void note_fate(const HttpReply& reply);

  std::vector<ServiceInfo> services_;  // with the addresses in use
  ServiceSettings settings_;
  WorkContext context_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<CachedHttp> cache_;
  std::atomic<size_t> calls_{0};
  std::atomic<uint64_t> bytes_{0};
  std::atomic<StopReason> stop_{StopReason::kNone};
  mutable std::mutex mutex_;
  std::string stop_message_;
};

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_SERVICE_CLIENT_H_
