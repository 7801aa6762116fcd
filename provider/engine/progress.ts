import type { Clock } from "../core/connector.ts";
import type { Message } from "../core/resource.ts";

/** A message each ten seconds, or each twentieth of the work; none of them is kept. */
const everyMs = 10_000;
const share = 20;

/** Seconds where there is little left; whole minutes, and hours. */
const left = (ms: number): string => {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 2) return `${Math.max(1, Math.round(ms / 1000))} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

export const progressOf =
  (clock: Pick<Clock, "now">, log: (message: Message) => void) =>
  (total: number): ((done: number) => void) => {
    const begun = clock.now();
    const step = Math.max(25, Math.ceil(total / share));
    let told = { at: begun, done: 0 };
    return (done) => {
      const now = clock.now();
      const due = done === total || done - told.done >= step || now - told.at >= everyMs;
      if (!due) return;
      told = { at: now, done };
      const spent = now - begun;
      const rest = done < total && spent >= everyMs ? `, about ${left((spent / done) * (total - done))} left` : "";
      const [of, all] = [done.toLocaleString("en"), total.toLocaleString("en")];
      log({ level: "info", ephemeral: true, text: `${of} of ${all} seats written${rest}` });
    };
  };
