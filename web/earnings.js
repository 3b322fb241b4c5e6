// What was earned: what can be paid out, what is still held, and what it was for.

import { read } from "./api.js";
import { card, dollars, make, when } from "./dom.js";
import { workPlace } from "./lists.js";

/** Money, and who is signed in. */
export async function earnings(page) {
  const [money, me] = await Promise.all([
    read("/v1/operator/earnings", {}, page.signal),
    read("/v1/operator/me", {}, page.signal),
  ]);
  const recent = money.recent_tasks.map((work) => {
    const line = work.completed_at ? `Done ${when(work.completed_at)}` : "Done";
    return card(workPlace(work.task_id), dollars(work.reward_usd), work.title, line);
  });
  page.body.append(
    make("h1", {}, "Earnings"),
    make(
      "dl",
      { className: "sums" },
      ...sum("Ready to be paid out", money.available_balance, "big"),
      ...sum("Held for a while after each piece of work", money.pending_balance),
      ...sum("Earned in all", money.total_earned),
    ),
    make("h2", {}, "Latest work"),
    recent.length
      ? make("ul", { className: "cards" }, recent)
      : make("p", { className: "empty" }, "What you finish is listed here."),
    make("h2", {}, "You"),
    make("p", {}, `${me.name}, ${me.email}`),
    make("p", { className: "hint" }, "Your operator id: ", make("code", {}, me.operator_id)),
  );
}

function sum(label, amount, className = "") {
  return [make("dt", {}, label), make("dd", { className }, dollars(amount))];
}
