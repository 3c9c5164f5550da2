// The axes of a plane, as SVG.
import { linearTicks, logTicks } from "../../../common/ticks.js";

interface Props {
  low: number; // in plane coordinates
  high: number;
  isLog: boolean;
  length: number; // pixels
  name: string;
}

/** The positions of the labels, as fractions of the axis from its low end. */
function ticksOf({ low, high, isLog, length }: Props, apart: number) {
  const most = Math.max(2, Math.floor(length / apart));
  const ticks = isLog ? logTicks(10 ** low, 10 ** high, most) : linearTicks(low, high, most);
  return ticks.values.map((value) => ({
    part: ((isLog ? Math.log10(value) : value) - low) / (high - low),
    text: ticks.text(value),
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

/** The positions of the grid lines, in plane coordinates. */
export function gridLines(
  low: number,
  high: number,
  isLog: boolean,
  length: number,
  apart: number,
) {
  const props = { low, high, isLog, length, name: "" };
  return ticksOf(props, apart).map(({ part }) => low + part * (high - low));
}
