// A class and a part of a whole as a bar, the first cells of a row; what more there is to say follows.
import type { ComponentChildren } from "preact";
import { ClassName, useClassColor } from "./class_name.js";

export const percentOf = (part: number): string => `${100 * part}%`;

export function ClassBar(props: { name: string; part: number; children?: ComponentChildren }) {
  const color = useClassColor();
  return (
    <>
      <th scope="row">
        <ClassName name={props.name} />
      </th>
      <td class="bars" aria-hidden="true">
        <span class="track">
          <span
            class="bar"
            style={{ width: percentOf(props.part), background: color(props.name) }}
          />
          {props.children}
        </span>
      </td>
    </>
  );
}
