/**
 * The contract as clients of an earlier one can see it. A schema with
 * `x-chosen-by: { operation, query, values: [a, b] }` beside `anyOf` has as its first alternative what the operation answers where the
 * query parameter is `a`, and so on. A client that knows only `a` never sees the others, so they are taken out: adding a value with a
 * shape of its own is no breaking change.
 */
export function chosenByKnownValues(contract: unknown, known: unknown): unknown {
  if (Array.isArray(contract)) return contract.map((item) => chosenByKnownValues(item, known));
  if (!isObject(contract)) return contract;
  const seen = Object.fromEntries(
    Object.entries(contract).map(([key, value]) => [key, chosenByKnownValues(value, known)]),
  );
  const { 'x-chosen-by': choice, anyOf } = seen;
  if (!isObject(choice) || !Array.isArray(anyOf)) return seen;
  const values = knownValues(known, choice);
  if (values === undefined) return seen;
  const names = Array.isArray(choice['values']) ? choice['values'] : [];
  const kept = anyOf.filter((_, index) => values.includes(names[index]));
  const [only, ...others] = kept;
  return only !== undefined && others.length === 0 ? only : { ...seen, anyOf: kept };
}

/** The values a query parameter may have; undefined where the contract has no such operation or parameter. */
function knownValues(
  known: unknown,
  { operation, query }: Record<string, unknown>,
): readonly unknown[] | undefined {
  const parameter = objectsIn(known)
    .filter((node) => node['operationId'] === operation)
    .flatMap(({ parameters }) => objectsIn(parameters))
    .find(({ name, in: place }) => name === query && place === 'query');
  const schema = parameter?.['schema'];
  return isObject(schema) && Array.isArray(schema['enum']) ? schema['enum'] : undefined;
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
