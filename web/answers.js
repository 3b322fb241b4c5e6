// Questions of a form, one for each type of data that somebody may ask a tester for.
//
//     { element, answer(), kept(), restore(kept) }      answer() is undefined where nothing was answered
//
// What is kept of a question is what stands in its fields, so that it can be put there again.

import { field, make, Unfinished } from "./dom.js";

const YES_NO = [
  ["yes", "Yes"],
  ["no", "No"],
  ["", "Not sure"],
];
const KINDS = { boolean: yesNo, number, string: text, array: list, object };

/** The question for one field of a test's form. */
export function question({ name, type, description, required }) {
  const label = description || name;
  return { name, ...(KINDS[type] ?? text)(label, required ? "" : "Need not be answered.") };
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

function number(label, hint) {
  const input = make("input", { type: "number", step: "any", inputMode: "decimal" });
  const answer = () => {
    if (input.validity.badInput) throw new Unfinished(`“${label}” wants a number.`);
    return input.value === "" ? undefined : Number(input.value);
  };
  return { ...typed(label, input, hint), answer };
}

function text(label, hint) {
  const input = make("textarea", { rows: 2, maxLength: 10_000 });
  return { ...typed(label, input, hint), answer: () => input.value.trim() || undefined };
}

function list(label, hint) {
  const input = make("textarea", { rows: 3, maxLength: 10_000 });
  const none = make("input", { type: "checkbox" });
  const shut = () => (input.disabled = none.checked);
  none.addEventListener("change", shut);
  const lines = typed(label, input, `One on each line. ${hint}`);
  return {
    element: make("div", {}, lines.element, make("label", { className: "check" }, none, "There are none")),
    answer: () => (none.checked ? [] : items(label, input.value.trim())),
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

/** Lines are texts; who wants numbers or more writes a JSON list. */
function items(label, written) {
  if (!written) return undefined;
  if (!written.startsWith("[")) return written.split("\n").flatMap((line) => line.trim() || []);
  const value = parsed(written);
  if (!Array.isArray(value)) throw new Unfinished(`“${label}” begins like a JSON list and cannot be read as one.`);
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
