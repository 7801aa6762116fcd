import { z } from "zod";
import type { ConnectorKind } from "./connector.ts";
import { field, named } from "./fields.ts";

/** A connector's own fields with what every connection has. */
export const connectionFields = (kind: ConnectorKind): z.ZodObject =>
  kind.config.extend({
    account: field(z.string().optional(), {
      description:
        "Rule-language expression giving a person's account at this vendor, for example `user.attributes['github_login']`. Default: the connector's own link, else e-mail.",
    }),
    settle: field(
      z
        .string()
        .regex(/^(0|\d+[dhms])$/, "write a duration as a whole number with d, h, m or s, such as 30s")
        .optional(),
      {
        description:
          "How long after a write this system's lists may still lack it, for example `30s`: until then a seat that was assigned is taken as held. Default: what the connector knows.",
        example: "30s",
      },
    ),
  });

const block = (kinds: readonly ConnectorKind[]) =>
  named(
    "Connection",
    z.object(
      Object.fromEntries(
        kinds.map((kind) => {
          const name = kind.name.charAt(0).toUpperCase() + kind.name.slice(1);
          return [
            kind.name,
            field(named(`${name}Connection`, connectionFields(kind)).optional(), { description: kind.doc }),
          ];
        }),
      ),
    ),
  );

/** The provider configuration, made from the connectors there are: feeds schema, SDK and documentation. */
export const configuration = (kinds: readonly ConnectorKind[]) =>
  z.object({
    directory: field(z.string().optional(), { description: "Name of the connection that people are read from." }),
    connections: field(z.record(z.string(), block(kinds)), {
      description: "Connections by a name of your choice, each with exactly one connector block.",
    }),
    people: field(z.enum(["account", "id", "count"]).default("account"), {
      description:
        "How plans, outputs and messages name people: by account, by directory id, or not at all (only counts).",
    }),
    enforce: field(z.enum(["none", "assign", "full"]).default("full"), {
      description: "A freeze for the whole provider; the stricter of this and a pool's own wins.",
    }),
    offline: field(z.boolean().default(false), {
      description: "Preview without secrets: people are unknown, apply refuses.",
    }),
    proxy: field(z.string().optional(), { description: "HTTP proxy for all connections." }),
    ca: field(z.string().optional(), { description: "PEM certificates to trust besides the system's." }),
    logLevel: field(z.enum(["debug", "info", "warning"]).default("info"), {
      description: "Least severe level that is logged.",
    }),
  });
export type Configuration = z.infer<ReturnType<typeof configuration>>;
