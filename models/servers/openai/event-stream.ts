/**
 * The `data` of server-sent events. Line ends may be of any kind and split anywhere; comments and other fields are left out.
 * A last event without the empty line after it counts, since some servers close right behind `[DONE]`.
 */
export async function* eventData(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  const take = (line: string): string | undefined => {
    if (line === "") {
      const whole = data.length === 0 ? undefined : data.join("\n");
      data = [];
      return whole;
    }
    if (line.startsWith("data:")) data.push(line.slice(line.startsWith("data: ") ? 6 : 5));
    return undefined;
  };
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(rest);
      if (end === null) break;
      const event = take(rest.slice(0, end.index));
      rest = rest.slice(end.index + end[0].length);
      if (event !== undefined) yield event;
    }
  }
  for (const line of [rest.replace(/\r$/, ""), ""]) {
    const event = take(line);
    if (event !== undefined) yield event;
  }
}
