import { isRefresh, wordsOf } from "./pulumi-command.ts";

test.each([
  { line: "pulumi refresh --yes", refresh: true },
  { line: "pulumi --cwd /work -s dev refresh --preview-only", refresh: true },
  { line: "pulumi destroy --refresh", refresh: false },
  { line: "pulumi up --refresh --yes", refresh: false },
  { line: "pulumi preview --stack refresh", refresh: false },
  { line: "pulumi -s refresh up", refresh: false },
  { line: "refresh up", refresh: false },
  { line: "node test.js", refresh: false },
  { line: "", refresh: false },
])("$line", ({ line, refresh }) => {
  expect(isRefresh(line.split(" "))).toBe(refresh);
});

test("the words of a process that runs, and of one that does not", () => {
  expect(wordsOf(process.pid)[0]).toContain("node");
  expect(wordsOf(2 ** 30)).toEqual([]);
});
