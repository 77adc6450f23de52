// The six recommended events, each as it is documented and changed in one place (reference:
// recommended-events.md).
#include "braze/rules/ecommerce.hpp"

#include <gtest/gtest.h>

#include "tests/support/braze_sandbox.hpp"

namespace millrace::braze {
namespace {

constexpr const char* kProduct =
    R"({"product_id":"p","product_name":"Shoe","variant_id":"v","quantity":1,"price":9.5})";

json::object valid(std::string_view event) {
  json::object out = *json::parse_object(
      std::string(R"({"total_value":19.99,"currency":"USD","source":"web","products":[)") +
      kProduct + "]}");
  if (event == "product_viewed") {
    return *json::parse_object(
        R"({"product_id":"p","product_name":"Shoe","variant_id":"v","price":9.5,
            "currency":"EUR","source":"web"})");
  }
  if (event == "cart_updated") out["cart_id"] = "c";
  if (event == "checkout_started") out["checkout_id"] = "k";
  if (event.starts_with("order_")) out["order_id"] = "o";
  if (event == "order_cancelled") out["cancel_reason"] = "customer";
  return out;
}

struct Row {
  const char* event;
  const char* changed;  // members that are set; null: taken away
  const char* complaint;
};

std::string missing(const char* name) {
  return "The property '#/' did not contain a required property of '" + std::string(name) + "'";
}

const Row kRows[] = {
    // Accepted.
    {"product_viewed", "{}", ""},
    {"product_viewed",
     R"({"image_url":"i","product_url":"u","type":["price_drop"],"metadata":{"brand":"b"}})", ""},
    {"product_viewed", R"({"price":9})", ""},
    {"product_viewed", R"({"price":0})", ""},
    {"product_viewed", R"({"currency":"eur"})", ""},
    {"cart_updated", "{}", ""},
    {"cart_updated", R"({"subtotal_value":1.5,"tax":0.5,"shipping":3})", ""},
    {"cart_updated", R"({"action":"add","total_value":null})", ""},
    {"cart_updated", R"({"action":"remove","total_value":null})", ""},
    {"cart_updated", R"({"action":"add"})", ""},
    {"cart_updated", R"({"action":"replace"})", ""},
    {"cart_updated", R"({"metadata":{"anything":{"at":"all"}}})", ""},
    {"checkout_started", "{}", ""},
    {"checkout_started", R"({"cart_id":"c","subtotal_value":1,"tax":2,"shipping":3})", ""},
    {"checkout_started", R"({"metadata":{"checkout_url":"u"}})", ""},
    {"order_placed", "{}", ""},
    {"order_placed", R"({"cart_id":"c","subtotal_value":1,"tax":2,"shipping":3})", ""},
    {"order_placed", R"({"total_discounts":5,"discounts":[{"code":"A","amount":5}]})", ""},
    {"order_cancelled", "{}", ""},
    {"order_cancelled",
     R"({"subtotal_value":1,"tax":2,"shipping":3,"total_discounts":5,"discounts":[]})", ""},
    {"order_refunded", "{}", ""},
    {"order_refunded", R"({"total_discounts":5,"discounts":[],"metadata":{"order_note":"n"}})", ""},
    {"order_refunded", R"({"products":[]})", ""},
    {"Order_Placed", R"({"order_id":7,"anything":true})", ""},
    {"orderPlaced", R"({"total_value":-1})", ""},
    // Something is missing.
    {"product_viewed", R"({"product_id":null})", "product_id"},
    {"product_viewed", R"({"variant_id":null})", "variant_id"},
    {"product_viewed", R"({"source":null})", "source"},
    {"cart_updated", R"({"cart_id":null})", "cart_id"},
    {"cart_updated", R"({"total_value":null})", "total_value"},
    {"cart_updated", R"({"action":"replace","total_value":null})", "total_value"},
    {"cart_updated", R"({"action":"add","total_value":null,"currency":null})", "currency"},
    {"cart_updated", R"({"action":"remove","total_value":null,"products":null})", "products"},
    {"checkout_started", R"({"checkout_id":null})", "checkout_id"},
    {"checkout_started", R"({"total_value":null})", "total_value"},
    {"order_placed", R"({"order_id":null})", "order_id"},
    {"order_placed", R"({"products":null})", "products"},
    {"order_placed", R"({"total_value":null})", "total_value"},
    {"order_cancelled", R"({"cancel_reason":null})", "cancel_reason"},
    {"order_cancelled", R"({"order_id":null})", "order_id"},
    {"order_cancelled", R"({"source":null})", "source"},
    {"order_refunded", R"({"order_id":null})", "order_id"},
    {"order_refunded", R"({"total_value":null})", "total_value"},
    {"order_refunded", R"({"currency":null})", "currency"},
    {"order_refunded", R"({"products":null})", "products"},
    {"order_refunded", R"({"source":null})", "source"},
    // Something is of the wrong type, or of no good value.
    {"product_viewed", R"({"product_id":7})",
     "The property '#/product_id' of type integer did not match the following type: string"},
    {"product_viewed", R"({"price":"9.5"})",
     "The property '#/price' of type string did not match the following type: number"},
    {"product_viewed", R"({"type":"price_drop"})",
     "The property '#/type' of type string did not match the following type: array"},
    {"product_viewed", R"({"price":-1})",
     "The property '#/price' did not have a minimum value of 0, inclusively"},
    {"cart_updated", R"({"tax":"1"})",
     "The property '#/tax' of type string did not match the following type: number"},
    {"cart_updated", R"({"shipping":-0.01})",
     "The property '#/shipping' did not have a minimum value of 0, inclusively"},
    {"cart_updated", R"({"action":"swap"})",
     "The property '#/action' value \"swap\" did not match one of the following values: add, "
     "remove, replace"},
    {"cart_updated", R"({"action":7,"total_value":null})",
     "The property '#/action' of type integer did not match the following type: string"},
    {"cart_updated", R"({"products":{}})",
     "The property '#/products' of type object did not match the following type: array"},
    {"checkout_started", R"({"subtotal_value":true})",
     "The property '#/subtotal_value' of type boolean did not match the following type: number"},
    {"order_placed", R"({"total_value":"29.99"})",
     "The property '#/total_value' of type string did not match the following type: number"},
    {"order_placed", R"({"currency":"XQJ"})", "'currency' must be an ISO 4217 currency"},
    {"order_placed", R"({"currency":"dollars"})", "'currency' must be an ISO 4217 currency"},
    {"order_placed", R"({"products":["p"]})",
     "The property '#/products/0' of type string did not match the following type: object"},
    {"order_placed",
     R"({"products":[{"product_id":"p","product_name":"S","variant_id":"v","price":1}]})",
     "The property '#/products/0' did not contain a required property of 'quantity'"},
    {"order_placed",
     R"({"products":[{"product_id":"p","product_name":"S","variant_id":"v","price":1,)"
     R"("quantity":1.5}]})",
     "The property '#/products/0/quantity' of type number did not match the following type: "
     "integer"},
    {"order_cancelled", R"({"cancel_reason":3})",
     "The property '#/cancel_reason' of type integer did not match the following type: string"},
    {"order_cancelled", R"({"total_value":-5})",
     "The property '#/total_value' did not have a minimum value of 0, inclusively"},
    {"order_refunded", R"({"total_value":-29.98})",
     "The property '#/total_value' did not have a minimum value of 0, inclusively"},
    {"order_refunded", R"({"order_id":7})",
     "The property '#/order_id' of type integer did not match the following type: string"},
    // Something else stands there.
    {"product_viewed", R"({"sku_abcd":1})",
     "The property '#/' contains additional properties [\"sku_abcd\"] outside of the schema when "
     "none are allowed"},
    {"product_viewed", R"({"subtotal_value":1})",
     "The property '#/' contains additional properties [\"subtotal_value\"] outside of the schema "
     "when none are allowed"},
    {"order_placed", R"({"gift_wrapped":true,"b":1})",
     "The property '#/' contains additional properties [\"gift_wrapped\", \"b\"] outside of the "
     "schema when none are allowed"},
    {"order_placed", R"({"cancel_reason":"x"})",
     "The property '#/' contains additional properties [\"cancel_reason\"] outside of the schema "
     "when none are allowed"},
    {"order_refunded", R"({"tax":1})",
     "The property '#/' contains additional properties [\"tax\"] outside of the schema when none "
     "are allowed"},
    {"order_refunded", R"({"cancel_reason":"x"})",
     "The property '#/' contains additional properties [\"cancel_reason\"] outside of the schema "
     "when none are allowed"},
    {"order_cancelled", R"({"refund":1})",
     "The property '#/' contains additional properties [\"refund\"] outside of the schema when "
     "none are allowed"},
    {"checkout_started", R"({"action":"add"})",
     "The property '#/' contains additional properties [\"action\"] outside of the schema when "
     "none are allowed"},
};

TEST(BrazeEcommerce, HoldsTheSixEventsToTheirSchemas) {
  for (const Row& row : kRows) {
    json::object properties = valid(row.event);
    for (const auto& change : *json::parse_object(row.changed)) {
      if (change.value().is_null()) {
        properties.erase(change.key());
      } else {
        properties[change.key()] = change.value();
      }
    }
    const std::string said = row.complaint;
    const bool names_one = !said.empty() && said.find(' ') == std::string::npos;
    const auto complaint = check_ecommerce("ecommerce." + std::string(row.event),
                                           json::object{{"properties", properties}});
    EXPECT_EQ(complaint.value_or(""), names_one ? missing(row.complaint) : said)
        << row.event << " " << row.changed;
  }
}

TEST(BrazeEcommerce, ReportsWhatBreaksItsSchemaAndKeepsTheRest) {
  const std::string head = R"({"external_id":"u","time":"2026-01-01T00:00:00Z","name":)";
  const std::string refund = head + R"("ecommerce.order_refunded","properties":)" +
                             json::serialize(valid("order_refunded")) + "}";
  Bench bench;
  const auto answer =
      bench.track("{\"events\":[" + refund + "," + head +
                  R"("ecommerce.order_cancelled","properties":{"order_id":"o"}}]})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_NE(answer.body.find(R"("events_processed":1,"message":"success","errors":[{"type":)"),
            std::string::npos)
      << answer.body;
  EXPECT_NE(answer.body.find(R"("input_array":"events","index":1}])"), std::string::npos);
  const std::string events = bench.field("u", "custom_events");
  EXPECT_NE(events.find("order_refunded"), std::string::npos);
  EXPECT_EQ(events.find("order_cancelled"), std::string::npos);
}

}  // namespace
}  // namespace millrace::braze
