// SPDX-License-Identifier: Apache-2.0
#include "net/transfer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <curl/curl.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/text.h"
#include "net/address.h"

namespace sleeve {
namespace {

constexpr size_t kMaxHeaderBytes = 64 << 10;

// What curl's callbacks share during one exchange.
struct Exchange {
  const TransferSpec& spec;
  const WorkContext& context;
  Transfer& result;
  size_t header_bytes = 0;
  bool private_address = false;
  bool via_proxy = false;
};

size_t on_header(char* data, size_t size, size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  HttpReply& reply = exchange.result.reply;
  const std::string_view line = trim(std::string_view(data, size * count));
  exchange.header_bytes += size * count;
  if (exchange.header_bytes > kMaxHeaderBytes) {
    exchange.result.end = Transfer::End::kTooLarge;
    exchange.result.why = "its headers are over 64 KiB";
    return 0;
  }
  if (line.starts_with("HTTP/")) {
    reply.headers.clear();  // of a "100 Continue" or a proxy's answer
    const size_t blank = line.find(' ');
    const auto status =
        blank == std::string_view::npos ? std::nullopt : parse_integer(line.substr(blank + 1, 3));
    reply.status = status ? static_cast<int>(*status) : 0;
    return size * count;
  }
  const size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    reply.headers.emplace_back(ascii_lower(trim(line.substr(0, colon))),
                               std::string(trim(line.substr(colon + 1))));
  }
  return size * count;
}

size_t on_body(char* data, size_t size, size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const size_t bytes = size * count;
  Transfer& result = exchange.result;
  HttpReply& reply = result.reply;
  reply.bytes += bytes;
  if (reply.bytes > exchange.spec.request.max_bytes) {
    result.end = Transfer::End::kTooLarge;
    result.why = fmt::format("the answer is over the limit of {} bytes", exchange.spec.request.max_bytes);
    return 0;
  }
  const bool to_sink = exchange.spec.request.sink && reply.status >= 200 && reply.status < 300;
  if (!to_sink) {
    reply.body.append(data, bytes);
    return bytes;
  }
  result.sink_began = true;
  if (exchange.spec.request.sink(reply, std::as_bytes(std::span(data, bytes)))) return bytes;
  result.end = Transfer::End::kRefused;
  result.why = "the answer is not what was asked for";
  return 0;
}

int on_progress(void* user, curl_off_t /*total*/, curl_off_t /*now*/, curl_off_t /*up*/,
                curl_off_t /*up_now*/) {
  return static_cast<Exchange*>(user)->context.stopping() ? 1 : 0;
}

// Looks at the address that is really connected to: a name may resolve to anything.
curl_socket_t on_open(void* user, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& exchange = *static_cast<Exchange*>(user);
  if (!exchange.spec.private_allowed && !exchange.via_proxy && !is_public_address(&address->addr)) {
    exchange.private_address = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

template <class T>
void set(CURL* handle, CURLoption option, T value) {
  [[maybe_unused]] const CURLcode code = curl_easy_setopt(handle, option, value);
  assert(code == CURLE_OK);
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

void add(HeaderList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  [[maybe_unused]] curl_slist* old = list.release();
  list.reset(longer);
}

HeaderList headers_of(const TransferSpec& spec) {
  HeaderList list;
  if (spec.with_headers) {
    for (const auto& [name, value] : spec.request.headers) add(list, name + ": " + value);
  }
  if (spec.method != "GET" && !spec.request.content_type.empty()) {
    add(list, "content-type: " + spec.request.content_type);
  }
  add(list, "expect:");  // no "100-continue": it costs a wait where the server doesn't know it
  return list;
}

void set_times(CURL* handle, const TransferSpec& spec) {
  const HttpOptions& options = spec.options;
  const double stall = spec.request.stall_seconds > 0 ? spec.request.stall_seconds : options.stall_seconds;
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, std::lround(options.connect_seconds * 1000));
  set(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(handle, CURLOPT_LOW_SPEED_TIME, std::max(1L, std::lround(stall)));
  set(handle, CURLOPT_TIMEOUT_MS, spec.request.sink ? 0L : std::lround(options.total_seconds * 1000));
}

void set_callbacks(CURL* handle, Exchange& exchange) {
  set(handle, CURLOPT_HEADERFUNCTION, &on_header);
  set(handle, CURLOPT_HEADERDATA, &exchange);
  set(handle, CURLOPT_WRITEFUNCTION, &on_body);
  set(handle, CURLOPT_WRITEDATA, &exchange);
  set(handle, CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(handle, CURLOPT_XFERINFODATA, &exchange);
  set(handle, CURLOPT_NOPROGRESS, 0L);
  set(handle, CURLOPT_OPENSOCKETFUNCTION, &on_open);
  set(handle, CURLOPT_OPENSOCKETDATA, &exchange);
}

void set_request(CURL* handle, const TransferSpec& spec, const HeaderList& headers) {
  set(handle, CURLOPT_URL, spec.url.c_str());
  set(handle, CURLOPT_HTTPHEADER, headers.get());
  set(handle, CURLOPT_USERAGENT, spec.options.user_agent.c_str());
  set(handle, CURLOPT_PROTOCOLS_STR, spec.private_allowed ? "http,https" : "https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!spec.options.ca_file.empty()) set(handle, CURLOPT_CAINFO, spec.options.ca_file.c_str());
  // A byte range is of the encoded bytes: files are asked for as they are.
  set(handle, CURLOPT_ACCEPT_ENCODING, spec.request.sink ? "identity" : "gzip, deflate");
  set(handle, CURLOPT_PROXY, spec.private_allowed ? "" : spec.options.proxy.c_str());
  set(handle, CURLOPT_NOPROXY, spec.options.no_proxy.c_str());
  set(handle, CURLOPT_NOSIGNAL, 1L);
  if (spec.method == "POST") {
    set(handle, CURLOPT_POST, 1L);
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(spec.request.body.size()));
    set(handle, CURLOPT_POSTFIELDS, spec.request.body.c_str());
  } else if (spec.method == "HEAD") {
    set(handle, CURLOPT_NOBODY, 1L);
  }
}

void judge_end(CURLcode code, const char* words, const Exchange& exchange, Transfer& result) {
  if (exchange.context.stopping()) {
    result.end = Transfer::End::kStopped;
    result.why = "stopped";
  } else if (exchange.private_address) {
    result.end = Transfer::End::kRefused;
    result.why = "the name leads to a loopback or private address, which only a configured service may have";
  } else if (result.end != Transfer::End::kWhole) {
    return;  // a callback has said why
  } else if (code == CURLE_UNSUPPORTED_PROTOCOL) {
    result.end = Transfer::End::kRefused;
    result.why = "only https is allowed";
  } else if (code == CURLE_PEER_FAILED_VERIFICATION) {
    result.end = Transfer::End::kRefused;
    result.why = fmt::format("its certificate could not be verified ({})", words);
  } else if (code != CURLE_OK) {
    result.end = Transfer::End::kBroken;
    result.why = *words != '\0' ? words : curl_easy_strerror(code);
  }
}

}  // namespace

void CurlPool::Close::operator()(CURL* handle) const { curl_easy_cleanup(handle); }

CurlPool::Handle CurlPool::take() {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kReady != CURLE_OK) return nullptr;
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return Handle(curl_easy_init());
  Handle handle = std::move(idle_.back());
  idle_.pop_back();
  return handle;
}

void CurlPool::put_back(Handle handle) {
  constexpr size_t kKept = 16;
  const std::lock_guard lock(mutex_);
  if (handle != nullptr && idle_.size() < kKept) idle_.push_back(std::move(handle));
}

Transfer transfer(CURL* handle, const TransferSpec& spec, const WorkContext& context) {
  Transfer result;
  Exchange exchange{spec, context, result};
  exchange.via_proxy = !spec.private_allowed && !spec.options.proxy.empty();
  std::array<char, CURL_ERROR_SIZE> words{};
  curl_easy_reset(handle);  // keeps connections
  set(handle, CURLOPT_ERRORBUFFER, words.data());
  const HeaderList headers = headers_of(spec);
  HeaderList resolve;
  for (const std::string& entry : spec.options.resolve) add(resolve, entry);
  if (resolve != nullptr) set(handle, CURLOPT_RESOLVE, resolve.get());
  set_request(handle, spec, headers);
  set_times(handle, spec);
  set_callbacks(handle, exchange);
  const CURLcode code = curl_easy_perform(handle);
  judge_end(code, words.data(), exchange, result);
  curl_easy_reset(handle);  // nothing of this exchange stays referenced
  return result;
}

}  // namespace sleeve
