"""Writes the pages of docs/ that are made of the sources and of the program, or checks them.

    python3 tools/docs                          docs/errors.md, the table in docs/translating.md,
                                                and web/chat/contract.d.ts
    python3 tools/docs --binary FILE            and: docs/cli.md, and what the program says of the
                                                examples of docs/errors.md
    python3 tools/docs --check [--binary FILE]  writes nothing; exits 1 where a page would change
    python3 tools/docs tutorial --binary FILE   follows docs/tutorial.md in a fresh folder; with
                                                --told prints each command with its time, with
                                                --sections N ends after the Nth"""
import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from docs import cli, errors, shapes, texts, tutorial  # noqa: E402


def _breaches(options):
    catalogue = errors.Catalogue()
    pages = {texts.PAGE: texts.written(), shapes.PAGE: shapes.written()}
    if options.binary:
        said = catalogue.ask(options.binary)
        if options.check:
            for code in (code for code, words in said.items() if words != catalogue.said.get(code)):
                yield (f'the example of {code} in errors.txt gives\n  {said[code]}\n'
                       f'instead of\n  {catalogue.said.get(code)}')
        else:
            catalogue.keep(said)
        pages[cli.PAGE] = cli.page(options.binary)
    pages[errors.PAGE] = catalogue.page()
    for path, text in pages.items():
        if not options.check:
            path.write_text(text, encoding='utf-8')
        elif not path.exists() or path.read_text(encoding='utf-8') != text:
            yield f'{path.name} is not as the sources say: run `make docs-pages`'
    yield from catalogue.gaps()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('what', nargs='?', choices=('pages', 'tutorial'), default='pages')
    parser.add_argument('--check', action='store_true')
    parser.add_argument('--binary', type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument('--told', action='store_true')
    parser.add_argument('--sections', type=int)
    options = parser.parse_args()
    if options.what == 'tutorial':
        return tutorial.follow(options.binary, options.told, options.sections)
    wrong = list(_breaches(options))
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
