// The most and least certain sources of each group, with links to the archives.
import { caveatOf, whyLacking, type Report, type Source, type SourcesOfGroup } from "../data.js";
import { element, svgElement, table, type Cell, type Child } from "../../../common/dom.js";
import { count, counted, figure } from "../../../common/numbers.js";
import { areaEntry, pointEntry, sign } from "../legend.js";
import { classLook, groupLook } from "../../../common/palette.js";
import { SectionBuilder, type Section } from "./section.js";

/** Null if no source was classified. */
export function sourcesSection(report: Report): Section | null {
  const { recipe, sources } = report;
  if (!sources.count) return null;
  const why = whyLacking(report, "sources");
  if (why)
    return new SectionBuilder("sources", "Sources")
      .text(`No source can be called certain or uncertain. ${why}`)
      .done();
  const without = recipe.groups.filter((_, g) => sources.groups.every(({ group }) => group !== g));
  const caveat = caveatOf(report);
  const builder = new SectionBuilder("sources", "Sources").text(
    `Of the ${counted(sources.count, "classified source")}, those of each group whose class has the highest and the lowest probability; of equally probable ones, those with most detections come first. ${linksText(report)}`,
    without.length ? ` No source has a class of ${without.join(", ")}.` : "",
  );
  if (caveat) builder.text(caveat);
  return builder
    .add(
      classSigns(report),
      element("div", { class: "groups" }, ...sources.groups.map((of) => ofGroup(report, of))),
      numbers(report),
    )
    .done();
}

const listed = (of: SourcesOfGroup): Source[] => [...of.most_certain, ...of.least_certain];

function linksText({ sources }: Report): string {
  const titles = new Set(
    sources.groups.flatMap(listed).flatMap(({ link }) => (link ? [link.title] : [])),
  );
  return titles.size ? `Names are links to ${[...titles].join(" and ")}.` : "";
}

/** The colours of the bars: of the classes that occur in them. */
function classSigns({ recipe, sources }: Report): HTMLElement {
  const occurs = (c: number): boolean =>
    sources.groups.flatMap(listed).some(({ probabilities }) => (probabilities[c] ?? 0) > 0);
  return element(
    "ul",
    { class: "legend", "aria-label": "Colours of the classes" },
    ...recipe.classes
      .map((label, c) => areaEntry(c, label, classLook(c, recipe)))
      .filter(({ key }) => occurs(key))
      .map((entry) => element("li", { class: "sign" }, sign(entry), entry.label)),
  );
}

function ofGroup(report: Report, of: SourcesOfGroup): HTMLElement {
  const { recipe } = report;
  const name = recipe.groups[of.group];
  const list = (title: string, sources: Source[]): Child =>
    sources.length > 0 &&
    table(
      `${title} of ${name}`,
      ["source", "class", "probability", "detections", "all classes"],
      sources.map((source): Cell[] => [
        nameOf(source),
        recipe.classes[source.class],
        figure(source.probabilities[source.class]),
        source.detections,
        bar(report, source),
      ]),
    );
  return element(
    "div",
    { class: "of-group", role: "group", "aria-labelledby": `group-${of.group}` },
    element(
      "h3",
      { id: `group-${of.group}` },
      sign(pointEntry(of.group, name, groupLook(of.group, recipe))),
      name,
      element("small", {}, counted(of.count, "source")),
    ),
    list("Most certain", of.most_certain),
    list("Least certain", of.least_certain),
  );
}

const nameOf = ({ name, link }: Source): Node | string =>
  link
    ? element("a", { href: link.url, title: link.title, rel: "noopener noreferrer" }, name)
    : name;

/** A bar divided by class probability. */
function bar({ recipe }: Report, { probabilities }: Source): SVGSVGElement {
  const parts = probabilities
    .map((p, c) => ({ c, p: p ?? 0, text: `${recipe.classes[c]} ${figure(p)}` }))
    .filter(({ p }) => p > 0);
  const told = parts.filter(({ p }) => p >= 0.005).sort((a, b) => b.p - a.p);
  const svg = svgElement("svg", {
    class: "bar",
    viewBox: "0 0 1 1",
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": told.map(({ text }) => text).join(", "),
  });
  let x = 0;
  for (const { c, p, text } of parts) {
    const rect = svgElement("rect", { x, width: p, height: 1, fill: classLook(c, recipe).color });
    const title = svgElement("title");
    title.textContent = text;
    rect.append(title);
    svg.append(rect);
    x += p;
  }
  return svg;
}

/** All class probabilities of the sources that are listed. */
function numbers({ recipe, sources }: Report): HTMLElement {
  const details = element("details", { class: "numbers" }, element("summary", {}, "Numbers"));
  details.append(
    table(
      `Class probabilities of the ${count(sources.groups.flatMap(listed).length)} sources`,
      ["source", "group", "detections", "class", ...recipe.classes],
      sources.groups.flatMap((of) =>
        listed(of).map((source): Cell[] => [
          nameOf(source),
          recipe.groups[of.group],
          source.detections,
          recipe.classes[source.class],
          ...source.probabilities.map((p) => figure(p)),
        ]),
      ),
    ),
  );
  return details;
}
