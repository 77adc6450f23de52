// What the two forms of a rich asset's content share: the asset being filled, and complaints.
#pragma once

#include "flow/language/draft.hpp"

namespace millrace::flow {

// What both forms share: the asset being filled, and complaints about it.
class AssetReader {
 public:
  AssetReader(Draft& draft, Problems& problems)
      : draft_(draft), asset_(*draft.asset), problems_(problems) {}

 protected:
  void wrong(const Place& at, std::string code, std::string message, std::string remedy = {}) {
    asset_.unread = true;
    problems_.error(problem_in(draft_, at.given() ? at : asset_.at, std::move(code),
                               std::move(message), std::move(remedy)));
  }

  Draft& draft_;
  AssetDraft& asset_;
  Problems& problems_;
};

// Sets the asset's type; false, with a complaint, when its kind is none.
bool know_asset_kind(Draft& draft, Problems& problems);

}  // namespace millrace::flow
