// A plugin process with a provider that has no vendor: for tests of the process itself. `node fake-plugin.ts [SECONDS-PER-APPLY]`
import { setTimeout as sleep } from "node:timers/promises";
import { endWithEngine } from "../frontends/pulumi/process.ts";
import { serve } from "../frontends/pulumi/server.ts";
import { FakeProvider } from "./fake-provider.ts";

const provider = new FakeProvider();
const seconds = Number(process.argv[2] ?? 0);
provider.during = async () => {
  process.stdout.write("writing\n");
  await sleep(seconds * 1000);
};
const serving = await serve(provider, { schema: () => "{}", engineAddress: null, debug: () => {} });
endWithEngine(serving, {
  parent: () => process.ppid,
  on: (signal, act) => process.on(signal, act),
  exit: (code) => process.exit(code),
});
process.stdout.write(`${serving.port}\n`);
