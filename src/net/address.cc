// SPDX-License-Identifier: Apache-2.0
#include "net/address.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, FreeUrl>;

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string result = text;
  curl_free(text);
  return result;
}

Error not_an_address(std::string_view text) {
  return make_error(ErrorCode::kUsage, "{}: is not an address of http or https",
                    printable(std::string_view(without_secrets(text))));
}

Result<UrlHandle> parsed(std::string_view text) {
  UrlHandle url(curl_url());
  const std::string copy(text);
  if (copy.size() != std::strlen(copy.c_str()) ||
      curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return not_an_address(text);
  }
  return url;
}

Status check_usable(CURLU* url, std::string_view text) {
  const std::string scheme = part_of(url, CURLUPART_SCHEME);
  if ((scheme != "http" && scheme != "https") || part_of(url, CURLUPART_HOST).empty()) {
    return not_an_address(text);
  }
  if (!part_of(url, CURLUPART_USER).empty()) {
    return make_error(ErrorCode::kUsage, "{}: has a user name in it",
                      printable(std::string_view(without_secrets(text))));
  }
  return {};
}

struct Range4 {
  uint32_t network;
  int bits;
};

bool is_public(uint32_t address) {  // host byte order
  // The IANA registry of special-purpose IPv4 addresses.
  static constexpr Range4 kSpecial[] = {
      {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
      {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0A80000, 16}, {0xC6120000, 15},
      {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 4},  {0xF0000000, 4},
  };
  return std::ranges::none_of(kSpecial, [&](const Range4& range) {
    return (address >> (32 - range.bits)) == (range.network >> (32 - range.bits));
  });
}

uint32_t big_endian(const uint8_t* bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

bool is_public(const std::array<uint8_t, 16>& bytes) {
  const auto zeros = [&](size_t first, size_t last) {
    return std::all_of(bytes.begin() + static_cast<long>(first), bytes.begin() + static_cast<long>(last),
                       [](uint8_t byte) { return byte == 0; });
  };
  if (zeros(0, 10) && bytes[10] == 0xFF && bytes[11] == 0xFF) return is_public(big_endian(&bytes[12]));
  if (zeros(0, 12)) return false;  // unspecified, loopback and the old IPv4-compatible form
  static constexpr uint8_t kNat64[] = {0x00, 0x64, 0xFF, 0x9B};
  if (std::equal(std::begin(kNat64), std::end(kNat64), bytes.begin()) && zeros(4, 12)) {
    return is_public(big_endian(&bytes[12]));
  }
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return is_public(big_endian(&bytes[2]));  // 6to4
  return (bytes[0] & 0xE0) == 0x20;  // 2000::/3 is all that is handed out as public
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
  SLEEVE_TRY(const UrlHandle url, parsed(text));
  SLEEVE_CHECK(check_usable(url.get(), text));
  Address address;
  address.scheme = part_of(url.get(), CURLUPART_SCHEME);
  address.host = ascii_lower(part_of(url.get(), CURLUPART_HOST));
  address.authority = fmt::format("{}://{}:{}", address.scheme, address.host,
                                  part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT));
  return address;
}

Result<std::string> join_address(std::string_view base, std::string_view location) {
  SLEEVE_TRY(const UrlHandle url, parsed(base));
  const std::string copy(location);
  if (copy.size() != std::strlen(copy.c_str()) ||
      curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE) !=
          CURLUE_OK) {
    return not_an_address(location);
  }
  SLEEVE_CHECK(check_usable(url.get(), location));
  return part_of(url.get(), CURLUPART_URL);
}

std::string percent_encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

std::string without_secrets(std::string_view text) {
  std::string url(text);
  const size_t scheme = url.find("://");
  const size_t front = scheme == std::string::npos ? 0 : scheme + 3;
  const size_t path = url.find_first_of("/?#", front);
  const size_t at = url.rfind('@', path);
  if (at != std::string::npos && at >= front && (path == std::string::npos || at < path)) {
    url.erase(front, at + 1 - front);
  }
  const size_t query = url.find('?');
  if (query == std::string::npos) return url;
  static constexpr std::string_view kNames[] = {"api_key",       "key",     "token", "access_token", "secret",
                                                "client_secret", "api_sig", "sk",    "client_id",    "code"};
  std::string result = url.substr(0, query);
  char mark = '?';
  for (const std::string& part : split_text(std::string_view(url).substr(query + 1), '&')) {
    const std::string name = part.substr(0, part.find('='));
    const bool secret = std::ranges::find(kNames, ascii_lower(name)) != std::end(kNames);
    result += mark + (secret ? name + "=…" : part);
    mark = '&';
  }
  return result;
}

bool is_public_address(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return is_public(ntohl(v4.sin_addr.s_addr));
  }
  if (address->sa_family != AF_INET6) return false;
  sockaddr_in6 v6{};
  std::memcpy(&v6, address, sizeof v6);
  std::array<uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return is_public(bytes);
}

bool is_public_host(std::string_view text) {
  std::string host(text);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  while (host.ends_with('.')) host.pop_back();
  host = ascii_lower(host);
  if (host == "localhost" || host.ends_with(".localhost")) return false;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    return is_public(ntohl(v4.sin_addr.s_addr));
  }
  std::array<uint8_t, 16> v6{};
  if (::inet_pton(AF_INET6, host.c_str(), v6.data()) == 1) return is_public(v6);
  return true;
}

}  // namespace sleeve
