/** What a document's content may be given as. A string is sent as UTF-8. */
export type Content = Uint8Array | ArrayBuffer | Blob | string;
export declare function bytesOf(content: Content): Promise<Uint8Array>;
export declare function fromBase64(text: string): Uint8Array;
