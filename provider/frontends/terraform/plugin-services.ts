import type { handleBidiStreamingCall, handleServerStreamingCall, handleUnaryCall, Server } from "@grpc/grpc-js";
import { brokerService, controllerService, stdioService } from "./proto.ts";

/** How long the answer to Shutdown may take to leave. */
const FLUSH_MS = 50;

type Nothing = Record<string, never>;

/** Terraform waits 2 s for our end, at every start, and kills then: so answer, and end as soon as the answer is out. */
const shutdown =
  (end: () => void): handleUnaryCall<Nothing, Nothing> =>
  (call, callback) => {
    const late = setTimeout(end, FLUSH_MS);
    // grpc-js calls a stream "cancelled" when it closes, an answered one too.
    call.on("cancelled", () => {
      clearTimeout(late);
      end();
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
