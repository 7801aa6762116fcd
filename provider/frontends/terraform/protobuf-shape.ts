/** A message type, resolved: what reader and writer walk along. */
export interface Shape {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly byNumber: ReadonlyMap<number, Field>;
}
export type Scalar = "string" | "bytes" | "bool" | "int32" | "uint32" | "int64";
export interface Field {
  readonly name: string;
  readonly number: number;
  readonly kind: Scalar | "enum" | "message";
  readonly form: "one" | "list" | "map";
  /** Part of a choice or `optional`: absent when it was not sent, written also where it is the default. */
  readonly presence: boolean;
  /** Of an enum. */
  readonly values: Readonly<Record<string, number>>;
  /** Of a message. Resolved when first asked: most types of the protocol are never met. */
  readonly shape: () => Shape;
}

/** protobufjs' JSON form of .proto files, as far as we read it. */
interface Node {
  readonly fields?: Readonly<Record<string, FieldNode>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly methods?: Readonly<Record<string, MethodNode>>;
  readonly nested?: Readonly<Record<string, Node>>;
}
interface FieldNode {
  readonly type: string;
  readonly id: number;
  readonly rule?: string;
  readonly keyType?: string;
}
export interface MethodNode {
  readonly requestType: string;
  readonly responseType: string;
  readonly requestStream?: boolean;
  readonly responseStream?: boolean;
}
export type Descriptor = Node;

const scalars: ReadonlySet<string> = new Set<Scalar>(["string", "bytes", "bool", "int32", "uint32", "int64"]);
const isScalar = (type: string): type is Scalar => scalars.has(type);

/** Types by full name (`tfplugin6.Schema.Block`), each resolved once. */
export class Protocol {
  readonly #root: Descriptor;
  readonly #shapes = new Map<string, Shape>();

  constructor(root: Descriptor) {
    this.#root = root;
  }

  shape(name: string): Shape {
    const known = this.#shapes.get(name);
    if (known) return known;
    const node = this.#at(name);
    if (!node?.fields) throw new Error(`the protocol has no message ${name}`);
    const chosen = new Set(Object.values(node.oneofs ?? {}).flatMap(({ oneof }) => oneof));
    const fields = Object.entries(node.fields).map(([key, field]) => this.#field(name, key, field, chosen.has(key)));
    const shape = { name, fields, byNumber: new Map(fields.map((field) => [field.number, field])) };
    this.#shapes.set(name, shape);
    return shape;
  }

  methods(service: string): Readonly<Record<string, MethodNode>> {
    const methods = this.#at(service)?.methods;
    if (!methods) throw new Error(`the protocol has no service ${service}`);
    return methods;
  }

  /** A type's name as it stands in `scope` is looked up from the inside out, as in the .proto file. */
  find(type: string, scope: string): string {
    for (let place = scope; place !== ""; place = place.slice(0, Math.max(0, place.lastIndexOf("."))))
      if (this.#at(`${place}.${type}`)) return `${place}.${type}`;
    if (this.#at(type)) return type;
    throw new Error(`the protocol has no type ${type}, which ${scope} names`);
  }

  #at(name: string): Node | undefined {
    return name.split(".").reduce<Node | undefined>((node, part) => node?.nested?.[part], this.#root);
  }

  #field(scope: string, name: string, node: FieldNode, presence: boolean): Field {
    const { type, id: number, rule, keyType } = node;
    if (keyType !== undefined && keyType !== "string") throw new Error(`${scope}.${name}: maps have strings as keys`);
    const form = keyType !== undefined ? "map" : rule === "repeated" ? "list" : "one";
    const common = { name, number, form, presence } as const;
    const none = { values: {}, shape: (): Shape => this.shape(type) };
    if (isScalar(type)) {
      // Lists of numbers are packed on the wire; the protocol has none, and this codec does not know how.
      if (form !== "one" && type !== "string" && type !== "bytes")
        throw new Error(`${scope}.${name}: a list of ${type}`);
      return { ...common, ...none, kind: type };
    }
    const full = this.find(type, scope);
    const values = this.#at(full)?.values;
    if (values && form !== "one") throw new Error(`${scope}.${name}: a list of enums`);
    return values
      ? { ...common, ...none, kind: "enum", values }
      : { ...common, values: {}, kind: "message", shape: () => this.shape(full) };
  }
}
