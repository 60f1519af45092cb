import { describe, expect, test } from "vitest";
import { compileTemplate } from "../../../models/servers/bounded-template.ts";

async function rendered(
  source: string,
  variables: Readonly<Record<string, unknown>> = {},
  timeoutMs?: number,
): Promise<string> {
  return (await compileTemplate(source, timeoutMs))(variables);
}

/** Other bounds than that of time must hold by themselves, however slow the machine is. */
const patientMs = 60_000;

/** Each is small when it is put into the next. */
function nestedFromOutside(depth: number): string {
  const made = Array.from({ length: depth + 1 }, (_, i) => `{% set n${i} = namespace(x=1) %}`);
  const nested = Array.from(
    { length: depth },
    (_, i) => `{% set n${depth - i}.x = [n${depth - i - 1}, n${depth - i - 1}] %}`,
  );
  return `${made.join("")}${nested.join("")}{{ n${depth}.x | length }}`;
}

describe("a chat template of a stranger", () => {
  test("writes what it is given", async () => {
    const source = "{% for m in messages %}{{ loop.index }}{{ m.role | upper }}={{ m | tojson }};{% endfor %}";
    expect(await rendered(source, { messages: [{ role: "user", n: 1 }] })).toBe('1USER={"role": "user", "n": 1};');
    expect(await rendered("{{ range(3) | join('-') }} {{ range(5, 1, -2) | list }}")).toBe("0-1-2 [5, 3]");
  });

  test("learns the day, and no more of the time than that", async () => {
    expect(await rendered("{{ strftime_now('%Y-%m-%d') }}")).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(await rendered("{{ strftime_now('%d %b %B') }}")).toMatch(/^\d\d [A-Z][a-z]{2} [A-Z][a-z]+$/);
    expect(await rendered("{{ strftime_now('%H:%M:%S %%') }}")).toBe("12:00:00 %");
  });

  test("may refuse in its own words", async () => {
    await expect(rendered("{{ raise_exception('no system turn') }}")).rejects.toThrow("no system turn");
  });

  test.each([
    ["counts without end", "{% for i in range(1000000000) %}x{% endfor %}", "counts too far"],
    [
      "counts within counting",
      "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
      "timed out",
    ],
    [
      "doubles a text",
      "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(24) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
      "writes too much",
    ],
    [
      "writes a text without end",
      "{% macro m(n) %}{% for i in range(5000) %}{{ n }}{% endfor %}{% endmacro %}{{ m(m('xxxxxxxx')) }}",
      "writes too much",
    ],
    [
      "doubles a list",
      "{% set ns = namespace(s=[1]) %}{% for i in range(20) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
      "too long a list",
    ],
    [
      "nests a list",
      "{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}",
      "too long a list",
    ],
    [
      "nests namespaces",
      `{% set n0 = namespace(x=1) %}${Array.from({ length: 60 }, (_, i) => `{% set n${i + 1} = namespace(x=n${i}, y=n${i}) %}`).join("")}`,
      "too long a list",
    ],
    ["nests namespaces from outside", nestedFromOutside(60), "too long a list"],
    ["calls itself", "{% macro m(f) %}{{ f(f) }}{% endmacro %}{{ m(m) }}", "call stack"],
    ["is a book", `{{ '${"x".repeat(400_000)}' }}`, "characters"],
    ["is no template", "{% for %}{{", "Unexpected"],
  ])("that %s is given up", async (_, source, why) => {
    await expect(rendered(source, {}, why === "timed out" ? undefined : patientMs)).rejects.toThrow(why);
    // Nothing of it is left.
    expect(await rendered("{{ 1 + 1 }}")).toBe("2");
  });
});
