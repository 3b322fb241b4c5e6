// What was earned: what can be paid out, what is still held, and what it was for.

import { read } from "./api.js";
import { dollars, make, when } from "./dom.js";

/** Money, and who is signed in. */
export async function earnings(page) {
  const [money, me] = await Promise.all([
    read("/operator/earnings", {}, page.signal),
    read("/operator/me", {}, page.signal),
  ]);
  const recent = money.recent_tasks.map((task) =>
    make(
      "li",
      {},
      make(
        "a",
        { className: "card task", href: `#/task/${encodeURIComponent(task.task_id)}` },
        make("span", { className: "pay" }, dollars(task.reward_usd)),
        make("strong", {}, task.title),
        make("span", { className: "where" }, task.completed_at ? `Done ${when(task.completed_at)}` : "Done"),
      ),
    ),
  );
  page.body.append(
    make("h1", {}, "Earnings"),
    make(
      "dl",
      { className: "sums" },
      ...sum("Ready to be paid out", money.available_balance, "big"),
      ...sum("Held for a while after each task", money.pending_balance),
      ...sum("Earned in all", money.total_earned),
    ),
    make("h2", {}, "Latest tasks"),
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
