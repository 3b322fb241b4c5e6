// The two lists of work: what can be taken, and what I have taken. Tasks and tests stand in one list, newest first,
// although each comes a page at a time from a place of its own.
//
//     tasks ─► page, page, … ─┐
//                             ├─► the newer of the two that come next ─► 20 cards ─► More
//     tests ─► page, page, … ─┘

import { read } from "./api.js";
import {
  action,
  attempt,
  card,
  chip,
  dollars,
  make,
  place,
  plain,
  timeLeft,
  trouble,
  webAddress,
  when,
} from "./dom.js";

const CARDS_A_TURN = 20;

/** Find work: what is open, newest first. */
export async function feed(page) {
  const me = await read("/v1/operator/me", {}, page.signal);
  const shown = make("div");
  const showList = async (query) => {
    const open = [
      source(page, "/v1/operator/tasks", query, (task) => [task.created_at, openTask(task, me)]),
      source(page, "/tester/jobs", {}, (test) => [test.createdAt, openTest(test)]),
    ];
    shown.replaceChildren(await list(open, nothing(me)));
  };
  const all = make("input", { type: "checkbox", id: "all-kinds" });
  all.addEventListener("change", async () => {
    try {
      await showList(all.checked ? { all: "true" } : {});
    } catch (problem) {
      if (!page.signal.aborted) shown.replaceChildren(trouble(problem));
    }
  });
  const choice =
    me.skills.length > 0 &&
    make("label", { className: "check", htmlFor: "all-kinds" }, all, "Show all kinds of tasks, not only mine");
  const refresh = action("Look again", async () => page.go("#/"), "quiet");
  page.body.append(
    make("div", { className: "row" }, make("h1", {}, "Find work"), refresh),
    kyc(me),
    choice || "",
    shown,
  );
  await showList({});
}

/** My work: what I have and had. */
export async function mine(page) {
  const query = { scope: "mine" };
  const taken = [
    source(page, "/v1/operator/tasks", query, (task) => [task.claimed_at, myTask(task)]),
    source(page, "/tester/jobs", query, (test) => [test.claimedAt, myTest(test)]),
  ];
  page.body.append(make("h1", {}, "My work"), await list(taken, "You have not taken anything yet."));
}

/** What a status of a task means for whoever does it. */
export function standing(status) {
  const known = {
    ACCEPTED: "To do",
    IN_PROGRESS: "Begun",
    ESTIMATE_PENDING: "Estimate sent",
    SUBMITTED: "Being checked",
    VERIFIED: "Being checked",
    MANUAL_REVIEW: "Being checked by a person",
    COMPLETED: "Done",
    DISPUTED: "Not accepted yet",
    CANCELLED: "Cancelled",
  };
  return known[status] ?? plain(status);
}

/** The same of a test, and whether that is good, needs something, or neither. */
export function testStanding({ state, status, dispute }) {
  if (status === "working") return state === "submitted" ? ["Being read", ""] : ["At work", "todo"];
  if (dispute && !dispute.outcome) return ["Not accepted yet", "bad"];
  if (dispute?.outcome === "refund") return ["Taken back", "bad"];
  if (status === "completed") return ["Done", "good"];
  return [{ incomplete: "Not enough", rejected: "Cannot be done", error: "Failed" }[status] ?? plain(status), "bad"];
}

/** Whether a task's status is good, needs something, or neither. */
export function tone(status) {
  const tones = { COMPLETED: "good", DISPUTED: "bad", CANCELLED: "bad", ACCEPTED: "todo", IN_PROGRESS: "todo" };
  return tones[status] ?? "";
}

/** Where the screen of a task or of a test is: their ids say which of the two they are. */
export function workPlace(id) {
  return `#/${id.startsWith("job_") ? "job" : "task"}/${encodeURIComponent(id)}`;
}

function openTask(task, me) {
  const facts = [chip(plain(task.task_type)), timeLeft(task.deadline)];
  return card(workPlace(task.task_id), dollars(task.reward_usd), task.title, place(task.location, me.location), facts);
}

function openTest(test) {
  const about = `about ${Number(test.targetDurationMinutes)} min, ${timeLeft(test.claimBefore)}`;
  const pay = `${dollars(test.payUsdPerMinute)}/min`;
  return card(workPlace(test.id), pay, test.title, webAddress(test.url)?.host ?? "", [chip("Test"), about]);
}

function myTask(task) {
  const facts = [chip(standing(task.status), tone(task.status)), plain(task.task_type)];
  return card(workPlace(task.task_id), dollars(task.reward_usd), task.title, told(task), facts);
}

function myTest(test) {
  const isAtWork = test.status === "working" && test.state === "claimed";
  const line = test.endedAt ? `Ended ${when(test.endedAt)}` : isAtWork ? timeLeft(test.endsAt) : "";
  const pay = test.payUsd === null ? "" : dollars(test.payUsd);
  return card(workPlace(test.id), pay, test.title, line, [chip(...testStanding(test)), "Test"]);
}

function told(task) {
  if (task.status === "DISPUTED" && task.resubmit_until) return `Better proof until ${when(task.resubmit_until)}`;
  if (task.ended_at) return `Ended ${when(task.ended_at)}`;
  return timeLeft(task.deadline);
}

/** Rows of one kind, read a page at a time; `row` says of each from when it is, and what shows it. */
function source(page, path, query, row) {
  const self = { rows: [], isOver: false, fill };
  let cursor = null;
  async function fill() {
    const { data, pagination } = await read(path, { ...query, cursor }, page.signal);
    self.rows.push(...data.map(row));
    cursor = pagination.next_cursor ?? null;
    self.isOver = cursor === null;
  }
  return self;
}

/** The next cards of all sources, newest first. A page may be empty and have more behind it: it is not waited for. */
async function turn(sources) {
  const empty = (one) => !one.rows.length && !one.isOver;
  await Promise.all(sources.filter(empty).map((one) => one.fill()));
  const silent = sources.filter(empty);
  const cards = [];
  while (cards.length < CARDS_A_TURN && sources.every((one) => silent.includes(one) || !empty(one))) {
    const full = sources.filter((one) => one.rows.length);
    if (!full.length) break;
    const [, element] = full.reduce((a, b) => (b.rows[0][0] > a.rows[0][0] ? b : a)).rows.shift();
    cards.push(element);
  }
  return cards;
}

/** A list that grows by some cards whenever somebody asks for more. */
async function list(sources, none) {
  const cards = make("ul", { className: "cards" });
  const problems = make("div");
  const whole = make("div", {}, cards, problems);
  const goOn = async () => {
    const added = await turn(sources);
    cards.append(...added);
    if (sources.some((one) => one.rows.length || !one.isOver)) whole.append(more());
    else if (!cards.childElementCount) whole.append(make("p", { className: "empty" }, none));
    return added;
  };
  const more = () => {
    const button = action(
      "More",
      () =>
        attempt(button, problems, async () => {
          const added = await goOn();
          button.remove();
          added[0]?.querySelector("a").focus();
        }),
      "wide",
    );
    return button;
  };
  await goOn();
  return whole;
}

function nothing(me) {
  return me.skills.length
    ? "Nothing of your kinds is open right now."
    : "Nothing is open right now. Look again in a while.";
}

function kyc(me) {
  if (me.kyc_status === "APPROVED") return "";
  const sentence =
    me.kyc_status === "PENDING"
      ? "Your identity is still being checked. You can look, and take work afterwards."
      : "Your identity check was not passed, so you cannot take work.";
  return make("p", { className: "notice" }, sentence);
}
