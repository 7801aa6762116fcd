import type { handleBidiStreamingCall, handleServerStreamingCall, handleUnaryCall, Server } from "@grpc/grpc-js";
import { brokerService, controllerService, stdioService } from "./proto.ts";

/** From the answer's end to ours: so long the last bytes take to the socket. */
const FLUSH_MS = 5;
/** How long the answer may take to leave. */
const ANSWER_MS = 1000;

type Nothing = Record<string, never>;

/** Terraform waits 2 s for our end, at every start, and kills then: so answer, and end as soon as the answer is out. */
const shutdown =
  (end: () => void): handleUnaryCall<Nothing, Nothing> =>
  (call, callback) => {
    const late = setTimeout(end, ANSWER_MS);
    // grpc-js calls a stream "cancelled" when it closes, an answered one too.
    call.on("cancelled", () => {
      clearTimeout(late);
      setTimeout(end, FLUSH_MS);
    });
    callback(null, {});
  };

/** We open no connections of our own; the stream ends when Terraform ends it. */
const startStream: handleBidiStreamingCall<unknown, unknown> = (call) => {
  call.on("error", () => {});
  call.on("end", () => call.end());
  call.resume();
};

/** Our output is on stderr, as Terraform reads it: nothing to say here. Held open, since an end would be logged as a failure. */
const streamStdio: handleServerStreamingCall<Nothing, unknown> = (call) => {
  call.on("error", () => {});
};

/** What go-plugin expects beside the provider's own service. */
export const addPluginServices = (server: Server, end: () => void): void => {
  server.addService(controllerService, { shutdown: shutdown(end) });
  server.addService(brokerService, { startStream });
  server.addService(stdioService, { streamStdio });
};
