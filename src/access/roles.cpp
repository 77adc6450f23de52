// Roles that operators made.
#include "access/access.hpp"
#include "access/impl.hpp"

namespace millrace::access {
namespace {

Result<void> check_may_change(const Asker& asker, const std::set<Right>& rights) {
  // It may be given within every solution.
  Grant all;
  all.rights = rights;
  if (may_give(asker.principal.grants, {all})) return {};
  return fail(Code::permission_denied, "nobody gives or takes more than they may do");
}

std::string summary_of(const std::set<Right>& rights) {
  return json::serialize(json::value(to_json(rights)));
}

}  // namespace

Result<std::vector<OwnRole>> Access::roles() {
  return impl_->read<std::vector<OwnRole>>([&](PairsRead& pairs) -> Result<std::vector<OwnRole>> {
    const auto page = pairs.scan("role/", "", impl_->limits.roles_max);
    if (!page) return std::unexpected(page.error());
    std::vector<OwnRole> roles;
    for (const auto& [key, text] : *page) {
      auto role = book::find<OwnRole>(pairs, key);
      if (!role) return std::unexpected(role.error());
      if (*role) roles.push_back(std::move(**role));
    }
    return roles;
  });
}

Result<OwnRole> Access::put_role(const Asker& asker, std::string_view name,
                                 const std::set<Right>& rights, std::optional<int64_t> version) {
  if (!is_own_role_name(name)) {
    return fail(Code::invalid_argument,
                "a role's name has 2 to 64 small letters, digits and '-', and is not yet a role's",
                "role");
  }
  if (rights.empty()) return fail(Code::invalid_argument, "a role that may do nothing", "/rights");
  auto row = impl_->row(asker, kRights(Right::users_write), "role.put", name);
  return impl_->change<OwnRole>(
      std::move(row), [&](PairsChange& pairs, AuditRow& noted) -> Result<OwnRole> {
        auto former = book::find<OwnRole>(pairs, book::role_key(name));
        if (!former) return std::unexpected(former.error());
        OwnRole role = former->value_or(OwnRole());
        if (version && *version != role.version) {
          return fail(Code::failed_precondition, "the role was changed by somebody else since");
        }
        for (const std::set<Right>* each : {&std::as_const(role.rights), &rights}) {
          if (auto may = check_may_change(asker, *each); !may) return std::unexpected(may.error());
        }
        const auto many = book::count(pairs, "role/", impl_->limits.roles_max);
        if (!many) return std::unexpected(many.error());
        if (!*former && *many == impl_->limits.roles_max) {
          return fail(Code::resource_exhausted, "there are as many roles as there may be");
        }
        noted.before = *former ? summary_of(role.rights) : "";
        noted.after = summary_of(rights);
        role.name = name;
        role.rights = rights;
        role.changed_at = impl_->now();
        ++role.version;
        if (auto put = book::put(pairs, book::role_key(name), role); !put) {
          return std::unexpected(put.error());
        }
        const auto some = book::has_users(pairs);
        if (!some) return std::unexpected(some.error());
        const auto owners = book::has_other_owner(pairs, "");
        if (!owners) return std::unexpected(owners.error());
        if (*some && !*owners) {
          return fail(Code::failed_precondition, "nobody would be left who may change users");
        }
        return role;
      });
}

Result<void> Access::remove_role(const Asker& asker, std::string_view name) {
  auto row = impl_->row(asker, kRights(Right::users_write), "role.remove", name);
  return impl_->change(std::move(row), [&](PairsChange& pairs, AuditRow& noted) -> Result<void> {
    const auto role = book::find<OwnRole>(pairs, book::role_key(name));
    if (!role) return std::unexpected(role.error());
    if (!*role) return fail(Code::not_found, "there is no such role");
    if (auto may = check_may_change(asker, (*role)->rights); !may) return may;
    const auto given = book::is_given(pairs, name);
    if (!given) return std::unexpected(given.error());
    if (*given) return fail(Code::failed_precondition, "somebody has this role still");
    noted.before = summary_of((*role)->rights);
    return pairs.remove(book::role_key(name));
  });
}

}  // namespace millrace::access
