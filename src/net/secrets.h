// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_NET_SECRETS_H_
#define SLEEVE_NET_SECRETS_H_

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sleeve/result.h>

// Keys and tokens: never on the command line, in logs, messages, reports or the catalogue.
namespace sleeve {

// A variable of the environment; nothing if it is unset or empty.
std::optional<std::string> from_environment(const std::string& variable);
// "SLEEVE_DISCOGS_TOKEN" of "discogs_token".
std::string variable_of(std::string_view name);

// A text that can't be printed by accident.
class Secret {
 public:
  explicit Secret(std::string text) : text_(std::move(text)) {}
  // Where it is sent, and for HttpClient::hide(); nowhere else.
  [[nodiscard]] const std::string& reveal() const { return text_; }

 private:
  std::string text_;
};

// Where keys come from: the environment, then a file that only its owner may read, then the system's keyring
// (`secret-tool`, where it is installed).
class KeyRing {
 public:
  // $SLEEVE_KEYS, $XDG_CONFIG_HOME/sleeve/keys or ~/.config/sleeve/keys; reads it when first asked.
  static KeyRing of_user();
  KeyRing(std::filesystem::path file, bool ask_system) : file_(std::move(file)), ask_system_(ask_system) {}

  // The key "discogs_token": the variable SLEEVE_DISCOGS_TOKEN, the file's line "discogs_token = …", or what
  // `secret-tool store --label sleeve service sleeve key discogs_token` has put away. Nothing if there is
  // none. kUsage if the file may be read by others or has a line of another form.
  Result<std::optional<Secret>> find(std::string_view name);
  // The same, but kUsage, saying how to give it, if there is none. `what`: "a Discogs token".
  Result<Secret> need(std::string_view name, std::string_view what);

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  Status read_file_once();

  std::filesystem::path file_;
  bool ask_system_;
  bool read_ = false;
  std::map<std::string, std::string, std::less<>> lines_;
};

}  // namespace sleeve

#endif  // SLEEVE_NET_SECRETS_H_
