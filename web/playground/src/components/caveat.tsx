// Says where numbers are shown that look like probabilities what they are not.
import { Link } from "./basics.js";
import { addressOf } from "../state/url.js";
import "../style/caveat.css";

/** The published method, whose probabilities do not say how often it is right. */
export const ranking = "mahalanobis";

/** Nothing for methods whose probabilities are calibrated, or of which nothing is known. */
export function Caveat({ method }: { method: string }) {
  if (method !== ranking) return null;
  return (
    <p class="caveat" role="note">
      Probabilities of this method are rankings, not frequencies.{" "}
      <Link href={addressOf("/about")}>What they mean</Link>
    </p>
  );
}
