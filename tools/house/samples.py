"""The samples in the documents are files of a solution, and `millrace check` finds nothing wrong
with them. The line that opens a sample says which file it is:

    ```yaml solution.yaml            keys of solution.yaml, put over those of the page's solution
    ```yaml nodes                    nodes, put over those of its flows/main.flow.yaml
    ```yaml flows/main.flow.yaml     a whole file, as is any other path
    ```yaml fragment                 a part that cannot stand alone; nobody checks it

Where a page needs more than its sample shows, the rest of the solution is in docs/samples/PAGE/; a
file `like` there names an example whose files come first."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import textwrap

_FENCE = re.compile(r'^(\s*)```(\S+)[ \t]*(.*)$')
CHECKED = ('yaml', 'python')
BASE = {
    'app.py': "import os\n\nNAME = 'A sample'\nBOTS = []\nCSV_BOTS = ['Sample']\n"
              "PATH = os.path.dirname(__file__)\nPARAMS = {'sandbox': {}, 'live': {}}\n",
    'solution.yaml': 'name: Sample\n',
    'flows/main.flow.yaml': 'nodes:\n  start:\n    say: Hello!\n    end: true\n',
}


def of(tree, page):
    """(line, language, where it belongs, text) of the fenced blocks of a page."""
    opened = None
    for number, line in tree.lines(page):
        if opened is None:
            match = _FENCE.match(line)
            if match or line.strip().startswith('```'):
                kind, place = match.groups()[1:] if match else ('', '')
                opened = (number, kind, place.strip(), [])
        elif line.strip() == '```':
            yield opened[0], opened[1], opened[2], textwrap.dedent('\n'.join(opened[3])) + '\n'
            opened = None
        else:
            opened[3].append(line)


def marked(tree):
    """Every YAML and Python sample of docs/ says which file of a solution it is, or `fragment`."""
    for page in tree.paths('.md', under=('docs/', 'README.md')):
        if '/adr/' in page or page == 'docs/style.md':
            continue
        for number, language, place, _ in of(tree, page):
            if language in CHECKED and not place:
                yield (f'{page}:{number}: say which file of a solution this is '
                       f'(```{language} solution.yaml), or `fragment`')


def _over(base, sample, margin=''):
    """The base with the sample's keys, those at this margin, in place of its own."""
    key = re.compile(margin + r'(\w+):')
    keys = set(re.findall(r'^' + key.pattern, sample, re.M))
    kept, is_kept = [], True
    for line in base.splitlines():
        match = key.match(line)
        is_kept = match.group(1) not in keys if match else is_kept
        kept += [line] if is_kept else []
    return '\n'.join(kept) + '\n' + sample


def put(files, place, sample):
    """The solution's files with one sample in its place."""
    files = dict(files)
    if place == 'solution.yaml':
        files[place] = _over(files.get(place, ''), sample)
    elif place == 'nodes':
        flow = 'flows/main.flow.yaml'
        files[flow] = _over(files[flow], textwrap.indent(sample, '  '), '  ')
    else:
        files[place] = sample
    return files


def solutions(tree):
    """(page:line, files) for each checked sample."""
    for page in tree.paths('.md', under=('docs/', 'README.md')):
        if page.startswith('docs/samples/'):
            continue
        folder = 'docs/samples/' + pathlib.PurePosixPath(page).stem + '/'
        like = tree.text(folder + 'like').strip() + '/'
        base = dict(BASE) if like == '/' else {}
        for start in (like, folder) if like != '/' else (folder,):
            for path in tree.paths(under=(start,)):
                base[path[len(start):]] = tree.text(path)
        base.pop('like', None)
        for number, language, place, text in of(tree, page):
            if language in CHECKED and place and place != 'fragment':
                yield f'{page}:{number}', put(base, place, text)


def run(tree, binary):
    """Every sample passes `millrace check`; one that brings tests passes them as well."""
    for where, files in solutions(tree):
        folder = pathlib.Path(tempfile.mkdtemp(prefix='millrace-sample-'))
        try:
            for path, text in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding='utf-8')
            commands = [['check', folder]]
            if any(path.endswith('.test.yaml') for path in files):
                commands.append(['test', folder])
            for command in commands:
                done = subprocess.run([binary, *command], capture_output=True, text=True)
                if done.returncode != 0:
                    said = (done.stdout + done.stderr).replace(str(folder) + '/', '')
                    said = '\n'.join(line for line in said.splitlines()
                                     if ': warning: ' not in line)
                    yield f'{where}: `millrace {command[0]}` refuses this sample:\n' + \
                        textwrap.indent(said.rstrip(), '    ')
                    break
        finally:
            shutil.rmtree(folder)
