import { describe, expect, test } from "vitest";
import { compileTemplate } from "../../../models/servers/bounded-template.ts";

async function rendered(source: string, variables: Readonly<Record<string, unknown>> = {}): Promise<string> {
  return (await compileTemplate(source))(variables);
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
    ["counts without end", "{% for i in range(1000000000) %}x{% endfor %}"],
    [
      "counts within counting",
      "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
    ],
    [
      "doubles a text",
      "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    ],
    [
      "writes a text without end",
      "{% macro m(n) %}{% for i in range(5000) %}{{ n }}{% endfor %}{% endmacro %}{{ m(m(m('xxxxxxxx'))) }}",
    ],
    [
      "doubles a list",
      "{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    ],
    [
      "nests a list",
      "{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s | tojson }}",
    ],
    [
      "nests namespaces",
      `{% set n0 = namespace(x=1) %}${Array.from({ length: 60 }, (_, i) => `{% set n${i + 1} = namespace(x=n${i}, y=n${i}) %}`).join("")}{{ [n60] | tojson }}`,
    ],
    ["calls itself", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"],
    ["is a book", `{{ '${"x".repeat(400_000)}' }}`],
    ["is no template", "{% for %}{{"],
  ])("that %s is given up", async (_, source) => {
    await expect(rendered(source)).rejects.toThrow();
    // Nothing of it is left.
    expect(await rendered("{{ 1 + 1 }}")).toBe("2");
  });
});
