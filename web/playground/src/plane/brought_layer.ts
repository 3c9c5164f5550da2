// The reader's own detections on a plane.
import type { Look } from "../../../common/palette.js";
import { signsAt, type Signs } from "../points/signs.js";
import { broughtNumbers, type Brought } from "../state/brought.js";
import { placer, type Axis } from "./scale.js";

/** Their signs, and the number of them that these axes can show. */
export function broughtLayer(
  what: Brought,
  x: Axis,
  y: Axis,
  lookOf: (name: string | null) => Look,
): Signs {
  const at = (axis: Axis): number[] =>
    (broughtNumbers(what, axis.column.name) ?? []).map(placer(axis));
  return signsAt(at(x), at(y), what.classes, lookOf);
}
