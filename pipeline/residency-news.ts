import type { Clock } from "../models/clock.ts";
import type { Models, ModelsStatus } from "../models/roles.ts";
import type { ServerEvent } from "./realtime/server-events.ts";
import { build } from "./realtime/server-events.ts";

/** Changes that come together are told together. */
const gatherMs = 100;

/** Tells one client what holds memory and what is about to, once now and then whenever it changed. */
export class ResidencyNews implements Disposable {
  readonly #models: Models;
  readonly #clock: Clock;
  readonly #send: (event: ServerEvent) => void;
  readonly #life = new AbortController();
  readonly #watching: Disposable;
  #isGathering = false;
  readonly #told = new Map<ServerEvent["type"], string>();

  constructor(models: Models, clock: Clock, send: (event: ServerEvent) => void) {
    this.#models = models;
    this.#clock = clock;
    this.#send = send;
    this.#watching = models.watch((change) => {
      if (change.type === "status") this.#gather();
      else this.#send(build.pinBroken(change));
    });
    this.#tell(models.status());
  }

  [Symbol.dispose](): void {
    this.#life.abort();
    this.#watching[Symbol.dispose]();
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#clock.sleep(gatherMs, this.#life.signal).then(
      () => {
        this.#isGathering = false;
        this.#tell(this.#models.status());
      },
      () => undefined,
    );
  }

  #tell(status: ModelsStatus): void {
    this.#tellOnce(build.residency(status));
    this.#tellOnce(build.slot(status.swap), swapKey(status));
  }

  #tellOnce(event: ServerEvent, key: string = JSON.stringify(event)): void {
    if (this.#told.get(event.type) === key) return;
    this.#told.set(event.type, key);
    this.#send(event);
  }
}

/** Clients count the time of a swap themselves; it is told again only when it is another one. */
function swapKey({ swap }: ModelsStatus): string {
  return swap === null ? "none" : `${swap.model} ${swap.leaving.join()} ${swap.expectedMs}`;
}
