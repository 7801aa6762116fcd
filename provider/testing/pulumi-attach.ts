import type { Provider } from "../engine/verbs.ts";
import { serve } from "../frontends/pulumi/server.ts";

export interface Attached {
  /** For `pulumiCli`: the engine uses the provider in this very process. */
  readonly attach: { readonly provider: "seatwise"; readonly port: number };
  /** What a developer would see: stacks of bugs. */
  readonly debugged: readonly string[];
  close(): void;
}

/**
 * Serves a provider from the test's own process, for `PULUMI_DEBUG_PROVIDERS`: clock, vendor and breakpoints are at hand.
 * The engine's pid is not our parent's there, so hand-over and kills need the spawned plugin.
 */
export const attachPulumi = async (provider: Provider, schema: string): Promise<Attached> => {
  const debugged: string[] = [];
  const serving = await serve(provider, {
    schema: () => schema,
    engineAddress: null,
    debug: (line) => debugged.push(line),
  });
  return { attach: { provider: "seatwise", port: serving.port }, debugged, close: () => serving.close() };
};
