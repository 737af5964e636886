// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_NET_TRANSFER_H_
#define SLEEVE_NET_TRANSFER_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "net/http.h"

using CURL = void;

namespace sleeve {

// Idle curl handles, each with its open connections. Thread-safe.
class CurlPool {
 public:
  struct Close {
    void operator()(CURL* handle) const;
  };
  using Handle = std::unique_ptr<CURL, Close>;
  Handle take();
  void put_back(Handle handle);

 private:
  std::mutex mutex_;
  std::vector<Handle> idle_;
};

// A single request, whose redirects aren't followed.
struct TransferSpec {
  const HttpRequest& request;
  std::string url;
  std::string method;
  bool with_headers = true;      // the request's own headers, which another host must not see
  bool private_allowed = false;  // to a loopback or private address, over plain http
  const HttpOptions& options;
};

struct Transfer {
  enum class End { kWhole, kBroken, kRefused, kTooLarge, kStopped };
  End end = End::kWhole;
  std::string why;          // of all but kWhole
  HttpReply reply;          // status, headers, body, bytes
  bool sink_began = false;  // the sink has taken something
};

Transfer transfer(CURL* handle, const TransferSpec& spec, const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_NET_TRANSFER_H_
