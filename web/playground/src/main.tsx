import { render } from "preact";
import { App } from "./app.js";
import "./style/base.css";
import "./style/frame.css";
import "./style/panels.css";
import "./style/plots.css";
import "./style/alive.css";
import "./style/narrow.css";
import "./style/forced.css";
import "./style/print.css";

const page = document.getElementById("page");
if (page) {
  page.replaceChildren(); // what was there until now, for slow connections
  render(<App />, page);
}
