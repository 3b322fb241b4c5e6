// The page: which screen is shown, and what stands around it. Screens are made anew for every address behind the #.
//
//     #/            find work          #/task/ID           one task
//     #/mine        my work            #/task/ID/hand-in   photos, words, credential
//     #/earnings    money              #/job/ID            one test

import { onConnection, Refused } from "./api.js";
import { make, trouble } from "./dom.js";
import { earnings } from "./earnings.js";
import { handIn } from "./hand_in.js";
import { job } from "./job.js";
import { feed, mine } from "./lists.js";
import { forget, isSignedIn } from "./session.js";
import { signIn } from "./sign_in.js";
import { task } from "./task.js";

const SCREENS = [
  [/^#\/task\/(task_[a-z0-9]+)\/hand-in$/, handIn],
  [/^#\/task\/(task_[a-z0-9]+)$/, task],
  [/^#\/job\/(job_[a-z0-9]+)$/, job],
  [/^#\/mine$/, mine],
  [/^#\/earnings$/, earnings],
];

const at = (id) => document.getElementById(id);
let leaving = new AbortController();
let toSay = "";

/** Show the screen of the current address. A screen fills `page.body`; `page.signal` says when it is left. */
async function show({ focus = true } = {}) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const [screen, parts] = isSignedIn() ? screenOf(location.hash) : [signIn, []];
  // Whoever has gone elsewhere meanwhile is not called back.
  const page = { signal, go: (...where) => signal.aborted || go(...where), body: make("div") };
  frame();
  try {
    at("main").replaceChildren(make("p", { className: "loading" }, "Loading…"));
    await screen(page, ...parts);
    if (signal.aborted) return;
    at("main").replaceChildren(page.body);
  } catch (problem) {
    if (signal.aborted) return;
    at("main").replaceChildren(...whatWentWrong(problem));
  }
  const heading = at("main").querySelector("h1");
  document.title = heading ? `${heading.textContent} · Byhand` : "Byhand for operators";
  if (focus) arrive(heading);
}

/** Go to another screen, or show this one anew, with a sentence that stands above it and is read out. */
function go(hash, sentence = "") {
  toSay = sentence;
  if (hash === (location.hash || "#/")) show();
  else location.hash = hash;
}

function screenOf(hash) {
  for (const [pattern, screen] of SCREENS) {
    const found = pattern.exec(hash);
    if (found) return [screen, found.slice(1)];
  }
  return [feed, []];
}

function frame() {
  const signedIn = isSignedIn();
  at("notice").replaceChildren(...(toSay ? [make("p", { className: "notice" }, toSay)] : []));
  toSay = "";
  at("tabs").hidden = at("sign-out").hidden = !signedIn;
  for (const tab of at("tabs").querySelectorAll("a")) {
    const isHere = tab.getAttribute("href") === (location.hash || "#/");
    if (isHere) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}

/** Put a keyboard or a screen reader where the new screen begins. */
function arrive(heading) {
  scrollTo(0, 0);
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function whatWentWrong(problem) {
  const isStranger = problem instanceof Refused && problem.status === 401;
  if (!(problem instanceof Refused)) console.error(problem.name);
  const again = () => {
    // The address stays: who signs in again goes on where they were.
    if (isStranger) forget();
    show();
  };
  return [
    make("h1", {}, "That did not work"),
    trouble(problem),
    make(
      "button",
      { type: "button", className: "primary", onclick: again },
      isStranger ? "Sign in again" : "Try again",
    ),
  ];
}

function signOut() {
  forget();
  history.replaceState(null, "", "#/");
  show();
}

onConnection((sentence) => {
  if (at("connection").textContent !== sentence) at("connection").textContent = sentence;
});
addEventListener("offline", () => {
  at("connection").textContent = "You are offline. What you do now is sent when you are back.";
});
addEventListener("online", () => {
  at("connection").textContent = "";
});
addEventListener("hashchange", () => show());
document.querySelector(".skip").addEventListener("click", (event) => {
  // Its address is no screen.
  event.preventDefault();
  at("main").focus();
});
at("sign-out").addEventListener("click", signOut);

if (globalThis.isSecureContext) show({ focus: false });
else
  at("main").replaceChildren(
    make("p", { role: "alert" }, "Open this page over https: without it your browser cannot encrypt."),
  );
