#include "storage/journal/identities.hpp"

#include <mutex>

#include "storage/upkeep/people.hpp"
#include "storage/upkeep/verify_reading.hpp"

namespace millrace::storage {

using runtime::Joins;

base::Result<Joins> read_joins(Connection& connection) {
  Joins joins;
  const auto is_there = has_table(connection, "joins");
  if (!is_there) return std::unexpected(is_there.error());
  if (!*is_there) return joins;
  auto read = each_row(connection, "SELECT consumer, joined_to FROM joins", [&](auto& row) {
    const auto consumer = base::Id::from_bytes(row.bytes(0));
    const auto to = base::Id::from_bytes(row.bytes(1));
    if (consumer && to) joins.put({*consumer, *to});
  });
  if (!read) return std::unexpected(read.error());
  return joins;
}

base::Result<void> StoredIdentities::prepare(GroupWriter& writer) {
  writer_ = &writer;
  auto put = writer.connection().prepare("INSERT INTO joins VALUES(?1, ?2)");
  if (!put) return std::unexpected(put.error());
  put_ = std::move(*put);
  auto remove = writer.connection().prepare("DELETE FROM joins WHERE consumer = ?1");
  if (!remove) return std::unexpected(remove.error());
  remove_ = std::move(*remove);
  if (auto read = read_memory(); !read) return read;
  const std::unique_lock lock(mutex_);
  durable_ = written_;
  return {};
}

base::Result<void> StoredIdentities::read_memory() {
  auto joins = read_joins(writer_->connection());
  if (!joins) return std::unexpected(joins.error());
  written_ = std::move(*joins);
  return {};
}

std::vector<base::Id> StoredIdentities::line(base::Id consumer) const {
  const std::shared_lock lock(mutex_);
  return durable_.line(consumer);
}

void StoredIdentities::join(base::Id one, base::Id other, Joined joined) {
  struct Made {
    std::optional<Joins::Link> link;
    std::optional<base::Error> refused;
    base::Id person;
  };
  auto made = std::make_unique<Made>();
  Made* const into = made.get();
  writer_->submit(
      {[this, one, other, into]() -> base::Result<void> {
         *into = {};
         auto link = written_.link_of(one, other);
         if (!link) {
           into->refused = link.error();  // which is no reason to undo what others wrote
           return {};
         }
         into->link = *link;
         if (into->link) {
           auto put = put_.bind_blob(1, into->link->consumer.as_bytes())
                          .bind_blob(2, into->link->to.as_bytes())
                          .run();
           if (!put) return put;
           written_.put(*into->link);
         }
         into->person = written_.person(one);
         return {};
       },
       [this, made = std::move(made), joined = std::move(joined)](base::Result<void> done) mutable {
         if (done && made->refused) done = std::unexpected(*made->refused);
         if (!done) return joined(std::unexpected(done.error()));
         if (made->link) {
           const std::unique_lock lock(mutex_);
           durable_.put(*made->link);
         }
         joined(made->person);
       }});
}

void StoredIdentities::part(base::Id consumer, Parted parted) {
  auto links = std::make_unique<std::vector<Joins::Link>>();
  auto* const into = links.get();
  writer_->submit({[this, consumer, into]() -> base::Result<void> {
                     *into = written_.links_of(consumer);
                     for (const Joins::Link& link : *into) {
                       auto removed = remove_.bind_blob(1, link.consumer.as_bytes()).run();
                       if (!removed) return removed;
                     }
                     written_.remove(*into);
                     return {};
                   },
                   [this, links = std::move(links),
                    parted = std::move(parted)](base::Result<void> done) mutable {
                     if (done) {
                       const std::unique_lock lock(mutex_);
                       durable_.remove(*links);
                     }
                     parted(std::move(done));
                   }});
}

}  // namespace millrace::storage
