// What stands above a printed page: which catalog it is of, what is selected, when it was printed.
import { useEffect, useRef } from "preact/hooks";
import { counted } from "../../../common/numbers.js";
import type { Catalog } from "../api.js";
import { chips } from "../state/filters.js";
import { preparePlots } from "../state/print.js";
import { path, query } from "../state/url.js";
import { selectedNumber } from "./filter_panel.js";

const today = (): string =>
  new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });

/** What the filters select; nothing on pages that they do not apply to. */
function selection(of: number): string {
  if (/^\/(source|classify|about)(\/|$)/.test(path.value)) return "";
  const number = selectedNumber(of);
  const filters = chips.value.map((chip) => chip.label).join("; ");
  if (!filters) return "no filters";
  return `${number === null ? "" : `${counted(number, "source")} with `}filters: ${filters}`;
}

/** Shown in print only. */
export function PrintLine({ catalog }: { catalog: Catalog }) {
  query.value; // the address contains it
  const date = useRef<HTMLTimeElement>(null);
  const address = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const before = () => {
      if (date.current) date.current.textContent = today();
      if (address.current) address.current.textContent = location.href;
    };
    addEventListener("beforeprint", before);
    const done = preparePlots();
    return () => {
      removeEventListener("beforeprint", before);
      done();
    };
  }, []);
  return (
    <p class="print-line">
      <strong>{catalog.title}</strong>
      {catalog.simulated && <span>simulated</span>}
      <span>
        {counted(catalog.sources, "source")}
        {catalog.recipe && `, recipe ${catalog.recipe}`}
        {catalog.method && `, method ${catalog.method}`}, uhuru {catalog.version}
      </span>
      {selection(catalog.sources) && <span>{selection(catalog.sources)}</span>}
      <time ref={date}>{today()}</time>
      <span ref={address}>{location.href}</span>
    </p>
  );
}
