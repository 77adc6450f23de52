"""Words that have to be true: paths that are named, links, documents that are cited; and words that
must not be there."""
import posixpath
import re

from . import cpp

_TEXT = ('.cpp', '.hpp', '.py', '.md', '.mjs', '.js', '.sh', '.cmake', '.txt', '.yaml', '.yml',
         '.json', '.html', '.css', 'Makefile')
# Code files and pages, wherever they are named; folders and other files by their beginning.
_FILE = re.compile(r'(?<![\w/.*<{$-])((?:[\w.-]+/)*[\w-]+\.(?:hpp|cpp|md|mjs|cmake))(?![\w/*{-])')
_BELOW = re.compile(r'(?<![\w/.*<{$:-])((?:%s)/[\w./-]*\w)(?![\w/*{<-])')
_TOPS = ('bench', 'cmake', 'docs', 'examples', 'fuzz', 'schemas', 'src', 'tests', 'tools', 'web')
_LINK = re.compile(r'\]\(([^)\s]+)\)')
# Tests plant what is wrong, a history names what was, contracts name their sources.
_FREE = ('tools/house/tests/', 'CHANGELOG', 'docs/contracts/')
_CITED = re.compile(
    r'([\w-]+\.md),? (?:sections? )?((?:[A-Z]?\d+(?:\.\d+)*(?:, | and | to )?)+)')
# Outputs of tools and builds, and pages that a reader makes: named, and rightly not there.
_NOT_OURS = re.compile(r'^(build/|node_modules/|tests/e2e/node_modules|src/v/|include/leveldb/)')
_MACHINE = re.compile(r'(?<![\w.$~}/-])/(?:work|root|Users|home/(?!user\b)[a-z]\w*)/\w')
_CONFLICT = re.compile(r'^(<{7} |>{7} |={7}$|\|{7} )')


def _resolves(tree, path, token, names):
    token = token.rstrip('.')
    if _NOT_OURS.match(token) or re.search(r'\b(NAME|PAGE)\b|\bthing_', token):
        return True
    folder = posixpath.dirname(path)
    for base in ('', 'src', folder, 'docs'):
        if tree.has(posixpath.normpath(posixpath.join(base, token))):
            return True
    if '/' not in token:
        return token in names
    return any(known.endswith('/' + token) for known in names[token.rsplit('/', 1)[-1]]) \
        if token.rsplit('/', 1)[-1] in names else False


def _prose(tree, path):
    """(line, text) where a person is told something: comments of code, all of a page."""
    if path.endswith('.md'):
        return tree.lines(path)
    return cpp.comments(tree.text(path))


def paths_named(tree):
    """Every file of this repository that a comment or a page names is there."""
    names = {}
    for known in tree.paths():
        names.setdefault(known.rsplit('/', 1)[-1], []).append(known)
    below = re.compile(_BELOW.pattern % '|'.join(_TOPS))
    for path in tree.paths('.cpp', '.hpp', '.py', '.md', '.mjs', '.js', '.sh', '.cmake', 'Makefile',
                           'CMakeLists.txt'):
        if path.startswith(_FREE):
            continue
        is_page = path.endswith('.md')
        for number, text in _prose(tree, path):
            text = re.sub(r'https?://\S+', '', text)
            tokens = _FILE.findall(text)
            # In pages of users, flows/ and tests/ are their own solution's folders.
            if not (is_page and path.startswith('docs/')) or '`src/' in text:
                tokens += below.findall(text)
            for token in dict.fromkeys(tokens):
                if not _resolves(tree, path, token, names):
                    yield f'{path}:{number}: names {token}, which is not in the repository'


def _anchors(tree, page):
    """The anchors that GitHub gives the headings of a page."""
    return {re.sub(r'[^\w -]', '', heading.lower()).strip().replace(' ', '-')
            for heading in re.findall(r'^#+ (.*)', tree.text(page), re.M)}


def links(tree):
    """Every relative link of a page leads somewhere, to a heading that is there."""
    for path in tree.paths('.md'):
        for number, line in tree.lines(path):
            for link in _LINK.findall(line):
                if '://' in link or link.startswith('mailto:'):
                    continue
                target, _, anchor = link.partition('#')
                place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
                place = place if target else path
                if not tree.has(place):
                    yield f'{path}:{number}: links to {target}, which is not there'
                elif anchor and place.endswith('.md') and anchor not in _anchors(tree, place):
                    yield f'{path}:{number}: links to {link}: no such heading'


def _has_section(text, section):
    """A heading, a numbered row of a table, or for 5.4 the fourth point of section 5."""
    if re.search(rf'^(#+ |\| ){re.escape(section)}[. ]', text, re.M):
        return True
    whole, _, point = section.rpartition('.')
    body = re.search(rf'^#+ {re.escape(whole)}[. ].*?(?=^#|\Z)', text, re.M | re.S)
    return bool(whole and body and re.search(rf'^{point}\. ', body.group(), re.M))


def sections_cited(tree):
    """Every section of a contract that a comment cites is a heading of it."""
    pages = {page.rsplit('/', 1)[-1]: page
             for page in tree.paths('.md', under=('docs/contracts/',))}
    for path in tree.paths('.cpp', '.hpp', '.py', '.mjs'):
        if path.startswith(_FREE):
            continue
        comments = ' '.join(text.strip() for _, text in cpp.comments(tree.text(path)))
        for name, sections in _CITED.findall(comments):
            if name not in pages:
                continue
            text = tree.text(pages[name])
            for section in re.findall(r'[A-Z]?\d+(?:\.\d+)*', sections):
                if not _has_section(text, section):
                    yield f'{path}: cites {name} {section}, which has no such section'


def strays(tree):
    """No conflict marker, and no path of the machine that somebody worked on."""
    for path in tree.paths(*_TEXT):
        if path.startswith('tools/house/'):
            continue
        for number, line in tree.lines(path):
            if _CONFLICT.match(line):
                yield f'{path}:{number}: a conflict marker was left: {line[:20]}'
            found = _MACHINE.search(line)
            if found:
                yield f"{path}:{number}: a path of one machine: {found.group()}"
