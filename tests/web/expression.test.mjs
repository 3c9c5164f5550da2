// Expressions in the address: what the pages make of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./module.mjs";

const expression = await load("state/expression.ts");
const { parse, print, conjuncts, allOf, both, either, describe, regions, fromFilters } = expression;
const { completions } = await load("state/expression_completions.ts");

const same = (text, expected = text) => assert.equal(print(parse(text)), expected, text);

test("what is written again needs no other brackets", () => {
  for (const text of [
    "class = 'HMXB' and P(XB) > 0.5",
    "a or b and not c = 5",
    "(a or b) and c",
    "class in ('HMXB', 'LMXB')",
    "x ? y : z ? 1 : 2",
    "(x ? y : z) + 1",
    "a - b - c",
    "a - (b - c)",
    "a / (b * c)",
    "a * (b + c)",
    "-x^2",
    "(-x)^2",
    "x^-2",
    "x^y^z",
    "(x^y)^z",
    "--x",
    "(not x) = 5",
    "(a < b) + 1 > 2",
    "not holds(hard_hs > 0.2)",
    "\"CSCv2_S/N\" > 5",
    "\"a\"\"b\" = 'it''s'",
    "\"and\" = 1 and \"_pi\" > _pi",
    "P('TTau*') > 1e-14",
    "contains(set_90, 'HMXB')",
    "inside(hard_hs, log10(bb_kt), -0.1, 0.2, 0.3, 0.2, 0, 1)",
    "sky('galactic', 1, 2, 3, 4, 5, 6)",
    "near(2, 83.8, -5.4, 10, 20)",
    "named('A', 'B')",
    "missing(class) or bit(flags, 3) = 1",
    "max(a, b, c) > .5",
  ])
    same(text);
});

test("other spellings of operators mean the same", () => {
  same("a && b || !c", "a and b or not c");
  same("a AND b Or NOT c", "a and b or not c");
  same("a == 5 && b <> 3", "a = 5 and b != 3");
  same("!x == 5", "(not x) = 5");
  same("not x == 5", "not x = 5");
  same("!!x", "not not x");
  same("class not in ('A')", "not class in ('A')");
  same("+x + +1", "x + 1");
  same("(((a)))", "a");
});

test("what is no expression is refused with its place", () => {
  const wrong = (text, at, expected) => {
    assert.throws(
      () => parse(text),
      (error) => {
        assert.equal(error.at, at, `${text}: ${error.message}`);
        assert.match(error.expected, expected, text);
        return true;
      },
    );
  };
  wrong("", 0, /a column/);
  wrong("a >", 3, /a column/);
  wrong("a > 5 b", 6, /an operator/);
  wrong("(a > 5", 6, /'\)'/);
  wrong("a < b < c", 6, /'and' between/);
  wrong("class = 'HMXB", 8, /a closing '/);
  wrong('"ab', 0, /a closing "/);
  wrong("'a' + 1", 0, /can only be compared/);
  wrong("class > 'a'", 8, /can only be compared/);
  wrong("'a' = 'b'", 0, /can only be compared/);
  wrong("log(x)", 0, /ln or log10/);
  wrong("no_such(x)", 0, /a function: P, /);
  wrong("atan2(x)", 0, /atan2\(y, x\)/);
  wrong("sky('up', 1, 2, 3, 4, 5, 6)", 0, /sky\(/);
  wrong("inside(a, b, 1, 2, 3, 4)", 0, /inside\(/);
  wrong("near(1, 2)", 0, /near\(/);
  wrong("class in ()", 10, /a column, a number/);
  wrong("class in (a)", 10, /a text or a number/);
  wrong("class in 'a'", 9, /'\('/);
  wrong("2mass > 1", 0, /double quotes/);
  wrong("a # b", 2, /a column/);
  wrong("a and", 5, /a column/);
  wrong('"" > 1', 0, /the name of a column/);
  wrong("(".repeat(70), 64, /64 levels/);
  wrong(`${"not ".repeat(100)}x`, 256, /64 levels/);
});

test("nodes know where they stand", () => {
  const text = "class = 'A' and (P(XB) > 0.5 or x)";
  const [first, second] = conjuncts(parse(text));
  assert.equal(text.slice(first.from, first.to), "class = 'A'");
  assert.equal(text.slice(second.from, second.to), "P(XB) > 0.5 or x");
});

/** The value of an expression of numbers and columns, as docs/recipes.md defines it. */
function valueOf(node, row) {
  const at = (part) => valueOf(part, row);
  const truth = (value) => (Number.isNaN(value) ? NaN : Number(value !== 0));
  switch (node.kind) {
    case "number":
      return Number(node.text);
    case "column":
      return row[node.name];
    case "minus":
      return -at(node.arg);
    case "not":
      return Number.isNaN(at(node.arg)) ? NaN : Number(at(node.arg) === 0);
    case "and":
      return at(node.left) === 0 || at(node.right) === 0 ? 0 : truth(at(node.left) * at(node.right));
    case "or":
      return truth(at(node.left)) === 1 || truth(at(node.right)) === 1
        ? 1
        : truth(at(node.left) + at(node.right));
    case "choice":
      return Number.isNaN(at(node.condition)) ? NaN : at(at(node.condition) ? node.yes : node.no);
    case "compare": {
      const [a, b] = [at(node.left), at(node.right)];
      if (Number.isNaN(a + b)) return NaN;
      return Number({ "=": a === b, "!=": a !== b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b }[node.op]);
    }
    default: {
      const [a, b] = [at(node.left), at(node.right)];
      return { "+": a + b, "-": a - b, "*": a * b, "/": a / b, "^": a ** b }[node.op];
    }
  }
}

test("random expressions have the same value after they were written", () => {
  let seed = 7;
  const random = (n) => (seed = (seed * 16807) % 2147483647) % n;
  const some = (depth) => {
    const part = () => some(depth - 1);
    if (depth === 0) return random(2) ? { kind: "number", text: `${random(3)}` } : { kind: "column", name: "ab"[random(2)] };
    const kind = ["minus", "not", "and", "or", "choice", "compare", "arithmetic"][random(7)];
    if (kind === "minus" || kind === "not") return { kind, arg: part() };
    if (kind === "choice") return { kind, condition: part(), yes: part(), no: part() };
    const op = kind === "compare" ? ["=", "!=", "<", "<=", ">", ">="][random(6)] : "+-*/^"[random(5)];
    return { kind, op, left: part(), right: part() };
  };
  for (let i = 0; i < 2000; ++i) {
    const node = some(1 + random(5));
    const text = print(node);
    const again = parse(text);
    assert.equal(print(again), text);
    for (const row of [{ a: 1, b: 2 }, { a: 0, b: NaN }, { a: -1, b: 0 }])
      assert.ok(Object.is(valueOf(again, row) + 0, valueOf(node, row) + 0), text);
  }
});

test("conditions are taken apart, and put together with the brackets that they need", () => {
  const parts = conjuncts(parse("a and (b or c) and (d and e)"));
  assert.deepEqual(parts.map(print), ["a", "b or c", "d", "e"]);
  assert.equal(allOf(parts), "a and (b or c) and d and e");
  assert.equal(allOf([parts[1]]), "b or c");
  assert.equal(allOf([]), "");
  assert.equal(both("a or b", "c"), "(a or b) and c");
  assert.equal(both("a and b", "not c"), "a and b and not c");
  assert.equal(both("", "c or d"), "c or d");
  assert.equal(both("a", "b >"), "a and (b >)");
  assert.equal(either("a and b", "c or d"), "a and b or c or d");
  assert.equal(either("a ? b : c", "d ? e : f"), "(a ? b : c) or (d ? e : f)");
  assert.equal(either("a >", "b"), "(a >) or b");
});

test("chips say in a few words what a condition is", () => {
  const is = (text, expected) => assert.equal(describe(parse(text)), expected);
  is("sky('galactic', 1, 2, 3, 4, 5, 6)", "lasso on the sky");
  is("inside(hard_hs, log10(bb_kt), 1, 2, 3, 4, 5, 6)", "lasso in hard_hs, bb_kt");
  is("inside(hard_hs - 1, ln(bb_kt), 1, 2, 3, 4, 5, 6)", "lasso in hard_hs - 1, ln(bb_kt)");
  is(`named(${"'A', ".repeat(11)}'B')`, "12 names");
  is("named('Sgr A*')", "Sgr A*");
  is("cone(83.8, -5.4, 0.5)", "within 0.5° of 83.8 −5.4");
  is("near(2, 1, 2, 3, 4)", "within 2″ of 2 positions");
  is("class = 'HMXB'", "class HMXB");
  is("class in ('HMXB', 'LMXB')", "class HMXB, LMXB");
  is("missing(class)", "class missing");
  is("P(XB) >= 0.5", "P(XB) ≥ 0.5");
  is("\"CSCv2_S/N\" <= 1e-7", "CSCv2_S/N ≤ 1e−7");
  is("starts(name, '2CXO J0')", "name 2CXO J0…");
  is("not holds(sky('equatorial', 1, 2, 3, 4, 5, 6))", "not lasso on the sky");
  is("not holds(a and b)", "not (a and b)");
  is("sky('equatorial', 1, 2, 3, 4, 5, 6) or class = 'YSO'", "lasso on the sky or class YSO");
  const long = describe(parse(Array(30).fill("hard_hs > 0.5").join(" or ")));
  assert.equal([...long].length, 60);
  assert.ok(long.endsWith("…"));
});

test("regions to draw", () => {
  const text =
    "sky('galactic', 1, 2, 3, -4, 5, 6) and not holds(inside(a, log10(\"b/c\"), 0, 0, 1, 0, 0, -1))" +
    " or cone(10, -20, 0.5) and sky('equatorial', 1, x, 2, 3, 4, 5)";
  const found = regions(parse(text));
  assert.deepEqual(
    found.map(({ node, ...region }) => region),
    [
      { kind: "sky", frame: "galactic", corners: [[1, 2], [3, -4], [5, 6]] },
      { kind: "inside", x: "a", y: 'log10("b/c")', corners: [[0, 0], [1, 0], [0, -1]] },
      { kind: "cone", ra: 10, dec: -20, radius: 0.5 },
    ],
  );
  assert.equal(found[1].y, expression.axisExpression("b/c", true));
  assert.equal(text.slice(found[2].node.from, found[2].node.to), "cone(10, -20, 0.5)");
});

test("completions", () => {
  const columns = [
    { name: "class", type: "text", unit: "", description: "Class", values: ["HMXB", "TTau*", "it's"] },
    { name: "hard_hs", type: "number", unit: "", description: "Hardness" },
    { name: "bb_kt", type: "number", unit: "keV", description: "Temperature" },
    { name: "S/N", type: "number", unit: "", description: "Signal" },
    { name: "set_90", type: "text", unit: "", description: "Set", values: ["HMXB YSO"] },
  ];
  const offered = (text) => {
    const caret = text.indexOf("|");
    const whole = text.replace("|", "");
    return completions(whole, caret, columns, ["HMXB", "TTau*"], ["XB", "YSO"]).map(
      ({ text: one, from, to }) => whole.slice(0, from) + one + whole.slice(to),
    );
  };
  assert.ok(offered("|").includes("class") && offered("|").includes('"S/N"'));
  assert.deepEqual(offered("har|").slice(0, 1), ["hard_hs"]);
  assert.deepEqual(offered("class = 'A' and bb|d > 5"), ["class = 'A' and bb_kt > 5"]);
  assert.deepEqual(offered('"S|'), ['"S/N"', '"set_90"', '"class"', '"hard_hs"']);
  assert.deepEqual(offered("class = |"), ["class = 'HMXB'", "class = 'TTau*'", "class = 'it''s'"]);
  assert.deepEqual(offered("class != 'T|"), ["class != 'TTau*'", "class != 'it''s'"]);
  assert.deepEqual(offered("class in ('HMXB', t|"), ["class in ('HMXB', 'TTau*'", "class in ('HMXB', 'it''s'"]);
  assert.deepEqual(offered("P(|"), ["P(XB", "P(YSO", "P(HMXB", "P('TTau*'"]);
  assert.deepEqual(offered("P(X|) > 1"), ["P(XB) > 1", "P(HMXB) > 1"]);
  assert.deepEqual(offered("P('y|') > 1"), ["P('YSO') > 1"]);
  assert.deepEqual(offered("contains(set_90, 'h|"), ["contains(set_90, 'HMXB'"]);
  assert.deepEqual(offered("sky(|"), ["sky('galactic'", "sky('equatorial'"]);
  assert.deepEqual(offered("hard_hs > 5 a|"), ["hard_hs > 5 and"]);
  assert.deepEqual(offered("log1|"), ["log10("]);
  assert.ok(offered("p|").includes("P(XB)"));
  assert.deepEqual(offered("name = 'x|"), []);
  assert.match(completions("bb", 2, columns, [], [])[0].description, /Temperature \(keV\)/);
  // Every one that ends a condition makes an expression.
  for (const text of offered("|").filter((one) => !/[( ]$/.test(one))) parse(text);
});

test("old addresses as one expression", () => {
  const is = (query, expected) => {
    const text = fromFilters(new URLSearchParams(query));
    assert.equal(text, expected);
    if (text) assert.equal(print(parse(text)), text);
  };
  is("page=2&sort=dec&x=hard_hs", "");
  is("class=HMXB", "class = 'HMXB'");
  is("class=HMXB&class=TTau*&group=XB", "class in ('HMXB', 'TTau*') and group = 'XB'");
  is("class=HMXB&class=&min.dec=-3", "(class = 'HMXB' or missing(class)) and dec >= -3");
  is("label=", "missing(label)");
  is("min.S%2FN=5&max.bb_kt=1e-3", '"S/N" >= 5 and bb_kt <= 1e-3');
  is("name=it's", "starts(name, 'it''s')");
  is("cone=83.8,-5.4,0.5", "cone(83.8, -5.4, 0.5)");
  is("sky=galactic,1,2,3,4,5,6", "sky('galactic', 1, 2, 3, 4, 5, 6)");
  is(
    "plane=1,2,3,4,5,6&plane.x=hard_hs&plane.y=bb_kt&plane.xscale=linear&plane.yscale=log",
    "inside(hard_hs, log10(bb_kt), 1, 2, 3, 4, 5, 6)",
  );
  is("class=A&where=x+or+y", "class = 'A' and (x or y)");
  is("where=x+or+y", "x or y");
  is("where=x+or+y&where=z", "(x or y) and z");
});

test("values too long for an address are kept, without the oldest if there is no room", async () => {
  const stored = new Map([["uhuru long values", '{"damaged": 1}']]);
  globalThis.localStorage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem(key, text) {
      if (text.length > 20_000) throw new Error("no room");
      stored.set(key, text);
    },
  };
  const { forAddress, fromAddress } = await load("state/long_values.ts");
  assert.equal(forAddress("short"), "short");
  const texts = ["a", "b", "c"].map((letter) => letter.repeat(8000));
  const names = texts.map(forAddress);
  assert.match(names[0], /^kept:/);
  assert.equal(forAddress(texts[0]), names[0]);
  assert.deepEqual(names.map(fromAddress), texts);
  const kept = JSON.parse(stored.get("uhuru long values"));
  assert.deepEqual(kept, [[names[1], texts[1]], [names[2], texts[2]]]);
  assert.equal(fromAddress("kept:other"), "kept:other");
});
