import type { ReplyEvent } from "../reply-events.ts";
import type { Change } from "./change.ts";
import type { PendingErrand, Reply } from "./state.ts";

/** An answer has sent a question on; it will be told when it is there and nobody is speaking. */
export function sendErrand(change: Change, reply: Reply, event: Extract<ReplyEvent, { type: "errand" }>): void {
  const id = change.context.newId("errand");
  change.set({
    errands: [...change.state.errands, { id, settings: reply.settings, messages: event.job.messages, news: null }],
  });
  change.do({ do: "start-errand", errandId: id, job: event.job });
}

/** An errand is back, with an answer or without. */
export function errandNews(change: Change, errandId: string, news: NonNullable<PendingErrand["news"]>): void {
  change.set({
    errands: change.state.errands.map((errand) => (errand.id === errandId ? { ...errand, news } : errand)),
  });
}

/** The user wants none of it any more. @returns false when there was nothing to drop. */
export function dropErrands(change: Change): boolean {
  const { errands } = change.state;
  for (const { id } of errands) change.do({ do: "cancel-errand", errandId: id });
  change.set({ errands: [] });
  return errands.length > 0;
}
