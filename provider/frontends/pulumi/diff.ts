import type { Change, Diffed } from "../../engine/verbs.ts";
import { covers, parsePropertyPath, propertyPath } from "./property-path.ts";
import { providerPb, type rpc } from "./proto.ts";

const { Kind } = providerPb.PropertyDiff;
const { DiffChanges } = providerPb.DiffResponse;

const kinds = {
  add: { keeps: Kind.ADD, replaces: Kind.ADD_REPLACE },
  update: { keeps: Kind.UPDATE, replaces: Kind.UPDATE_REPLACE },
  delete: { keeps: Kind.DELETE, replaces: Kind.DELETE_REPLACE },
} as const;

const top = (changes: readonly Change[]): string[] =>
  [...new Set(changes.map((c) => String(c.path[0] ?? "")))].filter(Boolean);

/**
 * The engine's diff. Only what is new is named (`changes.lose["bob"]`), so that the CLI prints these entries and not the
 * old plan against the new. Work that is outstanding is a difference even where nothing is named. A replacement never
 * deletes first: the old instance would release the seats that the new one is about to own.
 */
export const diffResponse = (diffed: Diffed, ignore: readonly string[] = []): rpc.DiffResponse => {
  const ignored = ignore.map(parsePropertyPath);
  const changes = diffed.changes.filter((c) => !ignored.some((pattern) => covers(pattern, c.path)));
  const differs = diffed.differs && (changes.length > 0 || diffed.changes.length === 0);
  const response = new providerPb.DiffResponse().setChanges(differs ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  if (!differs) return response;
  const detail = response.getDetaileddiffMap();
  for (const { path, kind, replaces, input } of changes)
    detail.set(
      propertyPath(path),
      new providerPb.PropertyDiff().setKind(kinds[kind][replaces ? "replaces" : "keeps"]).setInputdiff(input),
    );
  return response
    .setHasdetaileddiff(changes.length > 0)
    .setDiffsList(top(changes))
    .setReplacesList(top(changes.filter((c) => c.replaces)))
    .setDeletebeforereplace(false);
};
