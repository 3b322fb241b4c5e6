// Talks to the deployment that served this page. A read is asked again until there is a network. A deed carries an
// Idempotency-Key that is kept until its answer came: when an answer is lost, the same deed again is done once.
//
//     deed ─► key for (path, words), kept ─► POST ─► answer or refusal ─► key forgotten
//                                             └────► nothing, or 5xx ───► key kept; the same again is the same deed

import { credentials } from "./session.js";

const BASE = new URL("../../", import.meta.url);
const KEYS = "byhand.key.";
const KEPT_MILLISECONDS = 47 * 3_600_000; // The server keeps a key for 48 hours.
const TRIES = 4;
const WAITS_SECONDS = [1, 2, 4, 8, 15];
const WAIT_SECONDS_MAX = 70;
const LOOK_AGAIN_MILLISECONDS = 4_000;
const LOOK_AGAIN_MILLISECONDS_MAX = 60_000;
const STALLED_MILLISECONDS = 60_000;

const NEXT = {
  already_handed_in: "You need not do anything more.",
  already_taken: "Go back and choose something else.",
  already_yours: "You find it under My work.",
  job_not_found: "Somebody may have been faster, or it was withdrawn. Go back to the list.",
  kyc_required: "Your identity has to be checked before you can take work. You will be told when that is done.",
  not_claimed: "Go back to the list and take it first.",
  no_open_assignment: "Load the page again to see where this stands.",
  task_expired: "Its time is over. Go back and choose another task.",
  tester_has_active_job: "You find it under My work.",
  too_many_assignments: "Finish or give back one of your tasks first.",
  too_many_give_backs: "Finish this one, or try again tomorrow.",
  upload_used: "Choose the file again.",
  task_not_found: "It may have been taken or withdrawn. Go back to the list.",
};
const NEXT_OF_STATUS = {
  400: "Please correct that and try again.",
  401: "Please sign in again.",
  403: "Ask the people who run this deployment.",
  404: "Go back to the list.",
  409: "Load the task again to see where it stands.",
  410: "Its time is over. Go back and choose something else.",
  413: "Make it smaller and try again.",
  429: "Wait a moment, then try again.",
};

/** The API refused, in its own sentence, with what to do next. */
export class Refused extends Error {
  constructor(status, { error, message, code }) {
    // Where a product's errors have a message, `error` only says of what kind they are.
    super(message ?? error ?? "The server's answer could not be read.");
    this.name = "Refused";
    Object.assign(this, { status, code });
    this.next = NEXT[code] ?? NEXT_OF_STATUS[status] ?? "Try again in a moment; it will not be done twice.";
  }
}

/** No answer came. Whether it was done is not known, and doing it again is safe. */
export class Unreachable extends Error {
  constructor() {
    super("The server cannot be reached.");
    this.name = "Unreachable";
    this.next = "Check your connection and press the button again: it will not be done twice.";
  }
}

const told = { connection: () => {} };

/** Say who shows whether there is a connection; it is called with a sentence, empty when all is well. */
export function onConnection(show) {
  told.connection = show;
}

/** Read something below `api/`. Goes on asking while there is no network, until `signal` says that nobody waits. */
export async function read(path, query = {}, signal = undefined) {
  const url = new URL(`api${path}`, BASE);
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== "") url.searchParams.set(name, value);
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask(url, { headers: credentials(), signal });
    } catch (problem) {
      signal?.throwIfAborted();
      if (!isPassing(problem) || (problem instanceof Refused && tries >= TRIES)) throw problem;
      await pause(problem, tries, signal);
    }
  }
}

/** Do something below `api/` once. Throws Refused, or Unreachable when no answer came after some tries. */
export async function deed(path, words = {}, extra = {}) {
  const body = JSON.stringify(words);
  const name = await nameOf(path, body);
  const headers = { ...credentials(), ...extra, "Content-Type": "application/json", "Idempotency-Key": keyOf(name) };
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await ask(new URL(`api${path}`, BASE), { method: "POST", body, headers });
      localStorage.removeItem(name);
      return answer;
    } catch (problem) {
      if (!isPassing(problem)) {
        localStorage.removeItem(name);
        throw problem;
      }
      if (tries >= TRIES) throw problem;
      await pause(problem, tries - 1);
    }
  }
}

/** Look ever more seldom, and only while the page is seen, until what was found has another status or is left. */
export async function moved(path, found, signal) {
  let [now, pause] = [found, LOOK_AGAIN_MILLISECONDS];
  while (now.status === found.status && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 1.5, LOOK_AGAIN_MILLISECONDS_MAX);
    if (!document.hidden && !signal.aborted) now = await read(path, {}, signal).catch(() => now);
  }
}

/** PUT a file to a signed URL with the headers that its signature covers. `onprogress` hears a share from 0 to 1. */
export function put(url, file, headers, onprogress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    // A browser sends the length by itself, and lets no page say it.
    for (const [name, value] of Object.entries(headers)) {
      if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
    }
    // A large file may take as long as it needs, while something of it gets through.
    let stalled = 0;
    const alive = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MILLISECONDS);
    };
    if (signal?.aborted) return reject(new Unreachable());
    signal?.addEventListener("abort", () => request.abort());
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      alive();
      onprogress(total ? loaded / total : 0);
    });
    // 412: it is there already, from a try whose answer was lost.
    request.addEventListener("load", () =>
      [200, 412].includes(request.status) ? resolve() : reject(notStored(request.status)),
    );
    request.addEventListener("error", () => reject(new Unreachable()));
    request.addEventListener("abort", () => reject(new Unreachable()));
    request.addEventListener("loadend", () => clearTimeout(stalled));
    alive();
    request.send(file);
  });
}

/** Lower-case hex of the SHA-256 of some bytes. */
export async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function ask(url, options) {
  const response = await fetched(url, options);
  const words = await response.json().catch(() => null);
  if (response.ok && words) return words;
  const refused = new Refused(response.ok ? 502 : response.status, words ?? {});
  refused.seconds = Number(response.headers.get("Retry-After")) || 0;
  throw refused;
}

async function fetched(url, options) {
  try {
    const response = await fetch(url, { cache: "no-store", credentials: "omit", redirect: "error", ...options });
    told.connection("");
    return response;
  } catch {
    throw new Unreachable();
  }
}

/** What passes by itself: no network, too many requests, a server that is busy. Anything else is an answer. */
function isPassing(problem) {
  return (
    problem instanceof Unreachable || (problem instanceof Refused && (problem.status === 429 || problem.status >= 500))
  );
}

async function pause(problem, tries, signal = undefined) {
  const backoff = WAITS_SECONDS[Math.min(tries, WAITS_SECONDS.length - 1)];
  const seconds = Math.min(Math.max(problem.seconds ?? 0, backoff), WAIT_SECONDS_MAX);
  const why =
    problem instanceof Unreachable
      ? navigator.onLine
        ? "The server cannot be reached."
        : "You are offline."
      : problem.message;
  told.connection(`${why} Trying again…`);
  await Promise.race([
    new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
    new Promise((resolve) => addEventListener("online", resolve, { once: true })),
    new Promise((resolve) => signal?.addEventListener("abort", resolve, { once: true })),
  ]);
  signal?.throwIfAborted();
}

async function nameOf(path, body) {
  return KEYS + (await sha256(new TextEncoder().encode(`${JSON.stringify(credentials())} ${path} ${body}`)));
}

/** The key of a deed: the one it was tried with before, if that is not too long ago. Only hashes of words are kept. */
function keyOf(name) {
  const isFresh = (text) => Date.now() - Number(text?.split(" ")[0]) < KEPT_MILLISECONDS;
  for (const one of Object.keys(localStorage).filter((each) => each.startsWith(KEYS))) {
    if (!isFresh(localStorage.getItem(one))) localStorage.removeItem(one);
  }
  if (!localStorage.getItem(name)) localStorage.setItem(name, `${Date.now()} ${crypto.randomUUID()}`);
  return localStorage.getItem(name).split(" ")[1];
}

function notStored(status) {
  const problem = new Refused(status, { error: `The file could not be stored (${status}).` });
  problem.next = "Press “Try again” beside it.";
  return problem;
}
