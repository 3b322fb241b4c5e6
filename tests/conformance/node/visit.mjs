// What a host does with a server it is given, in the words of either major of the official TypeScript SDK.

import assert from "node:assert/strict";

/** Everything but connecting. `call(name, words)` is the SDK's own way to call a tool. Answers how many tools there are. */
export async function visit(client, call, { comesBack }) {
  assert.match(client.getInstructions(), /wait_task/);

  // Listing makes the client keep the schemas of answers, and check every answer against them from here on.
  const { tools } = await client.listTools();
  assert.ok(tools.length >= 14);
  assert.ok(tools.every((tool) => tool.outputSchema && tool.annotations.readOnlyHint !== undefined));

  const balance = await call("get_balance");
  assert.equal(balance.structuredContent.currency, "USD");

  const order = {
    title: "Read a page", description: "Read it and say what it is about.", digital_category: "CONTENT_REVIEW",
    reward_usd: 10, deadline: new Date(Date.now() + 86_400_000).toISOString(), proof_requirements: ["What it is about"],
    idempotency_key: `typescript-${Date.now()}`,
  };
  const posted = await call("dispatch_digital_task", order);
  const again = await call("dispatch_digital_task", order);
  assert.equal(posted.structuredContent.status, "PENDING");
  assert.deepEqual(again.structuredContent, posted.structuredContent);
  assert.equal(again._meta["byhand/replayed"], true);

  const { task_id } = posted.structuredContent;
  for (const name of ["get_task_result", "check_verification_status"]) {
    assert.equal((await call(name, { task_id })).structuredContent.task_id, task_id);
  }
  assert.equal((await call("list_tasks")).structuredContent.data[0].task_id, task_id);

  // Nobody takes the task. An exchange lasts two seconds here: a client that comes back by itself waits all five that
  // were asked for, in one call; any other is answered after the first two.
  const began = Date.now();
  const waited = await call("wait_task", { task_id, max_wait_seconds: 5 });
  const seconds = (Date.now() - began) / 1_000;
  assert.equal(waited.structuredContent.is_done, false);
  assert.match(waited.structuredContent.next_action, /wait_task/);
  assert.ok(comesBack ? seconds >= 4.9 : seconds >= 1.9 && seconds < 4.9, `it waited for ${seconds} s`);

  // A refusal reaches the model as words, and is no exception of the client.
  const refused = await call("get_task_result", { task_id: "task_1" });
  assert.equal(refused.isError, true);
  assert.match(JSON.parse(refused.content[0].text).next_action, /list_tasks/);

  assert.equal((await call("cancel_task", { task_id })).structuredContent.status, "CANCELLED");
  return tools.length;
}
