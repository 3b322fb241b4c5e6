// The form for a credential. What is typed here is encrypted before it leaves this page, is kept nowhere, and is gone
// from the page when it was handed in or when the page is left.

import { encrypt, fingerprint } from "./credential.js";
import { action, field, make, Unfinished } from "./dom.js";

const USUAL = {
  ACCOUNT_CREATION: ["username", "password"],
  API_KEY_PROCUREMENT: ["api_key"],
  PHONE_VERIFICATION: ["code"],
  SUBSCRIPTION_SETUP: ["username", "password"],
};

/** The form for one task. `sealed()` is the ciphertext to submit, `clear()` forgets what was typed. */
export async function secretForm(found, signal) {
  const rows = [];
  const list = make("div", { className: "pairs" });
  const add = (name) => {
    const row = pair(name, rows.length + 1, () => drop(row));
    rows.push(row);
    list.append(row.element);
    return row;
  };
  const drop = (row) => {
    rows.splice(rows.indexOf(row), 1);
    row.element.remove();
  };
  const seal = sealer(found, rows);
  const clear = () => {
    rows.splice(0).forEach((row) => row.clear());
    seal.forget();
  };
  for (const name of USUAL[found.task_type] ?? [""]) add(name);
  signal.addEventListener("abort", clear);
  const shown = make("input", { type: "checkbox", id: "show-values" });
  shown.addEventListener("change", () => list.classList.toggle("shown", shown.checked));
  const element = make(
    "section",
    { className: "card secret" },
    make("h2", {}, "The credential"),
    make(
      "p",
      {},
      "Only the agent can read this. It is locked on this phone before it is sent, ",
      "and neither we nor anybody on the way has the key.",
    ),
    list,
    make("label", { className: "check", htmlFor: "show-values" }, shown, "Show what I type"),
    action("Add a field", async () => add("").focus(), "quiet"),
    make("p", {}, "The fingerprint of the agent's key. If the agent told you one, they must be the same:"),
    make("code", { className: "fingerprint" }, await fingerprint(found.agent_public_key)),
  );
  return { element, sealed: seal.sealed, clear };
}

/** The ciphertext of the fields. While they are the same it is too, so that a lost answer can be asked for again. */
function sealer(found, rows) {
  const nothing = { text: null, blob: null };
  let last = nothing;
  const sealed = async () => {
    const words = wordsOf(rows);
    const text = JSON.stringify(words);
    if (last.text !== text) last = { text, blob: await encrypt(found.agent_public_key, found.task_id, words) };
    return last.blob;
  };
  return { sealed, forget: () => (last = nothing) };
}

function wordsOf(rows) {
  const pairs = rows.map((row) => row.read()).filter(([name, value]) => name || value);
  if (!pairs.length) throw new Unfinished("Write the credential into the fields first.");
  for (const [name, value] of pairs) {
    if (!name) throw new Unfinished("A field has a value and no name.");
    if (!value) throw new Unfinished(`The field ${name} is empty.`);
  }
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw new Unfinished(`There are two fields called ${twice}.`);
  return Object.fromEntries(pairs);
}

function pair(name, number, remove) {
  const plainly = { type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: false };
  const label = make("input", { ...plainly, value: name, maxLength: 100, autocorrect: "off" });
  // No password field: the browser would offer to keep it. Style hides the letters instead.
  const value = make("input", { ...plainly, className: "masked", autocorrect: "off" });
  const gone = make(
    "button",
    { type: "button", className: "quiet", onclick: remove, "aria-label": `Remove field ${number}` },
    "Remove",
  );
  return {
    element: make(
      "div",
      { className: "pair", role: "group", "aria-label": `Field ${number}` },
      field("Name", label),
      field("Value", value),
      gone,
    ),
    read: () => [label.value.trim(), value.value],
    focus: () => label.focus(),
    clear: () => (label.value = value.value = ""),
  };
}
