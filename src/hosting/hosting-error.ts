/** Servers cannot be run here as they are wanted. The message is for operators, says what to change, and holds no secret. */
export class HostingError extends Error {
  override readonly name = 'HostingError';
}
