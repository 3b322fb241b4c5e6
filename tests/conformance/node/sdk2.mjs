// The official TypeScript client of the current major: node sdk2.mjs URL KEY legacy|auto

import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const [url, key, mode] = process.argv.slice(2);
const { visit } = await import(new URL(url).pathname.startsWith("/api/qa/") ? "./visit_qa.mjs" : "./visit.mjs");
const headers = { Authorization: `Bearer ${key}` };
const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
const client = new Client({ name: "byhand-conformance", version: "1.0.0" }, { versionNegotiation: { mode } });
await client.connect(transport);
const modern = mode === "auto";
assert.equal(client.getNegotiatedProtocolVersion(), modern ? "2026-07-28" : "2025-11-25");

const call = (name, words = {}, onprogress = undefined) =>
  client.callTool({ name, arguments: words }, { onprogress });
const tools = await visit(client, call, { comesBack: modern }, url);
await client.close();
console.log(`It did all it was asked to, with ${tools} tools.`);
