/** How far a batch is. */
export type Progress = (done: number, total: number) => void;
export interface RequestOptions {
    signal?: AbortSignal | undefined;
    onProgress?: Progress | undefined;
}
/** JSON-RPC 2.0 over one WebSocket that is open. */
export declare class Connection {
    #private;
    /** Called with the agent's notifications, but progress. */
    onEvent: (name: string, params: Record<string, unknown>) => void;
    /** Called once, when the connection has ended for whatever reason. */
    onClose: () => void;
    private constructor();
    /** Opens a WebSocket. Why one cannot be opened is not told to pages. */
    static open(url: string, Socket: typeof WebSocket, signal?: AbortSignal): Promise<Connection>;
    get isOpen(): boolean;
    /** Asks and waits. An abort cancels at the agent and rejects at once with the signal's reason. */
    request<T>(method: string, params: object, { signal, onProgress }?: RequestOptions): Promise<T>;
    /** Sends a document ahead of the request that names it by the number returned. */
    upload(data: Uint8Array): number;
    close(): void;
}
