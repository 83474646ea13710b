/** A JSON object as it came from a server. */
export type JsonObject = { [key: string]: unknown };
