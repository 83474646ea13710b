import { createHash } from 'node:crypto';
import type { InstanceSpec } from './runtime.ts';

/** Who applies our objects; owns the fields that are in them. */
export const FIELD_MANAGER = 'mcp-connectors';
/** Who says how many pods there are: apart, so that applying an object anew does not start what was put to sleep. */
export const SCALE_MANAGER = 'mcp-connectors-scale';

/** Labels of all that is made for an instance. The product's own prefix keeps others' labels out of the way. */
export const INSTANCE_LABEL = 'mcp-connectors/instance';
const DEPLOYMENT_LABEL = 'mcp-connectors/deployment';
const ENTRY_LABEL = 'mcp-connectors/entry';
const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
/** The generation of what a Secret, and a pod, were made of. */
export const GENERATION_LABEL = 'mcp-connectors/generation';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What a label's value may be. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const LABEL_VALUE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** The name of an instance's Deployment, Service and NetworkPolicy: 40 characters. @throws TypeError for an id that is no UUID */
export function objectName(instanceId: string): string {
  // It becomes a part of paths and selectors.
  if (!UUID.test(instanceId)) throw new TypeError('An instance is named by a UUID.');
  return `mcp-${instanceId}`;
}

/** Secrets are one for each generation: pods of the one before go on with theirs. */
export function secretName(instanceId: string, generation: number): string {
  return `${objectName(instanceId)}-${generation}`;
}

/** Labels of an instance's objects. */
export function labelsOf(
  spec: Pick<InstanceSpec, 'instanceId' | 'deploymentId' | 'entryKey'>,
): Record<string, string> {
  return {
    'app.kubernetes.io/part-of': 'mcp-connectors-catalog',
    [MANAGED_BY_LABEL]: FIELD_MANAGER,
    [INSTANCE_LABEL]: spec.instanceId,
    [DEPLOYMENT_LABEL]: labelValue(spec.deploymentId),
    [ENTRY_LABEL]: labelValue(spec.entryKey),
  };
}

/** Selects what was made for an instance by us, and nothing else. */
export function selectorOf(instanceId: string): string {
  objectName(instanceId);
  return `${MANAGED_BY_LABEL}=${FIELD_MANAGER},${INSTANCE_LABEL}=${instanceId}`;
}

/** Was the object made by us, for this instance? Another one may have its name. */
export function isOwn(
  { metadata }: { metadata?: { labels?: Record<string, string> } },
  instanceId: string,
): boolean {
  const labels = metadata?.labels ?? {};
  return labels[MANAGED_BY_LABEL] === FIELD_MANAGER && labels[INSTANCE_LABEL] === instanceId;
}

/** The text, or what stands for it where no label can say it. */
function labelValue(text: string): string {
  if (LABEL_VALUE.test(text)) return text;
  return `hash-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}
