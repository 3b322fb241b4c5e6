// Photos, screenshots, recordings and files: chosen or taken, shown, uploaded one after the other, each with its own
// progress and second try.

import { deed, put, Refused, sha256 } from "./api.js";
import { action, make } from "./dom.js";

const MEGABYTE = 1024 * 1024;
const PICTURES = ["image/jpeg", "image/png", "image/webp"];
const PLACE = "If your camera notes where a photo was taken, the check sees it; the agent's copy is without it.";

/** What may be chosen, how many and how large, and where it is announced. */
export const PHOTOS = {
  path: "/v1/operator/upload",
  types: PICTURES,
  most: 20,
  megabytes: 10,
  text: "Choose photos",
  camera: true,
  hint: PLACE,
  fit: "Use a JPEG, PNG or WebP picture.",
};
export const FILES = { ...PHOTOS, types: [...PICTURES, "application/pdf"], text: "Choose files" };
export const SCREENSHOTS = {
  ...PHOTOS,
  path: "/tester/uploads",
  text: "Choose screenshots",
  camera: false,
  hint: "Up to 20 pictures of at most 10 MB.",
};
export const RECORDING = {
  path: "/tester/uploads",
  types: ["video/mp4", "video/webm"],
  most: 1,
  megabytes: 200,
  text: "Choose a recording",
  camera: false,
  hint: "One MP4 or WebM video of at most 200 MB.",
  fit: "Use an MP4 or WebM video.",
};

/** A picker with its previews. `links()` are the URLs to submit; `changed` is called whenever one is added or done.
 *
 * `kept` are files that were uploaded earlier, as `uploaded()` names them.
 */
export function picker({ signal, kind, kept = [], changed = () => {} }) {
  const files = [];
  const list = make("ul", { className: "photos", "aria-label": "Chosen files" });
  const told = make("p", { className: "hint", role: "status", "aria-live": "polite" });
  let turn = Promise.resolve();

  const place = (file, url = null) => {
    const one = entry(file, kind, { url, signal, changed: heard, remove: () => drop(one) });
    files.push(one);
    list.append(one.element);
    // One after the other: a phone's connection is thin, and each that is through need not be sent again.
    turn = turn.then(() => one.send());
  };
  const add = (input) => {
    for (const file of Array.from(input.files).slice(0, kind.most - files.length)) place(file);
    input.value = "";
    heard();
  };
  const drop = (one) => {
    files.splice(files.indexOf(one), 1);
    one.close();
    heard();
  };
  const heard = () => {
    tell();
    changed();
  };
  const tell = () => {
    const done = files.filter((one) => one.url).length;
    told.textContent = files.length ? `${done} of ${files.length} uploaded` : "";
    for (const one of choosers) one.hidden = files.length >= kind.most;
  };
  signal.addEventListener("abort", () => files.forEach((one) => one.close()));
  const camera = kind.camera && chooser("Take a photo", { accept: "image/*", capture: "environment" }, add, "wide");
  const library = chooser(kind.text, { accept: kind.types.join(","), multiple: kind.most > 1 }, add, "quiet");
  const choosers = [camera, library].filter(Boolean);
  for (const { name, url } of kept) place({ name, type: "" }, url);
  tell();
  return {
    element: make("div", {}, choosers, make("p", { className: "hint" }, kind.hint), list, told),
    links: () => files.map((one) => one.url),
    uploaded: () => files.filter((one) => one.url).map(({ name, url }) => ({ name, url })),
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
function entry(file, kind, { url, signal, changed, remove }) {
  const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : "";
  const bar = make("progress", { max: 1, value: url ? 1 : 0, "aria-label": `Uploading ${file.name}` });
  const state = make("span", { className: "hint" }, url ? "Uploaded" : "Waiting");
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
  const leaving = new AbortController();
  let ready = null;
  const one = {
    element,
    url,
    name: file.name,
    close: () => {
      leaving.abort();
      element.remove();
      if (preview) URL.revokeObjectURL(preview);
    },
    send: async () => {
      if (one.url || signal.aborted || leaving.signal.aborted) return;
      again.hidden = true;
      state.textContent = ready ? "Uploading…" : "Preparing…";
      try {
        ready ??= await announce(file, kind);
        state.textContent = "Uploading…";
        await put(ready.upload_url, file, ready.headers, (share) => (bar.value = share), leaving.signal);
        one.url = ready.url;
        bar.value = 1;
        state.textContent = "Uploaded";
      } catch (problem) {
        // A signed URL ends after some minutes; the next try asks for a new one.
        if (problem instanceof Refused) ready = null;
        state.textContent = `${problem.message} ${problem.next ?? ""}`;
        again.hidden = problem instanceof Unfit;
      }
      if (!leaving.signal.aborted) changed();
    },
  };
  return one;
}

/** The file can never be handed in here, however often it is tried. */
class Unfit extends Error {}

async function announce(file, { path, types, megabytes, fit }) {
  if (!types.includes(file.type)) throw new Unfit(`This kind of file is not taken. ${fit}`);
  if (file.size > megabytes * MEGABYTE) throw new Unfit(`This file is over ${megabytes} MB. Choose a smaller one.`);
  // The whole file at once: browsers hash no streams.
  const hash = await sha256(await file.arrayBuffer());
  return deed(path, { content_type: file.type, size_bytes: file.size, sha256: hash });
}
