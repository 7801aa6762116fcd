import { startKeycloak } from "./keycloak.ts";
import { startScim2Server } from "./scim2-server.ts";
import { freePorts, startServer } from "./server-process.ts";

describe("real servers", () => {
  test("scim2-server keeps a user, refuses a wrong token and announces what it is told", async () => {
    const config = {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
      patch: { supported: true },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      filter: { supported: true, maxResults: 17 },
      changePassword: { supported: false },
      sort: { supported: false },
      etag: { supported: false },
      authenticationSchemes: [],
    };
    const server = await startScim2Server({ token: "t1", serviceProviderConfig: config });
    try {
      const headers = { authorization: "Bearer t1", "content-type": "application/scim+json" };
      const user = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "ada" };
      const made = await fetch(`${server.url}/Users`, { method: "POST", headers, body: JSON.stringify(user) });
      expect(made.status).toBe(201);
      expect(await (await fetch(`${server.url}/Users`, { headers })).json()).toMatchObject({ totalResults: 1 });
      expect((await fetch(`${server.url}/Users`, { headers: { authorization: "Bearer t2" } })).status).toBe(401);
      const announced = await (await fetch(`${server.url}/ServiceProviderConfig`, { headers })).json();
      expect(announced).toMatchObject({ filter: { maxResults: 17 }, bulk: { supported: false } });
    } finally {
      await server.stop();
    }
    await expect(fetch(server.url)).rejects.toThrow();
  });

  test("Keycloak starts empty, takes a realm with people and answers for its SCIM API and metrics", async () => {
    const keycloak = await startKeycloak();
    try {
      const token = await fetch(`${keycloak.url}/realms/master/protocol/openid-connect/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "password",
          client_id: "admin-cli",
          username: keycloak.adminUser,
          password: keycloak.adminPassword,
        }),
      });
      const { access_token } = (await token.json()) as { access_token: string }; // as OAuth says
      const headers = { authorization: `Bearer ${access_token}`, "content-type": "application/json" };
      const realm = { realm: "acme", enabled: true, scimApiEnabled: true, users: [{ username: "ada", enabled: true }] };
      const made = await fetch(`${keycloak.url}/admin/realms`, {
        method: "POST",
        headers,
        body: JSON.stringify(realm),
      });
      expect(made.status).toBe(201);
      const realms = await (await fetch(`${keycloak.url}/admin/realms`, { headers })).json();
      // In no order: the database's own.
      expect((realms as { realm: string }[]).map(({ realm: name }) => name).sort()).toEqual(["acme", "master"]);
      expect(await (await fetch(`${keycloak.url}/admin/realms/acme/users/count`, { headers })).json()).toBe(1);
      // 401 without a token: the feature is built in; without it, 404.
      expect((await fetch(`${keycloak.url}/realms/acme/scim/v2/Users`)).status).toBe(401);
      expect((await fetch(`${keycloak.managementUrl}/metrics`)).status).toBe(200);
    } finally {
      await keycloak.stop();
    }
    await expect(fetch(keycloak.url)).rejects.toThrow();
  }, 240_000);

  test("a server that does not come up is an error with its last words, and is gone", async () => {
    const [port] = await freePorts(1);
    const command = {
      name: "the server",
      file: "/bin/sh",
      args: ["-c", "echo no such database; exit 3"],
      env: {},
      ready: `http://127.0.0.1:${port}`,
      withinMs: 10_000,
    };
    await expect(startServer(command)).rejects.toThrow(
      /the server did not start: .*ended with 3[\s\S]*no such database/,
    );
  });
});
