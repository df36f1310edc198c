const key = "qoltanba.session";

/**
 * Keeps the session's id for the next page of this tab, where there is a
 * sessionStorage that may be used. The id is worth something to this site only.
 */
export class SessionMemory {
  get(): string | null {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  }

  set(id: string | null): void {
    try {
      if (id === null) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, id);
    } catch {
      // Without it the next page asks the person again.
    }
  }
}
