// Makes elements and the words in them. Text is set as text and never read as HTML, whoever wrote it.

import { now } from "./clock.js";

// What is another kind of thing as a property than in HTML, and is therefore set as an attribute.
const ATTRIBUTES = new Set(["autocorrect", "form", "list"]);

/** An element with properties and children; strings become text, `null` and `false` nothing. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !ATTRIBUTES.has(name)) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false && child !== undefined));
  return element;
}

let fields = 0;

/** A labelled field of a form: the label, a hint if there is one, and the input itself. */
export function field(label, input, hint = "") {
  const id = `field-${(fields += 1)}`;
  input.id = id;
  const told = hint && make("span", { className: "hint", id: `${id}-hint` }, hint);
  if (told) input.setAttribute("aria-describedby", told.id);
  return make("div", { className: "field" }, make("label", { htmlFor: id }, label), told || null, input);
}

/** A button that is busy while its work runs, so that nobody presses twice. */
export function action(text, work, className = "") {
  const button = make("button", { type: "button", className }, text);
  button.addEventListener("click", () => busily(button, work));
  return button;
}

async function busily(button, work) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  try {
    await work();
  } finally {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
}

/** Run some work with a button shown as busy, and say beside it what went wrong. */
export function attempt(button, problems, work) {
  const run = async () => {
    problems.replaceChildren();
    try {
      await work();
    } catch (problem) {
      problems.replaceChildren(trouble(problem));
    }
  };
  return button.getAttribute("aria-busy") === "true" ? run() : busily(button, run);
}

/** What went wrong, in a box that is read out at once. */
export function trouble(problem) {
  const next = problem.next && make("p", {}, problem.next);
  return make(
    "div",
    { className: "trouble", role: "alert" },
    make("p", {}, make("strong", {}, problem.message)),
    next || null,
  );
}

/** A form that is not finished. */
export class Unfinished extends Error {
  constructor(sentence) {
    super(sentence);
    this.next = "Nothing was sent.";
  }
}

/** One piece of work in a list: a link as large as a thumb, with what it pays, what it is, and how it stands. */
export function card(href, pay, title, line, facts = []) {
  return make(
    "li",
    {},
    make(
      "a",
      { className: "card task", href },
      pay && make("span", { className: "pay" }, pay),
      make("strong", {}, title),
      make("span", { className: "where" }, line),
      facts.length
        ? make("span", { className: "facts" }, ...facts.flatMap((fact, at) => (at ? [" ", fact] : [fact])))
        : "",
    ),
  );
}

export function chip(text, kind = "") {
  return make("span", { className: `chip ${kind}` }, text);
}

/** 25 as $25.00, and 0.0648 as $0.0648: where seconds are paid, cents do not say it all. */
export function dollars(amount) {
  return `$${Number(amount).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 6 })}`;
}

/** VERIFICATION as Verification, API_KEY_PROCUREMENT as Api key procurement. */
export function plain(code) {
  const words = String(code).toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** An address of the web, which may be opened; null for anything else that a link could hold. */
export function webAddress(text) {
  try {
    const url = new URL(text);
    return ["https:", "http:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** How long until a moment, in the one or two units that matter. */
export function timeLeft(moment) {
  const minutes = Math.floor((Date.parse(moment) - now()) / 60_000);
  if (minutes < 0) return "time is over";
  if (minutes < 60) return `${minutes} min left`;
  if (minutes < 10 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h left`;
  return `${Math.floor(minutes / 1440)} days left`;
}

/** A moment as a person writes it, in their own time zone. */
export function when(moment) {
  const parts = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  return new Date(moment).toLocaleString(undefined, parts);
}

/** Where a task is done: its address, or how far away it is, or its place on the map; remote work is anywhere. */
export function place(location, from = null) {
  if (location.lat === undefined || location.lat === null) return "Anywhere, online";
  if (location.address) return location.address;
  const there = `${location.lat.toFixed(3)}, ${location.lng.toFixed(3)}`;
  return from?.lat === undefined || from?.lat === null
    ? `Near ${there}`
    : `About ${kilometres(from, location)} km away`;
}

function kilometres(a, b) {
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const half =
    Math.sin(radians(b.lat - a.lat) / 2) ** 2 +
    Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(radians(b.lng - a.lng) / 2) ** 2;
  return Math.max(1, Math.round(2 * 6371 * Math.asin(Math.min(1, Math.sqrt(half)))));
}
