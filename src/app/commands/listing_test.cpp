#include "app/commands/listing.hpp"

#include <gtest/gtest.h>

namespace millrace::app {
namespace {

Listing people() {
  Listing listing({"name", "may", "last_at", "disabled"});
  listing.add({"ada", json::array{"owner", "editor"}, "2026-01-02T03:04:05Z", false});
  listing.add({"Zoë", json::array{}, nullptr, true});
  return listing;
}

TEST(AppListing, HeadsAndAlignsItsColumns) {
  EXPECT_EQ(people().as_table(),
            "NAME  MAY            LAST AT               DISABLED\n"
            "ada   owner, editor  2026-01-02T03:04:05Z  no\n"
            "Zoë   -              -                     yes\n");
}

TEST(AppListing, GivesEachRowAsAnObject) {
  EXPECT_EQ(json::serialize(people().as_json()),
            R"([{"name":"ada","may":["owner","editor"],"last_at":"2026-01-02T03:04:05Z",)"
            R"("disabled":false},{"name":"Zo)"
            "\xC3\xAB"
            R"(","may":[],"last_at":null,"disabled":true}])");
}

TEST(AppListing, IsEmptyWhereNothingIsListed) {
  EXPECT_EQ(Listing({"name"}).as_table(), "");
  EXPECT_EQ(json::serialize(Listing({"name"}).as_json()), "[]");
}

}  // namespace
}  // namespace millrace::app
