// Handing in: photos or files, words, or a credential, as the task's type of proof asks for.

import { deed, read } from "./api.js";
import { attempt, field, make, Unfinished } from "./dom.js";
import { FILES, PHOTOS, picker } from "./photos.js";
import { secretForm } from "./secret.js";

/** The screen on which proof is handed in. */
export async function handIn(page, id) {
  const path = `/v1/operator/tasks/${encodeURIComponent(id)}`;
  const found = await read(path, {}, page.signal);
  const back = `#/task/${encodeURIComponent(id)}`;
  const proof = found.agent_public_key ? await credentialProof(page, found) : plainProof(page, found);
  const problems = make("div");
  const button = make("button", { type: "submit", className: "primary" }, "Hand in");
  const notes = make("textarea", { rows: 3, maxLength: 5000 });
  const submitted = (event) => {
    event.preventDefault();
    attempt(button, problems, async () => {
      const words = await proof.words();
      await deed(`${path}/submit`, { ...words, ...(notes.value.trim() ? { notes: notes.value.trim() } : {}) });
      proof.clear();
      page.go(back, "Handed in. It is being checked now.");
    });
  };
  page.body.append(
    make("p", { className: "back" }, make("a", { href: back }, "Back")),
    make("h1", {}, "Hand in"),
    make("p", {}, found.title),
    make(
      "ul",
      { className: "plain" },
      found.proof_requirements.map((one) => make("li", {}, one)),
    ),
    make(
      "form",
      { onsubmit: submitted, autocomplete: "off" },
      proof.element,
      field("Notes (optional)", notes, found.agent_public_key ? "Not encrypted: write no secrets here." : ""),
      problems,
      button,
    ),
  );
}

async function credentialProof(page, found) {
  const form = await secretForm(found, page.signal);
  return {
    element: form.element,
    clear: form.clear,
    words: async () => ({ encrypted_credential: await form.sealed() }),
  };
}

function plainProof(page, found) {
  const isFile = found.proof_type === "ARTIFACT";
  const isWord = found.proof_type === "CONFIRMATION";
  const photos = picker({ signal: page.signal, kind: isFile ? FILES : PHOTOS });
  const text = make("textarea", { rows: 4, maxLength: 5000, required: isWord });
  const link = make("input", { type: "url", maxLength: 2000, inputMode: "url", placeholder: "https://" });
  const words = async () => {
    if (photos.isEmpty() && !isWord)
      throw new Unfinished(isFile ? "Choose a file first." : "Take or choose a photo first.");
    if (!photos.isEmpty() && !photos.isReady()) throw new Unfinished("Not all photos are uploaded yet.");
    return {
      [isFile ? "artifacts" : "photos"]: photos.links(),
      ...(text.value.trim() ? { confirmation_text: text.value.trim() } : {}),
      ...(link.value.trim() ? { reference_url: link.value.trim() } : {}),
    };
  };
  const confirmation = isWord ? [field("What you confirm", text), field("A link that shows it (optional)", link)] : [];
  const heading = isWord ? "Photos (optional)" : isFile ? "Files" : "Photos";
  return { element: make("div", {}, confirmation, make("h2", {}, heading), photos.element), clear: () => {}, words };
}
