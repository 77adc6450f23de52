import {all, inOrder, searched} from '../lib/pages.mjs';

export default function site() {
  const {pages, sections} = all();
  const order = inOrder(sections);
  return {
    sections,
    search: JSON.stringify(searched(pages)).replaceAll('<', '\\u003c'),
    pages: pages.map((page) => {
      const at = order.findIndex(({address}) => address === page.address);
      return {
        ...page,
        before: at > 0 ? order[at - 1] : undefined,
        next: at >= 0 ? order[at + 1] : undefined,
        contents: page.headings.filter(({level}) => level === 2 || level === 3),
      };
    }),
  };
}
