// SPDX-License-Identifier: Apache-2.0
#include "collect/testing/fake_service.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace sleeve {
namespace {

// An uncompressed picture whose pixels follow from the number.
std::string bitmap(int side, uint32_t number) {
  const auto little = [](uint32_t value) {
    std::string text;
    for (int i = 0; i < 4; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
    return text;
  };
  const auto row = static_cast<uint32_t>((side * 3 + 3) / 4 * 4);
  const uint32_t pixels = row * static_cast<uint32_t>(side);
  std::string text = "BM" + little(54 + pixels) + little(0) + little(54) + little(40) +
                     little(static_cast<uint32_t>(side)) + little(static_cast<uint32_t>(side)) +
                     std::string("\x01\0\x18\0", 4) + little(0) + little(pixels) + std::string(16, '\0');
  uint32_t state = number * 2654435761U + 1;
  for (uint32_t i = 0; i < pixels; ++i) {
    state = state * 1664525U + 1013904223U;
    text += static_cast<char>(state >> 24);
  }
  return text;
}

}  // namespace

FakeService::FakeService(int albums) {
  constexpr const char* kGenres[] = {"Rock", "Pop", "Jazz"};
  for (int n = 1; n <= albums; ++n) {
    const int artist = (n + 2) / 3;
    albums_.push_back({n, fmt::format("Album {}", n), fmt::format("Band {}", artist), artist, kGenres[n % 3],
                       n % 3, 1960 + n % 60, int64_t{1000} * n});
  }
}

// The servers that run already may ask for the addresses of the others.
void FakeService::serve(const std::string& service) {
  const std::lock_guard lock(mutex_);
  servers_[service] = std::make_unique<FakeServer>(
      [this, service](const FakeRequest& request) { return handle(service, request); });
}

void FakeService::stop() {
  for (auto& [service, server] : servers_) server->stop();
  servers_.clear();
}

std::map<std::string, std::string> FakeService::urls() const {
  std::map<std::string, std::string> urls;
  for (const auto& [service, server] : servers_) urls[service] = server->url();
  return urls;
}

FakeReply FakeService::handle(const std::string& service, const FakeRequest& request) {
  const std::lock_guard lock(mutex_);
  ++calls_[service];
  ++asked_[service + " " + request.target];
  FakeReply reply = answer(service, request);
  return storm_ ? storm_->apply(request, std::move(reply)) : reply;
}

size_t FakeService::calls(const std::string& service) const {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(service);
  return found == calls_.end() ? 0 : found->second;
}

int FakeService::asked(const std::string& part) const {
  const std::lock_guard lock(mutex_);
  int count = 0;
  for (const auto& [question, times] : asked_) count += question.find(part) != std::string::npos ? times : 0;
  return count;
}

int FakeService::most_asked() const {
  const std::lock_guard lock(mutex_);
  int most = 0;
  for (const auto& [question, times] : asked_) most = std::max(most, times);
  return most;
}

void FakeService::forget_calls() {
  const std::lock_guard lock(mutex_);
  calls_.clear();
  asked_.clear();
}

void FakeService::set_storm(StormOptions options) {
  const std::lock_guard lock(mutex_);
  storm_ = std::make_unique<Storm>(std::move(options));
}

size_t FakeService::faults() const {
  const std::lock_guard lock(mutex_);
  return storm_ ? storm_->faults() : 0;
}

void FakeService::vanish(int album) {
  const std::lock_guard lock(mutex_);
  gone_.insert(album);
}

const FakeService::Album* FakeService::find(const std::string& number) const {
  const auto value = parse_integer(number);
  if (!value || *value < 1 || *value > std::ssize(albums_) || gone_.contains(static_cast<int>(*value)))
    return nullptr;
  return &albums_[static_cast<size_t>(*value) - 1];
}

FakeReply FakeService::picture(int number, int side) {
  FakeReply reply;
  reply.body = bitmap(side, static_cast<uint32_t>(number * 10'000 + side));
  reply.headers.emplace_back("Content-Type", "image/bmp");
  return reply;
}

FakeReply nothing(int status) {
  FakeReply reply;
  reply.status = status;
  return reply;
}

int number_argument(const FakeRequest& request, const std::string& name, int otherwise) {
  const auto value = parse_integer(request.argument(name));
  return value ? static_cast<int>(*value) : otherwise;
}

}  // namespace sleeve
