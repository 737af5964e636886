// SPDX-License-Identifier: Apache-2.0
#include "net/testing/fake_server.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

namespace sleeve {
namespace {

constexpr size_t kMaxConnections = 64;
constexpr size_t kMaxRequest = 4 << 20;
constexpr int kTick = 20;  // milliseconds between two looks at whether to stop

std::string decoded(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      result += static_cast<char>(std::strtol(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16));
      i += 2;
    } else {
      result += text[i] == '+' ? ' ' : text[i];
    }
  }
  return result;
}

// The request whose head ends at `end`.
FakeRequest parse_head(std::string_view head) {
  FakeRequest request;
  const auto lines = split_text(head, '\n');
  const auto words = split_text(trim(lines[0]), ' ');
  request.method = words[0];
  request.target = words.size() > 1 ? words[1] : "/";
  const size_t mark = request.target.find('?');
  request.path = decoded(std::string_view(request.target).substr(0, mark));
  if (mark != std::string::npos) {
    for (const std::string& part : split_text(std::string_view(request.target).substr(mark + 1), '&')) {
      const size_t equals = part.find('=');
      request.query[decoded(part.substr(0, equals))] =
          equals == std::string::npos ? "" : decoded(std::string_view(part).substr(equals + 1));
    }
  }
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::string_view line = trim(lines[i]);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    request.headers[ascii_lower(trim(line.substr(0, colon)))] = trim(line.substr(colon + 1));
  }
  return request;
}

std::string head_of(const FakeReply& reply) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", reply.status, reply.status < 400 ? "Fine" : "Fault");
  for (const auto& [name, value] : reply.headers) head += name + ": " + value + "\r\n";
  if (reply.without_length) {
    head += "connection: close\r\n";
  } else if (reply.status != 204 && reply.status != 304) {
    head += fmt::format("content-length: {}\r\n", reply.claimed_length.value_or(reply.body.size()));
  }
  return head + "\r\n";
}

}  // namespace

struct FakeServer::Core {
  struct Connection {
    std::thread thread;
    std::atomic<bool> done{false};
  };

  explicit Core(Handler given) : handler(std::move(given)) {}

  bool wait_readable(int fd) const {
    for (;;) {
      if (stopping) return false;
      pollfd wanted{fd, POLLIN, 0};
      const int ready = ::poll(&wanted, 1, kTick);
      if (ready > 0) return true;
      if (ready < 0 && errno != EINTR) return false;
    }
  }

  // More of a request; false at the end of the connection.
  bool receive(int fd, std::string& buffer) const {
    if (buffer.size() > kMaxRequest || !wait_readable(fd)) return false;
    char piece[16384];
    const ssize_t count = ::recv(fd, piece, sizeof piece, 0);
    if (count <= 0) return false;
    buffer.append(piece, static_cast<size_t>(count));
    return true;
  }

  // The next whole request of the connection, taken out of the buffer.
  bool next_request(int fd, std::string& buffer, FakeRequest& request) const {
    size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
      if (!receive(fd, buffer)) return false;
    }
    request = parse_head(std::string_view(buffer).substr(0, end));
    buffer.erase(0, end + 4);
    const auto length = static_cast<size_t>(parse_integer(request.header("content-length")).value_or(0));
    while (buffer.size() < length) {
      if (!receive(fd, buffer)) return false;
    }
    request.body = buffer.substr(0, length);
    buffer.erase(0, length);
    return true;
  }

  bool send_all(int fd, std::string_view bytes) const {
    while (!bytes.empty()) {
      if (stopping) return false;
      pollfd wanted{fd, POLLOUT, 0};
      if (::poll(&wanted, 1, kTick) == 0) continue;
      const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }

  void pause(double seconds) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (!stopping && std::chrono::steady_clock::now() < end) {
      const std::chrono::duration<double> left = end - std::chrono::steady_clock::now();
      std::this_thread::sleep_for(
          std::min<std::chrono::duration<double>>(left, std::chrono::milliseconds(kTick)));
    }
  }

  // Whether the connection may be used for another request.
  bool answer(int fd, const FakeRequest& request) {
    FakeReply reply;
    {
      const std::lock_guard lock(handler_mutex);
      ++requests;
      reply = handler(request);
    }
    pause(reply.delay);
    std::string bytes = head_of(reply);
    if (request.method != "HEAD" && reply.status != 204 && reply.status != 304) bytes += reply.body;
    const bool cut = reply.cut_at && *reply.cut_at < bytes.size();
    if (!send_all(fd, std::string_view(bytes).substr(0, cut ? *reply.cut_at : bytes.size()))) return false;
    if (cut && reply.stall) wait_readable(fd);  // until the client has had enough
    return !cut && !reply.without_length && !reply.claimed_length;
  }

  void serve(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::string buffer;
    FakeRequest request;
    while (next_request(fd, buffer, request) && answer(fd, request)) {
    }
    ::shutdown(fd, SHUT_RDWR);
    ::close(fd);
  }

  void accept_all() {
    while (wait_readable(listener)) {
      const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      connections.remove_if([](Connection& connection) {
        if (!connection.done) return false;
        connection.thread.join();
        return true;
      });
      if (connections.size() >= kMaxConnections) {
        ::close(fd);
        continue;
      }
      Connection& connection = connections.emplace_back();
      connection.thread = std::thread([this, fd, &connection] {
        serve(fd);
        connection.done = true;
      });
    }
    for (Connection& connection : connections) connection.thread.join();
    connections.clear();
  }

  Handler handler;
  std::mutex handler_mutex;
  std::atomic<size_t> requests{0};
  std::atomic<bool> stopping{false};
  int listener = -1;
  int port = 0;
  std::list<Connection> connections;  // of the accepting thread
  std::thread acceptor;
};

std::string FakeRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::string FakeRequest::argument(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? "" : found->second;
}

FakeReply json_reply(std::string body, int status) {
  FakeReply reply;
  reply.status = status;
  reply.headers.emplace_back("content-type", "application/json; charset=utf-8");
  reply.body = std::move(body);
  return reply;
}

FakeReply redirect_reply(std::string location, int status) {
  FakeReply reply;
  reply.status = status;
  reply.body = "See: " + location + "\n";
  reply.headers.emplace_back("location", std::move(location));
  return reply;
}

FakeServer::FakeServer(Handler handler) : core_(std::make_unique<Core>(std::move(handler))) {
  core_->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  const bool listening = core_->listener >= 0 && ::bind(core_->listener, raw, size) == 0 &&
                         ::listen(core_->listener, 64) == 0 &&
                         ::getsockname(core_->listener, raw, &size) == 0;
  if (!listening) {
    std::perror("fake server: no loopback port");
    std::abort();
  }
  core_->port = ntohs(address.sin_port);
  core_->acceptor = std::thread([core = core_.get()] { core->accept_all(); });
}

FakeServer::~FakeServer() { stop(); }

std::string FakeServer::url() const { return fmt::format("http://127.0.0.1:{}", core_->port); }
size_t FakeServer::requests() const { return core_->requests; }

void FakeServer::stop() {
  if (core_->stopping.exchange(true)) return;
  core_->acceptor.join();
  ::close(core_->listener);
}

}  // namespace sleeve
