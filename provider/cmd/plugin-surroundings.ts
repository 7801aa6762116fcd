import { tmpdir } from "node:os";
import { hclog } from "../frontends/terraform/hclog.ts";
import type { Surroundings } from "../frontends/terraform/surroundings.ts";

/** Terraform's pipes close when it is killed: what is written then is for nobody, and no reason to stop a write at a vendor. */
const neverFails = (stream: NodeJS.WriteStream): void => {
  stream.on("error", () => {});
};

/** This process, as the front end for Terraform sees it. */
export const pluginSurroundings = (): Surroundings => {
  neverFails(process.stdout);
  neverFails(process.stderr);
  return {
    pid: process.pid,
    platform: process.platform,
    temporary: tmpdir(),
    env: (name) => process.env[name],
    print: (line) => process.stdout.write(`${line}\n`),
    log: (line) => process.stderr.write(`${hclog(line, new Date())}\n`),
    parent: () => process.ppid,
    on: (event, act) => process.on(event, act),
    exit: (code) => process.exit(code),
  };
};
