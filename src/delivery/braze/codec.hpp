// Braze's REST API as a codec: users/track with its three arrays and their limits, attributes
// joined and left out while they have not changed, and any other endpoint as a request of its own.
// Settings: "url" (without a path), "api_key".
#pragma once

#include "delivery/braze/limits.hpp"
#include "delivery/braze/memory.hpp"
#include "delivery/braze/parcel.hpp"
#include "delivery/codec.hpp"

namespace millrace::delivery::braze {

class BrazeCodec final : public Codec {
 public:
  explicit BrazeCodec(Limits limits = {}) : limits_(limits), memory_(limits) {}

  base::Result<void> set(const Settings& settings) override;
  std::vector<base::Sensitive> sensitive() const override { return {{api_key_, "key"}}; }

  base::Result<std::unique_ptr<Parcel>> read(const Row& row) const override;
  std::string summary(const Row& row) const override;
  size_t objects_max() const override { return limits_.objects_max; }
  Taken take(Load& load, Entry& entry, base::Timestamp now) override;
  Request write(const Group& group, const Parcel& first, base::Timestamp now) const override;
  Answer read_answer(const Group& group, const Parcel& first, const web::Response& response,
                     base::Timestamp now) const override;

  void accepted(const Parcel& parcel, const Slot& slot, base::Timestamp now) override;
  void lost(const Parcel& parcel, const Object& object) override;
  bool has_repeatable(const Parcel& parcel, const Object& object) const override;
  void keep_repeatable(const Parcel& parcel, Slot& slot) const override;
  std::string lighten(Parcel& parcel, size_t object, const std::string& reason) const override;

 private:
  bool take_attributes(Load& load, Entry& entry, size_t object, Group& fresh, base::Timestamp now);

  Limits limits_;
  Memory memory_;
  std::string url_;
  std::string api_key_;
};

}  // namespace millrace::delivery::braze
