import { randomUUID } from 'node:crypto';
import { ApiRefusal } from './api-refusal.ts';
import { type Fields, fieldsOf, objectOf } from './object-fields.ts';
import { at, clone, fits, isJson, type Json, type KubernetesJson } from './object-json.ts';
import { checkObject } from './object-rules.ts';

/** An object, and who owns which of its fields. */
interface Stored {
  object: KubernetesJson;
  managers: Map<string, Set<string>>;
}

/** How an object is applied. */
export interface ApplyOptions {
  manager: string;
  force: boolean;
}

/** Objects by kind, namespace and name, with what the API server does to them: versions, owners of fields, conflicts. */
export class ObjectStore {
  readonly #objects = new Map<string, Stored>();
  #version = 1000;

  find(kind: string, namespace: string, name: string): KubernetesJson | undefined {
    return clone(this.#objects.get(keyOf(kind, namespace, name))?.object);
  }

  list(kind: string, namespace: string, selector = ''): KubernetesJson[] {
    const all = [...this.#objects.values()].map(({ object }) => object);
    return clone(
      all.filter(
        (one) =>
          one.kind === kind &&
          one.metadata.namespace === namespace &&
          fits(one.metadata.labels ?? {}, selector),
      ),
    );
  }

  /** Server-side apply. https://kubernetes.io/docs/reference/using-api/server-side-apply/ @throws ApiRefusal */
  apply(body: KubernetesJson, { manager, force }: ApplyOptions): KubernetesJson {
    const key = keyOf(body.kind, body.metadata.namespace, body.metadata.name);
    const stored = this.#objects.get(key);
    checkVersion(stored?.object, body.metadata.resourceVersion);
    const wanted = appliedFields(body);
    const fields = stored === undefined ? new Map() : appliedFields(stored.object);
    const managers = new Map(
      [...(stored?.managers ?? [])].map(([name, paths]) => [name, new Set(paths)]),
    );
    const others = [...managers].filter(([name]) => name !== manager).map(([, paths]) => paths);
    const isOthers = (path: string) => others.some((paths) => paths.has(path));
    const disputed = [...wanted].filter(
      ([path, value]) => isOthers(path) && differs(fields, path, value),
    );
    if (disputed.length > 0 && !force) throw new ApiRefusal(409, 'Conflict', ['managedFields']);
    for (const [path] of disputed) for (const paths of others) paths.delete(path);
    const left = [...(managers.get(manager) ?? [])].filter((path) => !wanted.has(path));
    for (const path of left) if (!isOthers(path)) fields.delete(path);
    for (const [path, value] of wanted) fields.set(path, value);
    managers.set(manager, new Set(wanted.keys()));
    return this.#save(stored, { ...body, ...objectOf(fields) }, managers);
  }

  /** A merge patch (RFC 7386); what it changes is its manager's from then on. @throws ApiRefusal */
  merge(kind: string, namespace: string, name: string, patch: Json, manager: string) {
    const stored = this.#objects.get(keyOf(kind, namespace, name));
    if (stored === undefined) throw new ApiRefusal(404, 'NotFound');
    checkVersion(stored.object, at(patch, 'metadata', 'resourceVersion'));
    const managers = new Map(
      [...stored.managers].map(([one, paths]) => [one, new Set(paths)] as const),
    );
    const { metadata: _metadata, ...rest } = patch;
    const paths = new Set(fieldsOf(rest).keys());
    for (const owned of managers.values()) for (const path of paths) owned.delete(path);
    managers.set(manager, new Set([...(managers.get(manager) ?? []), ...paths]));
    const merged = mergeInto(clone(stored.object), rest);
    return this.#save(stored, merged, managers);
  }

  /** As a controller does, or another user: no checks of owners. */
  put(object: KubernetesJson): void {
    const { kind, metadata } = object;
    const stored = this.#objects.get(keyOf(kind, metadata.namespace, metadata.name));
    const owners = () => new Map([['somebody-else', new Set(appliedFields(object).keys())]]);
    this.#save(stored, object, stored?.managers ?? owners(), false);
  }

  clear(): void {
    this.#objects.clear();
  }

  delete({ kind, metadata }: KubernetesJson): void {
    this.#objects.delete(keyOf(kind, metadata.namespace, metadata.name));
  }

  #save(
    before: Stored | undefined,
    body: KubernetesJson,
    managers: Stored['managers'],
    isChecked = true,
  ): KubernetesJson {
    const was = before?.object;
    const object: KubernetesJson = clone(body);
    object.metadata = {
      ...object.metadata,
      uid: was?.metadata.uid ?? object.metadata.uid ?? randomUUID(),
      generation: was?.metadata.generation ?? 1,
      creationTimestamp: was?.metadata.creationTimestamp ?? new Date().toISOString(),
    };
    delete object.metadata.resourceVersion;
    if (object.kind === 'Deployment') object.spec = { replicas: 1, ...object.spec };
    if (was !== undefined && JSON.stringify(was.spec) !== JSON.stringify(object.spec)) {
      object.metadata.generation = (was.metadata.generation ?? 1) + 1;
    }
    if (isChecked) {
      const { status: _status, ...checked } = object;
      checkObject(checked);
      checkImmutable(was, object);
    }
    const { resourceVersion, ...rest } = was?.metadata ?? {};
    const isSame =
      JSON.stringify({ ...was, metadata: rest }) === JSON.stringify({ ...was, ...object });
    if (!isSame) this.#version += 1;
    const version = isSame && resourceVersion !== undefined ? resourceVersion : this.#version;
    object.metadata.resourceVersion = String(version);
    const key = keyOf(object.kind, object.metadata.namespace, object.metadata.name);
    this.#objects.set(key, { object, managers });
    return clone(object);
  }
}

function keyOf(kind: string, namespace: string, name: string): string {
  return [kind, namespace, name].join('/');
}

function appliedFields(object: KubernetesJson): Fields {
  const { apiVersion: _a, kind: _k, status: _s, metadata, ...rest } = object;
  const { labels, annotations } = metadata;
  return fieldsOf({
    ...rest,
    metadata: { name: metadata.name, namespace: metadata.namespace, labels, annotations },
  });
}

function differs(fields: Fields, path: string, value: unknown): boolean {
  return JSON.stringify(fields.get(path)) !== JSON.stringify(value);
}

function checkVersion(stored: KubernetesJson | undefined, wanted: unknown): void {
  if (wanted === undefined || wanted === stored?.metadata.resourceVersion) return;
  throw new ApiRefusal(409, 'Conflict', ['metadata.resourceVersion']);
}

function checkImmutable(before: KubernetesJson | undefined, after: KubernetesJson): void {
  if (before === undefined) return;
  const isFrozen =
    before.immutable === true && JSON.stringify(before.data) !== JSON.stringify(after.data);
  const selector = (one: KubernetesJson) => JSON.stringify(at(one.spec, 'selector'));
  const isReselected = after.kind === 'Deployment' && selector(before) !== selector(after);
  if (isFrozen) throw new ApiRefusal(422, 'Invalid', ['data']);
  if (isReselected) throw new ApiRefusal(422, 'Invalid', ['spec.selector']);
}

function mergeInto(target: KubernetesJson, patch: Json): KubernetesJson {
  const merge = (into: Json, from: Json) => {
    for (const [key, value] of Object.entries(from)) {
      const inner = into[key];
      if (value === null) delete into[key];
      else if (isJson(value) && isJson(inner)) merge(inner, value);
      else into[key] = value;
    }
  };
  const { spec = {} } = target;
  merge(spec, isJson(patch['spec']) ? patch['spec'] : {});
  return { ...target, spec };
}
