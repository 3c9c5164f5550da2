"""What tools/mutants changes: one operator, constant, condition or statement of a C++ file."""

import re
from collections import Counter, namedtuple
from hashlib import sha256

# file: below the root; line: from 1; begin: where `before` begins in the file; text: the line itself.
Mutant = namedtuple("Mutant", "file line begin before after kind text rank")
Token = namedtuple("Token", "kind text begin end")

_TOKENS = re.compile(
    r"""(?P<space>\s+)
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<directive>\#(?:[^\n\\]|\\\n|\\.)*)
      | (?P<string>R"(?P<mark>[^(]*)\(.*?\)(?P=mark)"|"(?:[^"\\\n]|\\.)*"|(?<!\w)'(?:[^'\\\n]|\\.)+')
      | (?P<number>\.?\d(?:[eEpP][+-]|['\w.])*)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<sign><<=|>>=|<=>|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%|&^]=|::|.)""",
    re.VERBOSE | re.DOTALL)

# Between blanks only: clang-format puts none into template arguments, pointers and references.
_BINARY = {
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
    "==": ["!="], "!=": ["=="], "&&": ["||"], "||": ["&&"],
    "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"], "&": ["|"], "|": ["&"],
    "+=": ["-="], "-=": ["+="], "*=": ["/="], "/=": ["*="], "|=": ["&="], "&=": ["|="],
}
_WORDS = {"true": "false", "false": "true", "min": "max", "max": "min"}

# Capacities, sizes of pieces of work and checks of the compiler: results do not depend on them.
_NEEDLESS = re.compile(
    r"\breserve\(|shrink_to_fit|capacity|static_assert|\bassert\(|\bnoexcept\(|"
    r"\b(chunk|block|batch|buffer|piece|page)_(rows|bytes|size)\b|\brows_per_\w+|\bconcept\b|"
    r"^\s*(template|using|friend|namespace|enum)\b")


def tokens_of(source):
    """The tokens that are neither blanks, comments nor directives."""
    return [Token(found.lastgroup, found.group(), found.start(), found.end())
            for found in _TOKENS.finditer(source)
            if found.lastgroup not in ("space", "comment", "directive")]


def _partner(tokens, at):
    """The index of the bracket that closes the one at this index, or None."""
    closing = {"(": ")", "{": "}", "[": "]"}[tokens[at].text]
    depth = 0
    for i in range(at, len(tokens)):
        depth += (tokens[i].text == tokens[at].text) - (tokens[i].text == closing)
        if depth == 0:
            return i
    return None


def _number(text):
    plain = text.replace("'", "")
    if plain == "1":
        return ["0", "2"]
    if re.fullmatch(r"\d+", plain):  # limits are often large, and no test is as precise
        return [str(int(plain) + 1 if int(plain) <= 100 else 2 * int(plain))]
    if re.fullmatch(r"\d+\.\d*|\d*\.?\d+e[-+]?\d+|\.\d+", plain, re.I):
        return [f"(2 * {text})"] if float(plain) else ["1.0"]
    return []


def _of_token(source, tokens, i):
    """(begin, before, after, kind) for each change of one token."""
    token, found = tokens[i], []
    before = tokens[i - 1].text if i else ""
    after = tokens[i + 1].text if i + 1 < len(tokens) else ""
    spaced = source[token.begin - 1:token.begin].isspace() and source[token.end:][:1].isspace()
    if token.kind == "number":
        found += [(token.begin, token.text, new, "constant") for new in _number(token.text)]
    elif token.text in ("true", "false"):
        found.append((token.begin, token.text, _WORDS[token.text], "constant"))
    elif token.text in ("min", "max") and before == "::" and after == "(":
        found.append((token.begin, token.text, _WORDS[token.text], "min, max"))
    elif token.text in _BINARY and spaced and before != "operator":
        kind = ("logical" if token.text in ("&&", "||") else
                "relational" if token.text[0] in "<>=!" else "arithmetic")
        found += [(token.begin, token.text, new, kind) for new in _BINARY[token.text]]
    elif token.text in ("++", "--"):
        found.append((token.begin, token.text, "--" if token.text == "++" else "++", "step"))
    elif token.text == "!":
        found.append((token.begin, "!", "", "logical"))
    elif token.text == "-" and not spaced and (
            before in ("(", ",", "return", "=", "?", ":", "{", "[") or before in _BINARY):
        found.append((token.begin, "-", "", "arithmetic"))
    elif token.text in ("size", "begin", "end") and before in (".", "->") and after == "(" and (
            tokens[i + 2].text == ")"):
        end = tokens[i + 2].end
        for shift in {"size": ["- 1", "+ 1"], "begin": ["+ 1"], "end": ["- 1"]}[token.text]:
            found.append((token.begin, source[token.begin:end], f"{token.text}() {shift}", "off by one"))
    elif token.text in ("if", "while") and after == "(":
        found += _of_condition(source, tokens, i)
    elif token.text == "(":
        found += _swapped(source, tokens, i)
    return found


def _of_condition(source, tokens, i):
    close = _partner(tokens, i + 1)
    if close is None:
        return []
    inside = [token.text for token in tokens[i + 2:close]]
    if ";" in inside or "=" in inside:  # declares something
        return []
    begin, end = tokens[i + 2].begin, tokens[close].begin
    values = ["true", "false"] if tokens[i].text == "if" else ["false"]
    return [(begin, source[begin:end], value, "condition") for value in values
            if source[begin:end] != value]


def _swapped(source, tokens, i):
    """f(a, b) becomes f(b, a) if both are names."""
    part = tokens[i - 1:i + 5]
    if [token.kind for token in part] != ["word", "sign", "word", "sign", "word", "sign"]:
        return []
    if part[3].text != "," or part[5].text != ")" or part[2].text == part[4].text or (
            part[0].text in ("if", "while", "for", "switch", "operator") or
            {part[2].text, part[4].text} & {"true", "false", "this", "nullptr"}):
        return []
    begin, end = part[2].begin, part[4].end
    return [(begin, source[begin:end], f"{part[4].text}, {part[2].text}", "swapped arguments")]


def _statement(source, tokens, i):
    """The deletion of the statement that begins with this token, if it declares nothing."""
    before = tokens[i - 1].text if i else ""
    if before not in (";", "{", "}", ")", "else"):
        return []
    end = i
    while end < len(tokens) and tokens[end].text != ";":
        if tokens[end].text == "{" and tokens[end - 1].text == ")":
            return []  # a function
        if tokens[end].text in ("(", "{", "["):
            end = _partner(tokens, end) or len(tokens)
        elif tokens[end].text in (")", "}", "]"):
            return []
        end += 1
    if end >= len(tokens) or before == ")" and not _heads_statement(tokens, i - 1):
        return []
    text = source[tokens[i].begin:tokens[end].end]
    # What returns at the end of a function cannot be left out.
    if tokens[i].text in ("return", "throw"):
        deletes = before == ")"
    else:
        deletes = (tokens[i].text in ("break", "continue", "++", "--") or
                   re.match(r"(\*|\w+(::\w+)*(<[^;<>]*>)?\s*(\.|->|\(|\[|([-+*/%|&^]|<<|>>)?=[^=]|\+\+|--))",
                            text))
    if not deletes or re.match(r"(if|for|while|switch|do|case|delete)\b", text):
        return []
    return [(tokens[i].begin, text, ";", "statement")]


def _heads_statement(tokens, close):
    """Whether this bracket closes the condition of an if, for or while."""
    depth = 0
    for i in range(close, 0, -1):
        depth += (tokens[i].text == ")") - (tokens[i].text == "(")
        if depth == 0:
            return tokens[i - 1].text in ("if", "for", "while")
    return False


def mutants_of(file, source, is_code, seed):
    """All mutants of a file, for lines (from 1) where is_code(line, text) holds. Their ranks are random
    numbers that stay as they are when other lines change."""
    tokens, lines, seen, mutants = tokens_of(source), source.split("\n"), Counter(), []
    starts = [0]
    for text in lines:
        starts.append(starts[-1] + len(text) + 1)
    line = 1
    for i, token in enumerate(tokens):
        while starts[line] <= token.begin:
            line += 1
        text = lines[line - 1]
        if _NEEDLESS.search(text) or not is_code(line, text):
            continue
        for begin, before, after, kind in _of_token(source, tokens, i) + _statement(source, tokens, i):
            name = (file, text, begin - starts[line - 1], before, after)
            seen[name] += 1
            rank = sha256(repr((seed, *name, seen[name])).encode()).hexdigest()[:12]
            mutants.append(Mutant(file, line, begin, before, after, kind, text.strip(), rank))
    return mutants
