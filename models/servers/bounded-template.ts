import { createContext, Script } from "node:vm";
import { systemClock } from "../clock.ts";

/** Renders with these variables. @throws Error whatever the template throws, or when it takes too much. */
export type Render = (variables: Readonly<Record<string, unknown>>) => string;

/** Of the library, what is used: its own declarations are not found by Node's rules. */
interface Jinja {
  readonly tokenize: (source: string, options: { lstrip_blocks: boolean; trim_blocks: boolean }) => unknown;
  readonly parse: (tokens: unknown) => unknown;
  readonly Environment: new () => { set(name: string, value: unknown): unknown };
  readonly Interpreter: new (
    environment: unknown,
  ) => {
    run(program: unknown): Value;
    evaluate(statement: unknown, environment: unknown): Value;
  };
}

interface Value {
  readonly type: string;
  readonly value: unknown;
}

/** The longest known ones have 20,000. */
const longestSource = 300_000;
const mostCharacters = 1_000_000;
const mostItems = 200_000;
/** Usual ones take 1 ms. */
const renderTimeoutMs = 500;

/**
 * A chat template of a file that anyone may have made: it can compute nothing but a text, and that in bounded time and memory.
 * @throws Error when it cannot be read.
 */
export async function compileTemplate(source: string, timeoutMs = renderTimeoutMs): Promise<Render> {
  if (source.length > longestSource) throw new Error(`The chat template has ${source.length} characters`);
  // Whoever needs no template should not load what reads them.

  const jinja: Jinja = await import("@huggingface/jinja");
  const program = jinja.parse(jinja.tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  const interpreterOf = boundedInterpreter(jinja);
  let render = (): string => "";
  const context = createContext({ run: () => render() });
  const script = new Script("run()");
  return (variables) => {
    render = () => {
      const environment = new jinja.Environment();
      for (const [name, value] of Object.entries({ ...globals(), ...variables })) environment.set(name, value);
      return String(interpreterOf(environment).run(program).value);
    };
    const timed = (): string => String(script.runInContext(context, { timeout: timeoutMs }));
    try {
      return timed();
    } catch (error) {
      // A process that was stopped meanwhile has lost its time, too: only the second time counts.
      if (!isTimeout(error)) throw error;
      return timed();
    }
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

/** What templates expect to find; the day is all that they learn of the time, so that a prompt's beginning stays the same. */
function globals(): Readonly<Record<string, unknown>> {
  return {
    true: true,
    false: false,
    none: null,
    True: true,
    False: false,
    None: null,
    raise_exception: (why: unknown) => {
      throw new Error(String(why));
    },
    range: (first: number, end?: number, step: unknown = 1) => {
      const by = typeof step === "number" ? step : 1;
      const [from, to] = end === undefined ? [0, first] : [first, end];
      const length = Math.max(0, Math.ceil((to - from) / by));
      if (!(length <= mostItems)) throw new Error("The chat template counts too far");
      return Array.from({ length }, (_, index) => from + index * by);
    },
    strftime_now: (format: unknown) => dayIn(String(format), systemClock.today()),
  };
}

const months = "January February March April May June July August September October November December".split(" ");

function dayIn(format: string, today: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const month = months[today.getMonth()] ?? "";
  const fields: Readonly<Record<string, string>> = {
    "%Y": String(today.getFullYear()),
    "%m": two(today.getMonth() + 1),
    "%d": two(today.getDate()),
    "%b": month.slice(0, 3),
    "%B": month,
    "%H": "12",
    "%M": "00",
    "%S": "00",
    "%%": "%",
  };
  return format.replace(/%[YmdbBHMS%]/g, (field) => fields[field] ?? field);
}

/** Looks at every value as it is made: doubling a text or a list a few dozen times would take all memory. */
function boundedInterpreter({ Interpreter }: Jinja): (environment: unknown) => InstanceType<Jinja["Interpreter"]> {
  class Bounded extends Interpreter {
    readonly #sizes = new WeakMap<object, number>();

    override evaluate(statement: unknown, environment: unknown): Value {
      const result = super.evaluate(statement, environment);
      if (typeof result.value === "string") {
        if (result.value.length > mostCharacters) throw new Error("The chat template writes too much");
      } else this.#measure(result, { items: 0 });
      return result;
    }

    /** Counts what is inside, again and again where it is there more than once. @returns false when it may still change. */
    #measure(of: Value, seen: { items: number }): boolean {
      const known = this.#sizes.get(of);
      const before = seen.items;
      seen.items += known ?? 1;
      if (seen.items > mostItems) throw new Error("The chat template makes too long a list");
      if (known !== undefined) return true;
      let isFixed = of.type !== "NamespaceValue";
      for (const child of childrenOf(of.value)) isFixed = this.#measure(child, seen) && isFixed;
      if (isFixed) this.#sizes.set(of, seen.items - before);
      return isFixed;
    }
  }
  return (environment) => new Bounded(environment);
}

function childrenOf(value: unknown): readonly Value[] {
  const inside: readonly unknown[] = Array.isArray(value) ? value : value instanceof Map ? [...value.values()] : [];
  return inside.filter(isValue);
}

function isValue(value: unknown): value is Value {
  return typeof value === "object" && value !== null && "type" in value && "value" in value;
}
