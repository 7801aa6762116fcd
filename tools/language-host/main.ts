// The Pulumi CLI starts this as `pulumi-language-nodejs ENGINE_ADDRESS`, reads the port from the first line of
// standard output, and talks pulumirpc.LanguageRuntime to it. Pulumi's own host comes with Pulumi's installer
// only, which our tests and demo cannot use; this one runs a program and nothing more (it generates no code).
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import { languageRuntime } from "./language-runtime.ts";
import { Programs } from "./programs.ts";

/** What the engine and the SDK allow; the library's 4 MiB would end a run with a big configuration. */
const largestMessage = 400 * 1024 * 1024;

function main(): void {
  const programs = new Programs();
  const end = () => {
    programs.stop();
    process.exit(0);
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  // A CLI that was killed tells nobody: its child then has another parent.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), 1000).unref();

  const server = new Server({
    "grpc.max_receive_message_length": largestMessage,
    "grpc.max_send_message_length": largestMessage,
  });
  const engine = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";
  server.addService(LanguageRuntimeService, languageRuntime(engine, programs));
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(port);
  });
}

main();
