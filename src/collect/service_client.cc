// SPDX-License-Identifier: Apache-2.0
#include "collect/service_client.h"

#include <algorithm>
#include <cassert>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "net/address.h"

namespace sleeve {
namespace {

// The service's own words for an error, in the forms that they use.
std::string words_of(const Json& json) {
  if (!json.is_object()) return "";
  for (const char* member : {"error", "message", "error_description"}) {
    const auto found = json.find(member);
    if (found == json.end()) continue;
    if (found->is_string()) return found->get<std::string>();
    if (found->is_object() && found->contains("message") && found->at("message").is_string()) {
      return found->at("message").get<std::string>();
    }
  }
  return "";
}

Json json_of(const HttpReply& reply) {
  auto parsed = parse_json(reply.body);
  return parsed.ok() ? std::move(*parsed) : Json();
}

bool loopback(const std::string& host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

}  // namespace

std::string_view name_of(StopReason reason) {
  switch (reason) {
    case StopReason::kCancelled:
      return "cancelled";
    case StopReason::kBudget:
      return "budget";
    case StopReason::kLater:
      return "later";
    case StopReason::kUnreachable:
      return "unreachable";
    case StopReason::kOffline:
      return "offline";
    default:
      return "";
  }
}

Result<ServiceSettings> ServiceSettings::of_user(const std::vector<ServiceInfo>& services) {
  ServiceSettings settings;
  for (const ServiceInfo& service : services) {
    const std::string variable = variable_of(service.name + "_url");
    std::string url = from_environment(variable).value_or("");
    while (url.ends_with('/')) url.pop_back();
    if (url.empty()) continue;
    const auto address = parse_address(url);
    if (!address.ok()) return with_context(address.error(), variable);
    settings.urls[service.name] = url;
  }
  settings.keys = KeyRing::of_user();
  SLEEVE_TRY(const auto contact, settings.keys.find("contact"));
  if (contact) settings.contact = contact->reveal();
  for (const char* variable : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    if (settings.http.proxy.empty()) settings.http.proxy = from_environment(variable).value_or("");
  }
  for (const char* variable : {"no_proxy", "NO_PROXY"}) {
    if (settings.http.no_proxy.empty()) settings.http.no_proxy = from_environment(variable).value_or("");
  }
  if (const auto speed = from_environment("SLEEVE_CLOCK_SPEED")) {
    const auto value = parse_number(*speed);
    if (!value || *value < 1)
      return make_error(ErrorCode::kUsage, "SLEEVE_CLOCK_SPEED is no number from 1 on");
    settings.clock_speed = *value;
  }
  return settings;
}

ServiceClient::ServiceClient(const std::vector<ServiceInfo>& services, ServiceSettings settings,
                             const WorkContext& context)
    : services_(services), settings_(std::move(settings)), context_(context) {
  HttpOptions http = settings_.http;
  bool all_local = true;
  for (ServiceInfo& service : services_) {
    const auto given = settings_.urls.find(service.name);
    if (given != settings_.urls.end()) service.url = given->second;
    const auto address = parse_address(service.url);
    assert(address.ok());
    http.limits[address->authority] = service.limit;
    if (given != settings_.urls.end()) http.private_hosts.push_back(address->host);
    all_local = all_local && given != settings_.urls.end() && loopback(address->host);
  }
  http.user_agent = user_agent_of(settings_.contact);
  http_ = std::make_unique<HttpClient>(std::move(http), all_local ? settings_.clock_speed : 1.0);
  cache_ = std::make_unique<CachedHttp>(*http_, ReplyCache(settings_.cache), settings_.policy);
}

Result<std::unique_ptr<ServiceClient>> ServiceClient::make(const std::vector<ServiceInfo>& services,
                                                           ServiceSettings settings,
                                                           const WorkContext& context) {
  const std::string& contact = settings.contact;
  const bool printable_ascii = std::ranges::all_of(contact, [](char c) { return c >= ' ' && c < 127; });
  const bool usable =
      contact.find_first_of("@:") != std::string::npos && contact.size() <= 200 && printable_ascii;
  if (!usable && !settings.policy.offline) {
    return make_error(ErrorCode::kUsage,
                      "services want to know whom to write to if something goes wrong: set SLEEVE_CONTACT to "
                      "your e-mail address or web page, or write 'contact = …' into {}",
                      settings.keys.file().empty() ? "the key file" : printable(settings.keys.file()));
  }
  return std::unique_ptr<ServiceClient>(new ServiceClient(services, std::move(settings), context));
}

const ServiceInfo& ServiceClient::info_of(std::string_view service) const {
  const auto found = std::ranges::find(services_, service, &ServiceInfo::name);
  assert(found != services_.end());
  return *found;
}

const std::string& ServiceClient::url_of(std::string_view service) const { return info_of(service).url; }

Result<Secret> ServiceClient::need_key(std::string_view name, std::string_view what) {
  SLEEVE_TRY(Secret key, settings_.keys.need(name, what));
  http_->hide(key.reveal());
  return key;
}

Result<std::optional<Secret>> ServiceClient::find_key(std::string_view name) {
  SLEEVE_TRY(auto key, settings_.keys.find(name));
  if (key) http_->hide(key->reveal());
  return key;
}

void ServiceClient::stop(StopReason reason, const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (stop_ != StopReason::kNone) return;
  stop_message_ = message;
  stop_ = reason;
}

std::string ServiceClient::stop_message() const {
  const std::lock_guard lock(mutex_);
  return stop_message_;
}

bool ServiceClient::within_budget() {
  if (context_.stopping()) stop(StopReason::kCancelled, "stopped");
  if (settings_.max_calls > 0 && calls_ >= settings_.max_calls) {
    stop(StopReason::kBudget, fmt::format("the {} calls of --max-calls are made", settings_.max_calls));
  }
  if (settings_.max_bytes > 0 && bytes_ >= settings_.max_bytes) {
    stop(StopReason::kBudget, fmt::format("the {} bytes of --max-bytes have come", settings_.max_bytes));
  }
  return stop_ == StopReason::kNone;
}

void ServiceClient::count(const HttpReply& reply) {
  calls_ += static_cast<size_t>(reply.calls);
  bytes_ += reply.bytes;
}

void ServiceClient::note_fate(const HttpReply& reply) {
  switch (reply.fate) {
    case HttpFate::kStopped:
      return stop(StopReason::kCancelled, "stopped");
    case HttpFate::kLater:
      return stop(StopReason::kLater, reply.error().message);
    case HttpFate::kUnreachable:
    case HttpFate::kRefused:
    case HttpFate::kTooLarge:
      return stop(StopReason::kUnreachable, reply.reason);
    case HttpFate::kOffline:
      return stop(StopReason::kOffline, reply.reason);
    default:
      return;
  }
}

Result<Answer> ServiceClient::ask(std::string_view service, std::string_view target,
                                  const AskOptions& options) {
  HttpRequest request;
  request.url = url_of(service) + std::string(target);
  return ask(service, std::move(request), options);
}

Result<Answer> ServiceClient::ask(std::string_view service, HttpRequest request, const AskOptions& options) {
  const ServiceInfo& info = info_of(service);
  const bool spends = !options.cached || cache_->would_call(request);
  if (spends && !within_budget()) return make_error(ErrorCode::kCancelled, "{}", stop_message());
  if (settings_.max_calls > 0) {
    const int left = static_cast<int>(
        std::min<size_t>(100, settings_.max_calls - std::min(settings_.max_calls, calls_.load())));
    request.attempts =
        std::clamp(request.attempts > 0 ? request.attempts : http_->options().attempts, 1, std::max(1, left));
  }
  request.judge = [&](const HttpReply& reply) -> std::optional<HttpVerdict> {
    const Json json = json_of(reply);
    if (options.judge) {
      if (const auto verdict = options.judge(reply, json)) return verdict;
    }
    const bool wanted = reply.status == 204 || (!json.is_null() && (!options.shape || options.shape(json)));
    if (reply.ok() && !wanted) return HttpVerdict::kRetry;
    return std::nullopt;
  };
  const auto keep = [&](const HttpReply& reply) {
    if (options.keep) return options.keep(reply, json_of(reply));
    return reply.ok() || reply.status == 404 || reply.status == 410;
  };
  Fetched fetched;
  if (options.cached) {
    SLEEVE_TRY(fetched, cache_->fetch(request, context_, keep));
  } else {
    fetched.reply = http_->perform(request, context_);
  }
  const HttpReply& reply = fetched.reply;
  count(reply);
  context_.progress().step();
  if (reply.fate != HttpFate::kAnswered) {
    note_fate(reply);
    if (reply.fate == HttpFate::kUnreachable && reply.status >= 200 && reply.status < 300) {
      return make_error(ErrorCode::kCorrupt, "{}: answers something else than was asked for",
                        without_secrets(request.url));
    }
    return reply.error();
  }
  Answer answer{reply.status,
                json_of(reply),
                {info.name, without_secrets(request.url), info.licence, reply.date},
                fetched.from_cache};
  if (reply.ok() || reply.status == 404 || reply.status == 410) return answer;
  Error error = reply.error();
  const std::string words = http_->without_hidden(words_of(answer.json));
  if (!words.empty())
    error.message += fmt::format(" ({})", printable(std::string_view(words).substr(0, 200)));
  return error;
}

HttpReply ServiceClient::fetch_picture(const HttpRequest& request) {
  HttpReply reply;
  if (!within_budget()) {
    reply.fate = HttpFate::kStopped;
    reply.reason = stop_message();
    return reply;
  }
  if (settings_.policy.offline) {
    reply.fate = HttpFate::kOffline;
    reply.reason = without_secrets(request.url) + ": is not there yet, and --offline asks nobody";
    stop(StopReason::kOffline, reply.reason);
    return reply;
  }
  reply = http_->perform(request, context_);
  count(reply);
  return reply;
}

}  // namespace sleeve
