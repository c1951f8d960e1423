"""What checking is compared with: reads every file below a folder, and parses it.

`read_and_parse.py SITE FOLDER [WORD]`: only what has a word in it is parsed.
"""

import os
import sys

site, top, *words = sys.argv[1:]
sys.path.append(site)

from tree_sitter import Language, Parser  # noqa: E402
from tree_sitter_elixir import language  # noqa: E402

parser = Parser(Language(language()))
for folder, _, names in os.walk(top):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            text = file.read()
        if all(word.encode() in text for word in words):
            parser.parse(text)
