// Questions of a form, one for each type of data that somebody may ask a tester for.
//
//     { element, answer(), kept(), restore(kept) }      answer() is undefined where nothing was answered
//
// What is kept of a question is what stands in its fields, so that it can be put there again.

import { bounds, limits, spoken } from "./bounds.js";
import { field, make, Unfinished } from "./dom.js";

const YES_NO = [
  ["yes", "Yes"],
  ["no", "No"],
  ["", "Not sure"],
];
const KINDS = { boolean: yesNo, number, string: text, array: list, object };
const OPEN = "Not answered yet. You are paid only if this is answered, here or in your own words.";

/** The question for one field of a test's form. */
export function question({ name, type, description, required, answerSchema }) {
  const kind = answerSchema.enum ? choice : (KINDS[type] ?? text);
  const hint = [bounds(answerSchema), required ? "" : "Need not be answered."].filter(Boolean).join(" ");
  const asked = kind(description || name, hint, answerSchema);
  return { name, ...(required ? reminding(asked) : asked) };
}

/** A question that says, as long as it is open, what hangs on it. */
function reminding(asked) {
  const reminder = make("span", { className: "hint open" }, OPEN);
  const look = () => (reminder.hidden = isAnswered(asked));
  const element = make("div", { oninput: look, onchange: look }, asked.element, reminder);
  const restore = (kept) => {
    asked.restore(kept);
    look();
  };
  return { ...asked, element, restore };
}

function isAnswered(asked) {
  try {
    return asked.answer() !== undefined;
  } catch {
    return true; // Something stands there; what is wrong with it is said at the end.
  }
}

/** Yes, no, or neither. */
export function yesNo(legend, hint = "") {
  const name = `choice-${crypto.randomUUID()}`;
  const inputs = YES_NO.map(([value]) => make("input", { type: "radio", name, value, checked: !value }));
  const chosen = () => inputs.find((one) => one.checked)?.value ?? "";
  return {
    element: make(
      "fieldset",
      { className: "field" },
      make("legend", {}, legend),
      hint && make("span", { className: "hint" }, hint),
      make(
        "div",
        { className: "choices" },
        inputs.map((input, at) => make("label", { className: "check" }, input, YES_NO[at][1])),
      ),
    ),
    answer: () => ({ yes: true, no: false })[chosen()],
    kept: chosen,
    restore: (value) => inputs.forEach((one) => (one.checked = one.value === value)),
  };
}

/** One of the values that are answers, and no other. */
function choice(label, hint, { enum: choices }) {
  const options = choices.map((one, at) => make("option", { value: String(at) }, spoken(one)));
  const input = make("select", {}, make("option", { value: "" }, "Choose …"), options);
  const answer = () => (input.value === "" ? undefined : choices[Number(input.value)]);
  return { ...typed(label, input, hint), answer };
}

function number(label, hint, schema) {
  const input = make("input", { type: "number", inputMode: "decimal", ...limits(schema) });
  const answer = () => {
    if (input.validity.badInput) throw new Unfinished(`“${label}” wants a number.`);
    return input.value === "" ? undefined : Number(input.value);
  };
  return { ...typed(label, input, hint), answer };
}

function text(label, hint, schema) {
  const { minLength = 0, maxLength = 10_000 } = limits(schema);
  const input = make("textarea", { rows: 2, maxLength: Math.min(maxLength, 10_000), minLength });
  return { ...typed(label, input, hint), answer: () => input.value.trim() || undefined };
}

function list(label, hint, { items: schema = {} }) {
  const input = make("textarea", { rows: 3, maxLength: 10_000 });
  const none = make("input", { type: "checkbox" });
  const shut = () => (input.disabled = none.checked);
  none.addEventListener("change", shut);
  const lines = typed(label, input, `One on each line. ${hint}`);
  return {
    element: make("div", {}, lines.element, make("label", { className: "check" }, none, "There are none")),
    answer: () => (none.checked ? [] : items(label, input.value.trim(), schema)),
    kept: () => ({ lines: input.value, none: none.checked }),
    restore: (kept) => {
      lines.restore(kept.lines);
      none.checked = kept.none;
      shut();
    },
  };
}

function object(label, hint) {
  const input = make("textarea", { rows: 3, maxLength: 10_000, spellcheck: false, autocapitalize: "none" });
  const answer = () => {
    const written = input.value.trim();
    if (!written) return undefined;
    const value = parsed(written);
    if (value === undefined || value === null || typeof value !== "object" || Array.isArray(value))
      throw new Unfinished(
        `“${label}” wants JSON such as {"name": "value"}; what stands there cannot be read as that.`,
      );
    return value;
  };
  return { ...typed(label, input, `As JSON, such as {"name": "value"}. ${hint}`), answer };
}

function typed(label, input, hint) {
  const restore = (value) => (input.value = value);
  return { element: field(label, input, hint.trim()), kept: () => input.value, restore };
}

/** Lines are texts, unless numbers are wanted; who wants to say more writes a JSON list. */
function items(label, written, { type }) {
  if (!written) return undefined;
  if (!written.startsWith("[")) {
    const lines = written.split("\n").flatMap((line) => line.trim() || []);
    return ["number", "integer"].includes(type) ? lines.map((line) => read(label, line)) : lines;
  }
  const value = parsed(written);
  if (!Array.isArray(value)) throw new Unfinished(`“${label}” begins like a JSON list and cannot be read as one.`);
  return value;
}

function read(label, line) {
  const value = Number(line);
  if (!Number.isFinite(value)) throw new Unfinished(`“${label}” wants a number on each line.`);
  return value;
}

/** What a JSON text says; undefined for a text that is none. */
export function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
