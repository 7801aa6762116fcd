import { readFile } from "node:fs/promises";

/** What the engine reports while it works, as `--event-log` writes it; the parts that tests and the demo read. */
export interface EngineEvent {
  readonly sequence: number;
  readonly timestamp: number;
  readonly diagnosticEvent?: Diagnostic;
  /** A step was decided. */
  readonly resourcePreEvent?: { readonly metadata: StepMetadata; readonly planning?: boolean };
  /** A step is done; `metadata.new.outputs` is what the state now holds. */
  readonly resOutputsEvent?: { readonly metadata: StepMetadata; readonly planning?: boolean };
  readonly resOpFailedEvent?: { readonly metadata: StepMetadata };
  readonly summaryEvent?: Summary;
}

export interface Diagnostic {
  readonly urn?: string;
  readonly message: string;
  readonly severity: "debug" | "info" | "info#err" | "warning" | "error";
  readonly ephemeral?: boolean;
}

export interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly old: StepState | null;
  readonly new: StepState | null;
  readonly diffs?: readonly string[];
  readonly detailedDiff: Readonly<Record<string, { readonly diffKind: string; readonly inputDiff: boolean }>> | null;
}

export interface StepState {
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
}

export interface Summary {
  readonly durationSeconds: number;
  readonly resourceChanges: Readonly<Record<string, number>>;
  readonly isPreview: boolean;
}

/** Nothing where the command ended before its engine started, and no half line where it was killed. */
export const readEvents = async (file: string): Promise<EngineEvent[]> => {
  const text = await readFile(file, "utf8").catch(() => "");
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
};

/** What a person would read under "Diagnostics", in the engine's order. */
export const diagnostics = (events: readonly EngineEvent[]): Diagnostic[] =>
  events.flatMap(({ diagnosticEvent: said }) => (said && said.severity !== "debug" && !said.ephemeral ? [said] : []));

export const summary = (events: readonly EngineEvent[]): Summary | undefined =>
  events.findLast((event) => event.summaryEvent !== undefined)?.summaryEvent;
