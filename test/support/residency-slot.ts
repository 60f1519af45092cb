import { ResidencyDriver } from "./residency-driver.ts";
import { oneSlot } from "./residency-machines.ts";

/** Voice is ready; of director and coder only one fits beside it. */
export function slot(): ResidencyDriver {
  const driver = new ResidencyDriver(oneSlot());
  driver.finishLoad("voice", 2_000);
  return driver;
}

/** The same, with the director loaded and idle since just now. */
export function withDirector(): ResidencyDriver {
  const driver = slot();
  const ticket = driver.ask("director");
  driver.finishLoad("director", 5_000);
  driver.send({ type: "lease-return", ticket });
  return driver;
}
