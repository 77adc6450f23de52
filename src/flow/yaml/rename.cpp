#include "flow/rename.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "flow/yaml/references.hpp"

namespace millrace::flow {
namespace {

using base::Code;
using base::fail;

// Every place where the node is named, and what is to stand there.
class Renaming {
 public:
  Renaming(const Files& files, std::string flow, std::string from, std::string to)
      : files_(files), flow_(std::move(flow)), from_(std::move(from)), to_(std::move(to)) {}

  base::Result<Files> run() {
    Problems problems;
    Sources read;
    read.reads_whole = true;
    const Drafts drafts = read_drafts(files_, read, problems);
    const Targets targets = targets_of(drafts);
    const Draft* meant = nullptr;
    for (const Draft& draft : drafts.nodes) {
      if (!draft.is_yaml || draft.flow != flow_) continue;
      if (draft.key == from_) meant = &draft;
      if (draft.key == to_) return taken();
    }
    for (const auto& [name, number] : drafts.names) {
      if (name == flow_ + "." + to_) return taken();
      // A form's own name leads to its asks' ids: all of these would change.
      if (name == flow_ + "." + from_) {
        return fail(Code::unimplemented, "a form cannot be renamed here");
      }
    }
    if (meant == nullptr) return fail(Code::not_found, "there is no such node");
    if (meant->id != flow_ + "." + from_) {
      return fail(Code::unimplemented, "a node with a number keeps it");
    }
    const bool has_second = std::ranges::any_of(
        drafts.nodes, [&](const Draft& draft) { return draft.id.starts_with(meant->id + "."); });
    if (has_second) {
      return fail(Code::unimplemented, "a node that is two, or a form, cannot be renamed here");
    }
    edits_.replace(meant->file, in_file(*meant, meant->at), from_, to_);
    for (const Reference& each : references(files_, drafts, targets)) {
      if (each.to == meant->number) add(each);
    }
    add_translations();
    add_was(*meant);
    const auto changed = edits_.apply(files_);
    if (!changed) return std::unexpected(changed.error());
    Files out;
    for (const auto& [path, lines] : *changed) out[path] = text_of(lines);
    return out;
  }

 private:
  std::unexpected<base::Error> taken() const {
    return fail(Code::already_exists, "there is a node of that name in the flow");
  }

  void add(const Reference& named) {
    // A flow's name leads to its first node, and stays what it is.
    if (named.written == from_ && named.flow == flow_) {
      edits_.replace(named.file, named.at, from_, to_);
    } else if (named.written == flow_ + "." + from_) {
      edits_.replace(named.file, named.at, flow_ + "." + from_, flow_ + "." + to_);
    }
  }

  void add_translations() {
    for (const TranslatedNode& each : translated_nodes(files_, flow_)) {
      const std::string whole = flow_ + "." + from_;
      if (each.key == from_) edits_.replace(each.file, each.at, from_, to_);
      if (each.key == whole) edits_.replace(each.file, each.at, whole, flow_ + "." + to_);
    }
  }

  // Behind the node's name, where it is a block whose first key has a line of its own.
  void add_was(const Draft& node) {
    if (node.was.given()) return;
    const NodeForm form = form_of(lines_of(files_.find(node.file)->second), in_file(node, node.at));
    if (form.kind != NodeForm::Kind::block) return;
    edits_.insert(node.file, static_cast<size_t>(node.line()),
                  std::string(form.indent, ' ') + "was: " + node.id);
  }

  const Files& files_;
  const std::string flow_, from_, to_;
  LineEdits edits_;
};

}  // namespace

base::Result<Files> rename_node(const Files& files, std::string_view id, std::string_view name) {
  const size_t dot = id.find('.');
  if (dot == std::string_view::npos) {
    return fail(Code::unimplemented, "only nodes of YAML flows have names, like main.welcome");
  }
  if (!is_node_name(name) || parse_number(name)) {
    return fail(Code::invalid_argument, "use letters, digits, _ and - for a name");
  }
  return Renaming(files, std::string(id.substr(0, dot)), std::string(id.substr(dot + 1)),
                  std::string(name))
      .run();
}

}  // namespace millrace::flow
