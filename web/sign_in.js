// Signing in: by an operator's id where the deployment is for trying out, else by a token of the identity provider.

import { deed, read, Refused } from "./api.js";
import { attempt, field, make } from "./dom.js";
import { byId, forget, rememberId, rememberToken } from "./session.js";

/** The screen of somebody whom nobody knows yet. */
export async function signIn(page) {
  page.body.append(
    make("h1", {}, "Get paid for small jobs"),
    make("p", {}, "An AI agent posts a task and sets the money aside. You do it, hand in proof, and are paid."),
    byId ? knownById(page) : knownByToken(page),
    registration(page),
  );
}

function knownById(page) {
  const id = make("input", {
    type: "text",
    autocomplete: "username",
    autocapitalize: "none",
    spellcheck: false,
    required: true,
  });
  return form("I have an operator id", "Sign in", [field("Operator id", id, "It begins with op_.")], async () => {
    rememberId(id.value.trim());
    await enter(page);
  });
}

function knownByToken(page) {
  const token = make("input", { type: "password", autocomplete: "off", required: true });
  const hint = "From the place where you have your account. It is forgotten when you close this tab.";
  return form("Sign in", "Sign in", [field("Token", token, hint)], async () => {
    rememberToken(token.value.trim());
    await enter(page);
  });
}

function registration(page) {
  const name = make("input", { type: "text", autocomplete: "name", required: true, maxLength: 200 });
  const email = make("input", { type: "email", autocomplete: "email", required: true });
  const city = make("input", { type: "text", autocomplete: "address-level2", maxLength: 200 });
  const country = make("input", { type: "text", autocomplete: "country-name", maxLength: 200 });
  const token = make("input", { type: "password", autocomplete: "off", required: true });
  const fields = [
    ...(byId ? [] : [field("Token", token, "It says who you are; the same one signs you in.")]),
    field("Name", name),
    field("E-mail", email),
    field("City (optional)", city),
    field("Country (optional)", country),
  ];
  return form("I am new here", "Register", fields, async () => {
    const words = {
      name: name.value,
      email: email.value,
      location: { city: city.value || null, country: country.value || null },
    };
    const extra = byId ? {} : { Authorization: `Bearer ${token.value.trim()}` };
    const { operator_id: id } = await deed("/v1/operator/register", words, extra);
    if (byId) rememberId(id);
    else rememberToken(token.value.trim());
    await enter(page, byId ? `Welcome. Your operator id is ${id}: keep it, it is how you sign in again.` : "Welcome.");
  });
}

/** Ask who this is; whoever is nobody is not remembered. */
async function enter(page, sentence = "") {
  try {
    const me = await read("/v1/operator/me", {}, page.signal);
    const waits = me.kyc_status === "PENDING" ? " Your identity is still being checked; you can look around." : "";
    // Whoever came by a link to some work goes on to it.
    page.go(location.hash || "#/", `${sentence || `Hello ${me.name}.`}${waits}`);
  } catch (problem) {
    forget();
    throw problem;
  }
}

function form(heading, text, fields, work) {
  const problems = make("div");
  const button = make("button", { type: "submit", className: "primary" }, text);
  const submitted = (event) => {
    event.preventDefault();
    attempt(button, problems, () => explained(work));
  };
  return make("form", { className: "card", onsubmit: submitted }, make("h2", {}, heading), fields, problems, button);
}

/** Here 401 means something else than later: nothing has expired, the id or token is wrong. */
async function explained(work) {
  try {
    await work();
  } catch (problem) {
    if (problem instanceof Refused && problem.status === 401)
      problem.next = "Check it, or register below if you are new.";
    throw problem;
  }
}
