// One test: what to try and what it pays; while somebody is at it their clock and their report; then what became of it.
//
//     offered ──claim──► at work ──hand in──► being read ──► done, or not enough
//                           ├──► left
//                           └──► cannot be done

import { deed, moved, read } from "./api.js";
import { heard, now, stopwatch, ticking } from "./clock.js";
import { action, attempt, chip, dollars, field, make, timeLeft, webAddress, when } from "./dom.js";
import { testStanding, workPlace } from "./lists.js";
import { forgetDraft, report } from "./report.js";

const ENDINGS = {
  incomplete: "Something that was asked for is nowhere in what you handed in, so this test is not paid.",
  rejected: "You said that its instructions cannot be followed. Nothing is paid.",
  tester_abandoned: "You left this test. Nothing is paid.",
  tester_overtime: "Nothing was handed in in time, so nothing is paid.",
  ai_processing_error: "What you handed in could not be read, which is not your fault. Nothing could be paid.",
};

/** The screen of one test, for whoever has it and for whoever might take it. */
export async function job(page, id) {
  const found = await read(`/tester/jobs/${encodeURIComponent(id)}`, {}, page.signal);
  const isMine = found.state !== undefined;
  if (isMine) heard(found.now);
  const isAtWork = isMine && found.status === "working" && !found.submittedAt;
  const stands = isAtWork
    ? clock(page, found)
    : [make("div", { className: "next" }, isMine ? outcome(found) : claiming(page, found))];
  page.body.append(
    make("p", { className: "back" }, make("a", { href: isMine ? "#/mine" : "#/" }, "Back")),
    make("h1", {}, found.title),
    make(
      "p",
      { className: "facts" },
      make("strong", { className: "pay" }, `${dollars(found.payUsdPerMinute)}/min`),
      " ",
      isMine ? chip(...testStanding(found)) : chip("Test"),
      " ",
      isMine ? "" : timeLeft(found.claimBefore),
    ),
    ...stands,
    make("h2", {}, "What to try"),
    make("p", { className: "words" }, found.description),
    isMine ? "" : make("p", { className: "hint" }, "If there is more, you are shown it once you have claimed it."),
    where(found),
  );
  if (isAtWork && now() < Date.parse(found.handInBefore))
    page.body.append(
      report(page, found, () => page.go(here(found), "Handed in. It is being read now.")),
      leaving(page, found),
    );
  else if (isMine && found.status === "working") lookAgain(page, found);
  if (isMine && !isAtWork) forgetDraft(found.id);
}

function claiming(page, found) {
  const problems = make("div");
  const button = make("button", { type: "submit", className: "primary" }, "Claim and begin");
  const submitted = (event) => {
    event.preventDefault();
    attempt(button, problems, async () => {
      await deed(`${path(found)}/claim`);
      page.go(here(found), "It is yours. The clock runs.");
    });
  };
  const minutes = Number(found.targetDurationMinutes);
  return make(
    "form",
    { onsubmit: submitted },
    make(
      "p",
      {},
      `Every second is paid from when you claim it until you hand in: ${dollars(found.payUsdPerMinute)} a minute.`,
    ),
    make(
      "p",
      { className: "hint" },
      `It should take about ${minutes} min; with all the time that could be added `,
      `it pays ${dollars(found.payUsdMax)} at most. You can be at one test at a time.`,
    ),
    problems,
    button,
  );
}

/** The clock of whoever is at it, and more time. It goes on by itself, so that nothing of the report is lost. */
function clock(page, found) {
  let mine = found;
  const end = (name) => Date.parse(mine[name]);
  const wasOver = now() >= end("handInBefore");
  const since = ticking(page.signal, (at) => stopwatch(Math.min(at, end("endsAt")) - Date.parse(mine.claimedAt)));
  const left = ticking(page.signal, (at) => {
    if (at < end("endsAt")) return `${stopwatch(end("endsAt") - at)} left`;
    if (at < end("handInBefore"))
      return `Time is up, and nothing more is paid. You can still hand in for ${stopwatch(end("handInBefore") - at)}.`;
    if (!wasOver) page.go(here(found));
    return "The time for this test is over.";
  });
  const told = make("p", { className: "hint", role: "status", "aria-live": "polite" });
  const more = make("div");
  const extended = (longer) => {
    const minutes = Number(longer.totalExtensionMinutes) - Number(mine.totalExtensionMinutes);
    mine = longer;
    left.tick();
    told.textContent = `You have ${round(minutes)} min more.`;
    more.replaceChildren(moreTime(mine, extended));
  };
  if (!wasOver) more.append(moreTime(mine, extended));
  const timer = make("span", { role: "timer" }, make("strong", {}, since.element), " at work");
  return [make("p", { className: "clock" }, timer, left.element), told, more];
}

function moreTime(mine, extended) {
  const left = Number(mine.extensionMinutesLeft);
  if (!left) return "";
  const problems = make("div");
  const minutes = make("input", { type: "number", inputMode: "decimal", step: "any", min: "0", value: round(left) });
  const button = make("button", { type: "submit", className: "wide" }, "Get more time");
  const submitted = (event) => {
    event.preventDefault();
    attempt(button, problems, async () => {
      extended(await deed(`${path(mine)}/extend`, { minutes: Number(minutes.value) }));
    });
  };
  return make(
    "details",
    {},
    make("summary", {}, "I need more time"),
    make(
      "form",
      { onsubmit: submitted },
      field("Minutes", minutes, `At most ${round(left)} at once.`),
      problems,
      button,
    ),
  );
}

/** The two ways out without a report. Each says what it means before there is anything to press. */
function leaving(page, found) {
  const leave = end(page, found, "abandon", "I have to stop", "Leave this test", {
    label: "Why (optional)",
    hint: "The test is over then, and nothing is paid.",
  });
  const refuse = end(page, found, "reject", "The instructions cannot be followed", "End this test", {
    label: "What is wrong with them",
    hint: "Whoever ordered it is told. The test is over then, and nothing is paid.",
    required: true,
  });
  return make("section", {}, leave, refuse);
}

function end(page, found, verb, summary, text, { label, hint, required = false }) {
  const problems = make("div");
  const reason = make("input", { type: "text", maxLength: 500, required });
  const button = make("button", { type: "submit", className: "wide danger" }, text);
  const submitted = (event) => {
    event.preventDefault();
    attempt(button, problems, async () => {
      const why = reason.value.trim();
      const { message } = await deed(`${path(found)}/${verb}`, why ? { reason: why } : {});
      forgetDraft(found.id);
      page.go("#/mine", message);
    });
  };
  const form = make("form", { onsubmit: submitted }, field(label, reason, hint), problems, button);
  return make("details", {}, make("summary", {}, summary), form);
}

function outcome(found) {
  if (found.status === "working")
    return make("p", {}, "Thank you. What you handed in is being read; this page says what becomes of it.");
  if (found.status !== "completed")
    return make("p", {}, ENDINGS[found.reason] ?? ENDINGS[found.status] ?? "This test was withdrawn. Nothing is paid.");
  const after = disputed(found.dispute?.outcome);
  if (found.dispute && after) return make("p", {}, after);
  const held = found.heldUntil ? ` It can be paid out after ${when(found.heldUntil)}.` : "";
  return make("p", { className: "good-news" }, `Done. ${dollars(found.payUsd)} is yours.${held}`);
}

/** What is to be said of a dispute; nothing once it has ended with pay. */
function disputed(outcome) {
  if (!outcome) return "The people who run this deployment are looking into this test. You will see here how it ends.";
  return outcome === "refund" ? "This test was looked into, and its pay went back to the customer." : "";
}

/** The page to try, in a tab of its own, which learns nothing of this one. */
function where(found) {
  const url = webAddress(found.url);
  const { width, height } = found.screenSize ?? {};
  return make(
    "div",
    {},
    make("p", { className: "where" }, found.url),
    width ? make("p", {}, `On a screen of ${width} × ${height}. This one has ${innerWidth} × ${innerHeight}.`) : "",
    !found.endedAt &&
      url &&
      make(
        "a",
        { className: "button wide", href: url.href, target: "_blank", rel: "noopener noreferrer" },
        "Open the page",
      ),
  );
}

/** While it is being read: show it anew when it has moved on. */
async function lookAgain(page, found) {
  await moved(path(found), found, page.signal);
  page.go(here(found));
}

const path = (found) => `/tester/jobs/${encodeURIComponent(found.id)}`;
const here = (found) => workPlace(found.id);
const round = (minutes) => Math.floor(minutes * 100) / 100;
