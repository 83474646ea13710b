/**
 * The same address under another host name. Names below `localhost` mean this machine by definition, and each of them is a
 * destination of its own.
 */
export function underHost(url: string, host: string): string {
  const moved = new URL(url);
  moved.hostname = host;
  return moved.href;
}
