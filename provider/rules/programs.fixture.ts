import fc, { type Arbitrary } from "fast-check";
import { type Person, statuses } from "../core/person.ts";
import { type CompiledRule, compiled } from "./rule.ts";

/** Random rules and people for the property tests and the comparison with the library. Values come from small pools, so that things meet. */
const words = ["Engineering", "Sales", "eng", "Senior Engineer", "ärzte", "a", "b", "", "x👍y", "IT", "sales", "2026"];
const groups = ["vpn", "staff", "team-a", "team-b", "/org/a", "Ops"];
const attributeNames = ["team", "tags", "cost-center", "office"];
/** Whole seconds: the library loses the sign of a fraction (docs/decisions/cel-library-differences.md). */
const times = [
  "2026-01-01T00:00:00Z",
  "2026-11-24T12:00:00Z",
  "2026-11-25T12:00:00Z",
  "2027-01-31T08:30:15Z",
  "2026-11-24T12:00:01Z",
  "2024-02-29T23:59:59Z",
];
const durations = ["0s", "1h", "24h", "168h", "-36h", "90m", "1h30m", "8760h", "2000ms", "1.5h"];
const patterns = ["^Sen", "ing$", "a|b", "^[a-z]+$", "(eng|Eng)", "s.l", "^$", "[0-9]{4}", "\\\\bEng"];

/** The moment of most tests. */
export const testNow = Date.parse("2026-11-24T12:00:00Z");

const word = fc.constantFrom(...words);
const group = fc.constantFrom(...groups);
const literal = (of: Arbitrary<string>): Arbitrary<string> => of.map((text) => JSON.stringify(text));
const textField = fc
  .constantFrom("id", "login", "email", "firstName", "lastName", "department", "title", "manager", "type")
  .map((name) => `user.${name}`);
const timeField = fc.constantFrom("createdAt", "startsOn", "endsOn").map((name) => `user.${name}`);
const attribute = fc.oneof(
  fc.constantFrom("team", "tags", "office").map((name) => `user.attributes.${name}`),
  fc.constantFrom(...attributeNames).map((name) => `user.attributes["${name}"]`),
);

type Part = Arbitrary<string>;
const join = (...parts: readonly (Part | string)[]): Part =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((texts) => texts.join(""));
const commas = (of: Part, max: number, min = 0): Part =>
  fc.array(of, { minLength: min, maxLength: max }).map((items) => `[${items.join(", ")}]`);
const order = fc.constantFrom("<", "<=", ">", ">=");
const same = fc.constantFrom("==", "!=");

const rules = fc.letrec<Record<"bool" | "deep" | "text" | "loose" | "int" | "time" | "span" | "texts", string>>(
  (tie) => {
    const d = fc.createDepthIdentifier();
    const grow = (leaf: Part, ...more: readonly Part[]): Part =>
      fc.oneof({ maxDepth: 5, depthIdentifier: d, withCrossShrink: true }, leaf, ...more);
    const { text, loose, int, time, span, texts } = {
      text: tie("text"),
      loose: tie("loose"),
      int: tie("int"),
      time: tie("time"),
      span: tie("span"),
      texts: tie("texts"),
    };
    const bool = tie("bool");
    const bracketed = (of: Part): Part => of.map((text) => (/[ ]/.test(text) ? `(${text})` : text));
    const leaf = bracketed(
      fc.oneof(
        join(textField, " ", same, " ", literal(word)),
        join("user.status ", same, " ", literal(fc.constantFrom(...statuses))),
        join(literal(group), " in user.groups"),
        join(
          "has(user.",
          fc.constantFrom(
            "department",
            "manager",
            "groups",
            "endsOn",
            "id",
            "attributes",
            "attributes.team",
            "attributes.office",
          ),
          ")",
        ),
        join(literal(fc.constantFrom(...attributeNames)), " in user.attributes"),
        join(attribute, " ", same, " ", literal(word)),
        fc.constantFrom("true", "false", 'user.status.startsWith("s")'),
      ),
    );
    // Inside a comprehension only simple parts: one level is allowed.
    const plainText = fc.oneof(textField, literal(word));
    const plainTexts = fc.oneof(fc.constant("user.groups"), commas(literal(group), 3));
    const plainTime = fc.oneof(
      timeField,
      fc.constant("now"),
      fc.constantFrom(...times).map((at) => `timestamp("${at}")`),
    );
    const plainSpan = fc.constantFrom(...durations).map((length) => `duration("${length}")`);
    const innerText = (variable: string): Part =>
      fc.oneof(
        join(`${variable} `, fc.oneof(same, order), " ", literal(fc.oneof(group, word))),
        join(`${variable}.startsWith(`, literal(group.map((name) => name.slice(0, 2))), ")"),
        join(`${variable} in `, plainTexts),
        join(`${variable} == `, plainText),
        join("(", leaf, fc.constantFrom(" && ", " || "), `size(${variable}) > 2)`),
        fc.constant(`${variable}.endsWith("s") && user.manager == ${variable}`),
      );
    const innerTime = (variable: string): Part =>
      fc.oneof(join(`${variable} `, order, " ", plainTime), join(`now - ${variable} `, order, " ", plainSpan));
    const quantifier = fc.constantFrom("exists", "all");
    return {
      text: grow(
        fc.oneof(textField, literal(word)),
        join(text, ".lowerAscii()"),
        join("(", bool, " ? ", text, " : ", text, ")"),
      ),
      // Text whose type is only known when it runs: an attribute.
      loose: grow(attribute, join("(", bool, " ? ", attribute, " : ", text, ")")),
      int: grow(
        fc.integer({ min: 0, max: 6 }).map(String),
        join("size(", fc.oneof(texts, text, loose, fc.constant("user.attributes")), ")"),
        join(fc.oneof(texts, text, loose), ".size()"),
        join("-", int),
        join("(", bool, " ? ", int, " : ", int, ")"),
      ),
      time: grow(
        fc.oneof(
          timeField,
          fc.constant("now"),
          fc.constantFrom(...times).map((at) => `timestamp("${at}")`),
        ),
        join("(", time, fc.constantFrom(" + ", " - "), span, ")"),
        join("(", bool, " ? ", time, " : ", time, ")"),
      ),
      span: grow(
        fc.constantFrom(...durations).map((text) => `duration("${text}")`),
        join("(", time, " - ", time, ")"),
        join("(", span, fc.constantFrom(" + ", " - "), span, ")"),
      ),
      texts: grow(
        fc.oneof(fc.constant("user.groups"), commas(literal(fc.oneof(word, group)), 4)),
        commas(text, 3),
        join("(", bool, " ? ", texts, " : ", texts, ")"),
      ),
      bool: grow(
        leaf,
        join("(", bool, fc.constantFrom(" && ", " || "), bool, ")"),
        join("(", bool, fc.constantFrom(" && ", " || "), bool, fc.constantFrom(" && ", " || "), bool, ")"),
        join("!", bool),
        join("(", bool, " ? ", bool, " : ", bool, ")"),
        join("(", bool, " ", same, " ", bool, ")"),
        tie("deep"),
      ),
      deep: fc.oneof(
        join("(", text, " ", fc.oneof(same, order), " ", text, ")"),
        join("(", loose, " ", fc.oneof(same, order), " ", fc.oneof(text, loose), ")"),
        join("(", loose, " ", same, " ", texts, ")"),
        join("(", texts, " ", same, " ", texts, ")"),
        join("(", int, " ", fc.oneof(same, order), " ", int, ")"),
        join("(", time, " ", fc.oneof(same, order), " ", time, ")"),
        join("(", span, " ", fc.oneof(same, order), " ", span, ")"),
        join(
          fc.oneof(text, loose),
          fc.constantFrom(".startsWith(", ".endsWith(", ".contains("),
          fc.oneof(literal(fc.constantFrom("Sen", "eng", "s", "", "IT", "Engineering")), text, loose),
          ")",
        ),
        join(fc.oneof(text, loose), '.matches("', fc.constantFrom(...patterns), '")'),
        join("(", fc.oneof(text, loose), " in ", fc.oneof(texts, loose), ")"),
        join("(", text, " in user.attributes)"),
        join("(", int, " in ", commas(int, 3), ")"),
        join("(", time, " in ", commas(time, 3), ")"),
        join("(", text, " in ", commas(attribute, 3), ")"),
        join(fc.oneof(texts, loose), ".", quantifier, "(v, ", innerText("v"), ")"),
        join(commas(time, 3, 1), ".", quantifier, "(t, ", innerTime("t"), ")"),
        join(commas(attribute, 3, 1), ".", quantifier, '(w, w == "a" || "b" in w)'),
        join(commas(bool, 3, 1), ".", quantifier, "(c, !c)"),
      ),
    };
  },
);

/** Type-correct rules over every operator and function. */
export const program: Arbitrary<string> = rules.bool;
/** The same, always with a part that no look-up answers. */
export const deepProgram: Arbitrary<string> = fc.oneof(rules.deep, rules.bool);

const gap = <T>(of: Arbitrary<T>, freq = 3): Arbitrary<T | null> => fc.option(of, { freq });
const time = gap(fc.constantFrom(...times));
const attributes = fc
  .tuple(
    gap(word),
    gap(fc.oneof(word, fc.uniqueArray(fc.oneof(word, group), { minLength: 2, maxLength: 3 }))),
    gap(word),
    gap(fc.array(word, { minLength: 2, maxLength: 2 })),
  )
  .map(([team, tags, cost, office]) => {
    const all: Record<string, string | readonly string[]> = {};
    if (team !== null) all.team = team;
    if (tags !== null) all.tags = tags;
    if (cost !== null) all["cost-center"] = cost;
    if (office !== null) all.office = office;
    return all;
  });

/** People with gaps: a quarter of all values is missing, now and then all groups. */
export const person: Arbitrary<Person> = fc.record({
  id: fc.constantFrom("u1", "u2", "a", "Engineering"),
  login: gap(word),
  email: gap(word),
  status: fc.constantFrom(...statuses),
  firstName: gap(word),
  lastName: gap(word),
  department: gap(word),
  title: gap(word),
  manager: gap(word, 1),
  type: gap(word),
  createdAt: time,
  startsOn: time,
  endsOn: time,
  groups: gap(
    fc.uniqueArray(group, { maxLength: 4 }).map((names): readonly string[] => names.sort()),
    8,
  ),
  attributes,
});

/** Compiled. The generator knows types, not limits: what is too long, or puts one comprehension inside another, is left out. */
export const withinLimits = (sources: Arbitrary<string>): Arbitrary<CompiledRule> =>
  sources.map(limited).filter((rule) => rule !== null);

export function limited(source: string): CompiledRule | null {
  try {
    return compiled(source);
  } catch (error) {
    if (/longer than|deeper than|steps for each|inside another/.test(String(error))) return null;
    throw new Error(`${String(error)} in ${source}`);
  }
}
