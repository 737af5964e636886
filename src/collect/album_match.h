// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_ALBUM_MATCH_H_
#define SLEEVE_COLLECT_ALBUM_MATCH_H_

#include <string>
#include <string_view>

// Whether two sources speak of the same album. The rule is stated in docs/data-sources.md.
namespace sleeve {

// A name without what spellings differ in: lower case, Latin letters without their accents, '&' as "and",
// what stands in brackets (edition, remaster) and a leading "the" left out, all that is neither letter nor
// digit as a single space. A name that would be empty then keeps its brackets.
std::string plain_name(std::string_view name);

// 0 to 1: the share of neighbouring pairs of characters that two plain names have in common (Dice's
// coefficient; a space stands before and behind each name). 1 for equal names, 0 if either is empty.
double name_similarity(std::string_view a, std::string_view b);

// 0 to 1: the smaller of the similarities of titles and of artists. 0 if a name is missing.
double match_score(std::string_view title, std::string_view artist, std::string_view other_title,
                   std::string_view other_artist);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_ALBUM_MATCH_H_
