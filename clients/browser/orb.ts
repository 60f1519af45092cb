import type { TalkStatus } from "../talk-state.ts";

/** Two hues from which everything is mixed, and how lively it is by itself. */
interface Mood {
  readonly hues: readonly [number, number];
  readonly saturation: number;
  /** How far the outline swings without any sound. */
  readonly swing: number;
  /** Turns a second, roughly. */
  readonly speed: number;
}

const moods: Readonly<Record<TalkStatus, Mood>> = {
  connecting: { hues: [250, 230], saturation: 14, swing: 0.015, speed: 0.25 },
  listening: { hues: [262, 222], saturation: 74, swing: 0.022, speed: 0.28 },
  hearing: { hues: [168, 205], saturation: 70, swing: 0.035, speed: 0.55 },
  thinking: { hues: [34, 330], saturation: 82, swing: 0.055, speed: 1.15 },
  speaking: { hues: [274, 236], saturation: 80, swing: 0.035, speed: 0.6 },
  error: { hues: [2, 340], saturation: 46, swing: 0.01, speed: 0.1 },
};

export interface OrbPicture {
  readonly status: TalkStatus;
  /** How loud it is, 0 to 1: the person while listening, the assistant while speaking. */
  readonly level: number;
}

/** Draws the orb for as long as the page lives; `look` is asked before every frame. */
export function animateOrb(canvas: HTMLCanvasElement, look: () => OrbPicture): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let mood: Mood = moods.connecting;
  let level = 0;
  let phase = 0;
  let lastMs = 0;
  const frame = (nowMs: number): void => {
    const seconds = Math.min(0.1, (nowMs - lastMs) / 1_000);
    lastMs = nowMs;
    const picture = look();
    mood = blend(mood, moods[picture.status], 1 - Math.exp(-seconds * 5));
    // Up at once, down slowly, as ears are.
    level += (picture.level - level) * (picture.level > level ? 0.5 : 1 - Math.exp(-seconds * 7));
    phase += still.matches ? 0 : seconds * mood.speed * Math.PI * 2;
    const size = pixelsOf(canvas);
    draw(context, { size, mood, phase, level: still.matches ? level * 0.4 : level, dark: dark.matches });
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function pixelsOf(canvas: HTMLCanvasElement): number {
  const size = Math.round(canvas.clientWidth * Math.min(2, devicePixelRatio || 1));
  if (canvas.width !== size) {
    canvas.width = size;
    canvas.height = size;
  }
  return size;
}

interface Scene {
  readonly size: number;
  readonly mood: Mood;
  readonly phase: number;
  readonly level: number;
  readonly dark: boolean;
}

function draw(context: CanvasRenderingContext2D, { size, mood, phase, level, dark }: Scene): void {
  const centre = size / 2;
  const radius = size * (0.29 + level * 0.05);
  const [first, second] = mood.hues;
  const colour = (hue: number, lightness: number, alpha: number): string =>
    `hsl(${hue} ${mood.saturation}% ${lightness}% / ${alpha})`;
  context.clearRect(0, 0, size, size);

  const glow = context.createRadialGradient(centre, centre, radius * 0.6, centre, centre, size / 2);
  glow.addColorStop(0, colour(first, dark ? 60 : 66, 0.32 + level * 0.3));
  glow.addColorStop(1, colour(first, 60, 0));
  context.fillStyle = glow;
  context.fillRect(0, 0, size, size);

  const swing = mood.swing + level * 0.13;
  for (const layer of [2, 1]) {
    context.fillStyle = colour(layer === 2 ? second : first, dark ? 58 : 64, 0.3);
    outline(
      context,
      centre,
      radius * (1 + layer * 0.085),
      swing * (1 + layer * 0.5),
      phase * (layer === 2 ? -0.7 : 0.9) + layer * 2,
    );
    context.fill();
  }

  outline(context, centre, radius, swing * 0.7, phase);
  const body = context.createRadialGradient(
    centre - radius * 0.35,
    centre - radius * 0.45,
    radius * 0.05,
    centre,
    centre,
    radius * 1.15,
  );
  body.addColorStop(0, colour(second, 90, 1));
  body.addColorStop(0.35, colour(second, 68, 1));
  body.addColorStop(0.75, colour(first, 52, 1));
  body.addColorStop(1, colour(first, 36, 1));
  context.fillStyle = body;
  context.fill();

  context.save();
  context.clip();
  const sheen = context.createRadialGradient(
    centre + Math.cos(phase * 0.8) * radius * 0.5,
    centre + Math.sin(phase * 0.8) * radius * 0.5,
    0,
    centre,
    centre,
    radius * 1.1,
  );
  sheen.addColorStop(0, colour((first + second) / 2, 82, 0.42));
  sheen.addColorStop(0.6, colour(second, 60, 0));
  context.fillStyle = sheen;
  context.fillRect(0, 0, size, size);
  context.restore();
}

const corners = 72;

/** A circle whose edge swings in three slow waves. */
function outline(
  context: CanvasRenderingContext2D,
  centre: number,
  radius: number,
  swing: number,
  phase: number,
): void {
  context.beginPath();
  for (let corner = 0; corner <= corners; corner += 1) {
    const angle = (corner / corners) * Math.PI * 2;
    const wave =
      Math.sin(angle * 2 + phase) * 0.5 +
      Math.sin(angle * 3 - phase * 1.3) * 0.35 +
      Math.sin(angle * 5 + phase * 1.9) * 0.15;
    const distance = radius * (1 + swing * wave);
    const x = centre + Math.cos(angle) * distance;
    const y = centre + Math.sin(angle) * distance;
    if (corner === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.closePath();
}

function blend(from: Mood, to: Mood, part: number): Mood {
  const mix = (a: number, b: number): number => a + (b - a) * part;
  const hue = (a: number, b: number): number => a + (((b - a + 540) % 360) - 180) * part;
  return {
    hues: [hue(from.hues[0], to.hues[0]), hue(from.hues[1], to.hues[1])],
    saturation: mix(from.saturation, to.saturation),
    swing: mix(from.swing, to.swing),
    speed: mix(from.speed, to.speed),
  };
}
