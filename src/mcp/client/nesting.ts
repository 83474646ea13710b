/** Objects and arrays inside each other that are accepted from a server; serializers and databases go no deeper safely. */
export const MAX_NESTING = 64;

/** Is the value made of more than `levels` objects and arrays inside each other? Stops there, so that no nesting exhausts the stack. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const members: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return members.some((member) => isDeeperThan(member, levels - 1));
}
