/**
 * Keeps the session's id for the next page of this tab, where there is a
 * sessionStorage that may be used. The id is worth something to this site only.
 */
export declare class SessionMemory {
    get(): string | null;
    set(id: string | null): void;
}
