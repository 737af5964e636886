// SPDX-License-Identifier: Apache-2.0
#include "net/address.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace sleeve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

bool public_v6(const char* text) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  EXPECT_EQ(::inet_pton(AF_INET6, text, &address.sin6_addr), 1) << text;
  return is_public_address(reinterpret_cast<const sockaddr*>(&address));
}

TEST(Address, AnAuthorityAlwaysNamesItsPort) {
  EXPECT_EQ(parse_address("https://MusicBrainz.org/ws/2/?a=b")->authority, "https://musicbrainz.org:443");
  EXPECT_EQ(parse_address("http://127.0.0.1:8080/x")->authority, "http://127.0.0.1:8080");
}

TEST(Address, OnlyHttpAndHttpsWithoutAUserAreAddresses) {
  for (const char* bad : {"file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "example.org",
                          "", "https://", "javascript:alert(1)", "https://user:word@example.org/"}) {
    EXPECT_FALSE(parse_address(bad).ok()) << bad;
  }
  EXPECT_THAT(parse_address("https://user:word@example.org/").error().message, Not(HasSubstr("word")));
}

TEST(Address, ALocationIsSeenFromWhereItStands) {
  EXPECT_EQ(*join_address("https://a.org/x/y", "z"), "https://a.org/x/z");
  EXPECT_EQ(*join_address("https://a.org/x/y", "/z?q=1"), "https://a.org/z?q=1");
  EXPECT_EQ(*join_address("https://a.org/x", "//b.org/y"), "https://b.org/y");
  EXPECT_FALSE(join_address("https://a.org/x", "file:///etc/passwd").ok());
}

TEST(Address, WhatIsShownHasNoKeys) {
  EXPECT_EQ(without_secrets("https://a.org/?method=x&api_key=abc&format=json"),
            "https://a.org/?method=x&api_key=…&format=json");
  EXPECT_EQ(without_secrets("https://a.org/?TOKEN=abc"), "https://a.org/?TOKEN=…");
  EXPECT_EQ(without_secrets("https://me:word@a.org/x"), "https://a.org/x");
  EXPECT_EQ(without_secrets("https://a.org/x@y"), "https://a.org/x@y");
}

TEST(Address, HostsInsideAreNotPublic) {
  for (const char* inside : {"127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255",
                             "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
                             "255.255.255.255", "localhost", "LocalHost.", "a.localhost", "[::1]"}) {
    EXPECT_FALSE(is_public_host(inside)) << inside;
  }
  for (const char* outside :
       {"musicbrainz.org", "8.8.8.8", "172.32.0.1", "100.128.0.1", "[2001:4860:4860::8888]"}) {
    EXPECT_TRUE(is_public_host(outside)) << outside;
  }
}

TEST(Address, AnIPv4AddressInsideAnIPv6OneIsSeen) {
  for (const char* inside : {"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::127.0.0.1",
                             "2002:7f00:1::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::7f00:1"}) {
    EXPECT_FALSE(public_v6(inside)) << inside;
  }
  EXPECT_TRUE(public_v6("2001:4860:4860::8888"));
  EXPECT_TRUE(public_v6("::ffff:8.8.8.8"));
}

TEST(Address, QueriesAreEncodedWhole) {
  EXPECT_EQ(percent_encoded("tag:\"black metal\" AND x"), "tag%3A%22black%20metal%22%20AND%20x");
  EXPECT_EQ(percent_encoded("Bj\xC3\xB6rk"), "Bj%C3%B6rk");
}

}  // namespace
}  // namespace sleeve
