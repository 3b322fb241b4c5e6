// What an answer is held to, out of the JSON Schema that comes with a question: in words, and for the browser to check.
// Only the server decides.

const NOUNS = {
  string: "a text",
  integer: "a whole number",
  number: "a number",
  boolean: "yes or no",
  array: "a list",
  object: "JSON",
};

/** What narrows an answer of a known type, as sentences; an empty text where anything of that type will do. */
export function bounds(schema) {
  const sentences = [
    schema.type === "integer" && "A whole number.",
    range(lowest(schema), highest(schema)),
    range(least(schema.minLength), most(schema.maxLength), " letters"),
    range(least(schema.minItems), most(schema.maxItems), " in all"),
    schema.items && each(schema.items),
    schema.properties && parts(schema),
  ];
  return sentences.filter(Boolean).join(" ");
}

/** The same for the browser, as far as it knows such bounds. */
export function limits({ type, minimum, maximum, minLength, maxLength }) {
  const isWhole = type === "integer"; // Steps are counted from the least, which must be whole then.
  const min = isWhole && minimum !== undefined ? Math.ceil(minimum) : minimum;
  const known = { min, max: maximum, minLength, maxLength, step: isWhole ? 1 : "any" };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

/** One of several choices, as a person reads it. */
export function spoken(value) {
  return { string: value, boolean: value ? "Yes" : "No" }[typeof value] ?? JSON.stringify(value);
}

function each(schema) {
  const narrowed = bounds({ ...schema, type: undefined });
  const noun = NOUNS[schema.type];
  if (schema.enum) return `Each is one of: ${schema.enum.map(spoken).join(", ")}.`;
  return [noun && schema.type !== "string" && `Each is ${noun}.`, narrowed && `For each: ${narrowed}`]
    .filter(Boolean)
    .join(" ");
}

function parts({ properties, required = [] }) {
  const named = Object.entries(properties).map(([name, schema]) => {
    const kind = schema.enum ? schema.enum.map(spoken).join(" or ") : NOUNS[schema.type];
    const told = [kind, required.includes(name) ? "" : "may be left out"].filter(Boolean).join(", ");
    return told ? `${name} (${told})` : name;
  });
  return `It has: ${named.join("; ")}.`;
}

function range(low, high, unit = "") {
  if (!low && !high) return "";
  const said = [low, high].filter(Boolean).join(", ");
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${unit}.`;
}

const least = (value) => value !== undefined && `at least ${value}`;
const most = (value) => value !== undefined && `at most ${value}`;

function lowest({ minimum, exclusiveMinimum: above }) {
  const isAbove = above !== undefined && !(minimum > above);
  return isAbove ? `more than ${above}` : least(minimum);
}

function highest({ maximum, exclusiveMaximum: below }) {
  const isBelow = below !== undefined && !(maximum < below);
  return isBelow ? `less than ${below}` : most(maximum);
}
