import { randomInt } from "node:crypto";
import type { Message } from "../core/resource.ts";
import type { Provider } from "../engine/verbs.ts";
import { packageSchema } from "../frontends/terraform/package-schema.ts";
import { servePlugin } from "../frontends/terraform/plugin-server.ts";
import { providerServer } from "../frontends/terraform/provider-server.ts";
import { surroundingsOf } from "../frontends/terraform/surroundings.ts";
import { parentOf } from "./parent.ts";
import { placeOf } from "./terraform-place.ts";
import { version } from "./version.ts";

const surroundings = surroundingsOf(process);
const parent = parentOf(); // now: later it may be gone, and we another's child
const log = ({ level, text }: Message): void => surroundings.log({ level: level === "warning" ? "warn" : level, text });
// Not the pid: two containers give their processes the same ones, and a plan is carried from one to the other.
const pid = randomInt(2 ** 47);
// Rules, planner and connectors are read when they are needed: half of the starts are only asked for the schema.
let provider: Promise<Provider> | null = null;
const load = (): Promise<Provider> => {
  provider ??= import("./provider.ts").then(({ makeProvider }) =>
    makeProvider({
      env: surroundings.env,
      log,
      parent,
      pid,
      savedPlans: { place: placeOf(surroundings.env, process.cwd()) },
    }),
  );
  return provider;
};

const { handlers, cancel, writing, redact } = providerServer({
  provider: { version, load },
  schema: packageSchema,
  log,
});
await servePlugin({
  handlers,
  cancel,
  writing,
  redact,
  surroundings,
  reattach: process.argv.includes("--reattach"),
});
