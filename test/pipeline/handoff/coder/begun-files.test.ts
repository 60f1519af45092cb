import fc from "fast-check";
import { expect, test } from "vitest";
import { BegunFiles } from "../../../../pipeline/handoff/coder/begun-files.ts";

const answer = `I will write **two** files, FILE: not.this
FILE: src/a.py
\`\`\`\`python
FILE: inside.py
\`\`\`
EDIT: inside.py
\`\`\`\`
**EDIT: \`b.py\`**
<<<<<<< SEARCH
x
=======
y
>>>>>>> REPLACE
READ: c.py
DONE: Written.
`;

test("files are seen as soon as their line is whole, however the answer comes in pieces; what is in a file is not", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(answer.length), { maxLength: 30 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), answer.length];
      const begun = new BegunFiles();
      const paths = at.flatMap((end, n) => begun.push(answer.slice(at[n - 1] ?? 0, end)));
      expect(paths).toEqual(["src/a.py", "b.py"]);
    }),
  );
});
