// Compares the code that draws points with slow, obvious implementations. PLAYGROUND is the folder
// with the sources of the playground and its installed packages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./module.mjs";

globalThis.ImageData ??= class {
  constructor(width, height) {
    Object.assign(this, { width, height, data: new Uint8ClampedArray(4 * width * height) });
  }
};
const { PointSet } = await load("points/point_set.ts");
const { Raster } = await load("points/raster.ts");
const { shadesOf } = await load("points/shades.ts");
const { lassoText } = await load("points/lasso.ts");
const { toPlane, toScreen } = await load("points/view.ts");
const { mollweide, unmollweide } = await load("sky/mollweide.ts");
const { toEquatorial, toGalactic } = await load("sky/frames.ts");
const { limited, wholeSky } = await load("sky/sky_view.ts");
const { latest } = await load("state/latest.ts");
const { asinhTicks } = await load("../../common/ticks.ts");

let seed = 1;
const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
const circles = new Array(256).fill("circle"); // for every shade
const near = (a, b, within) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

/** Points with a dense centre, a few far away, some without coordinates. */
function someXy(count) {
  const xy = new Float32Array(2 * count);
  for (let i = 0; i < count; ++i) {
    const wide = i % 50 === 0 ? 100 : i % 3 ? 0.1 : 1;
    xy[2 * i] = i % 97 === 5 ? NaN : wide * (random() - 0.5);
    xy[2 * i + 1] = wide * (random() - 0.5);
  }
  return xy;
}
const view = { x: 0.01, y: -0.02, sx: 900, sy: 700, k: 0.4 };
const size = { width: 200, height: 120 };

test("the nearest point is the one that a search of all points finds", () => {
  const xy = someXy(5000);
  const points = new PointSet(xy);
  for (let i = 0; i < 300; ++i) {
    const [x, y] = [0.4 * (random() - 0.5), 0.4 * (random() - 0.5)];
    const at = toScreen(view, size, x, y);
    let best = -1;
    let least = 20;
    for (let id = 0; id < 5000; ++id) {
      const [left, top] = toScreen(view, size, xy[2 * id], xy[2 * id + 1]);
      const distance = Math.hypot(left - at[0], top - at[1]);
      if (id % 2 === 0 && distance < least) [best, least] = [id, distance];
    }
    const found = points.nearest(x, y, view, 20, (place) => points.ids[place] % 2 === 0);
    assert.equal(found < 0 ? -1 : points.ids[found], best);
  }
});

test("runs contain every point of a rectangle once", () => {
  const xy = someXy(3000);
  const points = new PointSet(xy);
  assert.equal(points.size, [...xy].filter((v, i) => i % 2 === 0 && !Number.isNaN(v)).length);
  for (const [x0, y0, x1, y1] of [
    [-0.05, -0.05, 0.05, 0.02],
    [-60, -60, 60, 60],
    [3, 3, 60, 60],
  ]) {
    const runs = points.runs(x0, y0, x1, y1);
    const seen = new Set();
    for (let r = 0; r < runs.length; r += 2)
      for (let i = runs[r]; i < runs[r + 1]; ++i) {
        assert.ok(!seen.has(points.ids[i]));
        seen.add(points.ids[i]);
      }
    for (let id = 0; id < 3000; ++id) {
      const [x, y] = [xy[2 * id], xy[2 * id + 1]];
      if (x >= x0 && x <= x1 && y >= y0 && y <= y1) assert.ok(seen.has(id));
    }
  }
});

test("dots have the shape of their shade, and the same area", () => {
  const points = new PointSet(Float32Array.from([0, 0]));
  const width = 121;
  const draw = (shape) => {
    const colors = { palette: Float32Array.from([250, 10, 10]), shapes: new Array(256).fill(shape), faint: [9, 9, 9] };
    const shades = shadesOf(points, Uint8Array.from([0]), null, false);
    const still = { x: 0, y: 0, sx: 1, sy: 1, k: 0 };
    const { image } = new Raster().draw(points, shades, colors, still, width, width, 12);
    const at = (x, y) => image.data[4 * ((60 + y) * width + 60 + x) + 3] > 0;
    const area = image.data.filter((value, i) => i % 4 === 3 && value > 120).length;
    return { at, area };
  };
  const r = 40; // the largest dots have a radius of 3.4, here of 40.8 pixels
  const drawn = ["circle", "square", "triangle", "diamond", "cross", "wedge"].map(draw);
  for (const { area } of drawn) near(area / drawn[0].area, 1, 0.05);
  const corner = Math.round(0.8 * r);
  assert.deepEqual(
    drawn.map(({ at }) => [
      at(corner, -corner), // of a square
      at(0, -Math.round(1.15 * r)), // of a triangle, a diamond or a cross
      at(0, Math.round(1.15 * r)), // of a wedge, a diamond or a cross
      at(Math.round(r / 2), Math.round(r / 2)), // of all but a cross
    ]),
    [
      [false, false, false, true],
      [true, false, false, true],
      [false, true, false, true],
      [false, true, true, true],
      [false, true, true, false],
      [false, false, true, true],
    ],
  );
});

test("pixels have the mean colour of the points on them", () => {
  const count = 200000; // enough that each is one pixel
  const xy = new Float32Array(2 * count);
  for (let i = 0; i < 2 * count; ++i) xy[i] = 0.3 * (random() - 0.5);
  const codes = Uint8Array.from({ length: count }, (_, i) => i % 2);
  const bits = new Uint8Array(count / 8).fill(0b00001111);
  const points = new PointSet(xy);
  const palette = Float32Array.from([200, 0, 40, 0, 100, 80]);
  const colors = { palette, shapes: circles, faint: [9, 9, 9] };
  const shades = shadesOf(points, codes, bits, true);
  assert.equal(shades.selected, count / 2);
  const { width, height } = size;
  const { image } = new Raster().draw(points, shades, colors, view, width, height, 1);
  const sums = Array.from({ length: width * height }, () => [0, 0, 0, 0]);
  for (let id = 0; id < count; ++id) {
    const [left, top] = toScreen(view, size, xy[2 * id], xy[2 * id + 1]).map(Math.floor);
    if (id % 8 > 3 || left < 0 || top < 0 || left >= width || top >= height) continue;
    const sum = sums[top * width + left];
    for (let c = 0; c < 3; ++c) sum[c] += palette[3 * codes[id] + c];
    ++sum[3];
  }
  let others = 0; // a point at the edge of a pixel may be rounded to the other side
  sums.forEach((sum, i) => {
    const pixel = image.data.subarray(4 * i, 4 * i + 4);
    const same = sum[3]
      ? pixel[3] > 0 && [0, 1, 2].every((c) => Math.abs(pixel[c] - sum[c] / sum[3]) <= 1)
      : pixel[3] === 0;
    if (!same) ++others;
  });
  assert.ok(others < 30, `${others} pixels differ`);
});

test("few points are round dots, the selected ones above the others", () => {
  const points = new PointSet(Float32Array.from([0, 0, 0, 0, 0.05, 0]));
  const colors = { palette: Float32Array.from([250, 10, 10]), shapes: circles, faint: [90, 90, 90] };
  const shades = shadesOf(points, new Uint8Array(3), Uint8Array.of(0b001), false);
  const flat = { x: 0, y: 0, sx: 1000, sy: 1000, k: 0 };
  const { image } = new Raster().draw(points, shades, colors, flat, 200, 120, 1);
  const at = (x, y) => [...image.data.subarray(4 * (y * 200 + x), 4 * (y * 200 + x) + 4)];
  assert.ok(at(100, 60)[0] > 200 && at(100, 60)[3] > 150);
  assert.deepEqual(at(150, 60).slice(0, 3), [90, 90, 90]);
  assert.deepEqual(at(100, 68), [0, 0, 0, 0]);
});

test("the map and its inverse are Mollweide's", () => {
  for (let i = 0; i < 2000; ++i) {
    const [lon, lat] = [360 * random(), 178 * (random() - 0.5)];
    let [low, high] = [-Math.PI / 2, Math.PI / 2]; // 2θ + sin 2θ = π sin φ, by halving
    for (let n = 0; n < 60; ++n) {
      const middle = (low + high) / 2;
      const value = 2 * middle + Math.sin(2 * middle) - Math.PI * Math.sin((lat * Math.PI) / 180);
      if (value < 0) low = middle;
      else high = middle;
    }
    const lambda = ((lon > 180 ? lon - 360 : lon) * Math.PI) / 180;
    const [x, y] = mollweide(lon, lat);
    near(x, ((-2 * Math.SQRT2) / Math.PI) * lambda * Math.cos(low), 1e-7);
    near(y, Math.SQRT2 * Math.sin(low), 1e-7);
    const back = unmollweide(x, y);
    near(back[0], lon, 1e-5);
    near(back[1], lat, 1e-5);
  }
  assert.equal(unmollweide(2.8, 1), null);
});

test("Galactic coordinates of known places", () => {
  const [l, b] = toGalactic(266.404996, -28.936172);
  near(Math.min(l, 360 - l), 0, 1e-4);
  near(b, 0, 1e-4);
  near(toGalactic(192.859508, 27.128336)[1], 90, 1e-4);
  const [ra, dec] = toEquatorial(...toGalactic(83.8221, -5.3911));
  near(ra, 83.8221, 1e-9);
  near(dec, -5.3911, 1e-9);
});

test("in close views, round objects on the sky are round on the map", () => {
  const wide = { width: 1000, height: 600 };
  for (const [lon, lat] of [
    [209, -19],
    [10, 70],
    [181, 5],
    [90, -60],
  ]) {
    const [x, y] = mollweide(lon, lat);
    const s = 500 * wholeSky(wide).sx;
    const seen = limited({ x, y, sx: s, sy: s, k: 0 }, wide);
    const middle = toScreen(seen, wide, x, y);
    const radii = Array.from({ length: 16 }, (_, i) => {
      const [east, north] = [
        0.05 * Math.cos((i * Math.PI) / 8),
        0.05 * Math.sin((i * Math.PI) / 8),
      ];
      const place = mollweide(lon + east / Math.cos((lat * Math.PI) / 180), lat + north);
      const [left, top] = toScreen(seen, wide, ...place);
      return Math.hypot(left - middle[0], top - middle[1]);
    });
    assert.ok(Math.max(...radii) / Math.min(...radii) < 1.02, `${lon} ${lat}: ${radii}`);
    const there = toPlane(seen, wide, ...middle);
    near(there[0], x, 1e-9);
    near(there[1], y, 1e-9);
  }
});

test("a lasso stays within a pixel of what was drawn, with few corners", () => {
  const circle = Array.from({ length: 400 }, (_, i) => {
    const turn = (2 * Math.PI * i) / 400;
    return [0.3 * Math.cos(turn), 0.3 * Math.sin(turn)];
  });
  const numbers = lassoText(circle, 500, 500).split(",").map(Number);
  assert.ok(numbers.length < 120);
  for (let i = 0; i < numbers.length; i += 2)
    near(500 * Math.hypot(numbers[i], numbers[i + 1]), 150, 1.1);
});

test("only the newest request waits for its answer", async () => {
  const asked = [];
  const shown = [];
  const answers = [];
  const ask = latest(
    (n) => new Promise((resolve) => (asked.push(n), answers.push(() => resolve(n)))),
    (n) => shown.push(n),
    assert.fail,
  );
  for (let n = 0; n < 10; ++n) ask(n);
  answers[0]();
  await new Promise(setImmediate);
  answers[1]();
  await new Promise(setImmediate);
  assert.deepEqual(asked, [0, 9]);
  assert.deepEqual(shown, [0, 9]);
});

test("an axis that is logarithmic beyond a value has ticks wherever it is seen", () => {
  assert.deepEqual(asinhTicks(-500, 2000, 1, 8).values, [-100, -10, 0, 10, 100, 1000]);
  assert.deepEqual(asinhTicks(12, 80, 1, 4).values, [20, 40, 60, 80]);
});
