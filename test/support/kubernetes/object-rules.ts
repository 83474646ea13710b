import * as library from '@kubernetes/client-node';
import { Deployment } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { Secret, Service } from 'kubernetes-models/v1';
import { ApiRefusal } from './api-refusal.ts';
import { at, isJson, type Json, type KubernetesJson, listAt } from './object-json.ts';

/** The published schemas of Kubernetes, by kind. */
const MODELS = { Deployment, NetworkPolicy, Secret, Service };
/** The client's types, by name. */
const TYPES: ReadonlyMap<string, unknown> = new Map(Object.entries(library));

/** Refuses what an API server refuses, whatever the cluster. @throws ApiRefusal 400 or 422 */
export function checkObject(object: KubernetesJson): void {
  const unknown = strayFields(object);
  if (unknown.length > 0) throw new ApiRefusal(400, 'BadRequest', unknown);
  const Model = Object.entries(MODELS).find(([kind]) => kind === object.kind)?.[1];
  if (Model === undefined) throw new ApiRefusal(404, 'NotFound');
  try {
    new Model(object as never).validate();
  } catch (error) {
    throw new ApiRefusal(422, 'Invalid', [String(error)]);
  }
  const problems = [...metadataProblems(object), ...dataProblems(object), ...podProblems(object)];
  if (problems.length > 0) throw new ApiRefusal(422, 'Invalid', problems);
}

/**
 * Fields that the published API does not have, which `fieldValidation=Strict` refuses; the schemas alone let them pass. From the types that
 * the client was generated with.
 */
export function strayFields(object: { apiVersion: string; kind: string }): string[] {
  const version = object.apiVersion.split('/').at(-1) ?? '';
  return unknownFields(object, `${version.toUpperCase()}${object.kind}`, object.kind);
}

function unknownFields(value: unknown, type: string, path: string): string[] {
  const item = /^Array<(.+)>$/.exec(type)?.[1];
  if (item !== undefined) {
    const items = Array.isArray(value) ? value : [];
    return items.flatMap((one, index) => unknownFields(one, item, `${path}[${index}]`));
  }
  const model = TYPES.get(type);
  if (!hasTypeMap(model) || !isJson(value)) return [];
  const known = new Map(model.getAttributeTypeMap().map((one) => [one.baseName, one.type]));
  return Object.entries(value).flatMap(([name, member]) => {
    const inner = known.get(name);
    return inner === undefined
      ? [`${path}.${name}`]
      : unknownFields(member, inner, `${path}.${name}`);
  });
}

interface TypeMapped {
  getAttributeTypeMap(): readonly { baseName: string; type: string }[];
}

function hasTypeMap(model: unknown): model is TypeMapped {
  return typeof model === 'function' && 'getAttributeTypeMap' in model;
}

const LABEL = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_KEY = /^(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const DNS_LABEL = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

function metadataProblems({ kind, metadata }: KubernetesJson): string[] {
  const { name, labels = {} } = metadata;
  const isName = (kind === 'Service' ? DNS_LABEL : DNS_NAME).test(name);
  const wrong = Object.entries(labels).filter(
    ([key, value]) => !LABEL_KEY.test(key) || !LABEL.test(value),
  );
  return [...(isName ? [] : ['metadata.name']), ...wrong.map(([key]) => `metadata.labels[${key}]`)];
}

function dataProblems({ kind, data = {} }: KubernetesJson): string[] {
  if (kind !== 'Secret') return [];
  const size = Object.values(data).join('').length;
  return [
    ...Object.entries(data).flatMap(([key, value]) =>
      /^[-._a-zA-Z0-9]{1,253}$/.test(key) && isBase64(value) ? [] : [`data[${key}]`],
    ),
    ...(size > 1024 * 1024 * 1.34 ? ['data: too long'] : []),
  ];
}

function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

function podProblems({ kind, spec }: KubernetesJson): string[] {
  if (kind !== 'Deployment') return [];
  const pod = at(spec, 'template', 'spec');
  const volumes = new Set(listAt(pod, 'volumes').map(({ name }) => name));
  const containers = containersOf(pod);
  const labels = at(spec, 'template', 'metadata', 'labels');
  const selected = Object.entries(at(spec, 'selector', 'matchLabels') ?? {});
  return [
    ...(selected.length > 0 && selected.every(([key, value]) => at(labels, key) === value)
      ? []
      : ['spec.template.metadata.labels']),
    ...containers.flatMap((container) =>
      listAt(container, 'volumeMounts')
        .filter(({ name }) => !volumes.has(name))
        .map(({ name }) => `volumeMounts: ${String(name)}`),
    ),
    ...containers.flatMap((container) => [
      ...repeated(listAt(container, 'env').map(({ name }) => String(name))),
      ...overLimits(container),
    ]),
  ];
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) < index).map((name) => `env: ${name}`);
}

function overLimits(container: Json): string[] {
  const amount = (kind: string, name: string) =>
    Number.parseInt(String(at(container, 'resources', kind, name) ?? '0'), 10);
  return ['memory', 'cpu'].filter((name) => amount('requests', name) > amount('limits', name));
}

/** Those of a pod, the ones that only begin it first. */
export function containersOf(pod: unknown): Json[] {
  return [...listAt(pod, 'initContainers'), ...listAt(pod, 'containers')];
}

/** What the pod security standard `restricted` does not let in. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export function restrictedProblems(pod: unknown): string[] {
  const context = at(pod, 'securityContext');
  const problems = containersOf(pod).flatMap((container) => {
    const own = at(container, 'securityContext');
    const drops = at(own, 'capabilities', 'drop');
    return [
      ...(at(own, 'allowPrivilegeEscalation') === false ? [] : ['allowPrivilegeEscalation']),
      ...(Array.isArray(drops) && drops.includes('ALL') ? [] : ['capabilities']),
      ...(at(own, 'privileged') === true ? ['privileged'] : []),
    ];
  });
  const kinds = listAt(pod, 'volumes').flatMap(Object.keys);
  return [
    ...problems,
    ...(at(context, 'runAsNonRoot') === true ? [] : ['runAsNonRoot']),
    ...(at(context, 'runAsUser') === 0 ? ['runAsUser'] : []),
    ...(at(context, 'seccompProfile', 'type') === 'RuntimeDefault' ? [] : ['seccompProfile']),
    ...['hostNetwork', 'hostPID', 'hostIPC'].filter((name) => at(pod, name) === true),
    ...kinds.filter((kind) => kind === 'hostPath'),
  ];
}
