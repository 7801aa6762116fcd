// A plugin process with a provider that has no vendor: for tests of handshake, wire and process. What it is to do comes as words:
// `node fake-terraform-plugin.ts [--reattach] [slow=SECONDS] [noise-before] [noise-after] [throws] [stray]`
import { setTimeout as sleep } from "node:timers/promises";
import { type ProviderHandlers, servePlugin } from "../frontends/terraform/plugin-server.ts";
import { surroundingsOf } from "../frontends/terraform/surroundings.ts";

const words = process.argv.slice(2);
const seconds = Number(words.find((word) => word.startsWith("slow="))?.slice(5) ?? 0);
const surroundings = surroundingsOf(process);
const say = (text: string): void => surroundings.log({ level: "info", text, fields: { test: true } });

let writes = 0;
let stop: () => void = () => {};
const cancel = (): void => {
  say("cancelled");
  stop();
};

/** One resource with one attribute that the user gives: all its values are echoed. */
const handlers: ProviderHandlers = {
  getProviderSchema: async () => ({
    provider: { block: {} },
    resourceSchemas: {
      seatwise_thing: { block: { attributes: [{ name: "name", type: Buffer.from('"string"'), required: true }] } },
    },
    serverCapabilities: { planDestroy: true },
  }),
  validateProviderConfig: async () => ({}),
  validateResourceConfig: async () => ({}),
  configureProvider: async () => ({}),
  upgradeResourceState: async ({ rawState }) => ({ upgradedState: { json: rawState?.json } }),
  readResource: async ({ currentState, private: kept }) => {
    if (words.includes("throws")) throw new Error("the token is hunter2");
    return { newState: currentState, private: kept };
  },
  planResourceChange: async ({ proposedNewState, priorPrivate }) => ({
    plannedState: proposedNewState,
    plannedPrivate: priorPrivate,
  }),
  applyResourceChange: async ({ plannedState }) => {
    writes++;
    say("writing");
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    // A write that is out is waited for: a cancelled one ends early here only where it says so.
    await (words.includes("abortable") ? Promise.race([sleep(seconds * 1000), stopped]) : sleep(seconds * 1000));
    say("written");
    writes--;
    return { newState: plannedState, private: Buffer.from("kept") };
  },
  stopProvider: async () => {
    cancel();
    return {};
  },
};

if (words.includes("noise-before")) surroundings.print("hello");
const place = await servePlugin({
  handlers,
  surroundings,
  cancel,
  writing: () => writes > 0,
  reattach: words.includes("--reattach"),
});
if (place) say(`serving on ${place.network}`);
if (words.includes("noise-after")) surroundings.print("x".repeat(4 * 1024 * 1024));
if (words.includes("stray")) {
  void Promise.reject(new Error("nobody waits for this"));
  setTimeout(() => {
    throw new Error("nobody catches this");
  }, 10);
}
