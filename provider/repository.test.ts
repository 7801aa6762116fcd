import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { notice } from "./emit/header.ts";

// What must hold for every file that git tracks and every package that the lockfile names.
const root = join(__dirname, "..");
const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }).trim();
const text = (path: string): string => readFileSync(join(root, path), "utf8");
const json = <T>(path: string): T => JSON.parse(text(path)) as T;

const listed = (...patterns: string[]): string[] =>
  run("git", "ls-files", ...patterns)
    .split("\n")
    .filter(Boolean);
const tracked = listed().filter((path) => existsSync(join(root, path)));
const readable = tracked.filter((path) => !/\.(png|svg|ico|jar|tgz)$/.test(path));

interface Locked {
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
  readonly dev?: boolean;
  readonly peer?: boolean;
}
const locked = Object.entries(json<{ packages: Record<string, Locked> }>("package-lock.json").packages).filter(
  ([path]) => path !== "",
);
const nameOf = (path: string): string => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

test("the scan sees the repository", () => {
  expect(readable.length).toBeGreaterThan(60);
  expect(locked.length).toBeGreaterThan(200);
});

describe("no file names a registry", () => {
  // Written apart, so that this file does not find itself.
  const publicHosts = [
    ["registry", "npmjs", "org"],
    ["registry", "yarnpkg", "com"],
    ["npm", "pkg", "github", "com"],
    ["proxy", "golang", "org"],
    ["sum", "golang", "org"],
    ["pypi", "org"],
    ["pythonhosted", "org"],
    ["repo1", "maven", "org"],
    ["repo", "maven", "apache", "org"],
    ["central", "sonatype", "com"],
    ["deb", "debian", "org"],
  ].map((parts) => parts.join("."));

  /** The mirror that this machine installs from, whatever it is: its host is nobody else's business. */
  const mirrors = (): string[] => {
    const urls = [run("npm", "config", "get", "registry"), process.env.GOPROXY, process.env.PIP_INDEX_URL];
    const hosts = urls.flatMap((url) => [...(url ?? "").matchAll(/https?:\/\/(?:[^@/\s,]*@)?([^/:\s,]+)/g)]);
    return hosts.map(([, host = ""]) => host).filter((host) => host !== "" && !/^(localhost|127\.|direct$)/.test(host));
  };
  const findIn = (hosts: readonly string[], body: string): string[] => hosts.filter((host) => body.includes(host));

  test("in any tracked file", () => {
    const hosts = [...new Set([...publicHosts, ...mirrors()])];
    expect(readable.flatMap((path) => findIn(hosts, text(path)).map((host) => `${path}: ${host}`))).toEqual([]);
  });
  test("and one that did would be found", () => {
    expect(findIn(publicHosts, `"resolved": "https://${publicHosts[0]}/zod/-/zod-4.0.0.tgz"`)).toHaveLength(1);
  });
  test("nor where a package was fetched from", () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });
});

describe("no file holds a credential", () => {
  const shapes: readonly (readonly [string, RegExp])[] = [
    ["private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}/],
    ["npm token", /\bnpm_[A-Za-z0-9]{36}\b|_authToken\s*=\s*\S/],
    ["GitHub token", /\b(?:gh[opsur]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})/],
    ["AWS key", /\bAKIA[0-9A-Z]{16}\b/],
    ["Slack token", /\bxox[abprs]-\d{6,}-[A-Za-z0-9-]{10,}/],
    ["Pulumi token", /\bpul-[0-9a-f]{40}\b/],
    ["Google key", /\bAIza[0-9A-Za-z_-]{35}\b/],
    ["signed token", /\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/],
  ];
  const credentials = (body: string): string[] => shapes.filter(([, shape]) => shape.test(body)).map(([name]) => name);

  test("in any tracked file", () => {
    expect(readable.flatMap((path) => credentials(text(path)).map((name) => `${path}: ${name}`))).toEqual([]);
  });
  test.each([
    ["private key", `-----BEGIN ${"RSA "}PRIVATE KEY-----\n${"A".repeat(64)}`],
    ["npm token", `//host/:_authToken${"="}abc`],
    ["GitHub token", `ghp${"_"}${"a1".repeat(18)}`],
    ["AWS key", `AKIA${"Z".repeat(16)}`],
    ["Slack token", `xoxb-${"1".repeat(12)}-${"a".repeat(12)}`],
    ["Pulumi token", `pul-${"0a".repeat(20)}`],
    ["Google key", `AIza${"b".repeat(35)}`],
    ["signed token", ["eyJ", ".eyJ", "."].map((part) => part + "c".repeat(24)).join("")],
  ])("%s would be found", (name, body) => {
    expect(credentials(body)).toEqual([name]);
  });
});

describe("packages", () => {
  test("none needs its install script", () => {
    // Refused by .npmrc; each is here with the reason why that is fine.
    const fine: Readonly<Record<string, string>> = {
      "@parcel/watcher": "builds from source only where its prebuilt package is missing; used by jest --watch alone",
      "@swc/core": "downloads a fallback only where the platform's package, an optional dependency, is missing",
      esbuild: "puts its binary in place of a script that starts that same binary; saves milliseconds",
      fsevents: "macOS only, optional, prebuilt",
      protobufjs: "prints a warning about the range in the depending package.json",
      "unrs-resolver": "checks that its prebuilt package, an optional dependency, is there",
    };
    expect(text(".npmrc")).toMatch(/^ignore-scripts=true$/m);
    const flagged = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
    expect(flagged).toContain("esbuild");
    expect(flagged.filter((name) => !(name in fine))).toEqual([]);
  });

  test("each dependency of ours says why it is there", () => {
    const groups = ["dependencies", "devDependencies", "optionalDependencies"] as const;
    const ours = json<Partial<Record<(typeof groups)[number], Record<string, string>>>>("package.json");
    const names = groups.flatMap((group) => Object.keys(ours[group] ?? {}));
    const reasons = [...text("docs/decisions/dependencies.md").matchAll(/^\| `([^`]+)` \|[^|]*\| (.{20,}) \|$/gm)];
    expect(names.length).toBeGreaterThan(10);
    expect(reasons.map(([, name]) => name).sort()).toEqual(names.sort());
  });

  test("versions are exact", () => {
    const { dependencies, devDependencies, optionalDependencies } =
      json<Record<string, Record<string, string>>>("package.json");
    const loose = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(loose.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  describe("licences are permissive", () => {
    const permissive = ["MIT", "MIT-0", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BlueOak-1.0.0"];
    permissive.push("CC0-1.0", "Unlicense", "Python-2.0", "Zlib");
    // Data, not code: attribution is all that they ask.
    const data: Readonly<Record<string, string>> = { "caniuse-lite": "CC-BY-4.0", "spdx-exceptions": "CC-BY-3.0" };
    // Used as they are, in development alone: nothing of theirs is bundled or shipped.
    const mpl =
      /^(@cdktf\/(commons|hcl2json|provider-(generator|schema))|@cdktn\/(commons|hcl2json|provider-(generator|schema))|cdkt[fn]|eckles|rasha)$/;
    const ofDevelopment: Readonly<Record<string, RegExp>> = { "MPL-2.0": mpl, "Public Domain": /^jsonify$/ };
    // The text was read: it is the MIT licence, and the three clauses of BSD.
    const byText: Readonly<Record<string, RegExp>> = {
      "@logdna/tail-file": /The MIT License/,
      "url-template": /Redistribution and use in source and binary forms[\s\S]*endorse or promote products/,
    };

    const one = (licence: string): boolean => permissive.includes(licence);
    const allows = (expression: string): boolean =>
      expression
        .replace(/[()]/g, "")
        .split(" OR ")
        .some((choice) => choice.split(" AND ").every(one));

    test("of every package that is installed", () => {
      const installed = locked.filter(([path]) => existsSync(join(root, path, "package.json")));
      const required = locked.filter(([, { optional, peer }]) => !optional && !peer);
      expect(installed.length).toBeGreaterThanOrEqual(required.length);
      const wrong = installed.flatMap(([path, { dev }]) => {
        const { license } = json<{ license?: string | { type: string } }>(join(path, "package.json"));
        const licence = (typeof license === "object" ? license.type : license) ?? "none";
        const name = nameOf(path);
        if (allows(licence) || data[name] === licence) return [];
        if (dev && ofDevelopment[licence]?.test(name)) return [];
        if (byText[name]?.test(text(join(path, "LICENSE")))) return [];
        return [`${path}: ${licence}`];
      });
      expect(wrong).toEqual([]);
    });
    test.each([
      ["MIT", true],
      ["(MIT OR GPL-3.0)", true],
      ["MIT AND GPL-3.0", false],
      ["AGPL-3.0", false],
      ["none", false],
    ])("%s: %s", (licence, answer) => {
      expect(allows(licence)).toBe(answer);
    });
  });
});

describe("generated files", () => {
  const marked = listed(":(attr:linguist-generated)");
  // JSON holds no comment: schema.json is compared with memory (emit), the rest is made by npm and Pulumi's generator.
  const mute = /\.json$|^sdk\/.*(README\.md|\.gitattributes|\.gitignore)$/;
  const headed = (path: string): boolean =>
    [notice, "GENERATED by make specs; do not edit", "WARNING: this file was generated by"].some((sign) =>
      text(path).slice(0, 300).includes(sign),
    );

  test("say so in their first lines", () => {
    expect(marked).toContain("package-lock.json");
    expect(marked.filter((path) => !mute.test(path) && !headed(path))).toEqual([]);
  });
  test("and what says so is marked as generated for reviews", () => {
    const said = readable.filter((path) => text(path).split("\n", 1)[0]?.includes(notice));
    expect(said.filter((path) => !marked.includes(path) && path !== "provider/emit/header.ts")).toEqual([]);
  });
});

describe("links", () => {
  const pages = readable.filter((path) => path.endsWith(".md") && !path.startsWith("sdk/"));
  const slug = (title: string): string =>
    title
      .toLowerCase()
      .replace(/[`*]/g, "")
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
  const anchors = (path: string): string[] => [
    ...[...text(path).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = ""]) => slug(title.replace(/\]\([^)]*\)|\[/g, ""))),
    ...[...text(path).matchAll(/^<a id="([^"]+)"><\/a>$/gm)].map(([, id = ""]) => id),
  ];

  const broken = (path: string, body: string): string[] => {
    const prose = body.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
    const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, to = ""]) => to)
      .filter((to) => !/^[a-z]+:/.test(to));
    return targets.filter((to) => {
      const [file = "", anchor] = to.split("#");
      const target = file === "" ? path : join(dirname(path), file);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && target.endsWith(".md") && !anchors(target).includes(anchor);
    });
  };

  test("of every page lead to a file and a heading", () => {
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.flatMap((path) => broken(path, text(path)).map((to) => `${path}: ${to}`))).toEqual([]);
  });
  test("the list of decisions has all of them", () => {
    const index = text("docs/decisions/README.md");
    const decisions = listed("docs/decisions/*.md").filter((path) => path !== "docs/decisions/README.md");
    expect(decisions.filter((path) => !index.includes(`](${path.slice("docs/decisions/".length)})`))).toEqual([]);
  });
  test("that lead nowhere would be found", () => {
    const here = "docs/decisions/README.md";
    expect(broken(here, "[a](gone.md) [b](#gone) [c](dependencies.md#gone) [d](dependencies.md)")).toHaveLength(3);
  });
});
