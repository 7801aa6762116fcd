/** Pulumi programs over the fake provider: its one resource has no SDK. `pools` is a list of `new Pool(…);`. */
export const fakeProgram = (pools: string, config = '{ directory: "people" }'): string => `
import * as pulumi from "@pulumi/pulumi";
class Seatwise extends pulumi.ProviderResource { constructor(name, args) { super("seatwise", name, args); } }
const provider = new Seatwise("sw", ${config});
class Pool extends pulumi.CustomResource {
  constructor(name, args, opts) { super("seatwise:index:Pool", name, { consumed: undefined, claim: undefined, ...args }, { provider, ...opts }); }
}
const text = (value) => pulumi.output(value);
${pools}
`;
