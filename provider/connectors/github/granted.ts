import { githubApp } from "../http/signed.ts";
import { api } from "./api.ts";
import type { Client } from "./client.ts";
import { rootOf } from "./config.ts";

/** `members:write`, `organization_copilot_seat_management:read`: an App's permissions, as its settings page saves them. */
const ofApp = async (client: Client, signal: AbortSignal, now: number): Promise<readonly string[] | null> => {
  const { appId, installationId, privateKey } = client.config;
  if (appId === undefined || installationId === undefined || privateKey === undefined) return null;
  // Only the App itself may ask: with what it signs for a token, not with the token.
  const { headers } = await githubApp({ baseUrl: rootOf(client.config), appId, installationId, privateKey }).request(
    now,
  );
  const { permissions } = await client.call(api.installation, { id: installationId }, { signal, headers });
  return Object.entries(permissions)
    .map(([name, level]) => `${name}:${level}`)
    .sort();
};

/** What the credentials may do; null: a fine-grained token, which does not tell. */
export const grantedTo = async (
  client: Client,
  signal: AbortSignal,
  now: number,
): Promise<readonly string[] | null> => {
  if (client.config.appId !== undefined) return ofApp(client, signal, now);
  const { headers } = await client.exchange(api.rate, {}, { signal });
  const told = headers["x-oauth-scopes"];
  if (told === undefined) return null;
  return told
    .split(",")
    .map((scope) => scope.trim())
    .filter((scope) => scope !== "")
    .sort();
};
