// Form controls of figures.
import { element } from "../../common/dom.js";

let names = 0;

/** A few alternatives, all visible. */
export function choice<T extends string>(
  label: string,
  options: [T, string][],
  value: T,
  onChange: (value: T) => void,
): HTMLElement {
  const name = `choice-${++names}`;
  const node = element("fieldset", { class: "choice" }, element("legend", {}, label));
  for (const [key, text] of options) {
    const input = element("input", { type: "radio", name, value: key });
    input.checked = key === value;
    input.addEventListener("change", () => onChange(key));
    node.append(element("label", {}, input, element("span", {}, text)));
  }
  return node;
}

/** A drop-down list. */
export function select(
  label: string,
  options: string[],
  value: number,
  onChange: (index: number) => void,
): HTMLElement {
  const node = element("select");
  options.forEach((text, index) => node.append(element("option", { value: `${index}` }, text)));
  node.value = `${value}`;
  node.addEventListener("change", () => onChange(Number(node.value)));
  return element("label", { class: "select" }, element("span", {}, label), node);
}
