// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_NET_TESTING_FAKE_SERVER_H_
#define SLEEVE_NET_TESTING_FAKE_SERVER_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sleeve {

struct FakeRequest {
  std::string method;
  std::string target;                          // as sent: "/ws/2/release-group?query=…"
  std::string path;                            // decoded, without the query
  std::map<std::string, std::string> query;    // decoded; of a name that repeats the last
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  [[nodiscard]] std::string header(const std::string& name) const;
  [[nodiscard]] std::string argument(const std::string& name) const;
};

struct FakeReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // What may go wrong on the way. Times are real seconds.
  double delay = 0;              // before the first byte
  std::optional<size_t> cut_at;  // of the whole answer's bytes, head included: then the connection closes
  bool stall = false;            // at cut_at the connection stays open and nothing more comes
  std::optional<size_t> claimed_length;  // Content-Length, if not the body's
  bool without_length = false;           // ends by closing, as HTTP/1.0 did
};

FakeReply json_reply(std::string body, int status = 200);
FakeReply redirect_reply(std::string location, int status = 302);

// A small HTTP/1.1 server on a loopback port of its own, for tests: real sockets, bounded threads, all
// joined when it stops.
class FakeServer {
 public:
  // The handler is called by one thread at a time.
  using Handler = std::function<FakeReply(const FakeRequest&)>;
  explicit FakeServer(Handler handler);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  [[nodiscard]] std::string url() const;  // "http://127.0.0.1:PORT"
  [[nodiscard]] size_t requests() const;  // that reached the handler
  void stop();                            // connections break; the port is closed

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace sleeve

#endif  // SLEEVE_NET_TESTING_FAKE_SERVER_H_
