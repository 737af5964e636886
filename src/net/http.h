// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_NET_HTTP_H_
#define SLEEVE_NET_HTTP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sleeve/result.h>

#include "base/progress.h"
#include "net/clock.h"
#include "net/rate_gate.h"

// The one place that talks to the network: polite (limits for each host, kept by all threads
// together; what a service says of its limits is obeyed), patient (bounded retries with growing waits) and
// careful (TLS verified, redirects checked, sizes and times bounded).
namespace sleeve {

struct HttpReply;

// What is to be done with an answer.
enum class HttpVerdict {
  kFinal,  // hand it over
  kRetry,  // a passing fault: ask again after a growing wait
  kLater,  // the service wants to be left alone for long: give up for this run
};

struct HttpRequest {
  std::string url;
  std::string method = "GET";
  std::string body;
  std::string content_type;  // of the body
  // Names in lower case. A redirect doesn't send them on to another host: they may hold a key.
  std::vector<std::pair<std::string, std::string>> headers;
  bool send_headers_on = false;             // for headers without secrets: to other hosts, too
  uint64_t max_bytes = uint64_t{32} << 20;  // of the body, decompressed
  int attempts = 0;                         // 0: as the client's options say
  double stall_seconds = 0;                 // 0: as the client's options say
  // Takes the body of a 2xx answer piece by piece instead of HttpReply::body. Once it has taken something, a
  // dropped connection isn't tried again here. False: stop (kRefused).
  std::function<bool(const HttpReply& head, std::span<const std::byte> piece)> sink;
  // For services that hide errors in a 200 or mean something of their own by a status; asked about
  // every whole answer. Nothing: as usual (429, 500, 502, 503 and 504 are tried again, all else is final).
  std::function<std::optional<HttpVerdict>(const HttpReply&)> judge;
};

enum class HttpFate {
  kAnswered,     // an answer of whatever status
  kLater,        // the service asks to wait longer than max_wait, or was busy at every attempt
  kUnreachable,  // no (whole) answer at any attempt; with `status` set a server's fault that stayed
  kRefused,      // we refused: a redirect or an address that isn't allowed
  kTooLarge,     // the body is over max_bytes
  kStopped,      // the work is to stop
  kOffline,      // not in the cache, and the network may not be asked (net/reply_cache.h)
};

struct HttpReply {
  HttpFate fate = HttpFate::kAnswered;
  int status = 0;                                            // of the last answer; 0: there was none
  std::vector<std::pair<std::string, std::string>> headers;  // of the last answer, names in lower case
  std::string body;
  std::string url;          // where the answer came from, after redirects
  std::string reason;       // why it isn't kAnswered, with the address and without secrets
  double wait_seconds = 0;  // of kLater: how long the service asked to wait, as far as it said
  int calls = 0;            // requests made for it, retries included, redirects not
  uint64_t bytes = 0;       // of body taken from the net, those of failed attempts included
  int64_t date = 0;         // when it came, seconds since 1970

  [[nodiscard]] bool ok() const { return fate == HttpFate::kAnswered && status >= 200 && status < 300; }
  // The first header of that name, or "".
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
  // What to say if it isn't ok(): kCancelled for kStopped, kTooLarge, kNotFound for 404 and 410, kIo for
  // the rest; "come back later" stands in the message of kLater. REQUIRES: !ok().
  [[nodiscard]] Error error() const;
};

struct HttpOptions {
  std::string user_agent;                   // name/version ( contact ); see user_agent_of()
  std::map<std::string, HostLimit> limits;  // by Address::authority ("https://musicbrainz.org:443")
  HostLimit default_limit;                  // of other hosts
  int attempts = 6;
  double first_wait = 1.0;  // seconds before the second attempt; doubles, jitter up to 1.5 times
  double max_wait = 120.0;  // longer waits are left for another run
  int max_redirects = 6;
  double connect_seconds = 15;  // real seconds, whatever the clock's speed; so the next two
  double stall_seconds = 30;    // without a byte
  double total_seconds = 300;   // of a request without a sink
  std::string proxy;            // as curl takes it; empty: none. The environment isn't read
  std::string no_proxy;
  // Hosts that may be loopback or private and may speak plain http: only what a user configured as a
  // service's address. Everything else must be public and https.
  std::vector<std::string> private_hosts;
  std::vector<std::string> resolve;  // "example.org:443:192.0.2.1": names that aren't looked up
  std::string ca_file;               // empty: the system's
  uint64_t seed = 22;                // of the jitter
};

// "sleeve/0.1.0 ( contact )"
std::string user_agent_of(std::string_view contact);

// Thread-safe. Keeps connections open for reuse.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options, double clock_speed = 1.0);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Never throws, never hangs longer than the options' times; always a reply.
  HttpReply perform(const HttpRequest& request, const WorkContext& context);
  HttpReply get(const std::string& url, const WorkContext& context);

  // From now on `text` never stands in a reason or a log line.
  void hide(std::string text);
  // A text with all that is hidden left out: for words that a service sends back.
  [[nodiscard]] std::string without_hidden(std::string text) const;

  [[nodiscard]] const Clock& clock() const;
  [[nodiscard]] const HttpOptions& options() const;
  // The limit that a request to this address goes by.
  [[nodiscard]] HostLimit limit_of(std::string_view url) const;

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

// Seconds until what a Retry-After header says: a number, or a date as seen from `now` (seconds since
// 1970). Nothing if it is neither; never negative.
std::optional<double> parse_retry_after(std::string_view value, int64_t now);

}  // namespace sleeve

#endif  // SLEEVE_NET_HTTP_H_
