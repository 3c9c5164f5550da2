// The shapes of points and of the signs in legends: a circle, regular polygons, and a cross, all of the
// same area.

export const shapes = ["circle", "triangle", "square", "diamond", "cross", "wedge"] as const;
export type Shape = (typeof shapes)[number];

interface Polygon {
  sides: number;
  first: number; // direction of a corner from the centre: 0 right, a quarter turn downwards
}

const turn = 2 * Math.PI;
const polygons: Record<Exclude<Shape, "circle" | "cross">, Polygon> = {
  triangle: { sides: 3, first: -turn / 4 },
  square: { sides: 4, first: turn / 8 },
  diamond: { sides: 4, first: 0 },
  wedge: { sides: 3, first: turn / 4 },
};
/** How far the arms of a cross reach if its area is that of a circle of radius 1; they are a third as
 *  thick as the cross is wide. */
const arm = Math.sqrt((9 * Math.PI) / 20);

/** The distance of the corners from the centre, if the area is that of a circle of radius 1. */
const outerRadius = (sides: number): number => Math.sqrt(turn / (sides * Math.sin(turn / sides)));

/** The radius that a shape reaches to, compared with a circle of the same area. */
export function reachOf(shape: Shape): number {
  if (shape === "circle") return 1;
  return shape === "cross" ? arm : outerRadius(polygons[shape].sides);
}

/** How far (x, y) is outside of a shape as large as a circle of this radius; negative inside. */
export function outside(shape: Shape, radius: number, x: number, y: number): number {
  if (shape === "circle") return Math.hypot(x, y) - radius;
  if (shape === "cross") {
    const [reach, half] = [radius * arm, (radius * arm) / 3];
    const [across, along] = [Math.abs(x), Math.abs(y)];
    return Math.min(Math.max(across - reach, along - half), Math.max(across - half, along - reach));
  }
  const { sides, first } = polygons[shape];
  let most = -Infinity;
  for (let side = 0; side < sides; ++side) {
    const across = first + ((side + 0.5) * turn) / sides;
    most = Math.max(most, x * Math.cos(across) + y * Math.sin(across));
  }
  return most - radius * outerRadius(sides) * Math.cos(turn / 2 / sides);
}

/** The corners of a shape around (x, y); none of a circle. */
function cornersOf(shape: Shape, radius: number, x: number, y: number): [number, number][] {
  if (shape === "circle") return [];
  if (shape === "cross") {
    const [far, near] = [radius * arm, (radius * arm) / 3];
    const quarter: [number, number][] = [[near, -far], [near, -near], [far, -near]];
    return [0, 1, 2, 3].flatMap((turns) =>
      quarter.map(([dx, dy]): [number, number] => {
        for (let i = 0; i < turns; ++i) [dx, dy] = [-dy, dx];
        return [x + dx, y + dy];
      }),
    );
  }
  const { sides, first } = polygons[shape];
  const far = radius * outerRadius(sides);
  return Array.from({ length: sides }, (_, side) => {
    const at = first + (side * turn) / sides;
    return [x + far * Math.cos(at), y + far * Math.sin(at)];
  });
}

/** A shape as the path of an SVG. */
export function pathOf(shape: Shape, radius: number, x = 0, y = 0): string {
  const text = (value: number): string => `${Math.round(100 * value) / 100}`;
  if (shape === "circle") {
    const [r, d] = [text(radius), text(2 * radius)];
    return `M${text(x - radius)} ${text(y)}a${r} ${r} 0 1 0 ${d} 0a${r} ${r} 0 1 0 -${d} 0z`;
  }
  const corners = cornersOf(shape, radius, x, y).map((corner) => corner.map(text).join(" "));
  return `M${corners.join("L")}z`;
}

/** Adds a shape to the path of a canvas. */
export function trace(
  pen: Pick<CanvasRenderingContext2D, "arc" | "closePath" | "lineTo" | "moveTo">,
  shape: Shape,
  radius: number,
  x: number,
  y: number,
): void {
  if (shape === "circle") {
    pen.moveTo(x + radius, y);
    return pen.arc(x, y, radius, 0, turn);
  }
  cornersOf(shape, radius, x, y).forEach((corner, i) =>
    i ? pen.lineTo(...corner) : pen.moveTo(...corner),
  );
  pen.closePath();
}
