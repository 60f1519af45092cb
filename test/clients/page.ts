import { existsSync } from "node:fs";
import { chromium, type Page } from "playwright-core";

/** Debian's browser, or the one that CHROMIUM names. Undefined where there is none. */
export const chromiumPath = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && existsSync(path));

export interface PageOptions {
  /** The link that the service prints, token included. */
  readonly link: string;
  /** What the microphone hears, as a WAV file; it is heard over and over unless `once`. */
  readonly microphone?: string;
  readonly size?: { readonly width: number; readonly height: number };
  readonly dark?: boolean;
  /** Pixels of the screen for each of the page; 1 unless told otherwise, for drawing takes time. */
  readonly scale?: number;
  readonly touch?: boolean;
  /** The person wants things to keep still, which also leaves the machine to those who listen and speak. */
  readonly still?: boolean;
  /** The person says no when asked for the microphone. */
  readonly denyMicrophone?: boolean;
}

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** What the browser complained about; a page in order leaves it empty. */
  readonly complaints: readonly string[];
}

/** Opens the page in a real browser whose microphone hears a file. */
export async function openPage(options: PageOptions): Promise<OpenPage> {
  const { microphone, denyMicrophone } = options;
  const browser = await chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: [
      ...["--no-sandbox", "--autoplay-policy=user-gesture-required", "--use-fake-device-for-media-stream"],
      denyMicrophone ? "--deny-permission-prompts" : "--use-fake-ui-for-media-stream",
      ...(microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphone}%noloop`]),
    ],
  });
  const context = await browser.newContext({
    viewport: options.size ?? { width: 1_200, height: 800 },
    deviceScaleFactor: options.scale ?? 1,
    colorScheme: options.dark ? "dark" : "light",
    hasTouch: options.touch ?? false,
    isMobile: options.touch ?? false,
    reducedMotion: options.still ? "reduce" : "no-preference",
    // Recorded by no one: only whether it was asked for matters.
    permissions: denyMicrophone ? [] : ["microphone"],
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  await page.goto(options.link);
  return { page, complaints, [Symbol.asyncDispose]: () => browser.close() };
}

/** The word under the orb. */
export async function statusOf(page: Page): Promise<string> {
  return (await page.textContent("#status")) ?? "";
}

/** What was said, as it stands on the page: `user: …`, `done: …`, `interrupted: heard|unheard`. */
export function linesOf(page: Page): Promise<readonly string[]> {
  return page.locator("#lines > li").evaluateAll((rows) =>
    rows.map((row) => {
      const kind = row.className.replace(/^assistant /, "").split(" ")[0];
      if (!row.classList.contains("assistant")) return `${kind}: ${row.textContent}`;
      const unheard = row.querySelector("del")?.textContent ?? "";
      return `${kind}: ${row.querySelector(".heard")?.textContent?.trim()}${unheard === "" ? "" : `|${unheard}`}`;
    }),
  );
}
