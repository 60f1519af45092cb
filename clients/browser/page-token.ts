const key = "sotto.token";

/**
 * The token of the link that opened this page. It is taken out of the address bar, where others could read it, and
 * kept for as long as this tab lives, so that the page may be loaded again.
 */
export function takeToken(): string | null {
  const address = new URL(location.href);
  const given = address.searchParams.get("token");
  if (given !== null) {
    sessionStorage.setItem(key, given);
    address.searchParams.delete("token");
    history.replaceState(null, "", address);
  }
  return given ?? sessionStorage.getItem(key);
}
