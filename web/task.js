// One task: what to do, what is asked for as proof, and the next step, which follows from where it stands.

import { deed, moved, read } from "./api.js";
import { action, attempt, chip, dollars, field, make, place, plain, timeLeft, when } from "./dom.js";
import { standing, tone, workPlace } from "./lists.js";

const WAITING = ["SUBMITTED", "VERIFIED", "ESTIMATE_PENDING", "MANUAL_REVIEW"];

/** The screen of one task, for whoever has it and for whoever might take it. */
export async function task(page, id) {
  const found = await read(`/v1/operator/tasks/${encodeURIComponent(id)}`, {}, page.signal);
  page.body.append(
    make("p", { className: "back" }, make("a", { href: found.state ? "#/mine" : "#/" }, "Back")),
    make("h1", {}, found.title),
    make(
      "p",
      { className: "facts" },
      make("strong", { className: "pay" }, dollars(found.reward_usd)),
      " ",
      found.state ? chip(standing(found.status), tone(found.status)) : chip(plain(found.task_type)),
      " ",
      isOver(found) ? "" : timeLeft(found.deadline),
    ),
    make("div", { className: "next" }, nextStep(page, found)),
    make("h2", {}, "What to do"),
    make("p", { className: "words" }, found.description),
    found.digital_instructions ? make("p", { className: "words" }, found.digital_instructions) : "",
    make("h2", {}, "Where and when"),
    where(found.location),
    make("p", {}, `Until ${when(found.deadline)}`),
    make("h2", {}, "What your proof must show"),
    checklist(found),
  );
  if (WAITING.includes(found.status)) lookAgain(page, found);
}

/** The address to hand in under, for the screens that lead there. */
export const handInPlace = (id) => `#/task/${encodeURIComponent(id)}/hand-in`;

function nextStep(page, found) {
  if (!found.state) return accepting(page, found);
  if (found.state === "withdrawn" || found.state === "released")
    return make("p", {}, `You do not have this task any more. ${why(found)}`);
  const steps = {
    ESTIMATE_PENDING: () =>
      make("p", {}, `You said ${minutes(found.estimate?.minutes ?? 0)}. The agent is asked whether that is all right.`),
    ACCEPTED: () => working(page, found),
    IN_PROGRESS: () => working(page, found),
    SUBMITTED: () => make("p", {}, "Thank you. Your proof is being checked; this page says when that is done."),
    VERIFIED: () => make("p", {}, "Your proof was accepted. The money is on its way to your earnings."),
    MANUAL_REVIEW: () => make("p", {}, "A person is looking at your proof. You need not do anything."),
    COMPLETED: () => done(found),
    DISPUTED: () => disputed(found),
    CANCELLED: () => make("p", {}, `This task was cancelled. ${why(found)}`),
  };
  return (steps[found.status] ?? (() => make("p", {}, standing(found.status))))();
}

function accepting(page, found) {
  const problems = make("div");
  const estimate = found.estimate_required ? estimateForm() : null;
  const button = make(
    "button",
    { type: "submit", className: "primary" },
    estimate ? "Send my estimate" : "Accept this task",
  );
  const submitted = (event) => {
    event.preventDefault();
    attempt(button, problems, async () => {
      const answer = await deed(
        `/v1/operator/tasks/${encodeURIComponent(found.task_id)}/accept`,
        estimate?.words() ?? {},
      );
      page.go(here(found), answer.accepted_at ? "It is yours. Good luck." : "Your estimate is sent.");
    });
  };
  return make("form", { onsubmit: submitted }, estimate?.element ?? "", problems, button);
}

function estimateForm() {
  const number = () => make("input", { type: "number", inputMode: "numeric", min: "0", max: "999", value: "" });
  const [days, hours, mins, note] = [number(), number(), number(), make("textarea", { rows: 2, maxLength: 1000 })];
  const element = make(
    "fieldset",
    {},
    make("legend", {}, "How long will it take you?"),
    make("div", { className: "three" }, field("Days", days), field("Hours", hours), field("Minutes", mins)),
    field("A word to the agent (optional)", note),
  );
  const words = () => ({
    estimate_days: Number(days.value) || 0,
    estimate_hours: Number(hours.value) || 0,
    estimate_minutes: Number(mins.value) || 0,
    ...(note.value.trim() ? { estimate_note: note.value.trim() } : {}),
  });
  return { element, words };
}

function working(page, found) {
  const problems = make("div");
  const path = `/v1/operator/tasks/${encodeURIComponent(found.task_id)}`;
  const start = action(
    "Start",
    () =>
      attempt(start, problems, async () => {
        await deed(`${path}/start`);
        page.go(here(found), "Begun. From now on the agent cannot cancel.");
      }),
    "wide",
  );
  const reason = make("input", { type: "text", maxLength: 500 });
  const release = action(
    "Give it back",
    () =>
      attempt(release, problems, async () => {
        await deed(`${path}/release`, reason.value.trim() ? { reason: reason.value.trim() } : {});
        page.go("#/mine", "You have given this task back. Somebody else can take it now.");
      }),
    "wide danger",
  );
  return make(
    "div",
    {},
    problems,
    make(
      "a",
      { className: "button primary", href: handInPlace(found.task_id) },
      found.agent_public_key ? "Hand in the credential" : "Hand in proof",
    ),
    found.status === "ACCEPTED"
      ? [
          start,
          make("p", { className: "hint" }, "Start tells the agent that you are at it; then it cannot be cancelled."),
        ]
      : [],
    make("details", {}, make("summary", {}, "I cannot do it"), field("Why (optional)", reason), release),
  );
}

function done(found) {
  const held = found.hold_until ? ` It can be paid out after ${when(found.hold_until)}.` : "";
  return make("p", { className: "good-news" }, `Done. ${dollars(found.reward_usd)} is yours.${held}`);
}

function disputed(found) {
  const reason = found.guardian_result?.reasoning;
  if (!found.resubmit_until)
    return make(
      "p",
      {},
      "The agent and the people who run this deployment are talking about it. You will see here how it ends.",
    );
  return make(
    "div",
    {},
    make("p", {}, "Your proof was not enough."),
    reason ? make("p", { className: "words" }, reason) : "",
    make("p", {}, `You can hand in better proof until ${when(found.resubmit_until)}.`),
    make("a", { className: "button primary", href: handInPlace(found.task_id) }, "Hand in better proof"),
  );
}

/** Requirements to tick off, for oneself, while this tab is open; with a verdict, what was found of each. */
function checklist(found) {
  const isWork = !["SUBMITTED", "VERIFIED", "MANUAL_REVIEW", "COMPLETED", "CANCELLED"].includes(found.status);
  const results = found.guardian_result?.requirement_results ?? [];
  const name = `byhand.ticked.${found.task_id}`;
  const ticked = new Set(JSON.parse(sessionStorage.getItem(name) ?? "[]"));
  const items = found.proof_requirements.map((requirement, at) => {
    const result = results.find((one) => one.requirement === requirement);
    const box = make("input", { type: "checkbox", id: `requirement-${at}`, checked: ticked.has(at) });
    box.addEventListener("change", () => {
      if (box.checked) ticked.add(at);
      else ticked.delete(at);
      sessionStorage.setItem(name, JSON.stringify([...ticked]));
    });
    const verdict =
      result &&
      make(
        "span",
        { className: `hint ${result.met ? "good" : "bad"}` },
        `${result.met ? "Found" : "Not found"}${result.note ? `: ${result.note}` : ""}`,
      );
    const line = isWork
      ? make("label", { className: "check", htmlFor: box.id }, box, requirement)
      : make("p", {}, requirement);
    return make("li", {}, line, verdict || "");
  });
  return make("ul", { className: "checklist" }, items);
}

function where(location) {
  const text = place(location);
  if (location.lat === undefined || location.lat === null) return make("p", {}, text);
  const label = location.address
    ? `?q=${encodeURIComponent(`${location.lat},${location.lng}(${location.address})`)}`
    : "";
  const map = make(
    "a",
    { className: "button quiet", href: `geo:${location.lat},${location.lng}${label}` },
    "Open in maps",
  );
  return make(
    "div",
    {},
    make("p", {}, text),
    map,
    location.address ? "" : make("p", { className: "hint" }, "You see the address when you have accepted."),
  );
}

/** While others decide: show the task anew when it has moved on. */
async function lookAgain(page, found) {
  await moved(`/v1/operator/tasks/${encodeURIComponent(found.task_id)}`, found, page.signal);
  page.go(here(found));
}

const here = (found) => workPlace(found.task_id);
const isOver = (found) => ["COMPLETED", "CANCELLED"].includes(found.status);
const why = (found) => (found.cancel_reason ? `Reason: ${plain(found.cancel_reason)}.` : "");

function minutes(all) {
  const [days, hours, rest] = [Math.floor(all / 1440), Math.floor((all % 1440) / 60), all % 60];
  return (
    [
      [days, "days"],
      [hours, "h"],
      [rest, "min"],
    ]
      .filter(([count]) => count)
      .map(([count, unit]) => `${count} ${unit}`)
      .join(" ") || "no time"
  );
}
