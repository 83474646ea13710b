import { isJson, type Json } from './object-json.ts';

/** What tells the items of a list apart, where the API merges lists by items; the published schema calls it `x-kubernetes-list-map-keys`. */
const ITEM_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  volumeMounts: 'mountPath',
};
const ITEM = '\u0001';
const STEP = '\u0000';

/** Fields of an object with their values, by path: what field managers own. */
export type Fields = Map<string, unknown>;

/** Takes an object apart into its fields. */
export function fieldsOf(value: unknown, path: readonly string[] = []): Fields {
  const fields: Fields = new Map();
  const add = (inner: Fields) => {
    for (const [key, one] of inner) fields.set(key, one);
  };
  const itemKey = Array.isArray(value) ? ITEM_KEYS[path.at(-1) ?? ''] : undefined;
  if (itemKey !== undefined && Array.isArray(value)) {
    for (const item of value) add(fieldsOf(item, [...path, `${ITEM}${itemKey}=${item[itemKey]}`]));
  } else if (isJson(value) && Object.keys(value).length > 0) {
    for (const [key, member] of Object.entries(value)) add(fieldsOf(member, [...path, key]));
  } else {
    fields.set(path.join(STEP), value);
  }
  return fields;
}

/** Puts fields together to an object. */
export function objectOf(fields: Fields): Json {
  const root: Json = {};
  for (const [path, value] of fields) place(root, path.split(STEP), value);
  return root;
}

function place(node: Json, [step = '', next, ...rest]: string[], value: unknown): void {
  if (next === undefined) {
    node[step] = value;
    return;
  }
  if (!next.startsWith(ITEM)) {
    const inner = isJson(node[step]) ? node[step] : {};
    node[step] = inner;
    place(inner, [next, ...rest], value);
    return;
  }
  const [key = '', ...id] = next.slice(1).split('=');
  const list: unknown[] = Array.isArray(node[step]) ? node[step] : [];
  node[step] = list;
  const found = list.find((item) => isJson(item) && String(item[key]) === id.join('='));
  const item = isJson(found) ? found : { [key]: id.join('=') };
  if (found === undefined) list.push(item);
  place(item, rest, value);
}
