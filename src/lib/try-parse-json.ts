/** The value of a JSON text; undefined where it is none. What it is has to be checked by whoever asks. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
