"""The files of the repository as the rules see them: text by path, on disk or made up by a test."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Tree:
    """Paths are relative to the root, with `/`. What is not text is listed but has no text."""

    def __init__(self, texts, root=None):
        self._texts = dict(texts)
        self.root = root

    @classmethod
    def here(cls, root=ROOT):
        """What git tracks below `root`, and what it neither tracks nor ignores yet."""
        listed = subprocess.run(
            ['git', '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
            check=True, capture_output=True, text=True).stdout
        paths = sorted({path for path in listed.split('\0') if path})
        return cls({path: None for path in paths if (root / path).is_file()}, root)

    def paths(self, *endings, under=('',)):
        """The paths that begin with one of `under` and end with one of `endings` (all: none)."""
        return [path for path in self._texts
                if path.startswith(tuple(under)) and (not endings or path.endswith(endings))]

    def has(self, path):
        return path in self._texts or any(known.startswith(path.rstrip('/') + '/')
                                          for known in self._texts)

    def text(self, path):
        """'' for a file that is not UTF-8 text, or that is not there."""
        if self._texts.get(path) is None and self.root is not None and path in self._texts:
            try:
                self._texts[path] = (self.root / path).read_text(encoding='utf-8')
            except UnicodeDecodeError:
                self._texts[path] = ''
        return self._texts.get(path) or ''

    def lines(self, path):
        """(number, line), from 1."""
        return enumerate(self.text(path).splitlines(), 1)
