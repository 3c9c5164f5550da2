// The first cells of a table row: a class, and a share as a bar. Further cells follow.
import type { ComponentChildren } from "preact";
import { ClassName, useClassLook } from "./class_name.js";

export const percentOf = (part: number): string => `${100 * part}%`;

export function ClassBar(props: { name: string; part: number; children?: ComponentChildren }) {
  const look = useClassLook();
  return (
    <>
      <th scope="row">
        <ClassName name={props.name} />
      </th>
      <td class="bars" aria-hidden="true">
        <span class="track">
          <span
            class="bar"
            style={{ width: percentOf(props.part), background: look(props.name).color }}
          />
          {props.children}
        </span>
      </td>
    </>
  );
}
