/** An object of the API, as JSON. */
export interface KubernetesJson {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
  };
  spec?: Json;
  data?: Record<string, string>;
  immutable?: boolean;
  status?: Json;
}

export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is at the path; undefined where there is nothing. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let found = value;
  for (const step of path) {
    if (Array.isArray(found)) found = found[Number(step)];
    else if (isJson(found)) found = found[step];
    else return undefined;
  }
  return found;
}

/** The objects of the list at the path; none where there is no list. */
export function listAt(value: unknown, ...path: (string | number)[]): Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isJson) : [];
}

export function clone<Value>(value: Value): Value {
  return structuredClone(value);
}

/** Do the labels fit the selector of a request? `a=b`, `a!=b`, `a in (…)`, `a notin (…)`. @throws TypeError for what it does not know */
export function fits(labels: Readonly<Record<string, string>>, selector: string): boolean {
  const terms = selector.match(/[^,(]+(?:\([^)]*\))?/g) ?? [];
  return terms.every((term) => {
    const [, key = '', operator = '', text = ''] =
      /^\s*([\w./-]+)\s*(=|!=|\bin\b|\bnotin\b)\s*\(?([^)]*)\)?\s*$/.exec(term) ?? [];
    if (key === '') throw new TypeError(`not a selector: ${selector}`);
    const values = text.split(',').map((value) => value.trim());
    const has = labels[key] !== undefined && values.includes(labels[key]);
    return operator === '=' || operator === 'in' ? has : !has;
  });
}
