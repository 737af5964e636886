// SPDX-License-Identifier: Apache-2.0
#include "net/http.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>

#include <curl/curl.h>

#include <sleeve/version.h>

#include "base/error.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/text.h"
#include "net/address.h"
#include "net/transfer.h"

namespace sleeve {
namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

HttpVerdict usual_verdict(int status) {
  const bool passing = status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
  return passing ? HttpVerdict::kRetry : HttpVerdict::kFinal;
}

HttpFate fate_of(Transfer::End end) {
  switch (end) {
    case Transfer::End::kRefused:
      return HttpFate::kRefused;
    case Transfer::End::kTooLarge:
      return HttpFate::kTooLarge;
    case Transfer::End::kStopped:
      return HttpFate::kStopped;
    default:
      return HttpFate::kUnreachable;
  }
}

// What the service says of its limits, if that can be relied on.
void note_limits(RateGate& gate, const HttpReply& reply) {
  const HostLimit& limit = gate.limit();
  if (limit.remaining_header.empty()) return;
  const auto remaining = parse_number(reply.header(limit.remaining_header));
  if (!remaining || *remaining > 0) return;
  const auto reset =
      limit.reset_header.empty() ? std::nullopt : parse_number(reply.header(limit.reset_header));
  constexpr double kLongest = 3600;
  gate.hold(std::clamp(reset.value_or(limit.reset_seconds), 0.0, kLongest));
}

// Gives the gate's turn back, whatever happens in between.
class Turn {
 public:
  explicit Turn(RateGate& gate) : gate_(gate) {}
  ~Turn() { gate_.leave(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  RateGate& gate_;
};

// One attempt: the last of its exchanges and the host that it was with.
struct Attempt {
  Transfer last;
  RateGate* gate = nullptr;
  uint64_t bytes = 0;  // of all its exchanges
};

Attempt refused(Attempt attempt, std::string why) {
  attempt.last.end = Transfer::End::kRefused;
  attempt.last.why = std::move(why);
  return attempt;
}

}  // namespace

struct HttpClient::Core {
  Core(HttpOptions given, double speed) : options(std::move(given)), clock(speed) {}

  RateGate& gate_of(const std::string& authority) {
    const std::lock_guard lock(gates_mutex);
    auto& gate = gates[authority];
    if (gate == nullptr) gate = std::make_unique<RateGate>(limit_of(authority), clock);
    return *gate;
  }

  [[nodiscard]] HostLimit limit_of(const std::string& authority) const {
    const auto known = options.limits.find(authority);
    return known == options.limits.end() ? options.default_limit : known->second;
  }

  std::string censored(std::string text) {
    const std::lock_guard lock(hidden_mutex);
    for (const std::string& secret : hidden) {
      for (size_t at = text.find(secret); at != std::string::npos; at = text.find(secret)) {
        text.replace(at, secret.size(), "…");
      }
    }
    return text;
  }

  // The address in words for people.
  std::string shown(std::string_view url) {
    return censored(printable(std::string_view(without_secrets(url))));
  }

  [[nodiscard]] bool may_be_private(const Address& address) const {
    return std::ranges::find(options.private_hosts, address.host) != options.private_hosts.end();
  }

  // A wait before attempt number `next` (2, 3, …).
  double backoff(int next) {
    constexpr double kLongest = 60;
    Rng rng(options.seed, waits.fetch_add(1));
    return std::min(kLongest, options.first_wait * std::ldexp(1.0, next - 2)) * rng.uniform(1.0, 1.5);
  }

  Transfer exchange(const TransferSpec& spec, RateGate& gate, const WorkContext& context) {
    Transfer result;
    if (!gate.enter(context)) {
      result.end = Transfer::End::kStopped;
      return result;
    }
    const Turn turn(gate);
    CurlPool::Handle handle = pool.take();
    if (handle == nullptr) {
      result.end = Transfer::End::kRefused;
      result.why = "libcurl could not be started";
      return result;
    }
    result = transfer(handle.get(), spec, context);
    pool.put_back(std::move(handle));
    result.reply.url = spec.url;
    note_limits(gate, result.reply);
    return result;
  }

  Attempt attempt(const HttpRequest& request, const WorkContext& context) {
    Attempt result;
    std::string url = request.url;
    std::string method = request.method;
    std::string first_authority;
    std::string first_scheme;
    for (int hop = 0;; ++hop) {
      const auto address = parse_address(url);
      result.last.reply.url = url;
      if (!address.ok()) return refused(std::move(result), address.error().message);
      if (hop == 0) {
        first_authority = address->authority;
        first_scheme = address->scheme;
      }
      if (address->scheme != first_scheme) {
        return refused(std::move(result), fmt::format("redirects from {} to {}", first_scheme, shown(url)));
      }
      const bool may_be_private = this->may_be_private(*address);
      if (!may_be_private && address->scheme != "https") {
        return refused(std::move(result), "only https is allowed");
      }
      if (!may_be_private && !is_public_host(address->host)) {
        return refused(std::move(result), fmt::format("{} is not a public address", address->host));
      }
      result.gate = &gate_of(address->authority);
      const bool with_headers = request.send_headers_on || address->authority == first_authority;
      result.last =
          exchange({request, url, method, with_headers, may_be_private, options}, *result.gate, context);
      result.bytes += result.last.reply.bytes;
      const HttpReply& reply = result.last.reply;
      if (result.last.end != Transfer::End::kWhole || !is_redirect(reply.status)) return result;
      if (reply.header("location").empty()) return refused(std::move(result), "redirects to nowhere");
      if (hop >= options.max_redirects) {
        return refused(std::move(result), fmt::format("redirects more than {} times", options.max_redirects));
      }
      const auto next = join_address(url, reply.header("location"));
      if (!next.ok()) return refused(std::move(result), "redirects to " + next.error().message);
      if (reply.status == 303 || (method == "POST" && reply.status < 303)) method = "GET";
      url = *next;
    }
  }

  // Whether to ask again after `wait` seconds; otherwise reply.fate and reason are set.
  bool goes_on(const HttpRequest& request, const Attempt& done, HttpReply& reply, double& wait) {
    const Transfer& last = done.last;
    const bool whole = last.end == Transfer::End::kWhole;
    if (!whole && last.end != Transfer::End::kBroken) {
      reply.fate = fate_of(last.end);
      reply.reason = fmt::format("{}: {}", shown(request.url), censored(last.why));
      return false;
    }
    HttpVerdict verdict = whole ? usual_verdict(reply.status) : HttpVerdict::kRetry;
    if (whole && request.judge) verdict = request.judge(reply).value_or(verdict);
    if (verdict == HttpVerdict::kFinal) return false;
    const auto asked = whole ? parse_retry_after(reply.header("retry-after"), reply.date) : std::nullopt;
    const bool busy = whole && (reply.status == 429 || asked || verdict == HttpVerdict::kLater);
    const std::string what = whole ? fmt::format("answers {}", reply.status) : censored(last.why);
    reply.fate = busy ? HttpFate::kLater : HttpFate::kUnreachable;
    reply.wait_seconds = asked.value_or(0);
    reply.reason = fmt::format("{}: {}", shown(request.url), what);
    if (asked && *asked > options.max_wait) {
      reply.fate = HttpFate::kLater;
      reply.reason += fmt::format(" and asks to wait {:.0f} minutes", std::ceil(*asked / 60));
      return false;
    }
    if (verdict == HttpVerdict::kLater || last.sink_began) return false;
    const int attempts = request.attempts > 0 ? request.attempts : options.attempts;
    if (reply.calls >= attempts) {
      if (attempts > 1) reply.reason += fmt::format(", {} times", attempts);
      return false;
    }
    // "Retry-After: 0" is not to be trusted: at least the wait that grows.
    wait = std::max(asked.value_or(0), backoff(reply.calls + 1));
    return true;
  }

  HttpReply perform(const HttpRequest& request, const WorkContext& context) {
    int calls = 0;
    uint64_t bytes = 0;
    for (;;) {
      Attempt done = attempt(request, context);
      HttpReply reply = std::move(done.last.reply);
      reply.calls = calls += 1;
      reply.bytes = bytes += done.bytes;
      reply.date = unix_time();
      double wait = 0;
      if (!goes_on(request, done, reply, wait)) return reply;
      log_debug(fmt::format("{}; attempt {} in {:.1f} s", reply.reason, calls + 1, wait));
      if (reply.fate == HttpFate::kLater && done.gate != nullptr) done.gate->hold(wait);
      if (!clock.sleep(wait, context)) {
        reply.fate = HttpFate::kStopped;
        return reply;
      }
    }
  }

  const HttpOptions options;
  const Clock clock;
  CurlPool pool;
  std::mutex gates_mutex;
  std::map<std::string, std::unique_ptr<RateGate>> gates;  // by authority
  std::mutex hidden_mutex;
  std::vector<std::string> hidden;
  std::atomic<uint64_t> waits{0};  // how many there were: each has a jitter of its own
};

HttpClient::HttpClient(HttpOptions options, double clock_speed)
    : core_(std::make_unique<Core>(std::move(options), clock_speed)) {}
HttpClient::~HttpClient() = default;

HttpReply HttpClient::perform(const HttpRequest& request, const WorkContext& context) {
  return core_->perform(request, context);
}

HttpReply HttpClient::get(const std::string& url, const WorkContext& context) {
  HttpRequest request;
  request.url = url;
  return perform(request, context);
}

void HttpClient::hide(std::string text) {
  if (text.empty()) return;
  const std::lock_guard lock(core_->hidden_mutex);
  core_->hidden.push_back(std::move(text));
}

std::string HttpClient::without_hidden(std::string text) const { return core_->censored(std::move(text)); }

const Clock& HttpClient::clock() const { return core_->clock; }
const HttpOptions& HttpClient::options() const { return core_->options; }

HostLimit HttpClient::limit_of(std::string_view url) const {
  const auto address = parse_address(url);
  return address.ok() ? core_->limit_of(address->authority) : core_->options.default_limit;
}

std::string_view HttpReply::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, [](const auto& header) { return header.first; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Error HttpReply::error() const {
  assert(!ok());
  switch (fate) {
    case HttpFate::kAnswered:
      return make_error(status == 404 || status == 410 ? ErrorCode::kNotFound : ErrorCode::kIo,
                        "{}: answers {}", printable(std::string_view(without_secrets(url))), status);
    case HttpFate::kLater:
      return make_error(ErrorCode::kIo, "{}; come back later", reason);
    case HttpFate::kTooLarge:
      return Error{ErrorCode::kTooLarge, reason};
    case HttpFate::kStopped:
      return Error{ErrorCode::kCancelled, reason.empty() ? "stopped" : reason};
    default:
      return Error{ErrorCode::kIo, reason};
  }
}

std::string user_agent_of(std::string_view contact) {
  return fmt::format("sleeve/{} ( {} )", kVersion, contact);
}

std::optional<double> parse_retry_after(std::string_view value, int64_t now) {
  value = trim(value);
  if (const auto seconds = parse_number(value)) return std::max(0.0, *seconds);
  if (value.empty() || value.size() > 64) return std::nullopt;
  const time_t date = curl_getdate(std::string(value).c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return std::max(0.0, static_cast<double>(static_cast<int64_t>(date) - now));
}

}  // namespace sleeve
