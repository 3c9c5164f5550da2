// The colours are defined in palette.css; colour-blind readers can distinguish them on light and
// dark backgrounds. A group has a hue, a class in it has a shade and a dash pattern, so that
// nothing depends on colour alone.

/** Names of groups and classes, and which group a class is in. */
export interface Classes {
  groups: string[];
  classes: string[];
  group_of_class: number[];
}

const hues = 6;
const clusterHues = 8;

export const none = "var(--none)";

export function groupColor(group: number, recipe: Classes): string {
  return group < 0 || group >= recipe.groups.length ? none : `var(--g${group % hues}-1)`;
}

/** The index of a class within its group, and the number of classes in the group. */
function rank(c: number, recipe: Classes): [number, number] {
  const members = recipe.classes
    .map((_, other) => other)
    .filter((other) => recipe.group_of_class[other] === recipe.group_of_class[c]);
  return [members.indexOf(c), members.length];
}

export function classColor(c: number, recipe: Classes): string {
  if (c < 0) return none;
  const [place, size] = rank(c, recipe);
  const shade = size === 1 ? 1 : size === 2 ? [0, 2][place] : place % 4;
  return `var(--g${recipe.group_of_class[c] % hues}-${shade})`;
}

const dashes = ["", "6 3", "2 3", "8 3 2 3"];

export function groupDash(group: number): string {
  return dashes[Math.max(0, group) % dashes.length];
}

export function classDash(c: number, recipe: Classes): string {
  return c < 0 ? "" : dashes[rank(c, recipe)[0] % dashes.length];
}

export function clusterColor(cluster: number): string {
  return `var(--k${cluster % clusterHues})`;
}
