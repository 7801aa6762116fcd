import type { Place } from "./listen.ts";

const source = "seatwise/seatwise";
/** OpenTofu compares with its default host written out. */
const sources = [source, `registry.opentofu.org/${source}`];

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The environment that makes Terraform use this process instead of starting one. */
export const reattachLine = ({ network, address }: Place, pid: number): string => {
  const entry = {
    Protocol: "grpc",
    ProtocolVersion: 6,
    Pid: pid,
    Test: true, // it is not ours to be ended by a command
    Addr: { Network: network, String: address },
  };
  return `TF_REATTACH_PROVIDERS=${quoted(JSON.stringify(Object.fromEntries(sources.map((key) => [key, entry]))))}`;
};
