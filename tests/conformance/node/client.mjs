// The official TypeScript client, as most hosts have it: every line here is what a host does with a server it is given.
// node client.mjs URL KEY

import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [url, key] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${key}` };
const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
const client = new Client({ name: "byhand-conformance", version: "1.0.0" });
await client.connect(transport);
assert.ok(transport.sessionId, "a session id is issued");
assert.match(client.getInstructions(), /wait_task/);

// Listing makes the client keep the schemas of answers, and check every answer against them from here on.
const { tools } = await client.listTools();
assert.ok(tools.length >= 14);
assert.ok(tools.every((tool) => tool.outputSchema && tool.annotations.readOnlyHint !== undefined));

const call = (name, words = {}, options = {}) => client.callTool({ name, arguments: words }, undefined, options);
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
const waited = await call("wait_task", { task_id, max_wait_seconds: 1 });
assert.equal(waited.structuredContent.is_done, false);
for (const name of ["get_task_result", "check_verification_status"]) {
  assert.equal((await call(name, { task_id })).structuredContent.task_id, task_id);
}
assert.equal((await call("list_tasks")).structuredContent.data[0].task_id, task_id);

// A refusal reaches the model as words, and is no exception of the client.
const refused = await call("get_task_result", { task_id: "task_1" });
assert.equal(refused.isError, true);
assert.match(JSON.parse(refused.content[0].text).next_action, /list_tasks/);

assert.equal((await call("cancel_task", { task_id })).structuredContent.status, "CANCELLED");
await transport.terminateSession();
await client.close();
console.log(`The TypeScript client did all it was asked to, with ${tools.length} tools.`);
