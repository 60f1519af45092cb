import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { expiredText } from "../job-text.ts";
import { make } from "./elements.ts";
import { shown } from "./shown-text.ts";

export interface JobDecision {
  /** Why to look closely: stands before the diff. */
  readonly reasons: HTMLElement;
  /** How to say yes, or why nobody is asked any more: stands after it. */
  readonly how: HTMLElement;
  /** @param open whether a yes still counts; `answer` says why nobody is asked any more */
  show(job: JobView, state: { readonly open: boolean; readonly answer: string | null }): void;
}

/** What somebody who has to decide must know: why to look closely, and how to say yes. */
export function createJobDecision(): JobDecision {
  const reasons = make("div", "reasons");
  const how = make("div", "job-decision");
  let known = "";
  return {
    reasons,
    how,
    show: ({ status, approval }, { open, answer }) => {
      const key = JSON.stringify([status, approval, open, answer]);
      if (key === known) return;
      known = key;
      const asked = open ? approval : null;
      reasons.hidden = asked === null || (asked.risk === "low" && asked.reasons.length === 0);
      reasons.className = `reasons ${asked?.risk ?? "low"}`;
      reasons.replaceChildren(...(asked ? reasonRows(asked) : []));
      const text = status === "awaiting-approval" ? expiredText : answer;
      how.replaceChildren(...(asked ? [howTo(asked)] : text === null ? [] : [make("p", "answered", text)]));
    },
  };
}

type Approval = NonNullable<JobView["approval"]>;

function reasonRows({ risk, reasons }: Approval): readonly HTMLElement[] {
  const list = make("ul", "", ...reasons.map((reason) => make("li", "", ...shown(reason))));
  return [make("p", "", risk === "high" ? "Look closely:" : "Note:"), list];
}

function howTo({ phrase }: Approval): HTMLElement {
  if (phrase === null)
    return make("p", "how", "Press Apply if this is what you want: a spoken yes is not enough for it.");
  return make("p", "how", "Say ", make("strong", "", "“", ...shown(phrase), "”"), ", or press Apply.");
}
