export async function bytesOf(content) {
    if (typeof content === "string")
        return new TextEncoder().encode(content);
    if (content instanceof Uint8Array)
        return content;
    if (content instanceof ArrayBuffer)
        return new Uint8Array(content);
    return new Uint8Array(await content.arrayBuffer());
}
export function fromBase64(text) {
    const chars = atob(text);
    const bytes = new Uint8Array(chars.length);
    for (let i = 0; i < chars.length; i++)
        bytes[i] = chars.charCodeAt(i);
    return bytes;
}
