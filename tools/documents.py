"""What the tools of the documentation share: the documents, their links, headings and code."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {"build", "node_modules"}  # folders, and those that begin with a dot but for .github
GENERATED = {"docs/reference.md", "docs/python-reference.md", "docs/api.md", "docs/tables.md"}


def documents():
    """All Markdown files of the repository, relative to its root."""
    found = [path.relative_to(ROOT) for path in ROOT.rglob("*.md")]
    return sorted(path for path in found if not any(
        part in SKIPPED or part.startswith(".") and part != ".github" for part in path.parts))


def pages():
    """The documents for users: README.md and those in docs/."""
    return [path for path in documents() if path == Path("README.md") or path.parts[0] == "docs"]


def text_of(path):
    return (ROOT / path).read_text("utf-8")


@dataclass
class Block:
    """Code in a document, or a comment of HTML (language "comment")."""

    language: str
    code: str
    line: int


def blocks(text):
    """The fenced code, indented code and comments of a document, in their order."""
    pattern = re.compile(
        r"^```(?P<language>\w*)\n(?P<code>.*?)^```$"
        r"|^<!-- *(?P<comment>.*?) *-->$"
        r"|(?<=\n\n)(?P<indented>(?: {4}[^\n]*\n)+)", re.DOTALL | re.MULTILINE)
    for match in pattern.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match["code"] is not None:
            yield Block(match["language"], match["code"], line)
        elif match["comment"] is not None:
            yield Block("comment", match["comment"], line)
        else:
            yield Block("indented", re.sub("^ {4}", "", match["indented"], flags=re.M), line)


def excuses(block):
    """Whether this is a comment that says why the code below it is not run."""
    return block is not None and block.language == "comment" and block.code.startswith("not run: ")


def without_code(text):
    """A document with code and comments blanked; lines stay where they are."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])
    text = re.sub(r"^```.*?^```$|<!--.*?-->", blank, text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", blank, text)


def links(text):
    """Where the links and pictures of a document lead, with their lines."""
    text = without_code(text)
    for match in re.finditer(r"\]\(\s*<?([^)\s>]*)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)", text, re.M):
        yield match[1] if match[1] is not None else match[2], text.count("\n", 0, match.start()) + 1


def anchors(text):
    """The anchors of headings that forges and the site agree on, and that occur once."""
    text = re.sub(r"^```.*?^```$|<!--.*?-->", "", text, flags=re.DOTALL | re.MULTILINE)
    headings = [re.sub(r"[`*]|\]\([^)]*\)|\[(?=[^\]]*\]\()", "", heading)
                for heading in re.findall(r"^#{1,6} +(.*?) *$", text, re.MULTILINE)]
    forge = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    plain = [unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
             for heading in headings]
    site = [re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())
            for heading in plain]
    return {one for one, other in zip(forge, site)
            if one == other and forge.count(one) == 1 == site.count(other)}
