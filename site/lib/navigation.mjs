// The order in which the pages are offered. A page of docs/ that stands nowhere here is put at the
// end of the reference, so that none is lost.

/** @typedef {{title: string, about: string, pages: [string, string][]}} Section */

/** @type {Section[]} */
export const SECTIONS = [
  {
    title: 'Start',
    about: 'From nothing to a conversation that does work.',
    pages: [
      ['getting-started.html', 'Getting started in ten minutes'],
      ['tutorial.html', 'Tutorial'],
    ],
  },
  {
    title: 'How-to guides',
    about: 'One task each, from beginning to end.',
    pages: [
      ['operator-guide.html', 'Operate a server'],
      ['braze-live.html', 'Go live with Braze'],
      ['embedding.html', 'Embed the chat in a page'],
      ['page-tag.html', 'Tell what visitors do'],
      ['translating.html', 'Translate a solution'],
      ['testing.html', 'Test a solution'],
      ['versions.html', 'Deploy under live chats'],
      ['agents.html', 'Hand over to a person'],
      ['webhooks.html', 'Receive signed webhooks'],
      ['serving.html', 'Set up listeners, TLS and proxies'],
      ['operating.html', 'Keep a data folder'],
    ],
  },
  {
    title: 'Reference',
    about: 'Every file, key, command and figure.',
    pages: [
      ['cli.html', 'Command line'],
      ['solutions.html', 'Files of a solution'],
      ['flows.html', 'Flows in YAML'],
      ['assets.html', 'Buttons, cards and other assets'],
      ['chat-page.html', 'The chat page'],
      ['actions.html', 'Action nodes'],
      ['commands.html', 'Built-in commands'],
      ['braze.html', 'Braze'],
      ['api.html', "Operator's API"],
      ['access.html', 'Users, keys and rights'],
      ['limits.html', 'Limits'],
      ['metrics.html', 'Metrics'],
      ['compatibility.html', 'Compatibility'],
      ['words.html', 'Words'],
      ['examples/signup.html', 'Example: signup'],
      ['examples/braze-profile.html', 'Example: braze-profile'],
      ['examples/hotel.html', 'Example: hotel'],
    ],
  },
  {
    title: 'Error catalogue',
    about: 'Each code with an example and its cure.',
    pages: [['errors.html', 'All error codes']],
  },
  {
    title: 'Architecture',
    about: 'For those who change Millrace itself.',
    pages: [
      ['readme.html', 'About the project'],
      ['architecture.html', 'Architecture'],
      ['contributing.html', 'Contributing'],
      ['style.html', 'How we write'],
      ['security.html', 'Security'],
      ['reporting-a-weakness.html', 'Report a weakness'],
      ['storage-failures.html', 'When the disk fails'],
      ['benchmarks.html', 'Benchmarks'],
      ['contracts/index.html', 'Contracts of Braze and Pypestream'],
      ['changelog.html', 'Changes'],
    ],
  },
];

/** Pages below these folders are listed under a heading of their own, closed until one is open. */
export const GROUPS = [
  {folder: 'contracts/', title: 'Contracts, page by page', section: 'Architecture'},
  {folder: 'adr/', title: 'Decisions', section: 'Architecture'},
  {folder: 'rooms/', title: 'Rooms of the source', section: 'Architecture'},
  {folder: 'files/', title: 'Files that pages mention', section: 'Architecture'},
];
