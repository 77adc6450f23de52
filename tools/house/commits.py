"""Subjects of commits: `room: imperative`, under 72 characters."""
import re
import subprocess

# What came before is as it is.
SINCE = '6a9555d'
SUBJECT_MAX = 71
# Merged before anybody saw.
KNOWN = ('dc26196',)
_SUBJECT = re.compile(r'^[a-z0-9][a-z0-9_/, -]*: [a-z`"\'(A-Z0-9-]')
_NOT_IMPERATIVE = re.compile(r'^(added|adds|adding|fixed|fixes|fixing|changed|changes|changing|'
                             r'made|makes|making|wip|updated|updates|updating)\b', re.I)


def subject(text):
    """What is wrong with one subject, or None."""
    if text.startswith(('Merge ', 'Revert ', 'fixup! ', 'squash! ')):
        return None
    if not _SUBJECT.match(text):
        return 'is not `room: imperative`'
    if len(text) > SUBJECT_MAX:
        return f'has {len(text)} characters, of {SUBJECT_MAX}'
    if _NOT_IMPERATIVE.match(text.partition(': ')[2]):
        return 'is not in the imperative'
    if text.endswith('.'):
        return 'ends in a full stop'
    return None


def since(tree):
    """Subjects of all commits since SINCE; nothing where the history does not reach back to it."""
    if tree.root is None:
        return
    shown = subprocess.run(['git', '-C', tree.root, 'log', '--no-merges', '--format=%h %s',
                            f'{SINCE}..HEAD'], capture_output=True, text=True)
    for line in shown.stdout.splitlines() if shown.returncode == 0 else []:
        name, _, text = line.partition(' ')
        wrong = subject(text)
        if wrong and not name.startswith(KNOWN):
            yield f'commit {name}: the subject {wrong}: {text}'
