// Who is signed in here. An operator's id, of test deployments only, stays on this device; a token ends with the tab.

const ID = "byhand.operator_id";
const TOKEN = "byhand.token";

/** Whether this deployment knows operators by a plain id; else by a token of its identity provider. */
export const byId = document.documentElement.dataset.signIn === "id";

/** The header that says who is asking; nothing when nobody is signed in. */
export function credentials() {
  const token = sessionStorage.getItem(TOKEN);
  if (token) return { Authorization: `Bearer ${token}` };
  const id = byId && localStorage.getItem(ID);
  return id ? { "X-Operator-Id": id } : {};
}

export function isSignedIn() {
  return Object.keys(credentials()).length > 0;
}

export function rememberId(id) {
  localStorage.setItem(ID, id);
}

export function rememberToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

/** Leave nothing of this person behind: not who they are, not what they were doing. */
export function forget() {
  for (const storage of [localStorage, sessionStorage]) {
    for (const name of Object.keys(storage).filter((one) => one.startsWith("byhand."))) storage.removeItem(name);
  }
}
