// The official TypeScript client of the current major: node sdk2.mjs URL KEY legacy|auto

import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { visit } from "./visit.mjs";

const [url, key, mode] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${key}` };
const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
const client = new Client({ name: "byhand-conformance", version: "1.0.0" }, { versionNegotiation: { mode } });
await client.connect(transport);
const modern = mode === "auto";
assert.equal(client.getNegotiatedProtocolVersion(), modern ? "2026-07-28" : "2025-11-25");

const call = (name, words = {}) => client.callTool({ name, arguments: words });
const tools = await visit(client, call, { comesBack: modern });
await client.close();
console.log(`It did all it was asked to, with ${tools} tools.`);
