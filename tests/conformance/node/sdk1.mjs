// The official TypeScript client of the previous major, as most hosts have it: node sdk1.mjs URL KEY

import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [url, key] = process.argv.slice(2);
const { visit } = await import(new URL(url).pathname.startsWith("/api/qa/") ? "./visit_qa.mjs" : "./visit.mjs");
const headers = { Authorization: `Bearer ${key}` };
const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
const client = new Client({ name: "byhand-conformance", version: "1.0.0" });
await client.connect(transport);
assert.equal(transport.protocolVersion, "2025-11-25");
assert.ok(transport.sessionId, "a session id is issued");

const call = (name, words = {}, onprogress = undefined) =>
  client.callTool({ name, arguments: words }, undefined, { onprogress });
const tools = await visit(client, call, { comesBack: false }, url);
await transport.terminateSession();
await client.close();
console.log(`It did all it was asked to, with ${tools} tools.`);
