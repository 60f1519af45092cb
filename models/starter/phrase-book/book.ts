import { aboutMe } from "./about-me.ts";
import { control } from "./control.ts";
import { facts } from "./facts.ts";
import { fun } from "./fun.ts";
import type { Intent } from "./intent.ts";
import { smallTalk } from "./small-talk.ts";
import { status } from "./status.ts";
import { work } from "./work.ts";

/** Everything that the starter voice understands. */
export const intents: readonly Intent[] = [...smallTalk, ...aboutMe, ...facts, ...fun, ...status, ...control, ...work];

/** What may be said before and after a polite intent. */
export const politeBefore: readonly string[] = ["please", "okay", "hey", "so"];
export const politeAfter: readonly string[] = ["please"];
