import { render } from "preact";
import { App } from "./app.js";
import "./style/base.css";
import "./style/frame.css";
import "./style/panels.css";
import "./style/plots.css";

const page = document.getElementById("page");
if (page) render(<App />, page);
