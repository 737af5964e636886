// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_OPTIONS_H_
#define SLEEVE_BASE_OPTIONS_H_

#include <algorithm>
#include <concepts>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"

// Options of descriptors, transforms and learners are plain structs with defaults. Each struct is
// described once, by a function template found by argument-dependent lookup:
//
//   struct ForestOptions { int trees = 100; std::string criterion = "gini"; };
//   template <class V> void describe(V& v, ForestOptions& o) {
//     v.number("trees", o.trees, {1, 100000}, "trees", "How many trees vote");
//     v.choice("criterion", o.criterion, {"gini", "entropy"}, "What a split has to lower");
//   }
//
// Help texts, JSON, the "name:key=value" form of the command line, range checks and the record in
// a model file are all derived from it.
namespace sleeve {

struct OptionRange {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

// One option as help, documentation and an HTTP schema show it.
struct OptionInfo {
  std::string name;
  std::string type;  // "integer", "number", "flag", "text" or "choice"
  std::string unit;
  std::string help;
  Json default_value;
  OptionRange range;                 // integer and number
  std::vector<std::string> choices;  // choice
};

class OptionLister {
 public:
  template <class T>
  requires std::integral<T> || std::floating_point<T>
  void number(std::string_view name, T& value, OptionRange range, std::string_view unit,
              std::string_view help) {
    const std::string_view type = std::floating_point<T> ? "number" : "integer";
    add({std::string(name), std::string(type), std::string(unit), std::string(help), value, range, {}});
  }
  void flag(std::string_view name, bool& value, std::string_view help);
  void text(std::string_view name, std::string& value, std::string_view help);
  void choice(std::string_view name, std::string& value, std::vector<std::string> choices,
              std::string_view help);

  std::vector<OptionInfo> options;

 private:
  void add(OptionInfo info) { options.push_back(std::move(info)); }
};

class OptionWriter {
 public:
  template <class T>
  requires std::integral<T> || std::floating_point<T>
  void number(std::string_view name, T& value, OptionRange, std::string_view, std::string_view) {
    json[std::string(name)] = value;
  }
  void flag(std::string_view name, bool& value, std::string_view) { json[std::string(name)] = value; }
  void text(std::string_view name, std::string& value, std::string_view) { json[std::string(name)] = value; }
  void choice(std::string_view name, std::string& value, const std::vector<std::string>&, std::string_view) {
    json[std::string(name)] = value;
  }

  Json json = Json::object();
};

// Takes values from a JSON object, whose members may be strings as typed on a command line.
class OptionReader {
 public:
  explicit OptionReader(const Json& json) : json_(json) {}

  template <class T>
  requires std::integral<T> || std::floating_point<T>
  void number(std::string_view name, T& value, OptionRange range, std::string_view unit, std::string_view) {
    using Limits = std::numeric_limits<T>;
    if constexpr (std::floating_point<T>) {
      range.low = std::max<double>(range.low, Limits::lowest());
      range.high = std::min<double>(range.high, Limits::max());
      if (const auto taken = take_number(name, range, unit)) value = static_cast<T>(*taken);
    } else {
      if (const auto taken = take_whole(name, range, Limits::min(), Limits::max(), unit)) {
        value = static_cast<T>(*taken);
      }
    }
  }
  void flag(std::string_view name, bool& value, std::string_view help);
  void text(std::string_view name, std::string& value, std::string_view help);
  void choice(std::string_view name, std::string& value, const std::vector<std::string>& choices,
              std::string_view help);

  // All that was wrong, in one error; unknown members are named with the nearest option.
  [[nodiscard]] Status status(std::string_view owner) const;

 private:
  const Json* find(std::string_view name);
  // Holds every value of every integer type, so that none is rounded through a double.
  __extension__ using Whole = __int128;

  std::optional<double> take_number(std::string_view name, OptionRange range, std::string_view unit);
  std::optional<Whole> take_whole(std::string_view name, OptionRange range, Whole lowest, Whole highest,
                                  std::string_view unit);
  static std::optional<Whole> as_whole(const Json& value);
  void refuse_range(std::string_view name, const Json& given, std::string_view low, std::string_view high,
                    std::string_view unit);

  const Json& json_;
  std::vector<std::string> known_;
  std::vector<std::string> problems_;
};

template <class Options>
std::vector<OptionInfo> list_options() {
  Options defaults;
  OptionLister lister;
  describe(lister, defaults);
  return std::move(lister.options);
}

template <class Options>
Json options_to_json(Options options) {
  OptionWriter writer;
  describe(writer, options);
  return std::move(writer.json);
}

// Defaults overridden by the members of `json`. kUsage naming every unknown member, wrong type
// and value out of range; `owner` ("forest") stands in front of the message.
template <class Options>
Result<Options> options_from_json(const Json& json, std::string_view owner) {
  Options options;
  OptionReader reader(json);
  describe(reader, options);
  if (Status status = reader.status(owner); !status.ok()) return std::move(status).error();
  return options;
}

// Something chosen by name, with its options: "forest:trees=1000:max_features=log2". A value with one of
// ":>,|" in it stands in parentheses: "vote:of=(sqrt>svm|forest)".
struct Spec {
  std::string name;
  Json options = Json::object();

  friend bool operator==(const Spec&, const Spec&) = default;
};

// kUsage if `text` has no name, a part without '=' or a key twice. Values stay strings here;
// the owner of the name gives them their types.
Result<Spec> parse_spec(std::string_view text);
// The form that parse_spec() reads.
std::string to_string(const Spec& spec);

}  // namespace sleeve

#endif  // SLEEVE_BASE_OPTIONS_H_
