import { readFileSync } from "node:fs";
import { join } from "node:path";
import { envName } from "../engine/config.ts";
import { inventEnterprise } from "../testing/enterprise.ts";
import { startControl } from "../testing/sandbox-control.ts";
import { curl, manual } from "../testing/sandbox-manual.ts";
import { type Systems, startSystems } from "../testing/sandbox-systems.ts";
import { diagnose } from "./doctor-command.ts";

const page = (name: string): string => readFileSync(join(__dirname, "../../docs", name), "utf8");
const blocks = (name: string, language: string): string[] =>
  [...page(name).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, text = ""]) => text);

/** A curl line as a request; one that is not understood fails, so that none goes untried. */
const requestOf = (line: string): { method: string; url: string; body?: string } => {
  const read = /^curl -s (?:-X (DELETE) )?(?:'([^']+)'|(http\S+))(?: -d '([^']+)')?$/.exec(line);
  if (!read) throw new Error(`no curl line that this test understands: ${line}`);
  const [, method, quoted, plain, body] = read;
  const url = quoted ?? plain ?? "";
  return { method: method ?? (body === undefined ? "GET" : "POST"), url, ...(body === undefined ? {} : { body }) };
};

let sandbox: Systems;
let control: Awaited<ReturnType<typeof startControl>>;
beforeAll(async () => {
  const company = inventEnterprise({ seed: 1, people: 300, now: Date.now() });
  sandbox = await startSystems({ company, names: ["keycloak", "scim"], seed: 1, port: 0 });
  control = await startControl(sandbox, 0);
});
afterAll(async () => {
  await Promise.all([control.stop(), sandbox.stop()]);
});
const run = async (line: string): Promise<string> => {
  const { method, url, body } = requestOf(line.replace("http://127.0.0.1:8082", control.url));
  const reply = await fetch(url, { method, ...(body === undefined ? {} : { body }) });
  return reply.ok ? "" : `${line}: ${reply.status} ${await reply.text()}`;
};
const runAll = async (lines: readonly string[]): Promise<readonly string[]> => {
  const failed: string[] = [];
  for (const line of lines) failed.push(await run(line)); // in their order: the second may need the first
  return failed.filter((text) => text !== "");
};

// First of all: the commands below set the clock, and the doctor tells by how much.
test("docs/doctor.md's answer is what the doctor says at the sandbox", async () => {
  const [json = ""] = blocks("doctor.md", "json");
  const [people, crm] = sandbox.systems;
  const moved = json
    .replace("http://127.0.0.1:8080", String(people?.connection.baseUrl))
    .replace("http://127.0.0.1:8081/scim/v2", String(crm?.connection.baseUrl));
  const secrets = Object.fromEntries(
    sandbox.systems.flatMap(({ connectionName, secrets: given }) =>
      Object.entries(given).map(([field, value]) => [envName(connectionName, field), value]),
    ),
  );
  const { code, lines } = await diagnose(moved, { file: "-", readOnly: false, json: false }, (name) => secrets[name]);
  const plain = (text: string) => text.replace(/http:\/\/127\.0\.0\.1:\d+/g, "URL").replace(/\d+ ms/g, "MS");
  expect(code).toBe(0);
  expect(blocks("doctor.md", "text").map(plain)).toContain(`${plain(lines.join("\n"))}\n`);
});

test("every command of docs/sandbox.md does what it says", async () => {
  const lines = blocks("sandbox.md", "sh").flatMap((text) => text.trim().split("\n"));
  expect(lines.length).toBeGreaterThan(12);
  expect(await runAll(lines)).toEqual([]);
});

test("every line of the page and of --help works as it stands", async () => {
  expect(await runAll(manual.map((entry) => curl(entry, control.url)))).toEqual([]);
});
