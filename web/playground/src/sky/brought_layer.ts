// The reader's own detections on the map of the sky.
import type { Look } from "../../../common/palette.js";
import type { Frame } from "../api.js";
import { signsAt, type Signs } from "../points/signs.js";
import { broughtPositions, type Brought } from "../state/brought.js";
import { inFrame } from "./frames.js";
import { mollweide } from "./mollweide.js";

/** Their signs, and the number of them that have a position. */
export function broughtOnSky(
  what: Brought,
  frame: Frame,
  lookOf: (name: string | null) => Look,
): Signs {
  const places = (broughtPositions(what) ?? []).map(([ra, dec]): [number, number] =>
    Number.isFinite(ra + dec) ? mollweide(...inFrame(frame, ra, dec)) : [NaN, NaN],
  );
  return signsAt(
    places.map(([x]) => x),
    places.map(([, y]) => y),
    what.classes,
    lookOf,
  );
}
