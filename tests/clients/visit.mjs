// What an action does with Node's own fetch: order and look until it is over, then order and wait in one request.

const [base, key] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
const body = (description) => JSON.stringify({ url: "https://shop.example.com", description, metadata: { source: "node" } });

async function asked(path, words) {
  const answer = await fetch(`${base}${path}`, words ? { method: "POST", headers, body: words } : { headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

const { jobId } = await asked("/api/jobs", body("Buy a pencil."));
let job;
do {
  await new Promise((resolve) => setTimeout(resolve, 100));
  job = await asked(`/api/job/${jobId}`);
} while (!["completed", "incomplete", "abandoned", "rejected", "error"].includes(job.status));
console.log(job.status, job.costUsd);

const waited = await asked("/api/run", body("Buy a pen."));
console.log(waited.status, waited.costUsd);
