// The position of the pointer, and a scale bar.
import type { Frame } from "../api.js";
import { scaleOf, type Point, type Size, type View } from "../points/view.js";
import { fromFrame, toGalactic } from "./frames.js";
import { unmollweide } from "./mollweide.js";

const lengths = [30, 10, 5, 2, 1, 0.5, 1 / 3, 1 / 6, 1 / 12, 1 / 30, 1 / 60].concat(
  [30, 20, 10, 5, 2, 1, 0.5].map((seconds) => seconds / 3600),
);

function lengthText(degrees: number): string {
  if (degrees >= 1) return `${degrees}°`;
  if (degrees >= 1 / 60) return `${Math.round(degrees * 60)}′`;
  return `${Number((degrees * 3600).toFixed(1))}″`;
}

interface Props {
  frame: Frame;
  place: Point | null; // of the pointer, on the map
  view: View;
  size: Size;
}

export function Readout({ frame, place, view, size }: Props) {
  const perDegree = (scaleOf(view) * Math.PI) / 180;
  const length = lengths.find((one) => one * perDegree <= Math.min(140, size.width / 4));
  const position = place && unmollweide(...place);
  const digits = Math.max(1, Math.min(6, Math.ceil(Math.log10(perDegree))));
  const angle = (value: number): string => value.toFixed(digits).replace("-", "−");
  const equatorial = position && fromFrame(frame, ...position);
  const galactic = equatorial && toGalactic(...equatorial);
  return (
    <div class="readout" aria-hidden="true">
      {equatorial && galactic && (
        <span>
          α {angle(equatorial[0])}° δ {angle(equatorial[1])}° · l {angle(galactic[0])}° b{" "}
          {angle(galactic[1])}°
        </span>
      )}
      {length !== undefined && (
        <span class="scale" style={{ width: `${length * perDegree}px` }}>
          {lengthText(length)}
        </span>
      )}
    </div>
  );
}
