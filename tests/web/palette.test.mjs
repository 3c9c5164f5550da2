// The colours of groups and classes: readers with any kind of colour vision can distinguish those that
// have the same shape, on both grounds. PLAYGROUND is the folder with the sources of the playground.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "./module.mjs";

const root = process.env.PLAYGROUND;
const { classLook, groupLook, noLook, otherLook } = await load("../../common/palette.ts");
const { shapes } = await load("../../common/shapes.ts");

/** Red, green, blue, 0…1, of each variable of palette.css in a theme. */
function colorsOf(theme) {
  const css = readFileSync(join(root, "../common/palette.css"), "utf8");
  const found = css.matchAll(/--([\w-]+): light-dark\(#(\w{6}), #(\w{6})\)/g);
  return Object.fromEntries(
    [...found].map(([, name, light, dark]) => {
      const text = theme === "light" ? light : dark;
      return [name, [0, 2, 4].map((i) => parseInt(text.slice(i, i + 2), 16) / 255)];
    }),
  );
}

const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const times = (matrix, v) => matrix.map((row) => row.reduce((sum, m, i) => sum + m * v[i], 0));
// Machado, Oliveira & Fernandes 2009, severity 1.0, on linear values.
const visions = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  "without red": [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  "without green": [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  "without blue": [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const toXyz = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];
const white = times(toXyz, [1, 1, 1]);

/** The CIELAB colour that a reader of a kind of vision sees. */
function lab(rgb, vision) {
  const seen = times(vision, rgb.map(linear)).map((v) => Math.max(0, Math.min(1, v)));
  const [x, y, z] = times(toXyz, seen).map((v, i) => {
    const t = v / white[i];
    return t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const degrees = (angle) => ((angle * 180) / Math.PI + 360) % 360;
const radians = (angle) => (angle * Math.PI) / 180;

/** The difference of two CIELAB colours by CIEDE2000. */
function difference([l1, a1, b1], [l2, a2, b2]) {
  const part = (c) => Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  const g = 1 + 0.5 * (1 - part((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2));
  const [c1, c2] = [Math.hypot(g * a1, b1), Math.hypot(g * a2, b2)];
  const [h1, h2] = [degrees(Math.atan2(b1, g * a1)), degrees(Math.atan2(b2, g * a2))];
  const grey = c1 * c2 === 0;
  const turn = grey ? 0 : ((h2 - h1 + 540) % 360) - 180;
  const dh = 2 * Math.sqrt(c1 * c2) * Math.sin(radians(turn / 2));
  const [l, c] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const h = grey ? h1 + h2 : h1 + turn / 2;
  const wave = (factor, times, shift) => factor * Math.cos(radians(times * h + shift));
  const t = 1 + wave(-0.17, 1, -30) + wave(0.24, 2, 0) + wave(0.32, 3, 6) + wave(-0.2, 4, -63);
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const [sc, sh] = [1 + 0.045 * c, 1 + 0.015 * c * t];
  const blue = 30 * Math.exp(-(((((h + 360) % 360) - 275) / 25) ** 2));
  const r = -2 * part(c) * Math.sin(radians(2 * blue));
  const [dl, dc, dH] = [(l2 - l1) / sl, (c2 - c1) / sc, dh / sh];
  return Math.sqrt(dl ** 2 + dc ** 2 + dH ** 2 + r * dc * dH);
}

test("the colour difference has the published values", () => {
  // From the test data of Sharma, Wu & Dalal 2005.
  for (const [a, b, expected] of [
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, 2.8361, -74.02], [50, 0, -82.7485], 3.4412],
    [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1.0],
    [[50, 0, 0], [50, -1, 2], 2.3669],
    [[50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792],
    [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
    [[50, -0.001, 2.49], [50, 0.0011, -2.49], 4.7461],
    [[50, 2.5, 0], [50, 0, -2.5], 4.3065],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[50, 2.5, 0], [61, -5, 29], 22.8977],
    [[50, 2.5, 0], [56, -27, -3], 31.903],
    [[50, 2.5, 0], [58, 24, 15], 19.4535],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
    [[63.0109, -31.0961, -5.8663], [62.8187, -29.7946, -4.0864], 1.263],
    [[61.2901, 3.7196, -5.3901], [61.4292, 2.248, -4.962], 1.8731],
    [[35.0831, -44.1164, 3.7933], [35.0232, -40.0716, 1.5901], 1.8645],
    [[22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], 2.0373],
    [[36.4612, 47.858, 18.3852], [36.2715, 50.5065, 21.2231], 1.4146],
    [[90.8027, -2.0831, 1.441], [91.1528, -1.6435, 0.0447], 1.4441],
    [[90.9257, -0.5406, -0.9208], [88.6381, -0.8985, -0.7239], 1.5381],
    [[6.7747, -0.2908, -2.4247], [5.8714, -0.0985, -2.2286], 0.6377],
    [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
  ]) {
    assert.ok(Math.abs(difference(a, b) - expected) < 5e-5, `${a} ${b}: ${difference(a, b)}`);
    assert.ok(Math.abs(difference(b, a) - expected) < 5e-5);
  }
});

const least = 12;
const grounds = ["paper", "wash", "sky"];

/** Looks as [name, red green blue, shape] in a theme. */
function drawn(looks, theme) {
  const colors = colorsOf(theme);
  return looks.map(([name, { color, shape }]) => {
    const rgb = colors[color.match(/^var\(--(.+)\)$/)[1]];
    assert.ok(rgb, `${name} has no colour ${color}`);
    return [name, rgb, shape];
  });
}

/** Lists pairs of the same shape that are alike for some reader. */
function alike(looks) {
  const faults = [];
  for (const [kind, vision] of Object.entries(visions)) {
    const seen = looks.map(([, rgb]) => lab(rgb, vision));
    looks.forEach(([name, , shape], i) => {
      for (let j = 0; j < i; ++j) {
        const found = difference(seen[i], seen[j]);
        if (looks[j][2] === shape && found < least)
          faults.push(`${name} and ${looks[j][0]} ${kind}: ${found.toFixed(1)}`);
      }
    });
  }
  return faults;
}

/** Sources that are not selected are drawn like those without a class, but transparent. */
function unselected(theme) {
  const { none, sky } = colorsOf(theme);
  return ["unselected", none.map((v, i) => 0.3 * v + 0.7 * sky[i]), "circle"];
}

/** A recipe of groups of so many classes each. */
const recipeOf = (sizes) => ({
  groups: sizes.map((_, g) => `group ${g}`),
  classes: sizes.flatMap((size, g) => Array.from({ length: size }, (_, c) => `${g}.${c}`)),
  group_of_class: sizes.flatMap((size, g) => new Array(size).fill(g)),
});

for (const theme of ["light", "dark"]) {
  const none = ["none", noLook];

  test(`all readers can distinguish groups, ${theme}`, () => {
    const recipe = recipeOf(new Array(10).fill(1));
    const looks = recipe.groups.map((name, g) => [name, groupLook(g, recipe)]);
    assert.equal(new Set(looks.map(([, { shape }]) => shape)).size, 1);
    assert.deepEqual(alike([...drawn([...looks, none], theme), unselected(theme)]), []);
  });

  test(`all readers can distinguish classes of the same shape, ${theme}`, () => {
    for (const size of [1, 2, 3, 4]) {
      const recipe = recipeOf(new Array(10).fill(size));
      const looks = recipe.classes.map((name, c) => [name, classLook(c, recipe)]);
      assert.deepEqual(alike([...drawn([...looks, none], theme), unselected(theme)]), []);
    }
  });

  test(`all readers can distinguish clusters, ${theme}`, () => {
    const looks = Array.from({ length: 8 }, (_, k) => [`cluster ${k}`, otherLook(k)]);
    assert.deepEqual(alike([...drawn([...looks, none], theme), unselected(theme)]), []);
  });

  test(`colours contrast with the ground, ${theme}`, () => {
    const colors = colorsOf(theme);
    const light = (rgb) => times(toXyz, rgb.map(linear))[1] + 0.05;
    const faults = [];
    for (const [name, rgb] of Object.entries(colors))
      if (/^(g\d-\d|k\d|none)$/.test(name))
        for (const ground of grounds) {
          const [a, b] = [light(rgb), light(colors[ground])];
          const contrast = Math.max(a, b) / Math.min(a, b);
          if (contrast < 3) faults.push(`${name} on ${ground}: ${contrast.toFixed(2)}`);
        }
    assert.deepEqual(faults, []);
  });
}

test("no two classes of twenty groups of eight look the same", () => {
  const recipe = recipeOf(new Array(20).fill(8));
  const looks = recipe.classes.map((_, c) => classLook(c, recipe));
  assert.equal(new Set(looks.map(({ color, shape }) => `${color} ${shape}`)).size, 160);
  const groups = recipe.groups.map((_, g) => groupLook(g, recipe));
  assert.equal(new Set(groups.map(({ color, shape }) => `${color} ${shape}`)).size, 20);
  for (const { shape } of looks) assert.ok(shapes.includes(shape));
});

test("a look depends on the place in the recipe only", () => {
  const [few, many] = [recipeOf([2, 3]), recipeOf([2, 3, 1, 8])];
  few.classes.forEach((_, c) => assert.deepEqual(classLook(c, few), classLook(c, many)));
  few.groups.forEach((_, g) => assert.deepEqual(groupLook(g, few), groupLook(g, many)));
});
