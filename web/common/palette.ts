// The colours are defined in palette.css; colour-blind readers can distinguish them on light and
// dark backgrounds. Each of the first ten groups has a hue; the next ten have the same hues with
// another shape and dash pattern. The classes of a group differ in shade, shape and dash pattern, so
// that nothing depends on colour alone; colours of one shape are far apart. All depends only on a
// group's or class's place in the recipe.
import { shapes, type Shape } from "./shapes.js";

/** Names of groups and classes in the order of the recipe, and which group a class is in. */
export interface Classes {
  groups: string[];
  classes: string[];
  group_of_class: number[];
}

/** How the points and lines of a group or class look. */
export interface Look {
  color: string;
  shape: Shape;
  dash: string; // of SVG; "" is a solid line
}

const hues = 10;
const shades = 4;
const clusterHues = 8;
const dashes = ["", "6 3", "2 3", "8 3 2 3", "12 3", "4 2 4 2 1 2", "1 2", "12 3 2 3 2 3"];

export const none = "var(--none)";
export const noLook: Look = { color: none, shape: "circle", dash: "" };

const tensOf = (group: number): number => Math.floor(group / hues);
const shapeAt = (place: number): Shape => shapes[place % shapes.length];

export function groupLook(group: number, recipe: Classes): Look {
  if (group < 0 || group >= recipe.groups.length) return noLook;
  return {
    color: `var(--g${group % hues}-1)`,
    shape: shapeAt(2 * tensOf(group)),
    dash: dashes[group % dashes.length],
  };
}

/** The shades of a group with so many classes. */
const shadesOf = (size: number): number[] =>
  size === 1 ? [1] : size === 2 ? [0, 2] : [0, 1, 2, 3];

export function classLook(c: number, recipe: Classes): Look {
  const group = recipe.group_of_class[c] ?? -1;
  if (group < 0) return noLook;
  const members = recipe.classes
    .map((_, other) => other)
    .filter((other) => recipe.group_of_class[other] === group);
  const place = members.indexOf(c);
  const several = shadesOf(members.length);
  const shade = several[place % several.length];
  // Each shade of each hue has its shape; the second four classes of a group and the second ten
  // groups have others.
  const [round, turn] = [Math.floor(place / shades), tensOf(group)];
  return {
    color: `var(--g${group % hues}-${shade})`,
    shape: shapeAt((group % hues) + shade + 3 * round + turn),
    dash: dashes[(place + shades * turn) % dashes.length],
  };
}

export function clusterColor(cluster: number): string {
  return `var(--k${cluster % clusterHues})`;
}

/** Of the values of any other column. */
export const otherLook = (place: number): Look => ({ ...noLook, color: clusterColor(place) });
