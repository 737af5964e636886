// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LABEL_TAG_H_
#define SLEEVE_LABEL_TAG_H_

#include <string>
#include <string_view>

namespace sleeve {

// The form in which tags are compared: lower case (Latin, Greek, Cyrillic), Latin letters without accents,
// "&", "+" and a single "n" between words as "and", all other punctuation as one blank. "Hip-Hop" becomes
// "hip hop", "Rock'n'Roll" "rock and roll", "R&B" "r and b". Letters of other scripts stay. '*' stays if
// `keep_stars`, as patterns need it. Text that isn't UTF-8 comes out as it can be read; never an error.
std::string normalised_tag(std::string_view tag, bool keep_stars = false);

// Whether `text` fits `pattern`, in which each '*' stands for any text, also none.
bool fits_pattern(std::string_view text, std::string_view pattern);

}  // namespace sleeve

#endif  // SLEEVE_LABEL_TAG_H_
