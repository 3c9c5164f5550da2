// Why a source has its class, in words.
import type { Explanation, Source } from "../api.js";
import { useCatalog } from "../state/catalog.js";
import { reasonsByDistance, reasonsByEvidence, votesSentence } from "./reason_texts.js";

/** Nothing if the source was not classified. */
export function Reasons({ source, explanation }: { source: Source; explanation: Explanation | null }) {
  const catalog = useCatalog();
  const { values, detections } = source;
  if (values.standing !== "classified" || typeof values.class !== "string") return null;
  const place = (role: string): number => detections.columns.findIndex((one) => one.role === role);
  const [standing, ofClass] = [place("standing"), place("class")];
  const votes = detections.rows
    .filter((row) => row[standing] === "classified" && typeof row[ofClass] === "string")
    .map((row) => row[ofClass] as string);
  if (votes.length === 0) return null;
  const hard = typeof values.hard_class === "string" ? values.hard_class : null;
  const p = new Map<string, number>();
  for (const column of catalog.columns)
    if (column.role === "probability of" && typeof values[column.name] === "number")
      p.set(column.name, values[column.name] as number);
  const sentences =
    catalog.method === "bayes"
      ? explanation
        ? reasonsByEvidence(values.class, votes, explanation)
        : [votesSentence(votes)]
      : reasonsByDistance({ name: values.class, hard, votes, p });
  return (
    <p class="reasons">
      <span class="lead">Why? </span>
      {sentences.join(" ")}
    </p>
  );
}
