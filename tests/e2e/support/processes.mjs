// The processes below a server, found in /proc: its workers, however deep a sandbox puts them.

import {readFileSync, readdirSync} from 'node:fs';

/** Parent of every process that there is. */
function parents() {
  /** @type {Map<number, number>} */
  const found = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // "pid (any name at all) state parent ..."
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state !== 'Z') found.set(Number(name), Number(parent));
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/**
 * The processes below that one which have none below themselves: the workers.
 * @param {number} root
 * @returns {number[]}
 */
export function leavesBelow(root) {
  const parentOf = parents();
  const isBelow = (/** @type {number} */ pid) => {
    for (let at = parentOf.get(pid); at !== undefined && at > 1; at = parentOf.get(at)) {
      if (at === root) return true;
    }
    return false;
  };
  const withChildren = new Set(parentOf.values());
  return [...parentOf.keys()].filter((pid) => !withChildren.has(pid) && isBelow(pid));
}
