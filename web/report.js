// The report on a test: own words, what was asked for in particular, whether it worked, pictures, a recording, and what
// the browser's console said. Until it is handed in it is kept on this device as it is typed: whoever tests has two
// tabs open, and a phone closes the one that is not seen.
//
//     fields ─► kept at every letter ─► restored when the screen is shown again ─► handed in, or left: forgotten

import { deed } from "./api.js";
import { parsed, question, yesNo } from "./answers.js";
import { now } from "./clock.js";
import { attempt, field, make, Unfinished } from "./dom.js";
import { picker, RECORDING, SCREENSHOTS } from "./photos.js";

const DRAFTS = "byhand.draft.";
const LOG_CHARACTERS_MAX = 400_000;
const LINE_CHARACTERS_MAX = 10_000;
const LINES_MAX = 5_000;
const RECORDED = ["consoleMessages", "networkRequests", "clicks"];

/** Forget what was typed about a test. */
export function forgetDraft(id) {
  localStorage.removeItem(DRAFTS + id);
}

/** Nobody is at two tests: what was typed about any other is of one that ended unseen. */
function forgetOthers(id) {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(DRAFTS))) {
    if (name !== DRAFTS + id) localStorage.removeItem(name);
  }
}

/** The form for a test that somebody is at. `handedIn` is called when it is in. */
export function report(page, found, handedIn) {
  forgetOthers(found.id);
  const draft = parsed(localStorage.getItem(DRAFTS + found.id)) ?? {};
  const own = make("textarea", { rows: 6, maxLength: 20_000, required: true, value: draft.own ?? "" });
  const worked = yesNo("Did it work as asked?");
  const questions = found.form.map(question);
  const keep = () => keepDraft(found.id, { own, worked, questions, shots, film, log });
  const files = (kind, kept) => picker({ signal: page.signal, kind, kept, changed: () => keep() });
  const shots = files(SCREENSHOTS, draft.shots);
  const film = files(RECORDING, draft.film);
  const log = consoleLog(draft.log);
  if (draft.worked) worked.restore(draft.worked);
  for (const one of questions) if (one.name in (draft.answers ?? {})) one.restore(draft.answers[one.name]);
  const problems = make("div");
  const button = make("button", { type: "submit", className: "primary" }, "Hand in");
  const submitted = (event) => {
    event.preventDefault();
    attempt(button, problems, async () => {
      const words = wordsOf({ own, worked, questions, shots, film, log });
      await deed(`/tester/jobs/${encodeURIComponent(found.id)}/submit`, words);
      forgetDraft(found.id);
      handedIn();
    });
  };
  return make(
    "form",
    { onsubmit: submitted, oninput: keep, onchange: keep, autocomplete: "off" },
    make("h2", {}, "Your report"),
    field("What you did and what you saw", own, "In your own words. This is what is read."),
    worked.element,
    asked(questions),
    make("h3", {}, "Screenshots (optional)"),
    shots.element,
    make("h3", {}, "Screen recording (optional)"),
    film.element,
    log.element,
    problems,
    button,
    make("p", { className: "hint" }, "The clock stops when it is handed in, not before: uploads take their time."),
  );
}

function asked(questions) {
  if (!questions.length) return "";
  const why = "Answer these here, or say it in your words above. If something is said nowhere, nothing is paid.";
  const elements = questions.map((one) => one.element);
  return make("section", {}, make("h3", {}, "Asked for"), make("p", { className: "hint" }, why), elements);
}

function wordsOf({ own, worked, questions, shots, film, log }) {
  for (const files of [shots, film])
    if (!files.isEmpty() && !files.isReady()) throw new Unfinished("Not all files are uploaded yet.");
  const answers = questions.map((one) => [one.name, one.answer()]).filter(([, answer]) => answer !== undefined);
  const passed = worked.answer();
  const [videoUrl] = film.links();
  return {
    testerResponse: own.value.trim(),
    testerData: { ...log.recorded(), screenshots: shots.links(), ...(videoUrl ? { videoUrl } : {}) },
    answers: Object.fromEntries(answers),
    ...(passed === undefined ? {} : { passed }),
  };
}

function keepDraft(id, { own, worked, questions, shots, film, log }) {
  const draft = {
    own: own.value,
    worked: worked.kept(),
    answers: Object.fromEntries(questions.map((one) => [one.name, one.kept()])),
    shots: shots.uploaded(),
    film: film.uploaded(),
    log: log.kept(),
  };
  try {
    localStorage.setItem(DRAFTS + id, JSON.stringify(draft));
  } catch {
    // The device has no room. What is typed still stands in the form; only a reload would lose it.
  }
}

/** What a browser's console said, pasted or from a file: lines, or JSON as programs that record sessions write it. */
function consoleLog(draft = { text: "", at: "" }) {
  const text = make("textarea", { rows: 4, maxLength: LOG_CHARACTERS_MAX, spellcheck: false, value: draft.text });
  let { at } = draft;
  // When it was pasted is when its lines are from; it stays, so that the same report is the same words.
  const pasted = () => (at = new Date(now()).toISOString());
  text.addEventListener("input", pasted);
  const file = make("input", { type: "file", accept: ".json,.log,.txt", className: "unseen" });
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    text.value = await chosen.text();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const hint = `Lines as they stand, or JSON with ${RECORDED.join(", ")}.`;
  const element = make(
    "details",
    { open: Boolean(draft.text) },
    make("summary", {}, "Console log (optional)"),
    field("Paste it here", text, hint),
    make("label", { className: "button quiet" }, file, "Choose a file"),
  );
  return { element, kept: () => ({ text: text.value, at }), recorded: () => recorded(text.value.trim(), at) };
}

function recorded(text, timestamp) {
  if (!text) return {};
  if (text.length > LOG_CHARACTERS_MAX)
    throw new Unfinished(`The console log is too long; at most ${LOG_CHARACTERS_MAX.toLocaleString()} letters fit.`);
  return recordedJson(parsed(text)) ?? recordedLines(text, timestamp);
}

function recordedLines(text, timestamp) {
  const lines = text.split("\n").filter((line) => line.trim());
  if (lines.length > LINES_MAX) throw new Unfinished(`The console log is too long; at most ${LINES_MAX} lines fit.`);
  const message = (line) => ({ type: "log", message: line.slice(0, LINE_CHARACTERS_MAX), timestamp });
  return { consoleMessages: lines.map(message) };
}

/** What programs write; null for anything else, such as lines that begin like JSON: `[vite] connected.` */
function recordedJson(value) {
  if (Array.isArray(value)) return value.every(isObject) ? { consoleMessages: value } : null;
  if (!isObject(value)) return null;
  const known = RECORDED.filter((name) => Array.isArray(value[name]));
  if (!known.length) throw new Unfinished(`The console log is no JSON with ${RECORDED.join(", ")}.`);
  return Object.fromEntries(known.map((name) => [name, value[name]]));
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
