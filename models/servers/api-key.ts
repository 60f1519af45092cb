/** The variable that holds a server's API key, by its name: that of "desk" is DESK_API_KEY. */
export function apiKeyVariable(name: string): string {
  return `${name.toUpperCase().replaceAll("-", "_")}_API_KEY`;
}

export function apiKeyOf(name: string, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  return environment[apiKeyVariable(name)]?.trim() || undefined;
}
