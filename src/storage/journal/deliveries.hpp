// The deliveries beside the journal, in its database: inserted by the turn that owes them, settled
// through the same group commit. A row's facts are written once; that it waits, and what became of
// it, stand in narrow tables of their own, so that settling rewrites no body.
#pragma once

#include <array>
#include <map>
#include <mutex>

#include "runtime/delivery_store.hpp"
#include "runtime/ports.hpp"
#include "storage/sqlite/group_writer.hpp"

namespace millrace::storage {

class Deliveries final : public runtime::DeliveryStore {
 public:
  // Makes the tables and prepares; `writer` must outlive all calls.
  base::Result<void> prepare(GroupWriter& writer, const std::filesystem::path& file);

  // The writing thread's, inside the turn's transaction. A key that is there already is left.
  base::Result<void> insert(const runtime::Delivery& delivery);
  // After a transaction was rolled back.
  void forget_memory() { targets_.clear(); }

  base::Result<std::vector<runtime::DeliveryTarget>> targets() override;
  base::Result<std::vector<delivery::Row>> waiting(int64_t target, int64_t after,
                                                   size_t limit) override;
  base::Result<runtime::DeliveryDepth> depth(int64_t target) override;
  base::Result<std::optional<runtime::StoredDelivery>> find(std::string_view key) override;
  base::Result<std::optional<runtime::StoredDelivery>> get(int64_t id) override;
  base::Result<std::vector<runtime::StoredDelivery>> list(
      const runtime::DeliveryFilter& filter) override;
  base::Result<std::map<int64_t, std::vector<delivery::ObjectRef>>> marks() override;
  base::Result<std::vector<runtime::DeliveryOrder>> orders(size_t limit) override;
  void commit(runtime::DeliveryWrite write, Done done) override;
  void prune(int64_t target, base::Timestamp before, size_t limit, Done done) override;

 private:
  base::Result<int64_t> target_of(const runtime::Delivery& delivery);
  base::Result<void> write(const runtime::DeliveryWrite& write);
  base::Result<void> write_update(const delivery::RowUpdate& update, base::Timestamp at);
  base::Result<void> write_stop(const runtime::DeliveryWrite& write);
  base::Result<void> remove_old(int64_t target, base::Timestamp before, size_t limit);

  GroupWriter* writer_ = nullptr;
  // The writing thread's.
  std::map<std::array<std::string, 3>, int64_t> targets_;
  Statement insert_;
  Statement insert_target_;
  Statement find_target_;
  Statement insert_waiting_;
  Statement wait_again_;
  Statement settle_;
  Statement put_state_;
  Statement put_mark_;
  Statement remove_mark_;
  Statement remove_order_;
  Statement put_stop_;
  Statement remove_stop_;
  Statement list_old_;
  Statement remove_state_;
  Statement remove_row_;
  // Reading.
  std::mutex reading_mutex_;
  Connection reading_;
  Statement waiting_;
  Statement depth_;
  Statement oldest_;
  Statement stop_;
  Statement find_;
  Statement get_;
};

// What the command line uses beside a running server, or without one.
base::Result<std::vector<runtime::StoredDelivery>> list_stored(
    Connection& reading, const runtime::DeliveryFilter& filter);

}  // namespace millrace::storage
