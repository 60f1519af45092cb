import fc from "fast-check";
import { expect, test } from "vitest";
import type { ModelErrorCode } from "../../../models/errors.ts";
import type { Role } from "../../../models/roles.ts";
import type { LossCause } from "../../../models/servers/model-server.ts";
import { heavyRoles, type MadeMachine, madeMachine } from "../../support/made-machine.ts";
import { ResidencyDriver } from "../../support/residency-driver.ts";
import { gigabyte } from "../../support/residency-machines.ts";

type Act =
  | { readonly do: "ask"; readonly role: Role; readonly urgent: boolean; readonly patienceMs: number }
  | {
      readonly do: "return" | "cancel" | "load-end" | "unload-end" | "progress";
      readonly which: number;
      readonly factor: number;
    }
  | { readonly do: "load-error"; readonly which: number; readonly code: ModelErrorCode; readonly retryable: boolean }
  | { readonly do: "loss"; readonly which: number; readonly cause: LossCause }
  | { readonly do: "foreign"; readonly which: number; readonly gigabytes: number }
  | { readonly do: "turn"; readonly on: boolean }
  | { readonly do: "hint"; readonly role: Role }
  | { readonly do: "installed"; readonly without: number }
  | { readonly do: "pass"; readonly ms: number };

const which = fc.nat({ max: 20 });
const role = fc.constantFrom<Role>("voice", ...heavyRoles);

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("ask" as const),
      role,
      urgent: fc.boolean(),
      patienceMs: fc.constantFrom(0, 1_000, 60_000, 300_000),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "return" as const,
        "load-end" as const,
        "unload-end" as const,
        "progress" as const,
        "cancel" as const,
      ),
      which,
      factor: fc.double({ min: 0.8, max: 1.3, noNaN: true }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("load-error" as const),
      which,
      code: fc.constantFrom("no-memory" as const, "server-down" as const, "bad-model" as const),
      retryable: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("loss" as const),
      which,
      cause: fc.constantFrom<LossCause>("process-exit", "evicted", "reloaded", "spilled", "server-down"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("foreign" as const),
      which,
      gigabytes: fc.double({ min: 0, max: 8, noNaN: true }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("turn" as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hint" as const), role }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("installed" as const), without: which }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 20_000 }) }) },
);

function perform(driver: ResidencyDriver, it: Act, made: MadeMachine): void {
  const pick = <T>(from: Iterable<T>, index: number): T | undefined => {
    const all = [...from];
    return all[index % Math.max(1, all.length)];
  };
  switch (it.do) {
    case "ask":
      driver.ask(it.role, { urgent: it.urgent, ...(it.role === "voice" ? {} : { patienceMs: it.patienceMs }) });
      return;
    case "return": {
      const ticket = pick(
        driver.state.residents.flatMap((at) => (at.status === "ready" ? at.leases : [])),
        it.which,
      );
      if (ticket !== undefined) driver.send({ type: "lease-return", ticket });
      return;
    }
    case "cancel": {
      const ticket = pick(driver.state.tickets, it.which);
      if (ticket !== undefined) driver.send({ type: "lease-cancel", ticket: ticket.id });
      return;
    }
    case "load-end": {
      const load = pick(driver.loads.keys(), it.which);
      if (load === undefined) return;
      driver.loads.delete(load);
      const resident = driver.state.residents.find((at) => at.load === load);
      const shares = resident?.shares.map((share) => ({ ...share, bytes: Math.round(share.bytes * it.factor) }));
      driver.send({ type: "load-end", load, shares: it.which % 3 === 0 ? undefined : shares });
      return;
    }
    case "unload-end": {
      const load = pick(driver.unloads.keys(), it.which);
      if (load === undefined) return;
      driver.unloads.delete(load);
      driver.send({ type: "unload-end", load });
      return;
    }
    case "progress": {
      const load = pick(driver.loads.keys(), it.which);
      if (load !== undefined) driver.send({ type: "load-progress", load, share: it.factor / 2 });
      return;
    }
    case "load-error": {
      const load = pick(driver.loads.keys(), it.which);
      if (load === undefined) return;
      driver.loads.delete(load);
      driver.send({ type: "load-error", load, code: it.code, message: "it failed", retryable: it.retryable });
      return;
    }
    case "loss": {
      const resident = pick(driver.state.residents, it.which);
      if (resident !== undefined) driver.send({ type: "loss", load: resident.load, cause: it.cause });
      return;
    }
    case "foreign":
      driver.send({
        type: "foreign",
        pool: ["gpu0", "ram", "gpu1"][it.which % (made.pools.length + 1)] ?? "gpu0",
        bytes: Math.round(it.gigabytes * gigabyte),
      });
      return;
    case "turn":
      driver.send({ type: it.on ? "turn-start" : "turn-end", turn: 1 });
      return;
    case "hint":
      driver.send({ type: "hint", role: it.role });
      return;
    case "installed": {
      const models = made.models.filter((model, index) => model.pinned || index !== it.without);
      driver.send({ type: "installed", models, roles: made.roles });
      return;
    }
    case "pass":
      driver.pass(it.ms);
  }
}

const histories = fc.record({ made: madeMachine, acts: fc.array(act, { minLength: 20, maxLength: 150 }) });

test("whatever happens, every promise is kept at every step", () => {
  fc.assert(
    fc.property(histories, ({ made, acts }) => {
      const driver = new ResidencyDriver(made);
      for (const it of acts) {
        perform(driver, it, made);
        expect(driver.broken).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});

test("whatever happened, everybody has exactly one answer in the end, even if nothing is ever confirmed again", () => {
  fc.assert(
    fc.property(histories, ({ made, acts }) => {
      const driver = new ResidencyDriver(made);
      for (const it of acts) perform(driver, it, made);
      driver.pass(301_000);
      expect(driver.broken).toEqual([]);
      expect(driver.state.tickets).toEqual([]);
      for (const answers of driver.answers.values()) expect(answers).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
});

test("whatever happened, once all is well again the voice is back, and whatever fits is served", () => {
  fc.assert(
    fc.property(histories, ({ made, acts }) => {
      const driver = new ResidencyDriver(made);
      for (const it of acts) perform(driver, it, made);
      driver.send({ type: "installed", models: made.models, roles: made.roles });
      for (const { id: pool } of made.pools) driver.send({ type: "foreign", pool, bytes: 0 });
      driver.send({ type: "turn-end", turn: 1 });
      const mend = (): void => {
        for (const load of driver.loads.keys()) {
          driver.loads.delete(load);
          driver.send({ type: "load-end", load, shares: undefined });
        }
        for (const load of driver.unloads.keys()) {
          driver.unloads.delete(load);
          driver.send({ type: "unload-end", load });
        }
        const lent = driver.state.residents.flatMap((at) => (at.status === "ready" ? at.leases : []));
        for (const ticket of lent) driver.send({ type: "lease-return", ticket });
      };
      for (let round = 0; round < 400; round += 1) {
        mend();
        driver.pass(1_000);
      }
      expect(driver.broken).toEqual([]);
      expect(driver.state.tickets).toEqual([]);
      expect(driver.ready()).toContain("voice");
      const ticket = driver.ask("coder");
      for (let round = 0; round < 120 && driver.answer(ticket) === undefined; round += 1) {
        driver.pass(1_000);
        mend();
      }
      const refused = driver.refusal(ticket);
      if (refused !== undefined) expect(refused).toContain("no-memory");
      expect(driver.answer(ticket)).toBeDefined();
    }),
    { numRuns: 60 },
  );
});
