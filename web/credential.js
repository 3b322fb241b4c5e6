// Encrypts a credential so that only the agent who posted the task can read it: WebCrypto, no network, no storage.
//
//     agent's public key ─┐
//     our one-time key ───┴► ECDH (P-256) ─► HKDF-SHA-256 ─► AES-256-GCM over the JSON, bound to the task's id
//
// The one-time private key is never exported and is gone with this call. docs/credential-vectors.json is the proof.

export const ALGORITHM = "ECDH-P256-AES-256-GCM";
export const PLAINTEXT_BYTES_MAX = 16 * 1024;

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const INFO = new TextEncoder().encode("byhand/credential/v1");
const SALT = new Uint8Array(32);
const POINT_BYTES = 65;
const UNCOMPRESSED = 4;
const IV_BYTES = 12;
// What stands before the point in the SPKI of every P-256 key: its algorithm, its curve, and the length of the point.
const SPKI_HEAD = bytesOfHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");

/** The agent's key is none that anything could be encrypted for. */
export class BadKey extends Error {
  constructor(why) {
    super(`The agent's key cannot be used: ${why}. Nothing was encrypted and nothing was sent.`);
    this.name = "BadKey";
  }
}

/** The credential does not fit into what a credential may be. */
export class BadCredential extends Error {
  constructor(sentence) {
    super(sentence);
    this.name = "BadCredential";
  }
}

/** Encrypt a credential, an object, for an agent and one task of theirs. Throws BadKey, BadCredential. */
export async function encrypt(agentPublicKey, taskId, credential) {
  const ephemeral = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  return encryptWith(agentPublicKey, taskId, JSON.stringify(credential), { ephemeral, iv });
}

/** The same with a given one-time pair and IV, which may never serve twice: for `encrypt` and for the test vectors. */
export async function encryptWith(agentPublicKey, taskId, text, { ephemeral, iv }) {
  const plaintext = new TextEncoder().encode(text);
  if (plaintext.length > PLAINTEXT_BYTES_MAX) {
    throw new BadCredential(`This is ${plaintext.length} bytes; a credential may have ${PLAINTEXT_BYTES_MAX}.`);
  }
  const { key } = await readKey(agentPublicKey);
  const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: key }, ephemeral.privateKey, 256);
  const cipher = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(taskId), tagLength: 128 };
  const sealed = await crypto.subtle.encrypt(cipher, await aesKey(secret), plaintext);
  const point = await crypto.subtle.exportKey("raw", ephemeral.publicKey);
  return {
    ciphertext: toBase64(new Uint8Array(sealed)),
    iv: toBase64(iv),
    ephemeralPublicKey: toBase64(new Uint8Array(point)),
    algorithm: ALGORITHM,
  };
}

/** What people compare to know that both sides mean the same key. Throws BadKey. */
export async function fingerprint(agentPublicKey) {
  const { point } = await readKey(agentPublicKey);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", point)).slice(0, 16);
  const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.match(/.{4}/g).join(" ");
}

async function aesKey(secret) {
  const shared = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: SALT, info: INFO };
  return crypto.subtle.deriveKey(derivation, shared, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
}

/** The key as its 65-byte point and as WebCrypto knows it; importing it checks that the point is on the curve. */
async function readKey(text) {
  const point = pointOf(fromBase64(text));
  try {
    return { point, key: await crypto.subtle.importKey("raw", point, CURVE, true, []) };
  } catch {
    throw new BadKey("it is no point of the curve P-256");
  }
}

function pointOf(bytes) {
  const head = bytes.slice(0, SPKI_HEAD.length);
  const isSpki = bytes.length === SPKI_HEAD.length + POINT_BYTES && head.every((byte, at) => byte === SPKI_HEAD[at]);
  const point = isSpki ? bytes.slice(SPKI_HEAD.length) : bytes;
  if (point.length !== POINT_BYTES || point[0] !== UNCOMPRESSED) {
    throw new BadKey("it is neither the SPKI of a P-256 key nor an uncompressed point of one");
  }
  return point;
}

function fromBase64(text) {
  const isBase64 = typeof text === "string" && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  if (!isBase64) throw new BadKey("it is not in base64");
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function toBase64(bytes) {
  // In steps, because a call takes only so many arguments.
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function bytesOfHex(hex) {
  return Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
}
