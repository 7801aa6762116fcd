import { environmentLines, pulumiLines, terraformLines } from "./sandbox-connect.ts";
import type { Office } from "./sandbox-deeds.ts";
import { curl, manual } from "./sandbox-manual.ts";
import type { RunningSystem, Systems } from "./sandbox-systems.ts";

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign] ?? sign);
const number = (value: number): string => value.toLocaleString("en-US");
const listing = (label: string, lines: readonly string[]): string =>
  `<pre tabindex="0" role="region" aria-label="${escaped(label)}"><code>${escaped(lines.join("\n"))}</code></pre>`;

/** Wide text scrolls in its own box; both schemes of colour keep a contrast above 7 to 1. */
const style = `
:root { color-scheme: light dark; --line: #767676; --soft: #f2f2f2; --link: #0b3d91; }
@media (prefers-color-scheme: dark) { :root { --line: #8c8c8c; --soft: #262626; --link: #9ec5ff; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
a { color: var(--link); }
h1 { margin-bottom: 0; } h2 { margin-top: 2rem; } h3 { margin-bottom: .25rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-bottom: .5rem; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .75rem .4rem 0; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; }
td ul { margin: 0; padding-left: 1.1rem; min-width: 18rem; }
pre { background: var(--soft); padding: .75rem; overflow-x: auto; margin: .25rem 0 1rem; }
code { font: .875rem/1.45 ui-monospace, monospace; }
dt { margin-top: 1rem; } dd { margin-left: 0; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
`;

const row = ({ title, name, connectionName, connection, simulator, shows }: RunningSystem): string => {
  const { total, reads, writes } = simulator.counts();
  const address = typeof connection.baseUrl === "string" ? connection.baseUrl : simulator.url;
  return `<tr><th scope="row">${escaped(title)}<br><code>${escaped(name)}</code></th>
<td><code>${escaped(address)}</code><br>connection <code>${escaped(connectionName)}</code></td>
<td><ul>${shows.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul></td>
${[total, reads, writes].map((count) => `<td class="number">${number(count)}</td>`).join("")}</tr>`;
};

const systemsTable = (
  systems: readonly RunningSystem[],
): string => `<div class="wide" tabindex="0" role="region" aria-label="Systems"><table>
<caption>Simulated systems; requests are those since the start or since the log was forgotten</caption>
<thead><tr><th scope="col">System</th><th scope="col">Address</th><th scope="col">What it shows</th>
<th scope="col" class="number">Requests</th><th scope="col" class="number">Reads</th><th scope="col" class="number">Writes</th></tr></thead>
<tbody>${systems.map(row).join("\n")}</tbody></table></div>`;

const recent = ({ systems }: Systems): string => {
  const last = systems
    .flatMap(({ name, simulator }) => simulator.log.slice(-15).map((served) => ({ name, ...served })))
    .sort((a, b) => a.at - b.at)
    .slice(-15);
  if (last.length === 0) return "<p>No request yet.</p>";
  const rows = last.map(
    ({ at, name, method, path, status, fault }) =>
      `<tr><td>${new Date(at).toISOString().slice(11, 19)}</td><td>${escaped(name)}</td><td><code>${escaped(`${method} ${path}`)}</code></td><td class="number">${status === 0 ? "none" : status}</td><td>${fault ?? ""}</td></tr>`,
  );
  return `<div class="wide" tabindex="0" role="region" aria-label="Requests"><table><caption>The last requests, at most 15 (UTC)</caption>
<thead><tr><th scope="col">Time</th><th scope="col">System</th><th scope="col">Request</th><th scope="col" class="number">Answer</th><th scope="col">Injected fault</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
};

const deeds = (url: string): string =>
  `<dl>${manual
    .map(
      (entry) =>
        `<dt>${escaped(entry.does)}</dt><dd>${listing(`${entry.method} ${entry.path}`, [curl(entry, url)])}</dd>`,
    )
    .join("\n")}</dl>`;

/** The sandbox for a reader: what it serves, how to connect, what was asked so far, what can be done. */
export const pageOf = ({ sandbox, office, url }: { sandbox: Systems; office: Office; url: string }): string => {
  const { company, systems, clock } = sandbox;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Seatwise sandbox: ${escaped(company.name)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Seatwise sandbox</h1>
<p>${escaped(company.name)} (${escaped(company.domain)}), a company that does not exist: ${number(office.people().length)} people, ${number(company.groups.length)} groups, ${number(company.contracts.length)} contracts. Its time is ${new Date(clock.now()).toISOString()}. Nothing is kept when the sandbox ends.</p>
<nav aria-label="On this page"><a href="#systems">Systems</a> · <a href="#connect">How to connect</a> · <a href="#requests">Requests</a> · <a href="#deeds">What can be done</a></nav>
</header>
<main>
<h2 id="systems">Systems</h2>
${systemsTable(systems)}
<h2 id="connect">How to connect</h2>
<p>The secrets are the environment's, for either engine:</p>
${listing("Environment", environmentLines(systems, url))}
<h3>Pulumi</h3>
${listing("Pulumi configuration", pulumiLines(systems))}
<h3>Terraform and OpenTofu</h3>
${listing("Terraform provider block", terraformLines(systems))}
<h3>Do the credentials suffice?</h3>
${listing("seatwise doctor", [`curl -s ${url}/connections | seatwise doctor -`])}
<h2 id="requests">Requests</h2>
${recent(sandbox)}
<h2 id="deeds">What can be done here that no real system's API can</h2>
${deeds(url)}
</main>
</body>
</html>
`;
};
