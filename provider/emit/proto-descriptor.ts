import { readFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";
import { typesText } from "./proto-types.ts";

const folder = "provider/proto";
const files = ["tfplugin6.proto", "go-plugin.proto"];

/** The protocol files as one tree, with the few types of Google's own that they import. */
export const readProtocol = (root: string): protobuf.Root => {
  const tree = new protobuf.Root();
  const timestamp = protobuf.common.get("google/protobuf/timestamp.proto");
  if (timestamp?.nested) tree.addJSON(timestamp.nested);
  for (const file of files) protobuf.parse(readFileSync(join(root, folder, file), "utf8"), tree, { keepCase: false });
  tree.resolveAll();
  return tree;
};

/** What the front end reads at its start: names, numbers and types, in protobufjs' JSON form. */
const descriptorText = (tree: protobuf.Root): string => {
  const { nested } = tree.toJSON({ keepComments: false });
  return `${JSON.stringify({ nested }, null, 1)}\n`;
};

export const protocolFiles = (root: string): ReadonlyMap<string, string> => {
  const tree = readProtocol(root);
  return new Map([
    ["provider/gen/tfplugin6.json", descriptorText(tree)],
    ["provider/gen/tfplugin6.ts", typesText(tree)],
  ]);
};
