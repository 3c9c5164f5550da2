// The axes of a plane, as SVG.
import { asinhTicks, linearTicks, logTicks } from "../../../common/ticks.js";
import { placer, softening, valuer, type Axis } from "./scale.js";

interface Props {
  axis: Axis;
  low: number; // in places on the axis
  high: number;
  length: number; // pixels
  name: string;
}

/** The positions of the labels, as fractions of the axis from its low end. */
export function ticksOf({ axis, low, high, length }: Omit<Props, "name">, apart: number) {
  const most = Math.max(2, Math.floor(length / apart));
  const [value, place] = [valuer(axis), placer(axis)];
  const ticks =
    axis.scale === "log"
      ? logTicks(value(low), value(high), most)
      : axis.scale === "linear"
        ? linearTicks(low, high, most)
        : asinhTicks(value(low), value(high), softening(axis.column), most);
  return ticks.values.map((at) => ({
    part: (place(at) - low) / (high - low),
    text: ticks.text(at),
  }));
}

export function XAxis(props: Props) {
  return (
    <svg class="axis x-axis" width={props.length} height={42} aria-hidden="true">
      {ticksOf(props, 80).map(({ part, text }) => (
        <g key={part} transform={`translate(${part * props.length} 0)`}>
          <line y2={5} />
          <text y={17}>{text}</text>
        </g>
      ))}
      <text class="name" x={props.length / 2} y={36}>
        {props.name}
      </text>
    </svg>
  );
}

export function YAxis(props: Props) {
  const width = 66;
  return (
    <svg class="axis y-axis" width={width} height={props.length} aria-hidden="true">
      {ticksOf(props, 50).map(({ part, text }) => (
        <g key={part} transform={`translate(${width} ${(1 - part) * props.length})`}>
          <line x1={-5} />
          <text x={-9} dy="0.32em">
            {text}
          </text>
        </g>
      ))}
      <text class="name" transform={`translate(13 ${props.length / 2}) rotate(-90)`}>
        {props.name}
      </text>
    </svg>
  );
}

/** The positions of the grid lines, in places on the axis. */
export const gridLines = (axis: Axis, low: number, high: number, length: number, apart: number) =>
  ticksOf({ axis, low, high, length }, apart).map(({ part }) => low + part * (high - low));
