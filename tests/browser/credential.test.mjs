// web/credential.js against the shared vectors, in Node's WebCrypto. `make browser` asks Chromium the same.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const source = await readFile(new URL("../../web/credential.js", import.meta.url), "utf8");
// As the module that browsers see it as: Node would first ask what kind of package it belongs to.
const credential = await import(`data:text/javascript,${encodeURIComponent(source)}`);
const VECTORS = JSON.parse(await readFile(new URL("../../docs/credential-vectors.json", import.meta.url), "utf8"));
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const bytes = (base64) => Uint8Array.from(Buffer.from(base64, "base64"));
const base64 = (value) => Buffer.from(value).toString("base64");
const SPKI_HEAD = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");

/** Read a sealed credential as the agent does, with Node's crypto; nothing here is shared with what is tested. */
async function decrypt(vector, sealed, taskId) {
  const secretKey = await crypto.subtle.importKey("pkcs8", bytes(vector.agent_private_key), CURVE, false, [
    "deriveBits",
  ]);
  const theirs = await crypto.subtle.importKey("raw", bytes(sealed.ephemeralPublicKey), CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, secretKey, 256);
  const hkdf = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode("byhand/credential/v1");
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info };
  const key = await crypto.subtle.deriveBits(derivation, hkdf, 256);
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const cipher = { name: "AES-GCM", iv: bytes(sealed.iv), additionalData: new TextEncoder().encode(taskId) };
  return Buffer.from(await crypto.subtle.decrypt(cipher, aes, bytes(sealed.ciphertext))).toString("utf8");
}

async function ephemeralOf(vector) {
  const pkcs8 = bytes(vector.ephemeral_private_key);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, CURVE, false, ["deriveBits"]);
  const publicKey = await crypto.subtle.importKey("raw", bytes(vector.ephemeralPublicKey), CURVE, true, []);
  return { privateKey, publicKey };
}

test("there are vectors of both kinds of key", () => {
  const lengths = new Set(VECTORS.map((vector) => bytes(vector.agent_public_key).length));
  assert.deepEqual([...lengths].sort(), [65, 91]);
});

for (const vector of VECTORS) {
  test(`${vector.name}: the ciphertext is the vector's, byte for byte`, async () => {
    const ephemeral = await ephemeralOf(vector);
    const fixed = { ephemeral, iv: bytes(vector.iv) };
    const sealed = await credential.encryptWith(vector.agent_public_key, vector.task_id, vector.plaintext, fixed);
    assert.equal(sealed.ciphertext, vector.ciphertext);
    assert.equal(sealed.ephemeralPublicKey, vector.ephemeralPublicKey);
    assert.equal(sealed.iv, vector.iv);
    assert.equal(sealed.algorithm, "ECDH-P256-AES-256-GCM");
  });

  test(`${vector.name}: the fingerprint is the vector's`, async () => {
    assert.equal(await credential.fingerprint(vector.agent_public_key), vector.fingerprint);
  });

  test(`${vector.name}: a fresh encryption opens for the agent, for this task only`, async () => {
    const words = JSON.parse(vector.plaintext);
    const sealed = await credential.encrypt(vector.agent_public_key, vector.task_id, words);
    assert.deepEqual(JSON.parse(await decrypt(vector, sealed, vector.task_id)), words);
    await assert.rejects(decrypt(vector, sealed, `${vector.task_id}x`));
  });
}

test("one-time keys and IVs are never the same twice", async () => {
  const [{ agent_public_key: key, task_id: task }] = VECTORS;
  const twice = [await credential.encrypt(key, task, { a: "b" }), await credential.encrypt(key, task, { a: "b" })];
  for (const field of ["ciphertext", "iv", "ephemeralPublicKey"]) assert.notEqual(twice[0][field], twice[1][field]);
});

test("a key is the same key as a point and as SPKI", async () => {
  const point = VECTORS.map((vector) => bytes(vector.agent_public_key)).find((key) => key.length === 65);
  const spki = base64(Buffer.concat([SPKI_HEAD, point]));
  assert.equal(await credential.fingerprint(spki), await credential.fingerprint(base64(point)));
});

test("a bad key is refused with a sentence, and nothing is encrypted", async () => {
  const point = VECTORS.map((vector) => bytes(vector.agent_public_key)).find((key) => key.length === 65);
  const offCurve = Uint8Array.from(point);
  offCurve[64] ^= 1;
  const compressed = Uint8Array.from([2, ...point.slice(1, 33)]);
  const otherCurve = Buffer.concat([SPKI_HEAD, point]);
  otherCurve[20] ^= 1;
  const bad = {
    "not base64": "?".repeat(88),
    nothing: "",
    null: null,
    "a number": 7,
    "url-safe": base64(point).replace(/[+/]/, "-"),
    "too short": base64(point.slice(0, 64)),
    "too long": base64(Buffer.concat([point, Buffer.from([0])])),
    "off the curve": base64(offCurve),
    compressed: base64(compressed),
    "all zero": base64(new Uint8Array(65)),
    "another algorithm": base64(otherCurve),
  };
  for (const [name, key] of Object.entries(bad)) {
    await assert.rejects(credential.encrypt(key, "task_1", { a: "b" }), credential.BadKey, name);
    await assert.rejects(credential.fingerprint(key), /The agent's key cannot be used: it is/, name);
  }
});

test("a credential has at most 16 KB", async () => {
  const [{ agent_public_key: key }] = VECTORS;
  const frame = JSON.stringify({ a: "" }).length;
  const most = credential.PLAINTEXT_BYTES_MAX - frame;
  await credential.encrypt(key, "task_1", { a: "x".repeat(most) });
  await assert.rejects(credential.encrypt(key, "task_1", { a: "x".repeat(most + 1) }), credential.BadCredential);
});
