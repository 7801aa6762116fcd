import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { runBulk } from "./bulk.ts";
import { resourceType, schemaDocument, serviceProviderConfig } from "./discovery.ts";
import { isJson, type Json } from "./evaluate.ts";
import { asks, everything, type Projection, project, readProjection } from "./project.ts";
import { notFound, Refusal, refuse, unsupported } from "./refusal.ts";
import { type Model, type Schema, urns } from "./schema.ts";
import { readQuery } from "./search.ts";
import { type Condition, fits, type Service } from "./service.ts";
import type { Resource } from "./store.ts";

export const answerOf = (refusal: Refusal): Answer => ({
  status: refusal.status,
  body: refusal.body(),
  ...(refusal.status === 401 ? { headers: { "www-authenticate": 'Bearer realm="SCIM"' } } : {}),
});
const jsonBody = (asked: Pick<Asked, "headers">): boolean => {
  const type = (asked.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  return type === "" || type === "application/json" || /^application\/.+\+json$/.test(type);
};
export const malformed = (asked: Pick<Asked, "headers">): Answer =>
  answerOf(
    jsonBody(asked)
      ? new Refusal(400, "invalidSyntax", "The request body is not JSON")
      : new Refusal(415, null, "The request body must be application/scim+json"),
  );

/** A mistake of the client becomes its answer; anything else is a mistake of ours, and the server's business. */
const guarded =
  (handle: (asked: Asked) => Answer) =>
  (asked: Asked): Answer => {
    if (asked.body !== undefined && !jsonBody(asked)) return malformed(asked);
    try {
      return handle(asked);
    } catch (error) {
      if (error instanceof Refusal) return answerOf(error);
      throw error;
    }
  };

const conditionOf = ({ headers }: Asked): Condition => ({
  ifMatch: headers["if-match"] ?? null,
  ifNoneMatch: headers["if-none-match"] ?? null,
});

export const createRoutes = (service: Service, root: string): readonly Route[] => {
  const { dialect, models } = service;
  const baseOf = (asked: Pick<Asked, "headers">): string => `http://${asked.headers.host ?? "localhost"}${root}`;
  const noFilter = (asked: Asked): void => {
    if (asked.query.has("filter")) throw new Refusal(403, null, "Discovery endpoints do not support filtering");
  };

  const located = (asked: Asked, model: Model, document: Json): Json => {
    const meta = isJson(document.meta) ? document.meta : null;
    if (!meta) return document;
    const { version, ...rest } = meta;
    const location = `${baseOf(asked)}${model.endpoint}/${String(document.id)}`;
    return { ...document, meta: { ...rest, location, ...(dialect.etag ? { version } : {}) } };
  };
  const shown = (asked: Asked, model: Model, resource: Resource, p: Projection, listed: boolean): Json => {
    const quiet = dialect.members === "asked" && model.name === "Group" && !asks(p, "members") ? ["members"] : [];
    return project(located(asked, model, service.view(model, resource, listed)), p, quiet);
  };
  const projectionOf = (asked: Asked, model: Model): Projection =>
    readProjection(model, asked.query.get("attributes"), asked.query.get("excludedAttributes"));
  const send = (
    asked: Asked,
    model: Model,
    resource: Resource,
    more: { status: number; projection: Projection },
  ): Answer => {
    const location = `${baseOf(asked)}${model.endpoint}/${resource.id}`;
    return {
      status: more.status,
      headers: {
        "content-location": location,
        ...(more.status === 201 ? { location } : {}),
        ...(dialect.etag ? { etag: `W/"${resource.version}"` } : {}),
      },
      body: shown(asked, model, resource, more.projection, false),
    };
  };

  const search = (asked: Asked, among: readonly Model[], get: (name: string) => unknown): Answer => {
    const query = readQuery(get);
    const projections = new Map(among.map((m) => [m, readProjection(m, query.attributes, query.excludedAttributes)]));
    const { items, envelope } = service.search(among, query);
    const resources = items.map(({ model, document }) => {
      const table = model.name === "User" ? service.world.listed().users : service.world.listed().groups;
      const resource = table.get(String(document.id));
      return resource ? shown(asked, model, resource, projections.get(model) ?? everything, true) : null;
    });
    return { status: 200, body: { ...envelope, Resources: resources.filter((r) => r !== null) } };
  };
  const byQuery =
    (among: readonly Model[]) =>
    (asked: Asked): Answer =>
      search(asked, among, (n) => asked.query.get(n));
  const byBody =
    (among: readonly Model[]) =>
    (asked: Asked): Answer => {
      const { body } = asked;
      if (!isJson(body)) return refuse("invalidSyntax", "a JSON object was expected");
      return search(asked, among, (name) => body[name]);
    };

  const patched = (asked: Asked, model: Model): Answer => {
    const projection = projectionOf(asked, model);
    const resource = service.patch(model, asked.params.id ?? "", asked.body, conditionOf(asked));
    const silent = projection.only === null && projection.without.length === 0 && dialect.patchAnswer === "nothing";
    const headers = dialect.etag ? { etag: `W/"${resource.version}"` } : {};
    return silent ? { status: 204, headers } : send(asked, model, resource, { status: 200, projection });
  };
  const got = (asked: Asked, model: Model): Answer => {
    const projection = projectionOf(asked, model);
    const resource = service.find(model, asked.params.id ?? "");
    const { ifNoneMatch } = conditionOf(asked);
    if (dialect.etag && ifNoneMatch && fits(ifNoneMatch, resource))
      return { status: 304, headers: { etag: `W/"${resource.version}"` } };
    return send(asked, model, resource, { status: 200, projection });
  };

  const resources = models.flatMap((model): Route[] => [
    on.get(`${root}${model.endpoint}`, guarded(byQuery([model]))),
    on.post(
      `${root}${model.endpoint}`,
      guarded((asked) =>
        send(asked, model, service.create(model, asked.body), { status: 201, projection: projectionOf(asked, model) }),
      ),
    ),
    on.post(`${root}${model.endpoint}/.search`, guarded(byBody([model])), { write: false }),
    on.get(
      `${root}${model.endpoint}/{id}`,
      guarded((asked) => got(asked, model)),
    ),
    on.put(
      `${root}${model.endpoint}/{id}`,
      guarded((asked) => {
        const projection = projectionOf(asked, model);
        const resource = service.replace(model, asked.params.id ?? "", asked.body, conditionOf(asked));
        return send(asked, model, resource, { status: 200, projection });
      }),
    ),
    on.patch(
      `${root}${model.endpoint}/{id}`,
      guarded((asked) => patched(asked, model)),
    ),
    on.del(
      `${root}${model.endpoint}/{id}`,
      guarded((asked) => {
        service.remove(model, asked.params.id ?? "", conditionOf(asked));
        return { status: 204 };
      }),
    ),
  ]);

  const list = (items: readonly Json[]): Answer => ({
    status: 200,
    body: {
      schemas: [urns.list],
      totalResults: items.length,
      startIndex: 1,
      itemsPerPage: items.length,
      Resources: items,
    },
  });
  const schemas: readonly Schema[] = models.flatMap((m) => [m.schema, ...m.extensions]);
  const one = <T>(found: T | undefined, what: string): T => {
    if (found === undefined) throw notFound(what);
    return found;
  };
  const discovery = (path: string, handle: (asked: Asked) => Answer): Route =>
    on.get(
      `${root}${path}`,
      guarded((asked) => {
        if (dialect.discovery === "missing") throw notFound(path);
        noFilter(asked);
        return handle(asked);
      }),
    );
  const me = guarded(() => {
    throw unsupported("/Me");
  });
  return [
    discovery("/ServiceProviderConfig", (asked) => ({
      status: 200,
      body: serviceProviderConfig(dialect, `${baseOf(asked)}/ServiceProviderConfig`),
    })),
    discovery("/ResourceTypes", (asked) => list(models.map((m) => resourceType(m, baseOf(asked))))),
    discovery("/ResourceTypes/{id}", (asked) => ({
      status: 200,
      body: resourceType(
        one(
          models.find((m) => m.name === asked.params.id),
          `Resource type '${asked.params.id}'`,
        ),
        baseOf(asked),
      ),
    })),
    discovery("/Schemas", (asked) => list(schemas.map((s) => schemaDocument(s, baseOf(asked))))),
    discovery("/Schemas/{id}", (asked) => ({
      status: 200,
      body: schemaDocument(
        one(
          schemas.find((s) => s.id === asked.params.id),
          `Schema '${asked.params.id}'`,
        ),
        baseOf(asked),
      ),
    })),
    ...resources,
    on.get(root === "" ? "/" : root, guarded(byQuery(models))),
    on.post(`${root}/.search`, guarded(byBody(models)), { write: false }),
    on.post(
      `${root}/Bulk`,
      guarded((asked) => {
        const size = Number(asked.headers["content-length"] ?? 0);
        const locate = (model: Model, id: string): string =>
          `${baseOf(asked)}${id === "" ? "" : `${model.endpoint}/${id}`}`;
        return { status: 200, body: runBulk(service, asked.body, size, locate) };
      }),
    ),
    on.get(`${root}/Me`, me),
  ];
};
