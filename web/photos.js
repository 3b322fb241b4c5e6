// Photos and files: chosen or taken, shown, uploaded one after the other, each with its own progress and second try.

import { deed, put, Refused, sha256 } from "./api.js";
import { action, make } from "./dom.js";

const TYPES = ["image/jpeg", "image/png", "image/webp"];
const BYTES_MAX = 10 * 1024 * 1024;
const FILES_MAX = 20;
const PLACE = "If your camera notes where a photo was taken, the check sees it; the agent's copy is without it.";

/** A picker with its previews. `links()` are the URLs to submit; `changed` is called whenever one is added or done. */
export function picker({ signal, withFiles, changed }) {
  const types = withFiles ? [...TYPES, "application/pdf"] : TYPES;
  const files = [];
  const list = make("ul", { className: "photos", "aria-label": "Chosen files" });
  const told = make("p", { className: "hint", role: "status", "aria-live": "polite" });
  let turn = Promise.resolve();

  const add = (input) => {
    for (const file of Array.from(input.files).slice(0, FILES_MAX - files.length)) {
      const one = entry(file, types, { signal, changed: heard, remove: () => drop(one) });
      files.push(one);
      list.append(one.element);
      // One after the other: a phone's connection is thin, and each that is through need not be sent again.
      turn = turn.then(() => one.send());
    }
    input.value = "";
    heard();
  };
  const drop = (one) => {
    files.splice(files.indexOf(one), 1);
    one.close();
    heard();
  };
  const heard = () => {
    const done = files.filter((one) => one.url).length;
    told.textContent = files.length ? `${done} of ${files.length} uploaded` : "";
    changed();
  };
  signal.addEventListener("abort", () => files.forEach((one) => one.close()));
  const camera = chooser("Take a photo", { accept: "image/*", capture: "environment" }, add, "wide");
  const library = chooser(withFiles ? "Choose files" : "Choose photos", { accept: types.join(",") }, add, "quiet");
  return {
    element: make("div", {}, camera, library, make("p", { className: "hint" }, PLACE), list, told),
    links: () => files.map((one) => one.url),
    isReady: () => files.length > 0 && files.every((one) => one.url),
    isEmpty: () => files.length === 0,
  };
}

function chooser(text, properties, add, className) {
  const input = make("input", { type: "file", multiple: true, className: "unseen", ...properties });
  input.addEventListener("change", () => add(input));
  return make("label", { className: `button ${className}` }, input, text);
}

/** One file: its picture, how far it is, and what to do about it. */
function entry(file, types, { signal, changed, remove }) {
  const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : "";
  const bar = make("progress", { max: 1, value: 0, "aria-label": `Uploading ${file.name}` });
  const state = make("span", { className: "hint" }, "Waiting");
  const again = action("Try again", () => one.send(), "quiet");
  const gone = make(
    "button",
    { type: "button", className: "quiet", onclick: remove, "aria-label": `Remove ${file.name}` },
    "Remove",
  );
  again.hidden = true;
  const picture = preview
    ? make("img", { src: preview, alt: `Preview of ${file.name}` })
    : make("span", { className: "file" }, file.name);
  const element = make("li", {}, picture, make("div", {}, bar, state, make("div", { className: "row" }, again, gone)));
  let ready = null;
  const one = {
    element,
    url: null,
    close: () => {
      element.remove();
      if (preview) URL.revokeObjectURL(preview);
    },
    send: async () => {
      if (one.url || signal.aborted || !element.isConnected) return;
      again.hidden = true;
      state.textContent = "Uploading…";
      try {
        ready ??= await announce(file, types);
        await put(ready.upload_url, file, ready.headers, (share) => (bar.value = share));
        one.url = ready.url;
        bar.value = 1;
        state.textContent = "Uploaded";
      } catch (problem) {
        // A signed URL ends after some minutes; the next try asks for a new one.
        if (problem instanceof Refused) ready = null;
        state.textContent = `${problem.message} ${problem.next ?? ""}`;
        again.hidden = problem instanceof Unfit;
      }
      changed();
    },
  };
  return one;
}

/** The file can never be proof here, however often it is tried. */
class Unfit extends Error {}

async function announce(file, types) {
  if (!types.includes(file.type)) throw new Unfit("This kind of file is not taken. Use a JPEG, PNG or WebP picture.");
  if (file.size > BYTES_MAX) throw new Unfit("This file is over 10 MB. Take the photo with a smaller size.");
  const hash = await sha256(await file.arrayBuffer());
  return deed("/operator/upload", { content_type: file.type, size_bytes: file.size, sha256: hash });
}
