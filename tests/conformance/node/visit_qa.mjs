// What a host does with the tools of qa, in the words of either major of the official TypeScript SDK; and a tester.

import assert from "node:assert/strict";

/** Everything but connecting. `call(name, words, onprogress)` is the SDK's own way. Answers how many tools there are. */
export async function visit(client, call, { comesBack }, url) {
  assert.match(client.getInstructions(), /wait_for_result/);

  // Listing makes the client keep the schemas of answers, and check every answer against them from here on.
  const { tools } = await client.listTools();
  assert.ok(["create_job", "wait_for_result", "get_job", "list_jobs"].every((name) => tools.some((t) => t.name === name)));

  const order = {
    url: "https://shop.example.com", description: "Buy a pencil.", screenSize: "mobile",
    outputSchema: { works: { type: "boolean", description: "Could you buy it?" } },
    idempotency_key: `typescript-${Date.now()}`,
  };
  const made = await call("create_job", order);
  assert.equal((await call("create_job", order))._meta["byhand/replayed"], true);
  const { jobId } = made.structuredContent;

  // Nobody takes the job yet. An exchange lasts two seconds here: a client that comes back by itself waits all five that
  // were asked for, in one call; any other is answered after the first two. Progress is told inside the answer.
  const told = [];
  const began = Date.now();
  const waited = await call("wait_for_result", { jobId, waitSeconds: 5 }, (step) => told.push(step.message));
  const seconds = (Date.now() - began) / 1_000;
  assert.equal(waited.structuredContent.isDone, false);
  assert.equal(waited.structuredContent.nextWaitSeconds, 30);
  assert.match(waited.structuredContent.message, /wait_for_result again/);
  assert.ok(comesBack ? seconds >= 4.9 : seconds >= 1.9 && seconds < 4.9, `it waited for ${seconds} s`);
  assert.ok(told.some((sentence) => /^The job is/.test(sentence)), JSON.stringify(told));

  await test(new URL(url).origin, jobId);
  let result;
  for (let tries = 0; tries < 10 && !result?.isDone; tries++) {
    result = (await call("wait_for_result", { jobId })).structuredContent;
  }
  assert.equal(result.status, "completed");
  assert.deepEqual(result.result.data, { works: true });
  assert.equal((await call("get_job", { jobId })).structuredContent.costUsd, result.costUsd);
  assert.equal((await call("list_jobs")).structuredContent.data[0].jobId, jobId);

  // A refusal reaches the model as words, and is no exception of the client.
  const refused = await call("get_job", { jobId: "job_1" });
  assert.equal(refused.isError, true);
  assert.match(JSON.parse(refused.content[0].text).next_action, /list_jobs/);
  return tools.length;
}

/** A tester, over HTTP: claims the job and says how it went. */
async function test(origin, jobId) {
  const person = { name: "Jane Doe", email: `tester-${Date.now()}@example.com` };
  const { operator_id } = await post(`${origin}/api/v1/operator/register`, person);
  const headers = { "X-Operator-Id": operator_id };
  const job = `${origin}/api/tester/jobs/${jobId}`;
  await post(`${job}/claim`, {}, headers);
  await post(`${job}/submit`, { testerResponse: "I bought it.", answers: { works: true }, passed: true }, headers);
}

async function post(url, words, headers = {}) {
  const answer = await fetch(url, {
    method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(words),
  });
  assert.ok(answer.ok, `${url}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}
