// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_NET_ADDRESS_H_
#define SLEEVE_NET_ADDRESS_H_

#include <string>
#include <string_view>

#include <sleeve/result.h>

struct sockaddr;

namespace sleeve {

// The parts of an http or https address that decisions are made by.
struct Address {
  std::string scheme;     // lower case
  std::string host;       // lower case
  std::string authority;  // "https://host:443": what a rate limit belongs to
};

// kUsage: no address, another scheme than http or https, or a user name in it.
Result<Address> parse_address(std::string_view url);
// Where `location`, possibly relative, leads from `base`. kUsage if it is no address of http or https.
Result<std::string> join_address(std::string_view base, std::string_view location);

// For a query or a path: everything but letters, digits, '-', '.', '_' and '~' as %XX.
std::string percent_encoded(std::string_view text);

// The address with the values of keys and tokens in its query, and anything in front of an '@', left
// out: what may be logged, shown and kept.
std::string without_secrets(std::string_view url);

// False for loopback, private, link-local, multicast, reserved and documentation addresses, also
// where they are wrapped in an IPv6 address.
bool is_public_address(const sockaddr* address);
// The same for "127.0.0.1", "::1" or "localhost"; a name that only a resolver knows counts as public.
bool is_public_host(std::string_view host);

}  // namespace sleeve

#endif  // SLEEVE_NET_ADDRESS_H_
