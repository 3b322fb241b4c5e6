// The two lists of tasks: what can be taken, and what I have taken. Both go on behind a cursor.

import { read } from "./api.js";
import { action, attempt, dollars, make, place, plain, timeLeft, trouble, when } from "./dom.js";

/** Find work: what is open, newest first. */
export async function feed(page) {
  const [me, first] = await Promise.all([
    read("/operator/me", {}, page.signal),
    read("/operator/tasks", {}, page.signal),
  ]);
  let query = {};
  const shown = make("div");
  const row = (task) =>
    card(task, place(task.location, me.location), [chip(plain(task.task_type)), timeLeft(task.deadline)]);
  const showList = (list) => shown.replaceChildren(pages(page, list, row, () => query, nothing(me)));
  const all = make("input", { type: "checkbox", id: "all-kinds" });
  all.addEventListener("change", async () => {
    query = all.checked ? { all: "true" } : {};
    try {
      showList(await read("/operator/tasks", query, page.signal));
    } catch (problem) {
      if (!page.signal.aborted) shown.replaceChildren(trouble(problem));
    }
  });
  const choice =
    me.skills.length > 0 &&
    make("label", { className: "check", htmlFor: "all-kinds" }, all, "Show all kinds, not only mine");
  const refresh = action("Look again", async () => page.go("#/"), "quiet");
  page.body.append(
    make("div", { className: "row" }, make("h1", {}, "Find work"), refresh),
    kyc(me),
    choice || "",
    shown,
  );
  showList(first);
}

/** My tasks: what I have and had. */
export async function mine(page) {
  const first = await read("/operator/tasks", { scope: "mine" }, page.signal);
  const row = (task) => card(task, told(task), [chip(standing(task.status), tone(task.status)), plain(task.task_type)]);
  page.body.append(
    make("h1", {}, "My tasks"),
    pages(page, first, row, () => ({ scope: "mine" }), "You have not taken a task yet."),
  );
}

/** What a status means for whoever does the work. */
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

/** Whether a status is good, needs something, or neither. */
export function tone(status) {
  const tones = { COMPLETED: "good", DISPUTED: "bad", CANCELLED: "bad", ACCEPTED: "todo", IN_PROGRESS: "todo" };
  return tones[status] ?? "";
}

export function chip(text, kind = "") {
  return make("span", { className: `chip ${kind}` }, text);
}

function told(task) {
  if (task.status === "DISPUTED" && task.resubmit_until) return `Better proof until ${when(task.resubmit_until)}`;
  if (task.ended_at) return `Ended ${when(task.ended_at)}`;
  return timeLeft(task.deadline);
}

function card(task, line, facts) {
  return make(
    "li",
    {},
    make(
      "a",
      { className: "card task", href: `#/task/${encodeURIComponent(task.task_id)}` },
      make("span", { className: "pay" }, dollars(task.reward_usd)),
      make("strong", {}, task.title),
      make("span", { className: "where" }, line),
      make("span", { className: "facts" }, ...facts.flatMap((fact, at) => (at ? [" ", fact] : [fact]))),
    ),
  );
}

/** A list that grows by a page whenever somebody asks for more; a page may be empty and have more behind it. */
function pages(page, first, row, query, none) {
  const list = make("ul", { className: "cards" });
  const problems = make("div");
  const whole = make("div", {}, list, problems);
  const add = ({ data, pagination }) => {
    const rows = data.map(row);
    list.append(...rows);
    if (pagination.next_cursor) whole.append(more(pagination.next_cursor));
    else if (!list.childElementCount) whole.append(make("p", { className: "empty" }, none));
    return rows;
  };
  const more = (cursor) => {
    const goOn = async () => {
      const next = await read("/operator/tasks", { ...query(), cursor }, page.signal);
      button.remove();
      add(next)[0]?.querySelector("a").focus();
    };
    const button = action("More", () => attempt(button, problems, goOn), "wide");
    return button;
  };
  add(first);
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
      ? "Your identity is still being checked. You can look, and take tasks afterwards."
      : "Your identity check was not passed, so you cannot take tasks.";
  return make("p", { className: "notice" }, sentence);
}
