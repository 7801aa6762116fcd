import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diagnostics, summary } from "./engine-event.ts";
import { type PulumiCli, pulumiCli } from "./pulumi-cli.ts";
import { writeProject } from "./pulumi-project.ts";
import { lives, until } from "./watched-process.ts";

const program = `
import * as pulumi from "@pulumi/pulumi";
interface Person { readonly login: string }
const people: Person[] = [{ login: new pulumi.Config().require("who") }];
export const logins = people.map((person) => person.login);
export const nested = new pulumi.Config("seatwise").requireObject<{ a: number }>("connections").a;
export const secret = new pulumi.Config().requireSecret("token");
console.log("hello from Node " + process.versions.node.split(".")[0]);
`;

describe("the real CLI on our language host", () => {
  let folder: string;
  let cli: PulumiCli;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "seatwise-cli-"));
    await writeProject(join(folder, "project"), { name: "hello", program });
    cli = pulumiCli({ cwd: join(folder, "project"), home: join(folder, "home") });
    await cli.init({ who: "ada", "seatwise:connections": '{"a":1}' }, { token: "canary-7" });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("up, preview, refresh and destroy run a TypeScript program, with configuration and secrets", async () => {
    const up = await cli.up();
    expect(up).toMatchObject({ code: 0, stderr: "" });
    expect(diagnostics(up.events).map((d) => d.message.trim())).toContain(`hello from Node ${nodeMajor()}`);
    expect(up.stdout + JSON.stringify(up.events)).not.toContain("canary-7");
    expect(await cli.outputs()).toEqual({ logins: ["ada"], nested: 1, secret: "[secret]" });
    expect(await readFile(join(folder, "home/state/.pulumi/stacks/hello/test.json"), "utf8")).not.toContain("canary-7");

    const again = await cli.preview({ args: ["--expect-no-changes"] });
    expect([again.code, summary(again.events)]).toMatchObject([0, { resourceChanges: { same: 1 }, isPreview: true }]);
    expect((await cli.refresh()).code).toBe(0);
    const destroy = await cli.destroy();
    expect([destroy.code, summary(destroy.events)?.resourceChanges]).toEqual([0, { delete: 1 }]);
  });

  test("a program that throws is an error with its message, and another exit code is named", async () => {
    await writeFile(join(folder, "project/index.ts"), 'throw new Error("no such team");');
    const thrown = await cli.preview();
    expect(thrown.code).not.toBe(0);
    expect(thrown.stdout + thrown.stderr).toContain("no such team");
    await writeFile(join(folder, "project/index.ts"), "process.exit(3);");
    const left = await cli.preview();
    expect(left.stdout + left.stderr).toContain("the program ended with exit code 3");
  });

  test("Ctrl-C ends it; a killed CLI leaves neither host nor program behind", async () => {
    const pidFile = join(folder, "pids");
    const waits = `import { writeFileSync } from "node:fs";
writeFileSync(${JSON.stringify(pidFile)}, process.pid + " " + process.ppid);
setInterval(() => {}, 1000);
await new Promise(() => {});`;
    await writeFile(join(folder, "project/index.ts"), waits);

    const stop = new AbortController();
    const running = cli.start("preview", { signal: stop.signal });
    await pids(pidFile);
    stop.abort();
    expect((await running.ended).code).not.toBe(0);

    const killed = cli.start("preview");
    const alive = await pids(pidFile);
    killed.kill("SIGKILL");
    expect((await killed.ended).signal).toBe("SIGKILL");
    await until(() => alive.every((pid) => !lives(pid)));
  });
});

const nodeMajor = () => process.versions.node.split(".")[0];

/** Program and language host; the file goes, so that the next run writes its own. */
const pids = async (file: string): Promise<number[]> => {
  let text = "";
  await until(async () => {
    text = await readFile(file, "utf8").catch(() => "");
    return text !== "";
  });
  await rm(file);
  return text.split(" ").map(Number);
};
